//! Pasted tracking numbers, on their way to the page that reviews them: kept, so that reloading it and going back work as on any
//! page. Nothing is done here.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;

use super::answer::{self, Asked};
use super::kept;
use super::rules_fields::see_other;
use crate::server::AppState;
use crate::server::web::errors;
use crate::server::web::flash::Flash;
use crate::server::web::paths::TRACKING;
use crate::server::web::visit::Visit;
use laurel_engine::auth::Permission;

/// Bodies are limited before they come here.
const MOST_BYTES: usize = 8 * 1024 * 1024;

pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    if !visit.staff.as_ref().is_some_and(|staff| staff.role.may(Permission::ManageRedemptions)) {
        return answer::refuse(&asked, visit.lang.errors().forbidden_title, &errors::forbidden(visit.lang));
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_BYTES).await else { return answer::too_large(&asked) };
    let lines = form_urlencoded::parse(&body).find(|(name, _)| name == "lines").map(|(_, lines)| lines.into_owned());
    let typed = vec![("lines".to_owned(), lines.unwrap_or_default())];
    let flash = Flash { path: TRACKING.to_owned(), typed, ..Flash::default() };
    match kept::keep(&state, &visit, &parts.headers, TRACKING, flash).await {
        Ok(kept) => see_other(&kept.to, TRACKING, Some(kept.cookie)),
        Err(error) => answer::refuse(&asked, visit.lang.errors().refused_title, &errors::of_app(visit.lang, error)),
    }
}
