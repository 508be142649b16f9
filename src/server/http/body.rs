//! How much may be sent. Bodies are read here, bounded: Leptos would report a limit as an unreadable argument.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;

use super::answer::{self, Asked};

/// Forms and calls of islands.
const MOST_BYTES: usize = 1024 * 1024;

/// Files: members, events, codes of vouchers.
const MOST_BYTES_OF_A_FILE: usize = 32 * 1024 * 1024;

pub async fn limit(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let asked = Asked::of(&request);
    let most = if is_file(&request) { MOST_BYTES_OF_A_FILE } else { MOST_BYTES };
    let (parts, body) = request.into_parts();
    match to_bytes(body, most).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(_) => answer::too_large(&asked),
    }
}

fn is_file(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_multipart = content_type.is_some_and(|value| value.starts_with("multipart/form-data"));
    is_multipart || request.uri().path().starts_with("/api/v1/")
}
