//! Two to four drafts side by side. `?run=…&run=…`.

use laurel_domain::lab::report::Report;
use laurel_domain::lab::sum::Sum;
use leptos::prelude::*;

use super::charts::TierFlow;
use super::{AdminPage, Here, run_path, words};
use crate::i18n::format;
use crate::islands::changed;
use crate::pages::components::{Card, EmptyState, Markup, Notice, Tone};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_domain::rules::changes::changes;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::lab::runs::{self, Run};

/// How many stand beside each other.
const MOST: usize = 4;

#[component]
pub fn ComparePage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::Read)?;
        let t = context.lang.lab();
        let query = context.visit.path.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        let ids: Vec<String> =
            form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "run").map(|(_, id)| id.into_owned()).collect();
        let mut found: Vec<(Run, Report)> = Vec::new();
        for id in ids.iter().filter_map(|id| id.parse().ok()).take(MOST) {
            let run = runs::find(&context.state.ledger, id).await?;
            found.extend(run.and_then(|run| run.report.clone().map(|report| (run, report))));
        }
        let left_out =
            (ids.len() > MOST).then(|| view! { <Notice tone=Tone::Warn>{(t.compare_most)(ids.len(), MOST)}</Notice> });
        let in_force = context.state.ledger.rulebook().await?.general().at(context.now()).clone();
        let head = move || view! { <a class="button small" href="/admin/lab">{t.to_lab}</a> };
        let content = match found.len() {
            0 | 1 => view! { <EmptyState icon="rules" title=t.compare_none><a href="/admin/lab">{t.to_lab}</a></EmptyState> }
                .into_any(),
            _ => {
                let tops = found.iter().enumerate().map(|(at, (run, _))| {
                    let changes = context.lang.changes(&changes(&in_force.set, &run.set), &[&run.set, &in_force.set]);
                    let title = name(&context, at, run);
                    let href = run_path(run.id);
                    view! {
                        <Card>
                            <h2><a href=href>{title}</a></h2>
                            <Markup content=vec![changed(context.lang, changes)]/>
                        </Card>
                    }
                });
                let tops = tops.collect_view();
                let flows = found.iter().enumerate().map(|(at, (run, report))| {
                    let (title, lang, tiers) = (name(&context, at, run), context.lang, report.tiers.clone());
                    view! { <Card title><TierFlow lang tiers/></Card> }
                });
                let flows = flows.collect_view();
                view! {
                    {left_out}
                    <div class="compared">{tops}</div>
                    <Table context=context.clone() found=found.clone()/>
                    <div class="compared">{flows}</div>
                }
                .into_any()
            }
        };
        Ok(view! { <AdminPage title=t.compare_title here=Here::Lab head>{content}</AdminPage> }.into_any())
    })
}

/// Runs of one minute have the same time, so each has its number among those that are compared, too.
fn name(context: &RequestContext, at: usize, run: &Run) -> String {
    format!("{} · {}", at + 1, context.moment(run.made_at))
}

/// The key figures as rows, a column for the rules in force and one for each run.
#[component]
fn Table(context: RequestContext, found: Vec<(Run, Report)>) -> impl IntoView {
    let (t, currency) = (context.lang.lab(), context.programme().currency);
    let heads = found.iter().enumerate().map(|(at, (run, _))| {
        view! { <th scope="col" class="num">{name(&context, at, run)}</th> }
    });
    let heads = heads.collect_view();
    let points = |label: &'static str, pick: fn(&laurel_domain::lab::report::Balance) -> Sum| {
        let was = found.first().map(|(_, report)| words::points(pick(&report.points.baseline)));
        let cells = found.iter().map(|(_, report)| {
            view! { <td class="num">{words::points(pick(&report.points.draft))}</td> }
        });
        view! { <tr><th scope="row">{label}</th><td class="num mute">{was}</td>{cells.collect_view()}</tr> }
    };
    let was = found.first().map(|(_, report)| words::money(report.points.baseline.liability, currency));
    let worth = found.iter().map(|(_, report)| {
        view! { <td class="num">{words::money(report.points.draft.liability, currency)}</td> }
    });
    let worth = worth.collect_view();
    let moves = |label: &'static str, pick: fn(&Report) -> u64| {
        let cells = found.iter().map(|(_, report)| {
            view! { <td class="num">{words::count(pick(report))}</td> }
        });
        view! { <tr><th scope="row">{label}</th><td class="num mute">"–"</td>{cells.collect_view()}</tr> }
    };
    let kind = found.iter().map(|(run, _)| {
        view! { <td class="num small">{run.one_in.map_or_else(|| t.exact.to_owned(), |of| (t.sampled)(&format::count(i64::from(of))))}</td> }
    });
    let kind = kind.collect_view();
    let body = view! {
        {moves(t.lower, |report| report.tiers.lowered)}
        {moves(t.higher, |report| report.tiers.raised)}
        {points(t.issued, |balance| balance.flows.issued)}
        {points(t.clawed_back, |balance| balance.flows.clawed_back)}
        {points(t.expired, |balance| balance.flows.expired)}
        {points(t.outstanding, |balance| balance.outstanding)}
        <tr><th scope="row">{t.liability}</th><td class="num mute">{was}</td>{worth}</tr>
        <tr><th scope="row"><span class="unseen">{t.exact}</span></th><td></td>{kind}</tr>
    }
    .into_any();
    view! {
        <Card>
            <div class="table" role="region" tabindex="0" aria-label=t.compare_title>
                <table>
                    <thead><tr><th scope="col"><span class="unseen">{t.result}</span></th><th scope="col" class="num">{t.in_force}</th>{heads}</tr></thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        </Card>
    }
}
