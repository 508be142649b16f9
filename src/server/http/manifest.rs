//! What lets a phone keep the portal among its apps, under the programme's name and logo.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use laurel_domain::pictures::PictureKind;
use serde_json::json;

use crate::server::AppState;
use crate::server::web::pictures::picture_url;

/// Longer names are cut off below an icon.
const SHORT: usize = 12;

pub async fn answer(State(state): State<AppState>) -> Response {
    let name = state.ledger.settings().name.clone();
    let icon = |src: &str, sizes: &str, kind: &str, purpose: &str| json!({ "src": src, "sizes": sizes, "type": kind, "purpose": purpose });
    let icons = match state.ledger.look().logo {
        Some(logo) => PictureKind::Logo
            .widths()
            .map(|width| icon(&picture_url(logo, PictureKind::Logo, width), &format!("{width}x{width}"), "image/png", "any"))
            .to_vec(),
        None => vec![
            icon("/icon-192.png", "192x192", "image/png", "any"),
            icon("/icon-512.png", "512x512", "image/png", "any"),
            icon("/icon-maskable.png", "512x512", "image/png", "maskable"),
        ],
    };
    let manifest = json!({
        "id": "/",
        "name": name,
        "short_name": name.chars().take(SHORT).collect::<String>(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f8faf7",
        "theme_color": "#f8faf7",
        "icons": icons,
    });
    let mut response = Json(manifest).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/manifest+json"));
    // the programme can get another name and logo
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}
