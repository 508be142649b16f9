//! Why an entry has the points it has: the sum, line by line, folded away until somebody asks.

use std::sync::Arc;

use laurel_domain::explain::{Explanation, Term};
use laurel_domain::points::Points;
use laurel_domain::rules::{Rules, Timeline};
use leptos::prelude::*;

use super::tiers::unit;
use crate::i18n::{Lang, format};
use crate::server::usecase::activity::Line;

/// A line of the sum: its name, its value, and whether it is the total.
type Row = (String, String, bool);

#[component]
pub fn Why(lang: Lang, timeline: Arc<Timeline>, line: Line) -> impl IntoView {
    let t = lang.activity();
    let entry = line.entry;
    let rules = timeline.version(entry.rules).unwrap_or(timeline.latest());
    let rows = line.explanation.as_ref().map(|explanation| sum(lang, rules, explanation));
    let content = match rows {
        Some(rows) if rows.is_empty() => return None,
        Some(rows) => view! { <Sum rows/><p class="hint">{(t.by_rules)(entry.rules)}</p> }.into_any(),
        None => view! { <p class="mute">{t.unexplained}</p> }.into_any(),
    };
    let size = Points::from_hundredths(entry.points.hundredths().saturating_abs());
    Some(view! {
        <details class="why">
            <summary>{(t.why)(&format::points(size))}</summary>
            <div class="why-sum">{content}</div>
        </details>
    })
}

#[component]
fn Sum(rows: Vec<Row>) -> impl IntoView {
    let row = |(name, value, is_total): Row| {
        let class = if is_total { "total" } else { "" };
        view! { <div class=class><dt>{name}</dt><dd>{value}</dd></div> }
    };
    view! { <dl class="sum">{rows.into_iter().map(row).collect_view()}</dl> }
}

fn sum(lang: Lang, rules: &Rules, explanation: &Explanation) -> Vec<Row> {
    let t = lang.activity();
    let row = |name: &str, value: String| (name.to_owned(), value, false);
    let factor = |name: String, value: String| (format!("× {name}"), value, false);
    match explanation {
        Explanation::Payment { amount, scene, scene_multiplier, tier, tier_multiplier, term } => {
            let tier = lang.of(&rules.tier(*tier).name);
            let mut rows = vec![
                row(t.paid, format::money(*amount)),
                factor((t.weight)(&format::money(unit(rules.currency))), term.weight.to_string()),
                factor((t.scene_multiplier)((t.scene)(*scene)), scene_multiplier.to_string()),
                factor((t.tier_multiplier)(tier), tier_multiplier.to_string()),
                (format!("= {}", t.exact), term.exact.clone(), false),
            ];
            rows.extend(earned(lang, term));
            rows
        }
        Explanation::Referral { term } => given(lang, t.for_referral, term),
        Explanation::Review { term } => given(lang, t.for_review, term),
        Explanation::Refund { paid, refunded_before, amount, points, owed, forgiven, .. } => {
            let taken = points.checked_sub(*forgiven).unwrap_or(*points);
            let mut rows = vec![
                row(t.paid, format::money(*paid)),
                row(t.refunded_before, format::money(*refunded_before)),
                row(t.this_refund, format::money(*amount)),
            ];
            if !forgiven.is_zero() {
                rows.push(row(t.taken_back, format::points(*points)));
                rows.push(row(t.forgiven, format::points(*forgiven)));
            }
            rows.push((t.taken.to_owned(), format::points(taken), true));
            if !owed.is_zero() {
                rows.push(row(t.owed, format::points(*owed)));
            }
            rows
        }
        _ => Vec::new(),
    }
}

fn given(lang: Lang, name: &str, term: &Term) -> Vec<Row> {
    let mut rows = vec![(name.to_owned(), term.weight.to_string(), false)];
    rows.extend(earned(lang, term));
    rows
}

/// How the exact product became points: rounding and caps are left out where they did nothing.
fn earned(lang: Lang, term: &Term) -> Vec<Row> {
    let t = lang.activity();
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
    rows
}
