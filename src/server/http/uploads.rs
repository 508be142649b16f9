//! What forms with a file share: who may send it, the file, and the way back with what came of it.

use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{RequestExt, extract};
use laurel_domain::ids::RewardId;

use super::answer::{self, Asked};
use crate::i18n::Lang;
use crate::server::AppState;
use crate::server::web::errors;
use crate::server::web::flash::Flash;
use crate::server::web::visit::Visit;
use laurel_engine::auth::{Permission, StaffSession};
use laurel_engine::usecase::AppError;

/// Somebody of the staff who may send the file.
pub fn sender(request: &Request, permission: Permission) -> Result<(Lang, StaffSession), Box<Response>> {
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    match visit.staff.clone().filter(|staff| staff.role.may(permission)) {
        Some(staff) => Ok((visit.lang, staff)),
        None => {
            let lang = visit.lang;
            let refused = answer::refuse(&Asked::of(request), lang.errors().forbidden_title, &errors::forbidden(lang));
            Err(Box::new(refused))
        }
    }
}

/// The reward in the address.
pub async fn reward(request: &mut Request, lang: Lang) -> Result<RewardId, Response> {
    let asked = Asked::of(request);
    let id = match request.extract_parts::<extract::Path<String>>().await {
        Ok(Path(id)) => id.parse().ok(),
        Err(_) => None,
    };
    id.ok_or_else(|| answer::refuse(&asked, lang.errors().not_found_title, &errors::not_found(lang)))
}

/// The content of a field; nothing if it is not there or breaks off.
pub async fn file_of(mut request: Request, name: &str) -> Option<Vec<u8>> {
    // `body::limit` has read it, and axum's own limit is far below what a photograph has
    DefaultBodyLimit::apply(DefaultBodyLimit::disable(), &mut request);
    let mut form = Multipart::from_request(request, &()).await.ok()?;
    while let Some(field) = form.next_field().await.ok()? {
        if field.name() == Some(name) {
            return Some(field.bytes().await.ok()?.to_vec());
        }
    }
    None
}

/// Back to the form's page, which says what came of it.
pub fn back(state: &AppState, lang: Lang, to: &str, form: &str, outcome: Result<String, AppError>) -> Response {
    let flash = match outcome {
        Ok(note) => Flash::note(note),
        Err(error) => Flash { path: form.to_owned(), error: Some(errors::of_app(lang, error)), ..Flash::default() },
    };
    let to = HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static("/admin"));
    let headers = [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    response.headers_mut().append(header::SET_COOKIE, flash.write(&state.config));
    response
}
