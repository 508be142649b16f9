//! Around everything: gives the request an id, logs how it went, and turns a panic into an answer.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use tracing::Instrument;

use super::{answer, v1};
use laurel_engine::random;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a caller can quote to whoever reads the logs. In the extensions of every request.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

pub async fn layer(mut request: Request, next: Next) -> Response {
    let id = RequestId(hex::encode(random::bytes::<10>()));
    request.extensions_mut().insert(id.clone());
    // the path alone: a query may hold a one-time code
    let span = tracing::info_span!("request", request.id = %id.0, method = %request.method(), path = %request.uri().path());
    let asked = answer::Asked::of(&request);
    let api = v1::lang_of_call(&request);
    let started = Instant::now();
    let mut response = async {
        match AssertUnwindSafe(next.run(request)).catch_unwind().await {
            Ok(response) => response,
            Err(_) => {
                tracing::error!("a handler panicked");
                match api {
                    Some(lang) => v1::internal(lang, &id),
                    None => answer::internal(&asked, &id),
                }
            }
        }
    }
    .instrument(span.clone())
    .await;
    if let Ok(value) = HeaderValue::try_from(id.0) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    span.in_scope(|| log(&response, started));
    response
}

fn log(response: &Response, started: Instant) {
    let route = response.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    match response.status().is_server_error() {
        true => tracing::warn!(status, duration_ms, route, "answered"),
        false => tracing::debug!(status, duration_ms, route, "answered"),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn broken() -> &'static str {
        panic!("the cause, which nobody outside may read")
    }

    #[tokio::test]
    async fn a_panic_is_a_500_that_says_a_request_id_and_no_more() {
        let router: Router = Router::new().route("/", get(broken)).layer(from_fn(layer));
        for accept in ["text/html", "application/json"] {
            let request =
                Request::get("/").header("accept", accept).header("accept-language", "en").body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let id = response.headers()[X_REQUEST_ID].to_str().unwrap().to_owned();
            let body = String::from_utf8(to_bytes(response.into_body(), 100_000).await.unwrap().to_vec()).unwrap();
            assert!(body.contains(&id) && !body.contains("the cause"), "{body}");
        }
    }
}
