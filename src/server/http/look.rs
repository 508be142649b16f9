//! How a programme looks: its logo as it is uploaded, and the style sheet of an accent colour.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use laurel_domain::look::Accent;

use super::uploads;
use crate::server::AppState;
use crate::server::web::paths::LOGO;
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::usecase::programme::settings;

/// The tokens of an accent. The address says all of it, so that it never changes and nothing is looked up.
pub async fn style_sheet(Path(file): Path<String>) -> Response {
    let accent = file.strip_suffix(".css").and_then(|colour| Accent::parse(colour).ok());
    let Some(accent) = accent else { return StatusCode::NOT_FOUND.into_response() };
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (head, accent.shades().style_sheet()).into_response()
}

/// Gives the programme the logo of a file.
pub async fn logo(State(state): State<AppState>, request: Request) -> Response {
    let (lang, staff) = match uploads::sender(&request, Permission::ManageSettings) {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    let file = uploads::file_of(request, "picture").await.unwrap_or_default();
    let set = settings::set_logo(&state.ledger, Authority::from(&staff), file).await;
    uploads::back(&state, lang, "/admin/settings", LOGO, set.map(|()| lang.settings().logo_saved.to_owned()))
}
