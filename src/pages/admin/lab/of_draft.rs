//! What exactly a draft does, where somebody is about to put it in force: of its newest exact run, or else estimated at once.

use jiff::SignedDuration;
use laurel_domain::lab::report::Report;
use laurel_domain::lab::scope::Span;
use laurel_domain::rules::rule_set::RuleSet;
use leptos::prelude::*;

use super::drawn::Drawn;
use super::result::AsOf;
use super::run_path;
use crate::pages::components::Card;
use crate::server::web::RequestContext;
use crate::server::web::paths::LAB;
use laurel_engine::auth::{Authority, StaffSession};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::live;
use laurel_engine::usecase::lab::runs::{self, Run, RunState};

/// A run that is older says less than an estimate of today.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// What is known of a draft.
#[derive(Clone, Debug)]
pub struct Known {
    report: Report,
    /// The newest exact run of just this draft, also one that is not as new as `report`.
    run: Option<Run>,
}

/// # Errors
/// Of the use cases.
pub async fn known(context: &RequestContext, staff: &StaffSession, set: &RuleSet) -> Result<Known, AppError> {
    let ledger = &context.state.ledger;
    let is_of_draft = |run: &Run| {
        !run.is_check
            && run.one_in.is_none()
            && !run.demotes
            && run.span == Span::Whole
            && run.state == RunState::Done
            && run.set == *set
    };
    let run = runs::latest(ledger, 50).await?.into_iter().find(is_of_draft);
    let fresh = run.as_ref().filter(|run| run.as_of.is_some_and(|at| context.now().duration_since(at) < FRESH));
    let report = match fresh {
        Some(run) => runs::find(ledger, run.id).await?.and_then(|run| run.report),
        None => None,
    };
    Ok(match report {
        Some(report) => Known { report, run },
        None => {
            let report = live::estimate(ledger, Authority::from(staff), set.clone(), Span::Whole).await?;
            Known { report, run }
        }
    })
}

#[component]
pub fn OfDraft(context: RequestContext, known: Known) -> impl IntoView {
    let t = context.lang.lab();
    let told = known.run.as_ref().and_then(|run| run.as_of).map(|at| (t.publish_as_of)(&context.moment(at)));
    let file = known.run.as_ref().filter(|_| known.report.within.is_none()).map(|run| run.id.to_string());
    let link = known.run.as_ref().map(|run| view! { <a class="button" href=run_path(run.id)>{t.see_run}</a> });
    view! {
        <Card title=t.publish_runs>
            <p>{told.unwrap_or_else(|| t.publish_none.to_owned())}</p>
            <div class="row">
                {link}
                <form method="post" action=LAB class="inline">
                    <input type="hidden" name="do" value="draft-run"/>
                    <button class="button">{t.simulate_now}</button>
                </form>
            </div>
        </Card>
        <Drawn context=context.clone() report=known.report.clone() run=file/>
        <AsOf context report=known.report/>
    }
}
