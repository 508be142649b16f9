//! What came of a run: what is drawn of it, who gains and loses most, by whom and what.

use laurel_domain::lab::flows::Earnings;
use laurel_domain::lab::movers::Mover;
use laurel_domain::lab::report::Report;
use laurel_domain::numbers::points::Points;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::automatic::Keep;
use super::drawn::{Drawn, is_of_nobody};
use super::segments::SegmentsCard;
use super::under_way::UnderWay;
use super::{run_path, words};
use crate::api::admin::lab::StopRun;
use crate::i18n::{Lang, format};
use crate::pages::components::{Card, EmptyState, Form, Notice, PointsChange, Table, Tone};
use crate::server::web::RequestContext;
use laurel_engine::usecase::lab::runs::{Expected, Run, RunState};

#[component]
pub fn ResultOf(context: RequestContext, run: Option<Run>) -> impl IntoView {
    let t = context.lang.lab();
    let Some(run) = run else {
        return view! { <EmptyState icon="rules" title=t.nothing_yet><p>{t.nothing_yet_about}</p></EmptyState> }.into_any();
    };
    match (run.state, run.report.clone()) {
        (RunState::Done, Some(report)) if run.is_check => view! { <Checked context report/> }.into_any(),
        (RunState::Done, Some(report)) => view! { <Whole context run report/> }.into_any(),
        (RunState::Waiting | RunState::Running, _) => view! { <Running lang=context.lang run/> }.into_any(),
        (RunState::Cancelled, _) => view! { <Notice>{t.was_stopped}</Notice> }.into_any(),
        (_, _) => {
            let text = (t.failed)(run.fault.as_deref().unwrap_or("-"));
            view! { <Notice tone=Tone::Bad>{text}</Notice> }.into_any()
        }
    }
}

#[component]
fn Running(lang: Lang, run: Run) -> impl IntoView {
    let t = lang.lab();
    let told = match run.state {
        RunState::Waiting => t.waiting.to_owned(),
        _ if run.is_reading => (t.reading)(&format::count(run.done), &format::count(run.total)),
        _ => (t.running)(&format::count(run.done), &format::count(run.total)),
    };
    let too_large = run.expected.filter(Expected::is_too_large).map(|expected| words::too_large(lang, expected));
    let (address, stop, id) = (run_path(run.id), Form::of(StopRun::PATH), run.id.to_string());
    view! {
        {too_large.map(|told| view! { <Notice>{told}</Notice> })}
        <UnderWay lang done=run.done total=run.total label=t.progress told address stop name="run" id/>
    }
}

#[component]
fn Checked(context: RequestContext, report: Report) -> impl IntoView {
    let t = context.lang.lab();
    let members = words::count(report.members);
    let wrong = report.differing + report.strange.members + report.left_out.members;
    let notice = match wrong {
        0 => view! { <Notice tone=Tone::Good>{(t.check_good)(&members)}</Notice> }.into_any(),
        wrong => view! { <Notice tone=Tone::Bad>{(t.check_bad)(&words::count(wrong), &members)}</Notice> }.into_any(),
    };
    view! { {notice}<AsOf context report/> }
}

/// Up to when everything is in it.
#[component]
pub fn AsOf(context: RequestContext, report: Report) -> impl IntoView {
    let at = context.moment(report.scope.as_of);
    let members = report.within.as_ref().map_or(report.members, |within| within.certain + within.drawn);
    let told = (context.lang.lab().as_of)(&at, &words::count(members), &words::count(report.entries));
    view! { <p class="mute small">{told}</p> }
}

#[component]
pub(super) fn Whole(context: RequestContext, run: Run, report: Report) -> impl IntoView {
    let (lang, t, currency) = (context.lang, context.lang.lab(), context.programme().currency);
    let id = run.id.to_string();
    let keep = run.is_automatic.then(|| view! { <Keep lang run/> });
    if is_of_nobody(&report) {
        return view! { {keep}<Drawn context=context.clone() report=report.clone() run=None/><AsOf context report/> }
            .into_any();
    }
    view! {
        {keep}
        <Drawn context=context.clone() report=report.clone() run=Some(id.clone())/>
        <div class="halves even">
            <MoversCard lang run=id.clone() title=t.gain_title movers=report.gain_most.clone()/>
            <MoversCard lang run=id.clone() title=t.lose_title movers=report.lose_most.clone()/>
        </div>
        <SegmentsCard lang run=id.clone() segments=report.segments.clone() currency/>
        <Sources lang run=id report=report.clone()/>
        <AsOf context report/>
    }
    .into_any()
}

/// By what earned, and payments by where they were made.
#[component]
fn Sources(lang: Lang, run: String, report: Report) -> impl IntoView {
    let (t, terms) = (lang.lab(), lang.rules());
    let row = |name: String, was: Earnings, is: Earnings| {
        let (was, is) = (was.issued - was.clawed_back, is.issued - is.clawed_back);
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="num">{words::points(was)}</td>
                <td class="num">{words::points(is)}</td>
                <td class="num">{words::points_change(is - was)}</td>
            </tr>
        }
    };
    let kinds = laurel_domain::rules::terms::EarnKind::ALL.into_iter().zip(&report.kinds);
    let kinds = kinds.map(|(kind, found)| row(terms.earned_by(kind).to_owned(), found.baseline, found.draft)).collect_view();
    let scenes =
        report.scenes.iter().map(|found| row(terms.scene(found.scene).to_owned(), found.baseline, found.draft)).collect_view();
    view! {
        <Card>
            <div class="spread"><h2>{t.sources_title}</h2><a class="small" href=format!("/admin/lab/csv?run={run}&table=sources")>{t.csv}</a></div>
            <Table label=t.sources_title head=sources_head(lang)>
                {kinds}{scenes}
            </Table>
        </Card>
    }
}

#[component]
fn MoversCard(lang: Lang, run: String, title: &'static str, movers: Vec<Mover>) -> impl IntoView {
    let t = lang.lab();
    if movers.is_empty() {
        return view! { <Card title><p class="mute">{t.nobody}</p></Card> }.into_any();
    }
    let file = format!("/admin/lab/csv?run={run}&table=movers");
    let row = |mover: Mover| {
        let name = mover.external_id.clone().unwrap_or_else(|| lang.console().nameless.to_owned());
        let change = Points::from_hundredths(i64::try_from(mover.change()).unwrap_or_default());
        let why = format!("/admin/lab/explain?run={run}&member={}", mover.member);
        view! {
            <tr>
                <th scope="row"><a href=format!("/admin/members/{}", mover.member)>{name}</a></th>
                <td class="num">{format::points(mover.balance.baseline)}</td>
                <td class="num">{format::points(mover.balance.draft)}</td>
                <td class="num"><PointsChange points=change/></td>
                <td><a class="small" href=why>{t.why}</a></td>
            </tr>
        }
    };
    let rows = movers.into_iter().take(8).map(row).collect_view();
    view! {
        <Card>
            <div class="spread"><h2>{title}</h2><a class="small" href=file>{t.csv}</a></div>
            <Table label=title head=movers_head(lang)>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn sources_head(lang: Lang) -> Vec<&'static str> {
    let t = lang.lab();
    vec![t.source, t.in_force_column, t.draft_column, t.change_column]
}

fn movers_head(lang: Lang) -> Vec<&'static str> {
    let t = lang.lab();
    vec![t.member, t.in_force_column, t.draft_column, t.change_column, t.why_column]
}
