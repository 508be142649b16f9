//! The key figures of a run, each beside what it is under the rules in force.

use laurel_domain::lab::report::Report;
use leptos::prelude::*;

use super::words;
use crate::i18n::Lang;
use crate::server::web::RequestContext;

#[component]
pub fn Figures(context: RequestContext, report: Report, one_in: Option<u32>) -> impl IntoView {
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
    let scale = i128::from(one_in.unwrap_or(1));
    let times = |sum: laurel_domain::lab::sum::Sum| laurel_domain::lab::sum::Sum(sum.hundredths() * scale);
    let (was_money, is_money) = (scale_money(was.liability, scale), scale_money(is.liability, scale));
    let points = |label, before: laurel_domain::lab::sum::Sum, after: laurel_domain::lab::sum::Sum| {
        let (before, after) = (times(before), times(after));
        let change = if before == after { t.unchanged.to_owned() } else { words::points_change(after - before) };
        figure(label, words::points(after), words::points(before), change, "")
    };
    view! {
        <p class="headline">{headline(lang, &report, one_in, currency)}</p>
        <div class="figures">
            {points(t.issued, was.flows.issued, is.flows.issued)}
            {points(t.outstanding, was.outstanding, is.outstanding)}
            {figure(t.liability, words::money(is_money, currency), words::money(was_money, currency), words::money_change(was_money, is_money, currency), "")}
            {points(t.expired, was.flows.expired, is.flows.expired)}
        </div>
    }
}

pub fn scale_money(amount: laurel_domain::lab::sum::Amount, scale: i128) -> laurel_domain::lab::sum::Amount {
    laurel_domain::lab::sum::Amount { minor: amount.minor * scale, ..amount }
}

/// The result in one sentence or two.
fn headline(lang: Lang, report: &Report, one_in: Option<u32>, currency: laurel_domain::numbers::money::Currency) -> String {
    let t = lang.lab();
    // of a sample, with how far that may be from the truth
    let moved = |members: u64| {
        let told = words::count(words::scaled(members, one_in));
        let error = report.scope.sample.map(|sample| words::count(sample.error_of(members, report.members)));
        error.map_or(told.clone(), |error| format!("{told} ±{error}"))
    };
    let moves = (t.headline_move)(&moved(report.tiers.lowered), &moved(report.tiers.raised));
    let scale = i128::from(one_in.unwrap_or(1));
    let (was, is) = (scale_money(report.points.baseline.liability, scale), scale_money(report.points.draft.liability, scale));
    let change = match was.minor == is.minor {
        true => t.unchanged.to_owned(),
        false => words::money_change(was, is, currency),
    };
    let space = if lang == Lang::En { " " } else { "" };
    format!("{moves}{space}{}", (t.headline_liability)(&words::money(is, currency), &change))
}
