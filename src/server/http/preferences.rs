//! Language and theme: plain forms that work on every page, signed in or not. The choice lives in a cookie, so that the
//! server already renders it and nothing flashes.

use axum::extract::{RawForm, State};
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

/// Which columns of a list are shown (`col`, of those that were `offered`), and how close the rows of all lists stand. Back to the
/// list, without the columns that its address may have asked for.
pub async fn lists(
    State(state): State<AppState>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let all = |wanted: &str| -> Vec<String> {
        form_urlencoded::parse(&body).filter(|(name, _)| name == wanted).map(|(_, value)| value.into_owned()).collect()
    };
    let one = |wanted: &str| all(wanted).into_iter().next().unwrap_or_default();
    let (shown, offered) = (all("col"), one("offered"));
    let mut choices = visit.lists.clone();
    choices.is_compact = one("density") == "compact";
    choices
        .hide(&one("list"), offered.split('.').filter(|key| !shown.iter().any(|one| one == key)).map(str::to_owned).collect());
    let back = path_of_referer(&headers).unwrap_or_else(|| "/admin".to_owned());
    let cookie = Cookie::Lists.write(&choices.write(), Some(REMEMBERED_FOR_SECONDS), &state.config);
    (StatusCode::SEE_OTHER, [(header::LOCATION, without_columns(&back))], [(header::SET_COOKIE, cookie)]).into_response()
}

fn without_columns(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else { return path.to_owned() };
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "hide");
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn remember(state: &AppState, headers: &HeaderMap, cookie: Cookie, value: &str) -> Response {
    let back = path_of_referer(headers).unwrap_or_else(|| "/".to_owned());
    let cookie = cookie.write(value, Some(REMEMBERED_FOR_SECONDS), &state.config);
    (StatusCode::SEE_OTHER, [(header::LOCATION, back)], [(header::SET_COOKIE, cookie)]).into_response()
}
