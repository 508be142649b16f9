//! Lets a plain `<form method="post">` call a server function, which knows nothing of forms.
//!
//! A POST that accepts text/html runs as a call that accepts JSON. A refusal goes back to the page of the form, with
//! the error and what was typed in a flash; a success goes where the function said ([`go_to`]), with its note ([`say`]).
//! Calls by scripts pass through and get the status and the JSON.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use leptos::context::use_context;
use leptos_axum::ResponseOptions;

use super::access::{local_path, sign_in_then};
use super::answer::{header_text, wants_page};
use super::errors;
use super::flash::{Flash, is_secret};
use super::visit::Visit;
use crate::api::ApiError;
use crate::server::AppState;

const GO_TO: HeaderName = HeaderName::from_static("laurel-go-to");
const SAY: HeaderName = HeaderName::from_static("laurel-say");
const SHOW_ONCE: HeaderName = HeaderName::from_static("laurel-show-once");

/// Errors and typed values fit easily; whatever is larger is no error of ours.
const MOST_BYTES: usize = 1024 * 1024;

/// In a server function: where a plain form goes after success. Without it, back to the page of the form.
pub fn go_to(path: &str) {
    tell(GO_TO, path);
}

/// In a server function: what the page after a plain form says, `role=status`.
pub fn say(note: &str) {
    tell(SAY, note);
}

/// In a server function: what stands below the note to be copied, on that page and never again: a link, a key.
pub fn show_once(text: &str) {
    tell(SHOW_ONCE, text);
}

fn tell(name: HeaderName, text: &str) {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::try_from(encoded)) {
        response.insert_header(name, value);
    }
}

pub async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let is_call = request.method() == http::Method::POST && path.starts_with("/api/") && !path.starts_with("/api/v1/");
    if !is_call {
        return next.run(request).await;
    }
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let is_form = wants_page(request.headers());
    let back = path_of_referer(request.headers());
    let mut typed = Vec::new();
    if is_form {
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        (request, typed) = typed_values(request).await;
    }
    let mut response = errors::with_status(next.run(request).await, &visit).await;
    let goes_to = take(&mut response, &GO_TO);
    let says = take(&mut response, &SAY);
    let shows = take(&mut response, &SHOW_ONCE);
    if !is_form {
        return response;
    }
    let back = back.unwrap_or_else(|| if path.starts_with("/api/admin/") { "/admin" } else { "/" }.to_owned());
    let (to, flash) = match response.status().is_success() {
        true => (
            goes_to.as_deref().and_then(local_path).unwrap_or(&back).to_owned(),
            says.map(|note| Flash { once: shows, ..Flash::note(note) }),
        ),
        false => {
            let error = error_of(&mut response).await;
            let to = if error.status == 401 { sign_in_then(sign_in_for(&path), &back) } else { back };
            (to, Some(Flash { path, error: Some(error), typed, ..Flash::default() }))
        }
    };
    see_other(&state, response.headers(), &to, flash)
}

fn sign_in_for(path: &str) -> &'static str {
    if path.starts_with("/api/admin/") { "/admin/sign-in" } else { "/sign-in" }
}

/// Cookies that the function set stay; its body has nothing that a browser could show.
fn see_other(state: &AppState, answered: &HeaderMap, to: &str, flash: Option<Flash>) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::CACHE_CONTROL, "no-store")]).into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static("/")));
    for cookie in answered.get_all(header::SET_COOKIE) {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    if let Some(flash) = flash {
        headers.append(header::SET_COOKIE, flash.write(&state.config));
    }
    response
}

/// The body's fields but secrets; the request gets its body back.
async fn typed_values(request: Request) -> (Request, Vec<(String, String)>) {
    let (parts, body) = request.into_parts();
    let is_urlencoded = header_text(&parts.headers, header::CONTENT_TYPE)
        .is_some_and(|content_type| content_type.starts_with("application/x-www-form-urlencoded"));
    if !is_urlencoded {
        return (Request::from_parts(parts, body), Vec::new());
    }
    let bytes = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
    let fields = form_urlencoded::parse(&bytes).filter(|(name, _)| !is_secret(name));
    let typed = fields.take(200).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    (Request::from_parts(parts, Body::from(bytes)), typed)
}

async fn error_of(response: &mut Response) -> ApiError {
    let status = response.status().as_u16();
    let body = std::mem::take(response.body_mut());
    let bytes = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_else(|_| ApiError::new(status, "refused", ""))
}

fn take(response: &mut Response, name: &HeaderName) -> Option<String> {
    let value = response.headers_mut().remove(name)?;
    form_urlencoded::parse(value.as_bytes()).next().map(|(text, _)| text.into_owned())
}

/// Where the browser was, as a path of this site: only the path and the query are looked at.
pub fn path_of_referer(headers: &HeaderMap) -> Option<String> {
    let uri: http::Uri = header_text(headers, header::REFERER)?.parse().ok()?;
    let path = uri.path_and_query()?.as_str();
    local_path(path).map(ToOwned::to_owned)
}
