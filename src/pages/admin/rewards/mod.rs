//! Rewards as the staff keeps them: the list, and each one's page.

mod form;
mod one;
mod picture;
pub mod redemptions;
mod supply;
pub mod take_back;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use laurel_domain::program::Programme;
use laurel_domain::refusal::{Refusal, Unavailable};
use laurel_domain::rewards::reward::Reward;
use laurel_domain::rules::rule_set::Rules;
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Chip, EmptyState, RewardPicture, Table};
use crate::pages::page;
use crate::pages::portal::rewards::conditions;
use crate::server::web::RequestContext;
pub use form::NewRewardPage;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::rewards::edit;
pub use one::RewardPage;

#[component]
pub fn RewardsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let t = context.lang.reward_desk();
        let rewards = edit::list(&context.state.ledger).await?;
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
fn List(context: RequestContext, rules: Rules, rewards: Vec<Reward>) -> impl IntoView {
    let t = context.lang.reward_desk();
    let row = |reward: Reward| {
        let name = context.lang.of(&reward.terms.name).to_owned();
        let conditions: Vec<String> = conditions(&context, &rules, &Reward { left: None, ..reward.clone() });
        let left = format::left(&reward).unwrap_or_else(|| t.no_end.to_owned());
        view! {
            <tr>
                <th scope="row"><div class="picture-cell">
                    <RewardPicture of=&reward alt="" sizes="66px"/>
                    <a href=format!("/admin/rewards/{}", reward.id)>{name}</a>
                </div></th>
                <td class="small">{t.supplies[reward.supply as usize]}</td>
                <td class="num amount">{format::points(reward.terms.price)}</td>
                <td class="num">{left}</td>
                <td class="small mute">{conditions.join(" · ")}</td>
                <td><Standing context=context.clone() rules=rules.clone() reward/></td>
            </tr>
        }
    };
    let rows = rewards.into_iter().map(row).collect_view();
    let head = vec![t.name_column, t.kind, t.price_column, t.left_column, t.conditions, t.state];
    view! { <Table label=t.title head>{rows}</Table> }
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
