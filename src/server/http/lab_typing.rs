//! What is being typed in the lab, kept while it is typed. Nobody need be signed in: a session may end meanwhile, and what was typed
//! is there again once the same person has signed in with the same browser.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use laurel_domain::lab::scope::Span;
use laurel_domain::rules::form::{self, Fields};

use super::answer::{self, Asked};
use super::{kept, rules_fields};
use crate::pages::admin::lab_span;
use crate::server::AppState;
use crate::server::web::errors;
use crate::server::web::visit::Visit;
use laurel_engine::usecase::{AppError, rules};

pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let (parts, body) = request.into_parts();
    let Some(fields) = rules_fields::read(body).await else { return answer::too_large(&asked) };
    let kept = match is_saved(&state, &visit, &fields).await {
        Ok(true) => kept::drop_typing(&state, &visit, &parts.headers).await.map(|()| None),
        Ok(false) => kept::keep_typing(&state, &visit, &parts.headers, fields.into_iter().collect()).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(Some(cookie)) => (StatusCode::CREATED, [(header::SET_COOKIE, cookie)]).into_response(),
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => answer::refuse(&asked, visit.lang.errors().refused_title, &errors::of_app(visit.lang, error)),
    }
}

/// Whether the page says the same without it.
async fn is_saved(state: &AppState, visit: &Visit, fields: &Fields) -> Result<bool, AppError> {
    if visit.staff.is_none() || lab_span(fields) != Span::Whole {
        return Ok(false);
    }
    let Ok(set) = form::whole_rule_set(fields, state.ledger.programme.currency) else { return Ok(false) };
    Ok(*rules::overview(&state.ledger).await?.set() == set)
}
