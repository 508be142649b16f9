//! Language and theme: plain forms that work on every page, signed in or not. The choice lives in a cookie, so that the
//! server already renders it and nothing flashes.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::cookies::{Cookie, REMEMBERED_FOR_SECONDS};
use super::forms::path_of_referer;
use crate::i18n::{Lang, Theme};
use crate::server::AppState;

#[derive(Deserialize)]
pub struct Choice {
    value: String,
}

pub async fn language(State(state): State<AppState>, headers: HeaderMap, Form(choice): Form<Choice>) -> Response {
    match Lang::parse(&choice.value) {
        Some(lang) => remember(&state, &headers, Cookie::Lang, lang.code()),
        None => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
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
