//! Pictures to anybody who has their address, as mail programs and payment apps do; a reward's picture is no secret.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::server::AppState;
use crate::server::web::headers::header_text;
use crate::server::web::pictures::asked_picture;
use laurel_engine::usecase::pictures;

pub async fn answer(State(state): State<AppState>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let nothing = || StatusCode::NOT_FOUND.into_response();
    let Some((id, width, ending)) = asked_picture(&file) else { return nothing() };
    // the address names the content, so whoever has it has it all
    if header_text(&headers, header::IF_NONE_MATCH).is_some() {
        return (StatusCode::NOT_MODIFIED, [(header::CACHE_CONTROL, KEPT)]).into_response();
    }
    match pictures::size(&state.ledger, id, width).await {
        Ok(Some((kind, body))) if kind.ending() == ending => {
            let head = [
                (header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type())),
                (header::CACHE_CONTROL, KEPT),
                (header::ETAG, HeaderValue::from_static("\"same\"")),
            ];
            (head, body).into_response()
        }
        Ok(_) => nothing(),
        Err(error) => {
            tracing::warn!(%error, "a picture could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
        }
    }
}

const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
