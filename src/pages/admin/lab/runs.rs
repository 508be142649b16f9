//! The runs that there are, to look at again and to compare: the newest beside the draft, all on a page of their own. `?state=done`.

use std::collections::HashMap;

use leptos::prelude::*;

use super::{AdminPage, Here, run_path};
use crate::pages::admin::list::{Beside, Column, FilterChips, FilterSelect, ListTable, Pages, Picks, filter};
use crate::pages::components::{Card, Chip, EmptyState};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_domain::rules::changes::changes;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::audit;
use laurel_engine::usecase::lab::runs::{self, KEPT, Run, RunState};
use laurel_engine::usecase::members::search::Counted;

pub const PATH: &str = "/admin/lab/runs";

/// What the address calls what became of a run.
const STATES: [(&str, RunState); 5] = [
    ("waiting", RunState::Waiting),
    ("running", RunState::Running),
    ("done", RunState::Done),
    ("stopped", RunState::Cancelled),
    ("failed", RunState::Failed),
];

/// All that are kept: few enough to be one page.
#[component]
pub fn RunsPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::Read)?;
        let (ledger, t) = (&context.state.ledger, context.lang.lab());
        let asked = filter(&context.visit, "state").and_then(|name| STATES.into_iter().find(|(known, _)| *known == name));
        let all = runs::all(ledger).await?;
        let is_empty = all.is_empty();
        let found: Vec<Run> = all.into_iter().filter(|run| asked.is_none_or(|(_, state)| run.state == state)).collect();
        let names = audit::staff_names(context.db()).await?;
        let in_force = ledger.rulebook().await?.general().at(context.now()).set.clone();
        let list = match (found.is_empty(), is_empty) {
            (true, true) => {
                view! { <EmptyState icon="rules" title=t.no_runs><a href="/admin/lab">{t.to_lab}</a></EmptyState> }.into_any()
            }
            (true, false) => {
                let l = context.lang.lists();
                view! { <EmptyState icon="search" title=l.nothing_found><a href=PATH>{context.lang.console().clear_filter}</a></EmptyState> }
                    .into_any()
            }
            (false, _) => {
                let (rows, counted) = (found.len(), Counted { number: found.len() as i64, is_exact: true });
                view! {
                    <Listed context=context.clone() runs=found shown=None in_force names=Some(names)/>
                    <Pages rows beside=Beside::default() counted=Some(counted)/>
                }
                .into_any()
            }
        };
        let options = STATES.map(|(name, state)| (name.to_owned(), t.states[state as usize].to_owned())).to_vec();
        let label = context.lang.adjust().state_label;
        let chosen = asked.map(|(_, state)| ("state", label, t.states[state as usize].to_owned()));
        let head = move || view! { <a class="button small" href="/admin/lab">{t.to_lab}</a> };
        Ok(view! {
            <AdminPage title=t.runs here=Here::Lab head>
                <p class="mute measure">{t.runs_about}" "{(t.runs_kept)(KEPT)}</p>
                <form class="filters" method="get">
                    <FilterSelect name="state" label any=context.lang.common().all options chosen=asked.map(|(name, _)| name.to_owned())/>
                    <button class="button">{context.lang.common().filter}</button>
                </form>
                <div class="list-foot"><FilterChips chosen=chosen.into_iter().collect()/></div>
                {list}
            </AdminPage>
        }
        .into_any())
    })
}

/// The newest, beside the draft. `shown`: the one that the page shows.
#[component]
pub fn Runs(context: RequestContext, runs: Vec<Run>, shown: Option<String>, in_force: RuleSet) -> impl IntoView {
    let t = context.lang.lab();
    view! {
        <Card title=t.runs>
            <p class="mute small">{t.runs_about}" "<a href=PATH>{t.all_runs}</a></p>
            <Listed context runs shown in_force names=None/>
        </Card>
    }
}

/// In a form that leads to those that are ticked, beside each other. `names`: of the staff, where there is room for who ran it.
#[component]
fn Listed(
    context: RequestContext,
    runs: Vec<Run>,
    shown: Option<String>,
    in_force: RuleSet,
    names: Option<HashMap<String, String>>,
) -> impl IntoView {
    let t = context.lang.lab();
    let mut columns = [t.when, t.changes, t.result, context.lang.adjust().state_label].map(Column::plain).to_vec();
    columns.extend(names.is_some().then(|| Column::plain(t.made_by)));
    let row = |run: Run| {
        let is_shown = shown.as_ref() == Some(&run.id.to_string());
        view! { <Row context=context.clone() run is_shown in_force=&in_force names=names.as_ref()/> }
    };
    let rows = runs.into_iter().map(row).collect_view();
    view! {
        <form method="get" action="/admin/lab/compare" class="form">
            <ListTable label=t.runs columns picks=Picks::Rows>{rows}</ListTable>
            <div class="form-foot"><button class="button">{t.compare}</button></div>
        </form>
    }
}

#[component]
fn Row<'a>(
    context: RequestContext,
    run: Run,
    is_shown: bool,
    in_force: &'a RuleSet,
    names: Option<&'a HashMap<String, String>>,
) -> impl IntoView + use<> {
    let (t, id) = (context.lang.lab(), run.id.to_string());
    let tone = match run.state {
        RunState::Done => "good",
        RunState::Failed => "bad",
        RunState::Cancelled => "",
        _ => "warn",
    };
    let what = match run.is_check {
        true => t.is_check.to_owned(),
        false => (context.lang.rules().changed)(changes(in_force, &run.set).len()),
    };
    let pick = (run.state == RunState::Done && !run.is_check).then(|| {
        let label = format!("{} {}", t.compare, context.moment(run.made_at));
        view! { <input type="checkbox" name="run" value=id aria-label=label/> }
    });
    let by = names.map(|names| {
        let name = run.made_by.and_then(|staff| names.get(&staff.to_string()).cloned());
        view! { <td class="small mute">{name}</td> }
    });
    view! {
        <tr aria-current=is_shown.then_some("true")>
            <td class="pick">{pick}</td>
            <th scope="row" class="card-name"><a href=run_path(run.id)>{context.moment(run.made_at)}</a></th>
            <td class="card-wide">{what}</td>
            <td class="card-more">{run.one_in.map_or_else(|| t.exact.to_owned(), |of| (t.sampled)(&of.to_string()))}</td>
            <td class="card-sum"><Chip tone>{t.states[run.state as usize]}</Chip></td>
            {by}
        </tr>
    }
}
