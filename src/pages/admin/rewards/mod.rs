//! Rewards as the staff keeps them: the list, and each one's page.

mod codes;
mod form;
mod one;
mod picture;
mod preview;
pub mod redemptions;
mod supply;
pub mod take_back;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use laurel_domain::program::Programme;
use laurel_domain::refusal::{Refusal, Unavailable};
use laurel_domain::rewards::reward::{Reward, Supply};
use laurel_domain::rules::rule_set::Rules;
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Chip, EmptyState, ProgressBar, RewardPicture};
use crate::pages::page;
use crate::pages::portal::rewards::conditions;
use crate::server::web::RequestContext;
pub use codes::{RewardCodesPage, asked_codes, shown as shown_of_code};
pub use form::NewRewardPage;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::programme::overview::FEW;
use laurel_engine::usecase::rewards::desk::{self, Kept};
pub use one::RewardPage;

#[component]
pub fn RewardsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let t = context.lang.reward_desk();
        let rewards = desk::list(&context.state.ledger).await?;
        let rules = context.state.ledger.rulebook().await?.general().at(context.now()).clone();
        let may_edit = staff.role.may(Permission::ManageRewards);
        let list = match rewards.is_empty() {
            true => view! { <EmptyState icon="gift" title=t.none><p>{t.none_about}</p></EmptyState> }.into_any(),
            false => view! { <List context=context.clone() rules rewards/> }.into_any(),
        };
        let new = move || may_edit.then(|| view! { <a class="button main small" href="/admin/rewards/new">{t.new}</a> });
        Ok(view! { <AdminPage title=t.title here=Here::Rewards head=new>{list}</AdminPage> }.into_any())
    })
}

#[component]
fn List(context: RequestContext, rules: Rules, rewards: Vec<Kept>) -> impl IntoView {
    let cards = rewards.into_iter().map(|kept| view! { <KeptCard context=context.clone() rules=rules.clone() kept/> });
    view! { <ul class="reward-cards">{cards.collect_view()}</ul> }
}

#[component]
fn KeptCard(context: RequestContext, rules: Rules, kept: Kept) -> impl IntoView {
    let (t, reward) = (context.lang.reward_desk(), kept.reward.clone());
    let name = context.lang.of(&reward.terms.name).to_owned();
    let conditions: Vec<String> = conditions(&context, &rules, &Reward { left: None, ..reward.clone() });
    let conditions = conditions.into_iter().map(|text| view! { <span>{text}</span> }).collect_view();
    let price = (context.lang.rewards().price)(&format::points(reward.terms.price));
    let class = if reward.is_retired { "card reward-card closed" } else { "card reward-card" };
    view! {
        <li class=class>
            <RewardPicture of=&reward alt=""/>
            <h2><a href=format!("/admin/rewards/{}", reward.id)>{name}</a></h2>
            <p class="row"><Standing context=context.clone() rules reward=reward.clone()/><span class="small mute">{t.supplies[reward.supply as usize]}</span></p>
            <p class="reward-price">{price}</p>
            <p class="parts small mute">{conditions}</p>
            <Stock lang=context.lang kept/>
        </li>
    }
}

/// What is left, as a bar of what there would be if nothing had been taken for 30 days, and how long it lasts.
#[component]
fn Stock(lang: Lang, kept: Kept) -> impl IntoView {
    let (t, Kept { reward, pace }) = (lang.reward_desk(), kept);
    let taken = (t.taken)(&format::count(pace.taken));
    let Some(left) = reward.left else {
        return view! { <div class="reward-stock"><p class="parts small"><b>{t.no_end}</b><span class="mute">{taken}</span></p></div> }
            .into_any();
    };
    let shown = format::left(&reward).unwrap_or_default();
    // codes are counted so far only: of more than that no whole is known
    let bar = (reward.supply == Supply::Stock || left <= format::MANY).then(|| {
        let all = left.saturating_add(pace.taken);
        view! { <ProgressBar value=left most=all label=(t.stock_bar)(&shown, &format::count(all))/> }
    });
    let lasts = pace.lasts(left).filter(|_| bar.is_some() && left > 0 && !reward.is_retired).map(t.runs_out);
    let left_words = (lang.rewards().left)(&shown);
    // as the dashboard says it
    let class = if left < FEW && !reward.is_retired { "reward-stock low" } else { "reward-stock" };
    view! {
        <div class=class>
            {bar}
            <p class="parts small"><b>{left_words}</b><span class="mute">{taken}</span></p>
            {lasts.map(|text| view! { <p class="small mute">{text}</p> })}
        </div>
    }
    .into_any()
}

/// Whether members can have it now.
#[component]
fn Standing(context: RequestContext, rules: Rules, reward: Reward) -> impl IntoView {
    let t = context.lang.reward_desk();
    let lost = reward.terms.least_tier.as_ref().is_some_and(|key| rules.set.ladder.tiers.iter().all(|tier| tier.key != *key));
    let (tone, text) = match reward.check_day(today(&context)) {
        Err(Refusal::RewardNotAvailable { why: Unavailable::NotBefore { .. } }) => ("", t.not_yet),
        Err(Refusal::RewardNotAvailable { why: Unavailable::NotAfter { .. } }) => ("", t.over),
        Err(_) => ("", t.retired),
        Ok(()) if lost => ("bad", t.tier_gone),
        Ok(()) if reward.left == Some(0) => ("warn", t.used_up),
        Ok(()) => ("good", t.offered),
    };
    view! { <Chip tone>{text}</Chip> }
}

fn today(context: &RequestContext) -> Date {
    let zone = TimeZone::get(&context.programme().time_zone).unwrap_or(TimeZone::UTC);
    Programme::day(&zone, context.now())
}

/// The tiers there are, to choose from.
fn tiers(lang: Lang, rules: &Rules) -> Vec<(String, String)> {
    let any = (String::new(), lang.reward_desk().any_tier.to_owned());
    let tier = |tier: &laurel_domain::rules::tier::Tier| (tier.key.as_str().to_owned(), lang.of(&tier.name).to_owned());
    std::iter::once(any).chain(rules.set.ladder.tiers.iter().map(tier)).collect()
}
