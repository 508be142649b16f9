//! Answers that stand in for another: to programs as JSON, to people as a page that looks like the others.
//!
//! They are written without Leptos, because they also have to work when rendering does not.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::request_log::RequestId;
use crate::api_error::ApiError;
use crate::i18n::Lang;
use crate::server::web::assets::asset_url;
use crate::server::web::errors;
use crate::server::web::headers::{header_text, wants_page};
use crate::server::web::paths::{is_console, path_of_referer};
use crate::server::web::visit::Visit;
use laurel_engine::store::StoreError;

/// What is known of a request before anything has looked at it.
#[derive(Clone, Debug)]
pub struct Asked {
    lang: Lang,
    wants_page: bool,
    /// The page that a form was on, and the start page of its part of Laurel.
    back: Option<String>,
    home: &'static str,
}

impl Asked {
    pub fn of(request: &Request) -> Asked {
        let visit = request.extensions().get::<Visit>();
        let accepted = header_text(request.headers(), header::ACCEPT_LANGUAGE).and_then(Lang::accepted);
        Asked {
            lang: visit.map(|visit| visit.lang).or(accepted).unwrap_or_default(),
            wants_page: wants_page(request.headers()),
            back: path_of_referer(request.headers()).filter(|_| !request.method().is_safe()),
            home: if is_console(request.uri().path()) { "/admin" } else { "/" },
        }
    }
}

pub fn internal(asked: &Asked, id: &RequestId) -> Response {
    let errors = asked.lang.errors();
    let message = format!("{} {}", errors.internal, (errors.request_id)(&id.0));
    refuse(asked, errors.internal_title, &ApiError::new(500, "internal", message))
}

/// The database failed before anybody could be asked who they are.
pub fn failed(asked: &Asked, error: StoreError) -> Response {
    refuse(asked, asked.lang.errors().internal_title, &errors::of_store(asked.lang, error))
}

pub fn too_large(asked: &Asked) -> Response {
    let errors = asked.lang.errors();
    refuse(asked, errors.refused_title, &ApiError::new(413, "too_large", errors.too_large))
}

pub fn cross_site(asked: &Asked) -> Response {
    let errors = asked.lang.errors();
    refuse(asked, errors.refused_title, &ApiError::new(403, "cross_site", errors.cross_site))
}

pub fn not_signed_in(asked: &Asked) -> Response {
    let errors = asked.lang.errors();
    refuse(asked, errors.refused_title, &ApiError::new(401, "not_signed_in", errors.not_signed_in))
}

/// Nothing has this address: a page in the frame of the others, JSON under `/api/`.
pub async fn not_found<F, R>(request: Request, page: F) -> Response
where
    F: Fn(Request<Body>) -> R,
    R: Future<Output = Response>,
{
    let asked = Asked::of(&request);
    let is_page = asked.wants_page && request.method().is_safe() && !request.uri().path().starts_with("/api/");
    if !is_page {
        let errors = asked.lang.errors();
        return refuse(&asked, errors.not_found_title, &ApiError::new(404, "not_found", errors.not_found));
    }
    let mut response = page(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// The error as JSON, or as a page of its own.
pub fn refuse(asked: &Asked, title: &str, error: &ApiError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match asked.wants_page {
        true => axum::response::Html(page(asked, title, &error.message)).into_response(),
        false => axum::Json(error).into_response(),
    };
    *response.status_mut() = status;
    if let Some(seconds) = error.retry_after_seconds {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn page(asked: &Asked, title: &str, message: &str) -> String {
    let lang = asked.lang;
    let (to, label) = match &asked.back {
        Some(back) => (back.as_str(), lang.common().back),
        None => (asked.home, lang.common().home),
    };
    format!(
        r#"<!DOCTYPE html>
<html lang="{tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Laurel</title><link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="{style}"></head>
<body><main class="gate"><div class="gate-card"><h1>{title}</h1><p class="mute">{message}</p>
<p><a class="button main" href="{to}">{label}</a></p></div></main></body></html>
"#,
        tag = lang.tag(),
        title = escaped(title),
        message = escaped(message),
        style = asset_url("pkg/laurel.css"),
        to = escaped(to),
    )
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
