//! The exact run of what was typed in the lab, begun by itself once somebody has stopped: how far it is, or what came of it, as the
//! piece of the page that shows it. With `?seek` nothing is begun, and with `?stop` it is stopped.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::form;

use super::answer::{self, Asked};
use super::{lab_live, rules_fields};
use crate::pages::admin::{LabExact, lab_exact, lab_span};
use crate::server::AppState;
use crate::server::web::visit::Visit;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::Authority;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::automatic::{self, Begun};

pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let Some(staff) = visit.staff.clone() else { return StatusCode::UNAUTHORIZED.into_response() };
    let what = match request.uri().query() {
        Some("seek") => What::Seek,
        Some("stop") => What::Stop,
        _ => What::Begin,
    };
    let Some(fields) = rules_fields::read(request.into_body()).await else { return answer::too_large(&asked) };
    let context = RequestContext { lang: visit.lang, state, visit };
    match found(&context, Authority::from(&staff), &fields, what).await {
        Ok(found) => lab_live::shown(lab_exact(&context, found)),
        // the estimate says what is wrong
        Err(AppError::Refused(Refusal::Invalid { .. })) => lab_live::shown(lab_exact(&context, LabExact::Nothing)),
        Err(error) => answer::refuse(&asked, context.lang.errors().refused_title, &errors::of_app(context.lang, error)),
    }
}

/// What is asked of the run.
enum What {
    Begin,
    Seek,
    Stop,
}

async fn found(context: &RequestContext, by: Authority, fields: &form::Fields, what: What) -> Result<LabExact, AppError> {
    let ledger = &context.state.ledger;
    let set = form::whole_rule_set(fields, ledger.programme.currency).map_err(|faults| Refusal::Invalid { faults })?;
    let span = lab_span(fields);
    match what {
        What::Begin => match automatic::begin(ledger, by, set.clone(), span).await? {
            Begun::Nothing => return Ok(LabExact::Nothing),
            Begun::TooLong { reckoned } => return Ok(LabExact::TooLong { reckoned }),
            Begun::Run(_) => context.state.jobs.wake(),
        },
        What::Stop => drop(automatic::stop(ledger, by, &set, span).await?),
        What::Seek => {}
    }
    let run = automatic::find(ledger, by, &set, span).await?;
    Ok(run.map_or(LabExact::Nothing, |run| LabExact::Run(Box::new(run))))
}
