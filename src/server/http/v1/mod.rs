//! The REST API for payment systems: JSON in, JSON or `application/problem+json` out, by API key alone.
//!
//! [`ROUTES`] is the one table of what there is and who may call it. Handlers read the request, call one use case, and
//! answer. It knows nothing of sessions and cookies: it stands beside the layers that deal with them.

mod benefits;
mod call;
mod docs;
mod entries;
mod explanation;
pub mod events;
mod json;
mod members;
mod problem;
mod quotes;
mod redemptions;
pub mod refused;
mod rewards;
mod routes;
mod rules;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{any, get, on};

use super::body;
use super::request_log::RequestId;
use crate::i18n::Lang;
use crate::server::AppState;
use crate::server::web::headers::header_text;
use laurel_engine::usecase::AppError;
use problem::{Problem, Stop};

pub use docs::OPENAPI;
pub use routes::{Access, ROUTES, Route};

/// Where the API is.
pub const ROOT: &str = "/api/v1";

/// How large a body may be.
const MOST_BYTES: usize = 1024 * 1024;

/// The API with its description and the page for it.
pub fn router() -> Router<AppState> {
    let mut api = Router::new();
    for route in ROUTES {
        api = api.route(route.path, on(route.filter(), move |state, request| routes::answer(route, state, request)));
    }
    let api = api.fallback(no_route).method_not_allowed_fallback(wrong_method).layer(from_fn(limit));
    // what is nested does not answer to its root with a slash at the end
    Router::new().nest(ROOT, api).route("/api/v1/", any(no_route)).route("/api/docs", get(docs::page))
}

async fn no_route(request: Request) -> Response {
    refuse(&request, Stop::NoRoute)
}

async fn wrong_method(request: Request) -> Response {
    refuse(&request, Stop::WrongMethod)
}

/// Reads the whole body before anything is answered, so that a client that is still sending hears the answer.
async fn limit(request: Request, next: Next) -> Response {
    match body::read(request, MOST_BYTES).await {
        Ok(request) => next.run(request).await,
        Err(request) => refuse(&request, Stop::TooLarge),
    }
}

fn refuse(request: &Request, stop: Stop) -> Response {
    let lang = lang(request.headers());
    Problem::of(stop, lang).into_response(request_id(request), lang)
}

/// A handler panicked: no more is known.
pub fn internal(lang: Lang, id: &RequestId) -> Response {
    let stop = Stop::from(AppError::internal(anyhow::anyhow!("a handler panicked")));
    Problem::of(stop, lang).into_response(Some(id.0.clone()), lang)
}

/// The caller's language, if this is a call of the API.
pub fn lang_of_call(request: &Request) -> Option<Lang> {
    request.uri().path().starts_with(ROOT).then(|| lang(request.headers()))
}

fn lang(headers: &HeaderMap) -> Lang {
    header_text(headers, axum::http::header::ACCEPT_LANGUAGE).and_then(Lang::accepted).unwrap_or_default()
}

fn request_id(request: &Request) -> Option<String> {
    request.extensions().get::<RequestId>().map(|id| id.0.clone())
}
