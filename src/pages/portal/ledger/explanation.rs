//! Why an entry has the points it has: the sum, line by line, folded away until somebody asks.

use std::sync::Arc;

use jiff::civil::Date;
use laurel_domain::ledger::entry::{Entry, Place};
use laurel_domain::ledger::explanation::{Explanation, Term};
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::rule_set::{Rulebook, Rules};
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::pages::portal::rules::tiers::unit;
use crate::server::web::RequestContext;
use laurel_engine::usecase::ledger::activity::Line;

/// A line of the sum: its name, its value, and whether it is the total.
type Row = (String, String, bool);

#[component]
pub fn Why(context: RequestContext, rulebook: Arc<Rulebook>, line: Line) -> impl IntoView {
    let t = context.lang.activity();
    let entry = &line.entry;
    let rules = rulebook.version(entry.rules).unwrap_or(rulebook.latest());
    let content = match &line.explanation {
        Some(explanation) => {
            let rows = sum(&context, rules, entry, explanation);
            view! { <Sum rows/><p class="hint">{(t.by_rules)(entry.rules)}</p> }.into_any()
        }
        None => view! { <p class="mute">{t.unexplained}</p> }.into_any(),
    };
    // an activation changes no balance: what it is about is what became available
    let about = match &line.explanation {
        Some(Explanation::Activated { points, .. }) => *points,
        _ => entry.points,
    };
    let size = Points::from_hundredths(about.hundredths().saturating_abs());
    view! {
        <details class="why">
            <summary>{(t.why)(&format::points(size))}</summary>
            <div class="why-sum">{content}</div>
        </details>
    }
}

#[component]
fn Sum(rows: Vec<Row>) -> impl IntoView {
    let row = |(name, value, is_total): Row| {
        let class = if is_total { "total" } else { "" };
        view! { <div class=class><dt>{name}</dt><dd>{value}</dd></div> }
    };
    view! { <dl class="sum">{rows.into_iter().map(row).collect_view()}</dl> }
}

fn sum(context: &RequestContext, rules: &Rules, entry: &Entry, explanation: &Explanation) -> Vec<Row> {
    let (lang, t) = (context.lang, context.lang.activity());
    let total = |name: &str, points: Points| (name.to_owned(), format::points(points), true);
    let row = |name: &str, value: String| (name.to_owned(), value, false);
    let factor = |name: String, value: String| (format!("× {name}"), value, false);
    match explanation {
        Explanation::Payment { .. } => payment(context, rules, explanation),
        Explanation::Referral { term } => given(context, t.for_referral, term),
        Explanation::Review { term } => given(context, t.for_review, term),
        Explanation::Refund { paid, refunded_before, amount, points, pending, owed, forgiven } => {
            let amounts = [(t.paid, *paid), (t.refunded_before, *refunded_before), (t.this_refund, *amount)];
            let amounts = amounts.into_iter().map(|(name, amount)| row(name, format::money(amount)));
            amounts.chain(taken_back(lang, *points, *forgiven, *pending, *owed)).collect()
        }
        Explanation::ReferralTakenBack { earned, pending, owed, forgiven } => {
            taken_back(lang, *earned, *forgiven, *pending, *owed)
        }
        Explanation::LapsedRestored { points } => vec![total(t.given_back, *points)],
        Explanation::Cash { cash, rate, cost } => {
            let rate = factor((t.weight)(&format::money(unit(rules.currency))), rate.to_string());
            let mut rows = vec![row(t.cash, format::money(*cash)), rate, total(t.cost, *cost)];
            rows.extend(lots(lang, entry));
            rows
        }
        Explanation::Reward { price, quantity, cost } => {
            let quantity = factor(t.quantity.to_owned(), quantity.to_string());
            let mut rows = vec![row(t.price, format::points(*price)), quantity, total(t.cost, *cost)];
            rows.extend(lots(lang, entry));
            rows
        }
        Explanation::Restored { taken, repaid } => {
            let mut rows = vec![total(t.given_back, *taken)];
            rows.extend((!repaid.is_zero()).then(|| row(t.repaid, format::points(*repaid))));
            rows.extend(lots(lang, entry));
            rows
        }
        Explanation::Activated { points, repaid, expires } => {
            let mut rows = vec![total(t.became_available, *points)];
            rows.extend((!repaid.is_zero()).then(|| row(t.repaid, format::points(*repaid))));
            rows.extend(expires.map(|day| row(t.redeemable_through, format::date(lang, day))));
            rows
        }
        Explanation::Lapsed { day, points } => {
            vec![row(t.last_day, format::date(lang, *day)), total(t.expired, *points)]
        }
        Explanation::Adjusted { points } => {
            let mut rows = vec![(t.adjustment.to_owned(), format::points_change(*points), true)];
            rows.extend(lots(lang, entry));
            rows
        }
        Explanation::Merged { points, debt } => {
            let mut rows = vec![(t.merged.to_owned(), format::points_change(*points), true)];
            rows.extend((!debt.is_zero()).then(|| row(t.merged_debt, format::points_change(*debt))));
            rows.extend(lots(lang, entry));
            rows
        }
        Explanation::Closed { available, pending, debt } => closed(lang, entry, [*available, *pending, *debt]),
    }
}

/// Weight, multipliers, and what of their product became points.
fn payment(context: &RequestContext, rules: &Rules, explanation: &Explanation) -> Vec<Row> {
    let Explanation::Payment { amount, scene, scene_multiplier, tier, tier_multiplier, term } = explanation else {
        return Vec::new();
    };
    let (lang, t) = (context.lang, context.lang.activity());
    let factor = |name: String, value: String| (format!("× {name}"), value, false);
    let tier = lang.of(&rules.tier(*tier).name);
    let mut rows = vec![
        (t.paid.to_owned(), format::money(*amount), false),
        factor((t.weight)(&format::money(unit(rules.currency))), term.weight.to_string()),
        factor((t.scene_multiplier)((t.scene)(*scene)), scene_multiplier.to_string()),
        factor((t.tier_multiplier)(tier), tier_multiplier.to_string()),
        (format!("= {}", t.exact), term.exact.clone(), false),
    ];
    rows.extend(earned(context, term));
    rows
}

/// What a closed account had: available, pending and owed.
fn closed(lang: Lang, entry: &Entry, had: [Points; 3]) -> Vec<Row> {
    let t = lang.activity();
    let named = [t.was_available, t.was_pending, t.was_owed].into_iter().zip(had);
    let some = named.filter(|(_, points)| !points.is_zero());
    let mut rows: Vec<Row> = some.map(|(name, points)| (name.to_owned(), format::points(points), false)).collect();
    rows.push((t.removed.to_owned(), format::points_change(entry.points), true));
    rows
}

/// What was taken back of what had been earned, and what of it was not simply there.
fn taken_back(lang: Lang, earned: Points, forgiven: Points, pending: Points, owed: Points) -> Vec<Row> {
    let t = lang.activity();
    let row = |name: &str, points: Points| (name.to_owned(), format::points(points), false);
    let mut rows = Vec::new();
    if !forgiven.is_zero() {
        rows.push(row(t.taken_back, earned));
        rows.push(row(t.forgiven, forgiven));
    }
    let taken = earned.checked_sub(forgiven).unwrap_or(earned);
    rows.push((t.taken.to_owned(), format::points(taken), true));
    rows.extend((!pending.is_zero()).then(|| row(t.from_pending, pending)));
    rows.extend((!owed.is_zero()).then(|| row(t.owed, owed)));
    rows
}

/// From which lots it came or to which it went, where any of them expires.
fn lots(lang: Lang, entry: &Entry) -> Vec<Row> {
    let t = lang.activity();
    let moved: Vec<_> = entry
        .moves
        .iter()
        .filter_map(|m| match m.place {
            Place::Lot { day } => Some((day, Points::from_hundredths(m.points.hundredths().saturating_abs()))),
            _ => None,
        })
        .collect();
    if moved.iter().all(|(day, _)| day.is_none()) {
        return Vec::new();
    }
    let name =
        |day: Option<Date>| day.map_or_else(|| t.without_expiry.to_owned(), |day| (t.good_through)(&format::date(lang, day)));
    moved.into_iter().map(|(day, points)| (name(day.map(|day| day.date())), format::points(points), false)).collect()
}

fn given(context: &RequestContext, name: &str, term: &Term) -> Vec<Row> {
    let mut rows = vec![(name.to_owned(), term.weight.to_string(), false)];
    rows.extend(earned(context, term));
    rows
}

/// How the exact product became points: rounding and caps are left out where they did nothing.
fn earned(context: &RequestContext, term: &Term) -> Vec<Row> {
    let t = context.lang.activity();
    let mut rows = Vec::new();
    if term.rounding != "0" {
        let sign = if term.rounding.starts_with('-') { "" } else { "+" };
        rows.push((t.rounding.to_owned(), format!("{sign}{}", term.rounding).replace('-', "−"), false));
    }
    if !term.cut.is_zero() {
        rows.push((t.cap.to_owned(), format!("−{}", format::points(term.cut)), false));
    }
    rows.push((t.earned.to_owned(), format::points(term.points), true));
    if !term.repaid.is_zero() {
        rows.push((t.repaid.to_owned(), format::points(term.repaid), false));
    }
    if let Some(until) = term.held_until {
        rows.push((t.available_from.to_owned(), format::date_time(context.lang, context.local(until)), false));
    }
    if let Some(day) = term.expires.filter(|_| term.points.is_positive()) {
        rows.push((t.redeemable_through.to_owned(), format::date(context.lang, day), false));
    }
    rows
}
