//! The catalogue: cash, vouchers, gifts, each with what it takes and, if it cannot be had, what is missing.

pub mod redeem;
mod search;
mod take;

use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::cash::cost_of;
use laurel_domain::rewards::redemption::RedemptionKind;
use laurel_domain::rewards::reward::Reward;
use laurel_domain::rules::rule_set::Rules;
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::pages::components::{EmptyState, Icon, RewardPicture};
use crate::pages::page;
use crate::pages::portal::rewards::redeem::RedemptionList;
use crate::pages::portal::rules::tiers::unit;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::RequestContext;
use laurel_engine::store::rewards::redemptions::{Filter, Which};
use laurel_engine::usecase::rewards::catalogue::{self, Offered};
use laurel_engine::usecase::rewards::redeem as redemptions;
use search::{Search, Wanted};
pub use take::TakeRewardPage;

const LATEST: i64 = 3;
/// So many pictures of a section are asked for at once, the others as they come into sight.
const FIRST: usize = 3;

#[component]
pub fn RewardsPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let (t, ledger) = (context.lang.rewards(), &context.state.ledger);
        let catalogue = catalogue::of_member(ledger, session.no).await?;
        let rulebook = ledger.rulebook().await?;
        let rules = rulebook.of(session.member).at(context.now()).clone();
        let latest = Filter { which: Which::OfMember(session.no), after: None, most: LATEST };
        let latest = redemptions::list(ledger, latest).await?;
        let available = catalogue.available;
        let is_empty = catalogue.rewards.is_empty();
        let wanted = Wanted::asked(&context);
        let mut rewards = catalogue.rewards;
        rewards.retain(|offered| wanted.fits(offered));
        let none_fits = (!is_empty && rewards.is_empty()).then(|| {
            view! { <EmptyState icon="search" title=t.none_fits><a href="/rewards">{t.show_all}</a></EmptyState> }
        });
        let search = (!is_empty).then(|| view! { <Search lang=context.lang wanted/> });
        let (vouchers, gifts): (Vec<_>, Vec<_>) =
            rewards.into_iter().partition(|offered| offered.reward.supply.kind() == RedemptionKind::Voucher);
        let nothing = is_empty.then(|| {
            view! { <EmptyState icon="gift" title=t.nothing_yet><p>{t.nothing_yet_about}</p></EmptyState> }
        });
        let mine = (!latest.is_empty()).then(|| {
            let words = context.lang.redeem();
            view! {
                <section>
                    <div class="section-head"><h2>{words.mine}</h2><a href="/redemptions">{words.all}</a></div>
                    <RedemptionList context=context.clone() redemptions=latest/>
                </section>
            }
        });
        Ok(view! {
            <PortalPage title=t.title here=Here::Rewards>
                <div class="rewards-head">
                    <div><p class="label">{t.available}</p><p class="redeem-available">{format::points(available)}</p></div>
                    <Cash lang=context.lang rules=rules.clone()/>
                </div>
                {search}
                {nothing}
                {none_fits}
                <Rewards context=context.clone() rules=rules.clone() title=t.vouchers offered=vouchers available/>
                <Rewards context=context.clone() rules title=t.gifts offered=gifts available/>
                {mine}
            </PortalPage>
        }
        .into_any())
    })
}

#[component]
fn Cash(lang: Lang, rules: Rules) -> impl IntoView {
    let t = lang.rewards();
    let unit = unit(rules.currency);
    let about = cost_of(&rules.cash_terms(), unit).map(|cost| (t.cash_about)(&format::points(cost), &format::money(unit)));
    view! {
        <section class="card rewards-cash">
            <span class="tile"><Icon name="cash"/></span>
            <div><h2>{t.cash}</h2><p class="mute small">{about}</p></div>
            <a class="button" href="/redeem">{t.to_cash}</a>
        </section>
    }
}

#[component]
fn Rewards(
    context: RequestContext,
    rules: Rules,
    title: &'static str,
    offered: Vec<Offered>,
    available: Points,
) -> impl IntoView {
    if offered.is_empty() {
        return None;
    }
    let cards = offered.into_iter().enumerate().map(|(at, offered)| {
        view! { <RewardCard context=context.clone() rules=rules.clone() offered available at/> }
    });
    Some(view! {
        <section>
            <h2>{title}</h2>
            <ul class="reward-cards">{cards.collect_view()}</ul>
        </section>
    })
}

#[component]
fn RewardCard(context: RequestContext, rules: Rules, offered: Offered, available: Points, at: usize) -> impl IntoView {
    let (t, reward) = (context.lang.rewards(), offered.reward);
    let name = context.lang.of(&reward.terms.name).to_owned();
    let about = context.lang.of(&reward.terms.about).to_owned();
    let about = (!about.is_empty()).then(|| view! { <p class="mute small">{about}</p> });
    let conditions = conditions(&context, &rules, &reward).into_iter().map(|text| view! { <span>{text}</span> }).collect_view();
    let class = if offered.obstacle.is_some() { "card reward-card closed" } else { "card reward-card" };
    let way = match offered.obstacle {
        None => {
            let href = format!("/rewards/{}", reward.id);
            view! { <a class="button main" href=href aria-label=(t.take_what)(&name)>{t.take}</a> }.into_any()
        }
        Some(refusal) => {
            view! { <p class="reward-why"><Icon name="lock"/><span>{why_not(context.lang, &refusal, available)}</span></p> }
                .into_any()
        }
    };
    view! {
        <li class=class>
            <RewardPicture of=&reward alt=name.clone() first=at < FIRST/>
            <h3>{name}</h3>
            {about}
            <p class="reward-price">{(t.price)(&format::points(reward.terms.price))}</p>
            <p class="parts small mute">{conditions}</p>
            {way}
        </li>
    }
}

/// What a reward asks for, and how much of it there is.
pub fn conditions(context: &RequestContext, rules: &Rules, reward: &Reward) -> Vec<String> {
    let (t, terms) = (context.lang.rewards(), &reward.terms);
    let tier = terms.least_tier.as_ref().and_then(|key| rules.set.ladder.tiers.iter().find(|tier| tier.key == *key));
    let day = |day: jiff::civil::Date| format::date(context.lang, day);
    let parts = [
        tier.map(|tier| (t.for_tier)(context.lang.of(&tier.name))),
        terms.limit.map(|limit| (t.limit)(limit.most, limit.period)),
        terms.starts.map(|starts| (t.from_day)(&day(starts))),
        terms.ends.map(|ends| (t.until_day)(&day(ends))),
        terms.valid_days.map(t.valid_days),
        format::left(reward).map(|left| (t.left)(&left)),
    ];
    parts.into_iter().flatten().collect()
}

/// What is missing, rather than what is wrong.
pub(super) fn why_not(lang: Lang, refusal: &Refusal, available: Points) -> String {
    match refusal {
        Refusal::NotEnoughPoints { wanted, .. } => {
            let missing = wanted.checked_sub(available).unwrap_or(*wanted);
            (lang.rewards().missing)(&format::points(missing))
        }
        Refusal::MemberSuspended => lang.redeem().suspended.to_owned(),
        Refusal::MemberClosed => lang.redeem().closed.to_owned(),
        refusal => lang.refusal(refusal),
    }
}
