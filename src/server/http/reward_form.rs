//! Codes of a reward as a file.

use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{RequestExt, extract};
use laurel_domain::refusal::{Fault, Refusal};

use super::answer::{self, Asked};
use crate::i18n::format;
use crate::server::AppState;
use crate::server::web::errors;
use crate::server::web::flash::Flash;
use crate::server::web::visit::Visit;
use laurel_engine::auth::{Authority, Permission, StaffSession};
use laurel_engine::usecase::rewards::edit;

/// Where a file of codes is sent.
pub const UPLOAD: &str = "/admin/rewards/{id}/codes";

/// Adds the codes of a file, and goes back to the reward's page to say how many.
pub async fn upload(State(state): State<AppState>, mut request: Request) -> Response {
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let lang = visit.lang;
    let may = |staff: &&StaffSession| staff.role.may(Permission::ManageRewards);
    let Some(staff) = visit.staff.as_ref().filter(may) else {
        return answer::refuse(&asked, lang.errors().forbidden_title, &errors::forbidden(lang));
    };
    let id = match request.extract_parts::<extract::Path<String>>().await {
        Ok(Path(id)) => id.parse().ok(),
        Err(_) => None,
    };
    let Some(id) = id else {
        return answer::refuse(&asked, lang.errors().not_found_title, &errors::not_found(lang));
    };
    let added = match file_of(request).await {
        Some(text) => edit::add_codes(&state.ledger, Authority::from(staff), id, &text).await,
        None => Err(Refusal::field("file", Fault::Missing).into()),
    };
    let number = |codes: u64| format::count(i64::try_from(codes).unwrap_or(i64::MAX));
    let flash = match added {
        Ok(added) => Flash::note((lang.reward_desk().codes_added)(&number(added.new), &number(added.known))),
        Err(error) => Flash { path: UPLOAD.to_owned(), error: Some(errors::of_app(lang, error)), ..Flash::default() },
    };
    let to = HeaderValue::try_from(format!("/admin/rewards/{id}")).unwrap_or(HeaderValue::from_static("/admin/rewards"));
    let headers = [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    response.headers_mut().append(header::SET_COOKIE, flash.write(&state.config));
    response
}

/// The text of the field `file`; what is not UTF-8 is no code of ours.
async fn file_of(request: Request) -> Option<String> {
    let mut form = Multipart::from_request(request, &()).await.ok()?;
    while let Some(field) = form.next_field().await.ok()? {
        if field.name() == Some("file") {
            let bytes = field.bytes().await.ok()?;
            return Some(String::from_utf8_lossy(&bytes).into_owned()).filter(|text| !text.trim().is_empty());
        }
    }
    None
}
