//! Lets a plain `<form method="post">` call a server function, which knows nothing of forms.
//!
//! A POST that accepts text/html runs as a call that accepts JSON. A refusal goes back to the page of the form, with
//! the error and what was typed in a flash or, where that is too small, kept by the server; a success goes where the function
//! said, with its message ([`crate::server::web::reply`]). Calls by scripts pass through and get the status and the JSON.
//!
//! A form that needs a session which has ended, whoever answers it, leads to the sign-in page of its part of Laurel and from
//! there back to its own page, with all that was typed but passwords. It is shown again and never sent by itself.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::body::TooLarge;
use super::kept;
use super::server_fn_errors;
use crate::api_error::ApiError;
use crate::server::AppState;
use crate::server::web::flash::{Flash, is_secret};
use crate::server::web::headers::{header_text, wants_page};
use crate::server::web::paths::{is_console, local_path, path_of_referer, sign_in_then};
use crate::server::web::reply::Reply;
use crate::server::web::visit::Visit;

/// Errors and typed values fit easily, for larger bodies were refused before; whatever is larger is no error of ours.
const MOST_BYTES: usize = 8 * 1024 * 1024;

pub async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if request.method() != http::Method::POST || path.starts_with("/api/v1/") {
        return next.run(request).await;
    }
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let (is_call, is_form) = (path.starts_with("/api/"), wants_page(request.headers()));
    let mut sent = Sent { path, headers: request.headers().clone(), typed: Vec::new() };
    if request.extensions().get::<TooLarge>().is_some() {
        let error = ApiError::new(413, "too_large", visit.lang.errors().too_large);
        return sent.comes_back(&state, &visit, error).await;
    }
    if is_form {
        (request, sent.typed) = typed_values(request).await;
    }
    if is_call && is_form {
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }
    let mut response = next.run(request).await;
    if is_call {
        response = server_fn_errors::with_status(response, &visit).await;
    }
    let reply = Reply::take(&mut response);
    match response.status() {
        _ if !is_form => response,
        StatusCode::UNAUTHORIZED => sent.signs_in_first(&state, &visit).await,
        _ if !is_call => response,
        status if status.is_success() => {
            let back = sent.back();
            let to = reply.redirect.as_deref().and_then(local_path).unwrap_or(&back);
            let flash = reply.message.map(|message| Flash { secret: reply.secret, undo: reply.undo, ..Flash::note(message) });
            see_other(&state, response.headers(), to, flash)
        }
        _ => {
            let error = error_of(&mut response).await;
            sent.comes_back(&state, &visit, error).await
        }
    }
}

/// A plain form, as it may have to come back.
struct Sent {
    path: String,
    headers: HeaderMap,
    typed: Vec<(String, String)>,
}

impl Sent {
    /// The page of the form.
    fn back(&self) -> String {
        let back = path_of_referer(&self.headers).unwrap_or_else(|| match self.path.as_str() {
            path if !path.starts_with("/api/") => path.to_owned(),
            path if is_console(path) => "/admin".to_owned(),
            _ => "/".to_owned(),
        });
        kept::with_form(&back, None)
    }

    /// Back to its page with what was wrong: in a cookie if that holds it all, else kept here.
    async fn comes_back(self, state: &AppState, visit: &Visit, error: ApiError) -> Response {
        let back = self.back();
        let flash = Flash { path: self.path, error: Some(error), typed: self.typed, ..Flash::default() };
        if flash.fits() {
            return see_other(state, &HeaderMap::new(), &back, Some(flash));
        }
        match kept::keep(state, visit, &self.headers, &back, flash.clone()).await {
            Ok(kept) => with_cookie(see_other(state, &HeaderMap::new(), &kept.to, None), kept.cookie),
            Err(error) => {
                tracing::warn!(%error, "a form could not be kept");
                see_other(state, &HeaderMap::new(), &back, Some(flash))
            }
        }
    }

    /// To the sign-in page, and from there back to the form with all that was typed.
    async fn signs_in_first(self, state: &AppState, visit: &Visit) -> Response {
        let (back, words) = (self.back(), visit.lang.errors());
        let sign_in = if is_console(&self.path) { "/admin/sign-in" } else { "/sign-in" };
        if self.typed.is_empty() {
            return see_other(state, &HeaderMap::new(), &sign_in_then(sign_in, &back), Some(Flash::note(words.session_ended)));
        }
        let error = ApiError::new(401, "not_signed_in", words.signed_in_again);
        let flash = Flash { path: self.path, error: Some(error), typed: self.typed, ..Flash::default() };
        match kept::keep(state, visit, &self.headers, &back, flash).await {
            Ok(kept) => {
                let note = Flash::note(words.session_ended_and_kept);
                with_cookie(see_other(state, &HeaderMap::new(), &sign_in_then(sign_in, &kept.to), Some(note)), kept.cookie)
            }
            Err(error) => {
                tracing::warn!(%error, "a form could not be kept");
                see_other(state, &HeaderMap::new(), &sign_in_then(sign_in, &back), Some(Flash::note(words.session_ended)))
            }
        }
    }
}

fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
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
    let typed = fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    (Request::from_parts(parts, Body::from(bytes)), typed)
}

async fn error_of(response: &mut Response) -> ApiError {
    let status = response.status().as_u16();
    let body = std::mem::take(response.body_mut());
    let bytes = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_else(|_| ApiError::new(status, "refused", ""))
}
