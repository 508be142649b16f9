//! Language and theme: plain forms that work on every page, signed in or not. The choice lives in a cookie, so that the
//! server already renders it and nothing flashes.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use serde::Deserialize;

use crate::i18n::{Lang, Theme};
use crate::server::AppState;
use crate::server::web::cookies::{Cookie, REMEMBERED_FOR_SECONDS};
use crate::server::web::paths::path_of_referer;
use crate::server::web::visit::Visit;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::members::profile;
use laurel_engine::usecase::members::profile::Edit;

#[derive(Deserialize)]
pub struct Choice {
    value: String,
}

/// The choice also goes to the account that is signed in: it is how Laurel speaks to them elsewhere, too.
pub async fn language(
    State(state): State<AppState>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Response {
    let Some(lang) = Lang::parse(&choice.value) else { return StatusCode::UNPROCESSABLE_ENTITY.into_response() };
    if let Err(error) = tell_account(&state, &visit, lang).await {
        tracing::warn!(%error, "an account's language was not changed");
    }
    remember(&state, &headers, Cookie::Lang, lang.code())
}

async fn tell_account(state: &AppState, visit: &Visit, lang: Lang) -> Result<(), AppError> {
    let db = &state.ledger.db;
    if let Some(member) = &visit.member {
        profile::edit_own(&state.ledger, member, &Edit { locale: Some(lang.code().to_owned()), ..Edit::default() }).await?;
    }
    if let Some(staff) = &visit.staff {
        profile::set_staff_locale(db, staff, lang.code()).await?;
    }
    Ok(())
}

pub async fn theme(State(state): State<AppState>, headers: HeaderMap, Form(choice): Form<Choice>) -> Response {
    match Theme::parse(&choice.value) {
        Some(theme) => remember(&state, &headers, Cookie::Theme, theme.code()),
        None => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
}

fn remember(state: &AppState, headers: &HeaderMap, cookie: Cookie, value: &str) -> Response {
    let back = path_of_referer(headers).unwrap_or_else(|| "/".to_owned());
    let cookie = cookie.write(value, Some(REMEMBERED_FOR_SECONDS), &state.config);
    (StatusCode::SEE_OTHER, [(header::LOCATION, back)], [(header::SET_COOKIE, cookie)]).into_response()
}
