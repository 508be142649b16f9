//! What a search has found: the goals side by side, and each proposal with what it changes and what comes of it.

use laurel_domain::lab::find::goal::{Goal, Reading, Unit};
use laurel_domain::lab::sum::{Amount, Sum};
use laurel_domain::numbers::factor::Factor;
use laurel_domain::numbers::money::Currency;
use laurel_domain::rules::changes::changes;
use laurel_domain::rules::rule_set::RuleSet;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::super::charts::TierFlow;
use super::super::figures::Figures;
use super::super::under_way::UnderWay;
use super::super::words;
use crate::api::admin::lab::StopSearch;
use crate::i18n::{Lang, format};
use crate::islands::changed;
use crate::pages::components::{Card, Chip, EmptyState, Form, Markup, Notice, Tone};
use crate::server::web::RequestContext;
use crate::server::web::paths::LAB_FIND;
use laurel_engine::usecase::lab::find::searches::{Findings, Search, Told};
use laurel_engine::usecase::lab::runs::RunState;
use laurel_engine::usecase::rules::Overview;

#[component]
pub fn FindingsOf(context: RequestContext, search: Option<Search>, overview: Overview, may_adopt: bool) -> impl IntoView {
    let t = context.lang.lab_find();
    let Some(search) = search else {
        return view! { <EmptyState icon="rules" title=t.nothing_yet><p>{t.nothing_yet_about}</p></EmptyState> }.into_any();
    };
    match (search.state, search.result.clone()) {
        (RunState::Done, Some(findings)) => view! { <Whole context search findings overview may_adopt/> }.into_any(),
        (RunState::Waiting | RunState::Running, _) => view! { <Searching lang=context.lang search/> }.into_any(),
        (RunState::Cancelled, _) => view! { <Notice>{t.was_stopped}</Notice> }.into_any(),
        (_, _) => {
            let text = (t.failed)(search.fault.as_deref().unwrap_or("-"));
            view! { <Notice tone=Tone::Bad>{text}</Notice> }.into_any()
        }
    }
}

#[component]
fn Searching(lang: Lang, search: Search) -> impl IntoView {
    let t = lang.lab_find();
    let told = match search.state {
        RunState::Waiting => t.waiting.to_owned(),
        _ => (t.running)(&format::count(search.done), &format::count(search.total)),
    };
    let (address, stop) = (format!("{LAB_FIND}?search={}", search.id), Form::of(StopSearch::PATH));
    let id = search.id.to_string();
    view! { <UnderWay lang done=search.done total=search.total label=t.progress told address stop name="search" id/> }
}

#[component]
fn Whole(context: RequestContext, search: Search, findings: Findings, overview: Overview, may_adopt: bool) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.lab_find());
    let is_reached_already = findings.proposals.first().is_some_and(|first| first.set == search.start);
    let notice = match findings.proposals.len() {
        _ if is_reached_already => view! { <Notice tone=Tone::Good>{t.found_already}</Notice> }.into_any(),
        0 => view! { <Notice tone=Tone::Warn>{t.found_none}</Notice> }.into_any(),
        count => view! { <Notice tone=Tone::Good>{(t.found)(count)}</Notice> }.into_any(),
    };
    let shown: Vec<(String, Told)> = findings
        .proposals
        .iter()
        .filter(|_| !is_reached_already)
        .enumerate()
        .map(|(at, told)| ((t.proposal)(at + 1), told.clone()))
        .chain(findings.nearest.iter().map(|told| (t.nearest.to_owned(), told.clone())))
        .collect();
    let how =
        (t.how)(&words::count(findings.sampled), &words::count(findings.runs), &words::count(findings.start.report.members));
    let goals =
        view! { <Goals context=context.clone() search=search.clone() start=findings.start.clone() shown=shown.clone()/> };
    let cards = shown.into_iter().enumerate().map(|(place, (title, told))| {
        let moved = lang.changes(&changes(&search.start, &told.set), &[&told.set, &search.start]);
        let buttons = may_adopt
            .then(|| view! { <Adopt context=context.clone() search=search.id.to_string() place overview=overview.clone()/> });
        let report = told.report.clone();
        let figures = view! { <Figures context=context.clone() report=report.clone()/> };
        view! {
            <Card title>
                <div class="stack">
                    <Markup content=vec![changed(lang, moved)]/>
                    {buttons}
                    {figures}
                    <TierFlow lang tiers=report.tiers/>
                </div>
            </Card>
        }
    });
    let cards = cards.collect_view();
    view! {
        {notice}
        {goals}
        <div class="compared">{cards}</div>
        <p class="mute small">{how}</p>
    }
}

/// Each goal as a row: what is wanted, what it is at the start, and what under each proposal.
#[component]
fn Goals(context: RequestContext, search: Search, start: Told, shown: Vec<(String, Told)>) -> impl IntoView {
    let (t, currency) = (context.lang.lab_find(), context.programme().currency);
    let heads = shown.iter().map(|(title, _)| view! { <th scope="col" class="num">{title.clone()}</th> }).collect_view();
    let cell = |goal: &Goal, reading: Reading| {
        let value = number(goal.unit(), reading.0, currency);
        let mark = match goal.is_met(reading) {
            true => view! { <Chip tone="good">{t.reached}</Chip> }.into_any(),
            false => {
                let by = number(goal.unit(), reading.0.abs_diff(goal.limit()).try_into().unwrap_or(i64::MAX), currency);
                view! { <Chip tone="bad">{t.missed}</Chip><small class="mute">{(t.missed_by)(&by)}</small> }.into_any()
            }
        };
        view! { <td class="num"><div class="find-reading"><b>{value}</b>{mark}</div></td> }
    };
    let row = |(at, goal): (usize, &Goal)| {
        let of_start = start.readings.get(at).map(|reading| cell(goal, *reading));
        let cells = shown.iter().map(|(_, told)| told.readings.get(at).map(|reading| cell(goal, *reading))).collect_view();
        view! { <tr><th scope="row">{sentence(&context, &search.start, goal)}</th>{of_start}{cells}</tr> }
    };
    let rows = search.asked.goals.iter().enumerate().map(row).collect_view();
    view! {
        <Card title=t.goals>
            <div class="table" role="region" tabindex="0" aria-label=t.goals>
                <table>
                    <thead><tr><th scope="col">{t.goal}</th><th scope="col" class="num">{t.at_start}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
}

/// Takes a proposal into the draft of the rules, or into the lab. `place`: which of the proposals.
#[component]
fn Adopt(context: RequestContext, search: String, place: usize, overview: Overview) -> impl IntoView {
    let t = context.lang.lab_find();
    let revision = overview.draft.as_ref().map_or(0, |draft| draft.revision);
    view! {
        <form method="post" action=LAB_FIND class="row">
            <input type="hidden" name="search" value=search/>
            <input type="hidden" name="place" value=place.to_string()/>
            <input type="hidden" name="base" value=overview.base.to_string()/>
            <input type="hidden" name="revision" value=revision.to_string()/>
            <button class="button main small" name="do" value="draft">{t.open_draft}</button>
            <button class="button small" name="do" value="lab">{t.open_lab}</button>
        </form>
    }
}

fn number(unit: Unit, value: i64, currency: Currency) -> String {
    match unit {
        Unit::Points => words::points(Sum(value.into())),
        Unit::Money => words::money(Amount { minor: value.into(), exponent: currency.exponent() }, currency),
        // to a hundredth of a percent is as exact as anybody reads
        Unit::Percent => format!("{}%", Factor::from_millionths(value).decimal().round_dp(2).normalize()),
    }
}

/// A goal as a sentence with its number.
pub fn sentence(context: &RequestContext, set: &RuleSet, goal: &Goal) -> String {
    let (lang, t, currency) = (context.lang, context.lang.lab_find(), context.programme().currency);
    let tier = |key: &laurel_domain::text::Key| {
        let tier = set.ladder.tiers.iter().find(|tier| tier.key == *key);
        tier.map_or_else(|| key.to_string(), |tier| lang.of(&tier.name).to_owned())
    };
    let limit = number(goal.unit(), goal.limit(), currency);
    match goal {
        Goal::Outstanding { .. } => (t.wants_outstanding)(&limit),
        Goal::Issued { .. } => (t.wants_issued)(&limit),
        Goal::Cost { .. } => (t.wants_cost)(&limit),
        Goal::AtLeast { tier: key, .. } => (t.wants_least)(&tier(key), &limit),
        Goal::AtMost { tier: key, .. } => (t.wants_most)(&tier(key), &limit),
        Goal::Lowered { percent } if *percent == Factor::ZERO => t.wants_nobody_lowered.to_owned(),
        Goal::Lowered { .. } => (t.wants_lowered)(&limit),
    }
}
