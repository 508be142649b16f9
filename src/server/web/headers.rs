//! What the headers of a request say.

use axum::http::{HeaderMap, header};

/// A browser that navigates, or a plain form.
pub fn wants_page(headers: &HeaderMap) -> bool {
    header_text(headers, header::ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

pub fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
