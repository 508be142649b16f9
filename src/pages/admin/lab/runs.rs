//! The runs that there are, to look at again and to compare.

use leptos::prelude::*;

use super::run_path;
use crate::pages::components::{Card, Chip, Table};
use crate::server::web::RequestContext;
use laurel_domain::rules::changes::changes;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::usecase::lab::runs::{Run, RunState};

/// `shown`: the one that the page shows.
#[component]
pub fn Runs(context: RequestContext, runs: Vec<Run>, shown: Option<String>, in_force: RuleSet) -> impl IntoView {
    let t = context.lang.lab();
    let row = |run: Run| {
        let id = run.id.to_string();
        let is_shown = shown.as_ref() == Some(&id);
        let tone = match run.state {
            RunState::Done => "good",
            RunState::Failed => "bad",
            RunState::Cancelled => "",
            _ => "warn",
        };
        let can_compare = run.state == RunState::Done && !run.is_check;
        let label = (context.lang.rules().changed)(changes(&in_force, &run.set).len());
        let pick = can_compare.then(|| {
            let (value, label) = (id.clone(), format!("{} {}", t.compare, context.moment(run.made_at)));
            view! { <input type="checkbox" name="run" value=value aria-label=label/> }
        });
        view! {
            <tr aria-current=is_shown.then_some("true")>
                <td>{pick}</td>
                <th scope="row"><a href=run_path(run.id)>{context.moment(run.made_at)}</a></th>
                <td>{if run.is_check { t.is_check.to_owned() } else { label }}</td>
                <td>{run.one_in.map_or_else(|| t.exact.to_owned(), |of| (t.sampled)(&of.to_string()))}</td>
                <td><Chip tone>{t.states[run.state as usize]}</Chip></td>
            </tr>
        }
    };
    let rows = runs.into_iter().map(row).collect_view();
    view! {
        <Card title=t.runs>
            <form method="get" action="/admin/lab/compare" class="form">
                <p class="mute small">{t.runs_about}</p>
                <Table label=t.runs head=vec![context.lang.console().pick_column, t.when, t.changes, t.result, context.lang.adjust().state_label]>{rows}</Table>
                <div class="form-foot"><button class="button">{t.compare}</button></div>
            </form>
        </Card>
    }
}
