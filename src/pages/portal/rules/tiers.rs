//! What each tier gives, where it starts, and how points are earned.

use jiff::civil::Date;
use laurel_domain::benefits::benefit::{Benefit, BenefitKind};
use laurel_domain::ledger::event::Scene;
use laurel_domain::numbers::factor::Factor;
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::cash::cost_of;
use laurel_domain::rules::rule_set::{RuleSet, Rules};
use laurel_domain::rules::terms::{EarnKind, Expiry};
use laurel_domain::rules::tier::{Basis, Ladder, Tier, TierRank};
use laurel_domain::rules::window::Window;
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::pages::components::{Card, Chip, Icon, TierBadge, tier_class};
use crate::pages::page;
use crate::pages::portal::TierProgress;
use crate::pages::portal::rules::notices::Notices;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::visit::Visit;
use crate::server::web::{RequestContext, errors};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rules::told;

#[component]
pub fn TiersPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let (t, ledger) = (context.lang.portal(), &context.state.ledger);
        let found = due::settled(ledger, By::No(session.no)).await?;
        let member = found.ok_or_else(|| errors::not_found(context.lang))?;
        let rulebook = ledger.rulebook().await?;
        let rules = rulebook.of(session.member).at(context.now()).clone();
        let tier = view::view_at(&rulebook, context.now(), &member).tier;
        let (own, name) = (tier.rank, context.lang.of(&tier.name).to_owned());
        let progress = view::progress(&rulebook, context.now(), &member);
        let told = told(ledger, (session.no, session.member)).await?;
        let cards = (1..).zip(rules.set.ladder.tiers.clone()).filter_map(|(rank, tier)| Some((TierRank::new(rank)?, tier)));
        let cards = cards.map(|(rank, tier)| view! { <TierCard rules=rules.clone() rank tier own/> }).collect_view();
        Ok(view! {
            <PortalPage title=t.tiers here=Here::Benefits>
                <Notices context=context.clone() told/>
                <div class=format!("tier-progress {}", tier_class(own))><TierProgress context=context.clone() tier=name progress/></div>
                <Counting ladder=rules.set.ladder.clone()/>
                <ol class="tier-cards">{cards}</ol>
                <Card title=t.how_to_earn class="earning"><HowToEarn rules/></Card>
            </PortalPage>
        }
        .into_any())
    })
}

/// What counts for a tier, and how long one stays; nothing where all that ever was does and for good.
#[component]
fn Counting(ladder: Ladder) -> impl IntoView {
    let t = Visit::current().lang.portal();
    let window = match ladder.window {
        Window::Lifetime => None,
        Window::CalendarYear => Some(t.counts_this_year.to_owned()),
        Window::Months(months) => Some((t.counts_months)(months)),
    };
    let kept = ladder.validity.map(|validity| (t.kept_for)(validity.months));
    let grace = ladder.validity.filter(|validity| validity.grace_days > 0).map(|validity| (t.grace)(validity.grace_days));
    let lines: Vec<String> = [window, kept, grace].into_iter().flatten().collect();
    (!lines.is_empty()).then(|| view! { <p class="mute measure counting">{lines.join(" ")}</p> })
}

#[component]
fn TierCard(rules: Rules, rank: TierRank, tier: Tier, own: TierRank) -> impl IntoView {
    let lang = Visit::current().lang;
    let t = lang.portal();
    let mark = match rank.cmp(&own) {
        std::cmp::Ordering::Equal => Some(view! { <Chip tone="good">{t.your_tier}</Chip> }.into_any()),
        std::cmp::Ordering::Less => Some(
            view! { <span class="tier-reached"><Icon name="check"/><span class="unseen">{t.reached}</span></span> }.into_any(),
        ),
        std::cmp::Ordering::Greater => None,
    };
    let from = rules.thresholds().get(rank.index()).copied().unwrap_or_default();
    let amount = gathered(rules.set.ladder.basis, rules.currency, from);
    let from = match (rank == TierRank::FIRST, rules.set.ladder.basis) {
        (true, _) => t.for_everyone.to_owned(),
        (false, Basis::PointsEarned) => (t.from_earned)(&amount),
        (false, Basis::PointsBalance) => (t.from_balance)(&amount),
        (false, Basis::AmountSpent) => (t.from_spent)(&amount),
    };
    let current = (rank == own).then_some("true");
    view! {
        <li class=format!("card tier-card {}", tier_class(rank)) aria-current=current>
            <div class="spread"><h2><TierBadge rank name=lang.of(&tier.name)/></h2>{mark}</div>
            <p class="mute">{from}</p>
            <BenefitList rules rank tier with_points=true/>
        </li>
    }
}

/// What a tier gives, an icon each. `with_points`: also that payments earn, so that no tier looks worthless.
#[component]
pub fn BenefitList(rules: Rules, rank: TierRank, tier: Tier, #[prop(optional)] with_points: bool) -> impl IntoView {
    let lang = Visit::current().lang;
    let t = lang.portal();
    let row = |icon: &'static str, text: String, more: Option<String>| {
        let more = more.map(|more| view! { <small>{more}</small> });
        view! { <li><span class="tile"><Icon name=icon/></span><span>{text}{more}</span></li> }
    };
    let times = |benefit: &Benefit| benefit.quota.map(lang.benefits().times);
    let given = |benefit: &Benefit| row(icon(benefit.kind), lang.of(&benefit.text).to_owned(), times(benefit));
    let mut rows: Vec<_> = tier.benefits.iter().map(given).collect();
    let is_multiplied = tier.multiplier != Factor::ONE;
    if is_multiplied {
        rows.insert(0, row("plus", (t.tier_multiplier)(&tier.multiplier.to_string()), None));
    } else if with_points && rules.set.alpha > Factor::ZERO {
        rows.insert(0, row("leaf", t.points_on_payments.to_owned(), None));
    }
    (!rows.is_empty()).then(|| view! { <ul class=format!("list bare-tail {}", tier_class(rank))>{rows}</ul> })
}

pub const fn icon(kind: BenefitKind) -> &'static str {
    match kind {
        BenefitKind::Discount => "ticket",
        BenefitKind::Gift => "gift",
        BenefitKind::Repair => "tool",
        BenefitKind::Service | BenefitKind::Other => "star",
    }
}

/// The rules in force, in words.
#[component]
pub fn HowToEarn(rules: Rules) -> impl IntoView {
    let lang = Visit::current().lang;
    let (t, set) = (lang.portal(), &rules.set);
    let unit = unit(rules.currency);
    let zero = Factor::ZERO;
    let row = |icon: &'static str, text: String, more: String| {
        let more = (!more.is_empty()).then(|| view! { <small>{more}</small> });
        view! { <li><span class="tile"><Icon name=icon/></span><span>{text}{more}</span></li> }
    };
    let scenes: Vec<String> = Scene::ALL
        .into_iter()
        .filter(|scene| set.scenes.of(*scene) != Factor::ONE)
        .map(|scene| (t.earn_scene)((lang.activity().scene)(scene), &set.scenes.of(scene).to_string()))
        .collect();
    let mut rows = Vec::new();
    if set.alpha > zero {
        rows.push(row(
            "card",
            (t.earn_paying)(&format::money(unit), &set.alpha.to_string()),
            joined(scenes, terms(lang, set, EarnKind::Payment)),
        ));
    }
    if set.beta > zero {
        rows.push(row(
            "invite",
            (t.earn_referring)(&set.beta.to_string()),
            joined(Vec::new(), terms(lang, set, EarnKind::Referral)),
        ));
    }
    if set.gamma > zero {
        rows.push(row(
            "pen",
            (t.earn_reviewing)(&set.gamma.to_string()),
            joined(Vec::new(), terms(lang, set, EarnKind::Review)),
        ));
    }
    rows.extend(expiry(lang, set.expiry).map(|text| row("clock", text, String::new())));
    if let Some(cost) = cost_of(&rules.cash_terms(), unit) {
        rows.push(row("cash", (t.rate)(&format::points(cost), &format::money(unit)), String::new()));
    }
    view! { <ul class="list bare-tail">{rows}</ul> }
}

fn joined(mut parts: Vec<String>, more: Vec<String>) -> String {
    parts.extend(more);
    parts.join(" · ")
}

/// The most there is of it, and how long it is held back.
fn terms(lang: Lang, set: &RuleSet, kind: EarnKind) -> Vec<String> {
    let (t, cap, days) = (lang.portal(), set.caps.of(kind), set.holding.of(kind));
    let parts = [
        cap.day.map(|most| (t.at_most_a_day)(&format::points(most))),
        cap.month.map(|most| (t.at_most_a_month)(&format::points(most))),
        (days > 0).then(|| (t.held_for)(days)),
    ];
    parts.into_iter().flatten().collect()
}

fn expiry(lang: Lang, expiry: Expiry) -> Option<String> {
    let t = lang.portal();
    match expiry {
        Expiry::Never => None,
        Expiry::Months(months) => Some((t.expire_after)(months)),
        // any year does, but for 29 February
        Expiry::Yearly { month, day, years } => {
            Date::new(2028, month, day).ok().map(|day| (t.expire_on)(&format::day_of_any_year(lang, day), years))
        }
    }
}

/// One unit of a currency.
pub fn unit(currency: Currency) -> Money {
    let minor = i64::try_from(currency.minor_per_unit()).unwrap_or(1);
    Money::from_minor(minor, currency).unwrap_or_else(|_| unreachable!("a unit is money"))
}

/// What a tier basis counts, as people read it.
pub fn gathered(basis: Basis, currency: Currency, counted: i64) -> String {
    match basis {
        Basis::AmountSpent => Money::from_minor(counted, currency).map_or_else(|_| counted.to_string(), format::money),
        Basis::PointsEarned | Basis::PointsBalance => format::points(Points::from_hundredths(counted)),
    }
}
