//! The estimate of what is typed in the lab, as the piece of the page that shows it.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::changes::changes;
use laurel_domain::rules::form;

use super::answer::{self, Asked};
use super::rules_fields;
use crate::pages::admin::{lab_at_fault, lab_estimated, lab_span};
use crate::server::AppState;
use crate::server::web::visit::Visit;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::Authority;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::live;

pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let Some(staff) = visit.staff.clone() else { return StatusCode::UNAUTHORIZED.into_response() };
    let Some(fields) = rules_fields::read(request.into_body()).await else { return answer::too_large(&asked) };
    let context = RequestContext { lang: visit.lang, state, visit };
    match estimated(&context, Authority::from(&staff), &fields).await {
        Ok(piece) => shown(piece),
        Err(error @ AppError::Refused(Refusal::Invalid { .. })) => {
            shown(lab_at_fault(&context, &errors::of_app(context.lang, error)))
        }
        Err(error) => answer::refuse(&asked, context.lang.errors().refused_title, &errors::of_app(context.lang, error)),
    }
}

async fn estimated(context: &RequestContext, by: Authority, fields: &form::Fields) -> Result<String, AppError> {
    let ledger = &context.state.ledger;
    let set = form::whole_rule_set(fields, ledger.programme.currency).map_err(|faults| Refusal::Invalid { faults })?;
    let span = lab_span(fields);
    let in_force = ledger.rulebook().await?.general().at(context.now()).set.clone();
    let estimate = live::estimate(ledger, by, set.clone(), span).await?;
    Ok(lab_estimated(context, &changes(&in_force, &set), [&set, &in_force], estimate))
}

pub(super) fn shown(piece: String) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Html(piece)).into_response()
}
