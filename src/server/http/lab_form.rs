//! The lab's form: its fields are as many as there are tiers and benefits. A run is asked for and shown; what is at fault comes back with
//! all that was typed, and nothing is run.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use laurel_domain::ids::LabRunId;
use laurel_domain::lab::scope::Span;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::form::{self, Fields};
use laurel_domain::rules::rule_set::RuleSet;

use super::answer::{self, Asked};
use super::kept;
use super::rules_fields::{self, Shown, see_other, show_again};
use crate::pages::admin::lab_span;
use crate::server::AppState;
use crate::server::web::errors;
use crate::server::web::flash::Flash;
use crate::server::web::paths::{LAB, RULES_PUBLISH};
use crate::server::web::visit::Visit;
use laurel_engine::auth::{Authority, Permission, StaffSession};
use laurel_engine::usecase::lab::automatic;
use laurel_engine::usecase::lab::runs::{self, Wanted};
use laurel_engine::usecase::programme::report;
use laurel_engine::usecase::{AppError, rules};

/// About how many members an estimate looks at.
const SAMPLE: i64 = 2_000;

/// Where the browser goes.
enum Outcome {
    To(String, Option<Flash>),
    /// What was typed is saved there, or dropped.
    Saved(String, Option<Flash>),
    Shown(Shown),
}

pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let may = |staff: &&StaffSession| staff.role.may(Permission::ManageRules);
    let Some(staff) = visit.staff.as_ref().filter(may) else {
        return answer::refuse(&asked, visit.lang.errors().forbidden_title, &errors::forbidden(visit.lang));
    };
    let (parts, body) = request.into_parts();
    let Some(fields) = rules_fields::read(body).await else { return answer::too_large(&asked) };
    let done = match done(&state, staff, fields, &visit).await {
        Ok(done) => typed(&state, &visit, &parts.headers, &done).await.map(|()| done),
        Err(error) => Err(error),
    };
    match done {
        Ok(Outcome::To(to, note) | Outcome::Saved(to, note)) => see_other(&to, LAB, note.map(|note| note.write(&state.config))),
        Ok(Outcome::Shown(shown)) => show_again(&state, &visit, &parts.headers, &asked, LAB, shown).await,
        Err(error) => answer::refuse(&asked, visit.lang.errors().refused_title, &errors::of_app(visit.lang, error)),
    }
}

/// What was being typed is dropped once it is saved, and is what the form says where it is shown again.
async fn typed(state: &AppState, visit: &Visit, headers: &HeaderMap, done: &Outcome) -> Result<(), AppError> {
    match done {
        Outcome::To(..) => Ok(()),
        Outcome::Saved(..) => kept::drop_typing(state, visit, headers).await,
        Outcome::Shown(shown) => kept::renew_typing(state, visit, headers, &shown.fields).await,
    }
}

async fn done(state: &AppState, staff: &StaffSession, mut fields: Fields, visit: &Visit) -> Result<Outcome, AppError> {
    let wish = fields.remove("do").unwrap_or_default();
    let by = Authority::from(staff);
    match wish.as_str() {
        "check" => started(state, by, Wanted::Check).await,
        "forget" => Ok(Outcome::Saved(LAB.to_owned(), None)),
        "keep" => keep(state, by, fields.get("run").map(String::as_str), visit).await,
        // of the page that publishes: the draft as it is kept
        "draft-run" => {
            let draft = rules::overview(&state.ledger).await?.draft.ok_or(Refusal::StaleDraft)?;
            started(state, by, Wanted::Draft { set: Box::new(draft.set), span: Span::Whole, demotes: false, one_in: None })
                .await
        }
        "run" | "estimate" | "draft" => {
            let set = match form::whole_rule_set(&fields, state.ledger.programme.currency) {
                Ok(set) => set,
                Err(faults) => return Ok(refused(visit, fields, Refusal::Invalid { faults }.into())),
            };
            match wish.as_str() {
                "draft" => take_over(state, by, set, fields, visit).await,
                wish => {
                    let one_in = if wish == "estimate" { one_in(state).await? } else { None };
                    let span = lab_span(&fields);
                    let wanted = Wanted::Draft { set: Box::new(set), span, demotes: false, one_in };
                    Ok(Outcome::Saved(start(state, by, wanted).await?, None))
                }
            }
        }
        edit => Ok(Outcome::Shown(rules_fields::edited(fields, edit))),
    }
}

async fn started(state: &AppState, by: Authority, wanted: Wanted) -> Result<Outcome, AppError> {
    Ok(Outcome::To(start(state, by, wanted).await?, None))
}

/// Where the run is shown.
async fn start(state: &AppState, by: Authority, wanted: Wanted) -> Result<String, AppError> {
    let id = runs::start(&state.ledger, by, wanted).await?;
    state.jobs.wake();
    Ok(format!("{LAB}?run={id}"))
}

/// Puts a run that began by itself among the others.
async fn keep(state: &AppState, by: Authority, run: Option<&str>, visit: &Visit) -> Result<Outcome, AppError> {
    let t = visit.lang.lab();
    let id: LabRunId = run.and_then(|id| id.parse().ok()).ok_or(AppError::NotFound)?;
    Ok(match automatic::keep(&state.ledger, by, id).await? {
        true => Outcome::Saved(format!("{LAB}?run={id}"), Some(Flash::note(t.automatic_kept))),
        false => Outcome::To(LAB.to_owned(), Some(Flash::note(t.automatic_gone))),
    })
}

/// Of how many members one is looked at, so that the estimate is there at once; everybody of a few.
async fn one_in(state: &AppState) -> Result<Option<u32>, AppError> {
    let members = report::report(&state.ledger.db).await?.members;
    Ok(u32::try_from(members / SAMPLE).ok().filter(|of| *of >= 2))
}

/// What was tried becomes the draft of the rules.
async fn take_over(state: &AppState, by: Authority, set: RuleSet, fields: Fields, visit: &Visit) -> Result<Outcome, AppError> {
    // the page that publishes tells of it
    if let Some(run) = automatic::find(&state.ledger, by, &set, Span::Whole).await? {
        automatic::keep(&state.ledger, by, run.id).await?;
    }
    if let Err(error) = save_as_draft(state, by, set, &fields).await {
        return Ok(refused(visit, fields, error));
    }
    Ok(Outcome::Saved(RULES_PUBLISH.to_owned(), Some(Flash::note(visit.lang.lab().taken_over))))
}

/// Makes rules the draft, in place of the one that the form knew (`base`, `revision`); a draft that says the same already stays.
pub(super) async fn save_as_draft(state: &AppState, by: Authority, set: RuleSet, fields: &Fields) -> Result<(), AppError> {
    let number = |name: &str| fields.get(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    let base = u32::try_from(number("base")).unwrap_or_default();
    if rules::overview(&state.ledger).await?.draft.as_ref().is_none_or(|draft| draft.set != set) {
        rules::save_draft(&state.ledger, by, set, base, number("revision")).await?;
    }
    Ok(())
}

fn refused(visit: &Visit, fields: Fields, error: AppError) -> Outcome {
    Outcome::Shown(Shown { fields, error: Some(errors::of_app(visit.lang, error)), at: None })
}
