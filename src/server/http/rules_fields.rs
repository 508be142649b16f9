//! What the forms of a rule set (the editor's and the lab's) have in common: their fields are read, edited and shown again alike.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use laurel_domain::rules::form::Fields;
use laurel_domain::rules::form_edit::Edit;

use super::answer::{self, Asked};
use super::kept;
use crate::api_error::{ApiError, field_id};
use crate::server::AppState;
use crate::server::web::errors;
use crate::server::web::flash::Flash;
use crate::server::web::visit::Visit;
use laurel_engine::random;

/// Bodies are limited before they come here.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Longer than any field may be: what is beyond is not worth keeping.
const MOST_CHARACTERS: usize = 1_000;

/// A form that its page shows again.
pub struct Shown {
    pub fields: Fields,
    pub error: Option<ApiError>,
    /// The name of the field where the browser goes.
    pub at: Option<String>,
}

/// What was typed; a value that is cut is longer than its field may be, and is refused as such. `None` for a body that is too large.
pub async fn read(body: Body) -> Option<Fields> {
    let body = to_bytes(body, MOST_BYTES).await.ok()?;
    let bounded = |value: &str| value.chars().take(MOST_CHARACTERS).collect::<String>();
    Some(form_urlencoded::parse(&body).map(|(name, value)| (name.into_owned(), bounded(&value))).collect())
}

/// The form after a button that edits it: another tier, another benefit. As it was for a button that it does not know.
pub fn edited(fields: Fields, wish: &str) -> Shown {
    let Some(edit) = Edit::parse(wish) else { return Shown { fields, error: None, at: None } };
    let at = Some(edit.leads_to(&fields));
    let fields = edit.apply(&fields, &format!("k-{}", hex::encode(random::bytes::<4>())));
    Shown { fields, error: None, at }
}

/// Keeps the form and sends the browser to the page at `path`, which shows it.
pub async fn show_again(
    state: &AppState,
    visit: &Visit,
    headers: &HeaderMap,
    asked: &Asked,
    path: &'static str,
    shown: Shown,
) -> Response {
    let typed = shown.fields.into_iter().collect();
    let flash = Flash { path: path.to_owned(), error: shown.error, typed, ..Flash::default() };
    match kept::keep(state, visit, headers, path, flash).await {
        Ok(kept) => {
            let at = shown.at.map(|field| format!("#{}", field_id(&field))).unwrap_or_default();
            see_other(&format!("{}{at}", kept.to), path, Some(kept.cookie))
        }
        Err(error) => answer::refuse(asked, visit.lang.errors().refused_title, &errors::of_app(visit.lang, error)),
    }
}

/// Sends the browser on; to `page` if no header can carry the address.
pub fn see_other(to: &str, page: &'static str, cookie: Option<HeaderValue>) -> Response {
    let to = HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static(page));
    let headers = [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
