//! Pictures to anybody who has their address, as mail programs and payment apps do; a reward's picture is no secret.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::server::AppState;
use crate::server::web::pictures::asked_picture;
use laurel_engine::usecase::{AppError, pictures};

pub async fn answer(State(state): State<AppState>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let asked = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let has_it = asked.flat_map(|value| value.split(',')).any(|tag| matches!(tag.trim(), SAME | WEAK | "*"));
    match found(&state, &file, has_it).await {
        Ok(Some(response)) => response,
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::warn!(%error, "a picture could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
        }
    }
}

/// The address names the content: whoever has it has it all, as long as it is there.
async fn found(state: &AppState, file: &str, has_it: bool) -> Result<Option<Response>, AppError> {
    let Some((id, width, ending)) = asked_picture(file) else { return Ok(None) };
    if has_it {
        let kind = pictures::kind(&state.ledger, id, width).await?.filter(|kind| kind.ending() == ending);
        let head = [(header::CACHE_CONTROL, KEPT), (header::ETAG, HeaderValue::from_static(SAME))];
        return Ok(kind.map(|_| (StatusCode::NOT_MODIFIED, head).into_response()));
    }
    let found = pictures::size(&state.ledger, id, width).await?.filter(|(kind, _)| kind.ending() == ending);
    Ok(found.map(|(kind, body)| {
        let head = [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type())),
            (header::CACHE_CONTROL, KEPT),
            (header::ETAG, HeaderValue::from_static(SAME)),
        ];
        (head, body).into_response()
    }))
}

/// The one tag of every picture, and the same as proxies that compress write it.
const SAME: &str = "\"same\"";
const WEAK: &str = "W/\"same\"";
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
