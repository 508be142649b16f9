//! The form that finds rules: its fields are as many as there are tiers and levers. A search is asked for and shown; a proposal becomes
//! the draft or a run of the lab; what is at fault comes back with all that was typed, and nothing is run.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use laurel_domain::ids::LabSearchId;
use laurel_domain::lab::scope::Span;
use laurel_domain::rules::form::Fields;
use laurel_domain::rules::rule_set::RuleSet;

use super::answer::{self, Asked};
use super::kept::{self, Kept};
use super::lab_form::save_as_draft;
use super::rules_fields::{self, see_other};
use crate::server::AppState;
use crate::server::web::errors;
use crate::server::web::flash::Flash;
use crate::server::web::paths::{LAB, LAB_FIND, RULES_PUBLISH};
use crate::server::web::visit::Visit;
use laurel_engine::auth::{Authority, Permission, StaffSession};
use laurel_engine::usecase::lab::find::searches::{self, Wanted};
use laurel_engine::usecase::{AppError, rules};

pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let may = |staff: &&StaffSession| staff.role.may(Permission::ManageRules);
    let Some(staff) = visit.staff.as_ref().filter(may) else {
        return answer::refuse(&asked, visit.lang.errors().forbidden_title, &errors::forbidden(visit.lang));
    };
    let (parts, body) = request.into_parts();
    let Some(fields) = rules_fields::read(body).await else { return answer::too_large(&asked) };
    let done = match fields.get("do").map(String::as_str) {
        Some("draft") => adopt(&state, staff, &fields, &visit).await,
        Some("lab") => open(&state, staff, &fields).await.map(|to| (to, None)),
        _ => start(&state, staff, &fields).await.map(|to| (to, None)),
    };
    match done {
        Ok((to, note)) => see_other(&to, LAB_FIND, note.map(|note: Flash| note.write(&state.config))),
        Err(error) => match shown_again(&state, &visit, &parts.headers, fields, error).await {
            Ok(Kept { to, cookie }) => see_other(&to, LAB_FIND, Some(cookie)),
            Err(error) => answer::refuse(&asked, visit.lang.errors().refused_title, &errors::of_app(visit.lang, error)),
        },
    }
}

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(String::as_str).unwrap_or_default()
}

async fn start(state: &AppState, staff: &StaffSession, fields: &Fields) -> Result<String, AppError> {
    let is_asked = |name: &&String| name.starts_with("goal.") || name.starts_with("move.");
    let asked = fields.iter().filter(|(name, _)| is_asked(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    let span = if text(fields, "span") == "in_force" { Span::InForce } else { Span::Whole };
    let start = Box::new(start_of(state, text(fields, "start")).await?);
    let id = searches::start(&state.ledger, Authority::from(staff), Wanted { start, fields: asked, span }).await?;
    state.jobs.wake();
    Ok(format!("{LAB_FIND}?search={id}"))
}

/// The rules that the form starts from, by what the page called them.
async fn start_of(state: &AppState, name: &str) -> Result<RuleSet, AppError> {
    if let Some(id) = name.strip_prefix("search:") {
        let id: LabSearchId = id.parse().map_err(|_| AppError::NotFound)?;
        return Ok(searches::find(&state.ledger, id).await?.ok_or(AppError::NotFound)?.start);
    }
    let overview = rules::overview(&state.ledger).await?;
    match (name, overview.draft) {
        ("draft", Some(draft)) => Ok(draft.set),
        _ => Ok(overview.in_force.set),
    }
}

/// Which proposal of which search.
fn place(fields: &Fields) -> Result<(LabSearchId, usize), AppError> {
    let id = text(fields, "search").parse().map_err(|_| AppError::NotFound)?;
    Ok((id, text(fields, "place").parse().map_err(|_| AppError::NotFound)?))
}

async fn adopt(
    state: &AppState,
    staff: &StaffSession,
    fields: &Fields,
    visit: &Visit,
) -> Result<(String, Option<Flash>), AppError> {
    let (id, place) = place(fields)?;
    let (proposal, _) = searches::proposal(&state.ledger, id, place).await?;
    save_as_draft(state, Authority::from(staff), proposal.set, fields).await?;
    Ok((RULES_PUBLISH.to_owned(), Some(Flash::note(visit.lang.lab().taken_over))))
}

async fn open(state: &AppState, staff: &StaffSession, fields: &Fields) -> Result<String, AppError> {
    let (id, place) = place(fields)?;
    let run = searches::open(&state.ledger, Authority::from(staff), id, place).await?;
    Ok(format!("{LAB}?run={run}"))
}

async fn shown_again(
    state: &AppState,
    visit: &Visit,
    headers: &HeaderMap,
    fields: Fields,
    error: AppError,
) -> Result<Kept, AppError> {
    let error = Some(errors::of_app(visit.lang, error));
    // of a proposal there is nothing to type again
    let (back, typed) = match fields.get("search") {
        Some(search) => (format!("{LAB_FIND}?search={search}"), Vec::new()),
        None => (LAB_FIND.to_owned(), fields.into_iter().filter(|(name, _)| name != "do").collect()),
    };
    let flash = Flash { path: LAB_FIND.to_owned(), error, typed, ..Flash::default() };
    kept::keep(state, visit, headers, &back, flash).await
}
