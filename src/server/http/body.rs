//! How much may be sent. Bodies are read here, bounded: Leptos would report a limit as an unreadable argument.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt;

use super::answer::{self, Asked};
use crate::server::web::headers::wants_page;
use crate::server::web::paths::{IMPORTS, LAB, LAB_EXACT, LAB_KEPT, LAB_LIVE, RULES_DRAFT};

/// Forms and calls of islands.
const MOST_BYTES: usize = 1024 * 1024;

/// Rule sets, in the editor and the lab: 20 tiers with 20 benefits, each with as long a text in both languages as it may have.
const MOST_BYTES_OF_RULES: usize = 4 * 1024 * 1024;

/// Files: members, events, codes of vouchers.
const MOST_BYTES_OF_A_FILE: usize = 32 * 1024 * 1024;

const MOST_BYTES_THROWN_AWAY: usize = 32 * 1024 * 1024;

pub async fn limit(request: Request, next: Next) -> Response {
    // files to import are taken piece by piece, and whoever takes them says when it is too much
    if request.method().is_safe() || (is_file(&request) && request.uri().path() == IMPORTS) {
        return next.run(request).await;
    }
    let asked = Asked::of(&request);
    let most = match is_file(&request) {
        true => MOST_BYTES_OF_A_FILE,
        false if [RULES_DRAFT, LAB, LAB_LIVE, LAB_EXACT, LAB_KEPT].contains(&request.uri().path()) => MOST_BYTES_OF_RULES,
        false => MOST_BYTES,
    };
    match read(request, most).await {
        Ok(request) => next.run(request).await,
        // a person gets their page back, with what is wrong
        Err(mut request) if wants_page(request.headers()) => {
            request.extensions_mut().insert(TooLarge);
            next.run(request).await
        }
        Err(_) => answer::too_large(&asked),
    }
}

/// In the extensions of a form whose body was too large and is gone.
#[derive(Clone, Copy, Debug)]
pub struct TooLarge;

/// The request with its whole body in memory, or, when that is too large or breaks off, without it.
///
/// Up to a point, what is too large is read and thrown away: a connection that is closed while its client is still
/// sending takes the answer with it.
pub async fn read(request: Request, most: usize) -> Result<Request, Request> {
    let (parts, body) = request.into_parts();
    let mut stream = body.into_data_stream();
    let (mut bytes, mut thrown_away) = (Vec::new(), 0);
    while let Some(piece) = stream.next().await {
        let Ok(piece) = piece else { return Err(Request::from_parts(parts, Body::empty())) };
        if thrown_away == 0 && bytes.len() + piece.len() <= most {
            bytes.extend_from_slice(&piece);
            continue;
        }
        thrown_away += piece.len();
        if thrown_away > MOST_BYTES_THROWN_AWAY {
            break;
        }
    }
    match thrown_away {
        0 => Ok(Request::from_parts(parts, Body::from(bytes))),
        _ => Err(Request::from_parts(parts, Body::empty())),
    }
}

fn is_file(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("multipart/form-data"))
}
