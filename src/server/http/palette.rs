//! What the console's palette shows for what is typed, as JSON: `{"hits": [{"label", "detail", "href"}]}`.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::pages::admin::hits;
use crate::server::AppState;
use crate::server::web::RequestContext;
use crate::server::web::visit::Visit;

pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let Some(staff) = visit.staff.clone() else { return StatusCode::UNAUTHORIZED.into_response() };
    let context = RequestContext { state, lang: visit.lang, visit };
    match hits(&context, &staff).await {
        // who is found is nobody else's to keep
        Ok(hits) => ([(header::CACHE_CONTROL, "no-store")], Json(json!({ "hits": hits }))).into_response(),
        Err(error) => StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response(),
    }
}
