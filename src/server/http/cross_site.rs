//! Refuses what another site makes a browser send. Cookies ride along on such requests, so nobody's word but the browser's counts.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::answer::{self, Asked};
use crate::server::{AppState, Config};

pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_own(request.headers(), &state.config) {
        return next.run(request).await;
    }
    answer::cross_site(&Asked::of(&request))
}

/// `Sec-Fetch-Site` where the browser sends it, else `Origin`. With neither it is no browser that we know.
fn is_own(headers: &HeaderMap, config: &Config) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    if origin.eq_ignore_ascii_case(config.public_url.origin()) {
        return true;
    }
    // reached under another name than the public one, over plain http: in development, by an address in the same network
    let host = text(header::HOST).unwrap_or_default();
    !config.public_url.is_https() && !host.is_empty() && origin.eq_ignore_ascii_case(&format!("http://{host}"))
}
