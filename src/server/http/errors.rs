//! How a refusal inside becomes an [`ApiError`] outside: its status, its code, its sentence in the caller's language.
//!
//! Internal causes are logged here, once, and never cross the wire.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, StatusCode};
use axum::response::Response;
use laurel_domain::refusal::Refusal;

use super::visit::Visit;
use crate::api::{ApiError, FieldError};
use crate::i18n::Lang;
use crate::server::store::StoreError;

const LEPTOS_ERROR: HeaderName = HeaderName::from_static("serverfnerror");
const MOST_BYTES: usize = 64 * 1024;

pub fn not_signed_in(lang: Lang) -> ApiError {
    ApiError::new(401, "not_signed_in", lang.errors().not_signed_in)
}

pub fn forbidden(lang: Lang) -> ApiError {
    ApiError::new(403, "forbidden", lang.errors().forbidden)
}

pub fn not_found(lang: Lang) -> ApiError {
    ApiError::new(404, "not_found", lang.errors().not_found)
}

/// The cause goes to the log, the caller gets a sentence without it.
pub fn internal(lang: Lang, cause: impl std::fmt::Display) -> ApiError {
    tracing::error!(error = %cause, "an operation failed");
    ApiError::new(500, "internal", lang.errors().internal)
}

/// A database that is busy is no fault of ours or the caller's: 503. Everything else is ours.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        let lang = Visit::current().lang;
        match error.is_unavailable() {
            true => ApiError::new(503, "unavailable", lang.errors().unavailable),
            false => internal(lang, error),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> ApiError {
        of_refusal(Visit::current().lang, &refusal)
    }
}

/// What the rules forbid, as an answer: 422, or the status that says more.
pub fn of_refusal(lang: Lang, refusal: &Refusal) -> ApiError {
    let status = match refusal {
        Refusal::EventConflict | Refusal::StaleQuote { .. } | Refusal::StaleDraft | Refusal::NoSuchTransition { .. } => 409,
        _ => 422,
    };
    let mut error = ApiError::new(status, refusal.code(), lang.refusal(refusal));
    match refusal {
        Refusal::Invalid { faults } => {
            error.message = lang.common().check_form.to_owned();
            error.fields = faults
                .iter()
                .map(|fault| FieldError { field: fault.field.clone(), message: lang.fault(&fault.fault) })
                .collect();
        }
        _ => {
            if let Some(field) = refusal.at() {
                error = error.with_field(field, lang.refusal(refusal));
            }
        }
    }
    error
}

/// Leptos answers every error of a server function with 500: gives it the status it carries, and its words if it has none.
pub async fn with_status(response: Response, visit: &Visit) -> Response {
    if !response.headers().contains_key(LEPTOS_ERROR) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
    let mut error: ApiError = serde_json::from_slice(&bytes).unwrap_or_else(|_| ApiError::new(500, "internal", ""));
    if error.message.is_empty() {
        error.message = words(visit.lang, &error.code).to_owned();
    }
    parts.status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(serde_json::to_vec(&error).unwrap_or_default()))
}

fn words(lang: Lang, code: &str) -> &'static str {
    let errors = lang.errors();
    match code {
        "bad_request" => errors.bad_request,
        "not_signed_in" => errors.not_signed_in,
        "forbidden" => errors.forbidden,
        "not_found" => errors.not_found,
        "too_many" => errors.too_many,
        "unavailable" => errors.unavailable,
        _ => errors.internal,
    }
}
