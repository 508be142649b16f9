//! What a draft does, in figures and drawings with the tables behind them: of a run, and of an estimate while somebody types.

use laurel_domain::lab::report::{Report, Tiers};
use laurel_domain::rules::tier::TierRank;
use leptos::prelude::*;

use super::charts::{Legend, MonthsChart, SpreadChart, TierFlow, range_name};
use super::figures::Figures;
use super::ladder::{LadderAbout, LadderChart, LadderTable};
use super::words;
use crate::i18n::Lang;
use crate::pages::components::{Card, EmptyState, Notice, TierBadge, Tone};
use crate::server::web::RequestContext;

/// `run`: whose tables there are as files.
#[component]
pub fn Drawn(context: RequestContext, report: Report, run: Option<String>) -> impl IntoView {
    let (lang, t, currency) = (context.lang, context.lang.lab(), context.programme().currency);
    if is_of_nobody(&report) {
        return view! { <EmptyState icon="rules" title=t.nobody_yet><p>{t.nobody_yet_about}</p></EmptyState> }.into_any();
    }
    let estimate = report.within.as_ref().map(|within| {
        let [certain, drawn, rest] = [within.certain, within.drawn, within.rest].map(words::count);
        let text = (t.is_estimate)([&certain, &drawn, &rest], &words::points(within.outstanding));
        view! { <Notice tone=Tone::Warn>{text}</Notice> }
    });
    let flow = {
        let (tiers, chart) = (report.tiers.clone(), view! { <TierFlow lang tiers=report.tiers.clone()/> }.into_any());
        view! { <Chart title=t.flow_title lang run=run.clone() table="tiers" chart><Matrix lang tiers/></Chart> }
    };
    let ladder = report.ladder.clone().filter(|ladder| !ladder.baseline.ranges.is_empty()).map(|ladder| {
        let about = view! { <LadderAbout lang ladder=ladder.clone()/> };
        let chart = view! { {about}<LadderChart lang ladder=ladder.clone()/> }.into_any();
        view! { <Chart title=t.ladder_title lang run=run.clone() table="ladder" chart><LadderTable lang ladder/></Chart> }
    });
    let months = {
        let chart = view! { <Legend lang/><MonthsChart lang rows=report.months.clone() currency/> }.into_any();
        let (context, report) = (context.clone(), report.clone());
        view! { <Chart title=t.months_title lang run=run.clone() table="months" chart><MonthsTable context report/></Chart> }
    };
    let spread = {
        let chart = view! { <Legend lang/><SpreadChart lang rows=report.spread.clone()/> }.into_any();
        let report = report.clone();
        view! { <Chart title=t.spread_title lang run table="spread" chart><SpreadTable lang report/></Chart> }
    };
    view! {
        <div class="drawn stack">
            {estimate}
            <Figures context report=report.clone()/>
            <Warnings lang report/>
            {flow}
            {ladder}
            {months}
            {spread}
        </div>
    }
    .into_any()
}

/// Of a programme without members there is nothing to draw.
pub(super) fn is_of_nobody(report: &Report) -> bool {
    report.members == 0 && report.left_out.members == 0
}

/// What of the draft the figures do not show.
#[component]
fn Warnings(lang: Lang, report: Report) -> impl IntoView {
    let t = lang.lab();
    let short = (report.short.members > 0).then(|| {
        let short = &report.short;
        let text = (t.short)(
            &words::count(short.redemptions + short.adjustments),
            &words::count(short.members),
            &words::points(short.points),
        );
        view! { <Notice tone=Tone::Warn>{text}</Notice> }
    });
    let keeps_awards = report.scope.keeps_awards.then(|| view! { <Notice tone=Tone::Warn>{t.keeps_awards}</Notice> });
    let left_out = (report.left_out.members > 0).then(|| {
        view! { <Notice tone=Tone::Bad>{(t.left_out)(&words::count(report.left_out.members))}</Notice> }
    });
    view! { {short}{keeps_awards}{left_out} }
}

/// A drawing with its table folded behind it, and the way to the file of a run.
#[component]
fn Chart(
    title: &'static str,
    lang: Lang,
    run: Option<String>,
    table: &'static str,
    chart: AnyView,
    children: Children,
) -> impl IntoView {
    let t = lang.lab();
    let file = run.map(|run| format!("/admin/lab/csv?run={run}&table={table}"));
    let file = file.map(|file| view! { <a class="small" href=file>{t.csv}</a> });
    view! {
        <Card class="charted">
            <div class="spread"><h2>{title}</h2>{file}</div>
            {chart}
            <details class="fold"><summary class="small">{t.as_table}</summary>{children()}</details>
        </Card>
    }
}

#[component]
fn Matrix(lang: Lang, tiers: Tiers) -> impl IntoView {
    let rank = |at: usize| u16::try_from(at + 1).ok().and_then(TierRank::new).unwrap_or(TierRank::FIRST);
    let heads = tiers.draft.iter().map(|tier| view! { <th scope="col" class="num">{lang.of(&tier.name).to_owned()}</th> });
    let heads = heads.collect_view();
    let row = |(at, row): (usize, &laurel_domain::lab::report::TierRow)| {
        let same = tiers.draft.iter().position(|tier| tier.key == row.key).unwrap_or(at);
        let cell = |(to, members): (usize, &u64)| {
            let class = match (members, to.cmp(&same)) {
                (0, _) => "num mute",
                (_, std::cmp::Ordering::Less) => "num down",
                (_, std::cmp::Ordering::Greater) => "num up",
                _ => "num",
            };
            view! { <td class=class>{if *members == 0 { "–".to_owned() } else { words::count(*members) }}</td> }
        };
        let cells = tiers.matrix[at].iter().enumerate().map(cell).collect_view();
        view! { <tr><th scope="row"><TierBadge rank=rank(at) name=lang.of(&row.name).to_owned()/></th>{cells}</tr> }
    };
    let rows = tiers.baseline.iter().enumerate().map(row).collect_view();
    view! {
        <div class="table matrix" role="region" tabindex="0" aria-label=lang.lab().flow_title>
            <table><thead><tr><th scope="col">{lang.rules_safety().from_to}</th>{heads}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
}

#[component]
fn MonthsTable(context: RequestContext, report: Report) -> impl IntoView {
    let (t, currency) = (context.lang.lab(), context.programme().currency);
    let row = |row: &laurel_domain::lab::report::MonthRow| {
        view! {
            <tr>
                <th scope="row">{row.month.clone()}</th>
                <td class="num">{words::money(row.baseline.liability, currency)}</td>
                <td class="num">{words::money(row.draft.liability, currency)}</td>
                <td class="num">{words::money_change(row.baseline.liability, row.draft.liability, currency)}</td>
            </tr>
        }
    };
    let rows = report.months.iter().map(row).collect_view();
    view! {
        <div class="table tall" role="region" tabindex="0" aria-label=t.months_title>
            <table><thead><tr><th>{t.month}</th><th class="num">{t.in_force}</th><th class="num">{t.under_draft}</th><th class="num">{t.change}</th></tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
}

#[component]
fn SpreadTable(lang: Lang, report: Report) -> impl IntoView {
    let t = lang.lab();
    let row = |row: &laurel_domain::lab::report::SpreadRow| {
        view! { <tr><th scope="row">{range_name(lang, row)}</th><td class="num">{words::count(row.baseline)}</td><td class="num">{words::count(row.draft)}</td></tr> }
    };
    let rows = report.spread.iter().map(row).collect_view();
    view! {
        <div class="table tall" role="region" tabindex="0" aria-label=t.spread_title>
            <table><thead><tr><th>{t.range}</th><th class="num">{t.in_force}</th><th class="num">{t.under_draft}</th></tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
}
