//! The key figures of a run, each beside what it is under the rules in force.

use laurel_domain::lab::report::Report;
use laurel_domain::lab::sum::Sum;
use laurel_domain::numbers::money::Currency;
use leptos::prelude::*;

use super::words;
use crate::i18n::{Lang, Language};
use crate::server::web::RequestContext;

#[component]
pub fn Figures(context: RequestContext, report: Report) -> impl IntoView {
    let (lang, t, currency) = (context.lang, context.lang.lab(), context.programme().currency);
    let (was, is) = (&report.points.baseline, &report.points.draft);
    let figure = |label: &'static str, value: String, was: String, change: String, tone: &'static str| {
        view! {
            <div class="figure">
                <small>{label}</small>
                <b>{value}</b>
                <small>{(t.was)(&was)}" "<span class=tone>{change}</span></small>
            </div>
        }
    };
    let (was_money, is_money) = (was.liability, is.liability);
    let points = |label, before: Sum, after: Sum| {
        let change = if before == after { t.unchanged.to_owned() } else { words::points_change(after - before) };
        figure(label, words::points(after), words::points(before), change, "")
    };
    view! {
        <p class="headline">{headline(lang, &report, currency)}</p>
        <div class="figures">
            {points(t.issued, was.flows.issued, is.flows.issued)}
            {points(t.outstanding, was.outstanding, is.outstanding)}
            {figure(t.liability, words::money(is_money, currency), words::money(was_money, currency), words::money_change(was_money, is_money, currency), "")}
            {points(t.expired, was.flows.expired, is.flows.expired)}
        </div>
    }
}

/// The result in one sentence or two.
fn headline(lang: Lang, report: &Report, currency: Currency) -> String {
    let t = lang.lab();
    let within = report.within.as_ref();
    // of an estimate, with how far that may be from the truth
    let told = |told: String, margin: Option<String>| margin.map_or(told.clone(), |margin| format!("{told} ±{margin}"));
    let moved = |members: u64, margin: Option<u64>| told(words::count(members), margin.map(words::count));
    let lowered = moved(report.tiers.lowered, within.map(|within| within.lowered));
    let raised = moved(report.tiers.raised, within.map(|within| within.raised));
    let moves = (t.headline_move)(&lowered, &raised);
    let (was, is) = (report.points.baseline.liability, report.points.draft.liability);
    let margin = within.map(|within| within.liability).filter(|margin| margin.minor > 0);
    let margin = margin.map(|margin| words::money(margin, currency));
    let change = match was.minor == is.minor {
        true => told(t.unchanged.to_owned(), margin),
        false => told(words::money_change(was, is, currency), margin),
    };
    let space = if lang.language() == Language::En { " " } else { "" };
    format!("{moves}{space}{}", (t.headline_liability)(&words::money(is, currency), &change))
}
