//! Errors of server functions as HTTP has them. Leptos answers each with 500 and knows no language.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, StatusCode};
use axum::response::Response;

use crate::api_error::ApiError;
use crate::i18n::Lang;
use crate::server::web::visit::Visit;

const LEPTOS_ERROR: HeaderName = HeaderName::from_static("serverfnerror");
const MOST_BYTES: usize = 64 * 1024;

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
    parts.headers.remove(LEPTOS_ERROR);
    if let Some(seconds) = error.retry_after_seconds {
        parts.headers.insert(axum::http::header::RETRY_AFTER, seconds.into());
    }
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
