//! The site's files, out of the binary: style, script, WASM, icons.
//!
//! Each is there plain and, in a release, compressed; the smallest that the browser takes is sent, with an `ETag` of its
//! own. Addresses that carry the content's hash never change what they mean, so those are kept for a year.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use super::headers::header_text;
use crate::server::AppState;

#[derive(RustEmbed)]
#[folder = "target/site/"]
#[exclude = "*.d.ts"]
#[allow_missing = true]
struct Site;

/// Where the site's files are. The rest of the paths belongs to pages.
pub fn routes() -> Router<AppState> {
    Router::<AppState>::new()
        .route("/pkg/{file}", get(below))
        .route("/portal/{file}", get(below))
        .route("/prover/{file}", get(below))
        .route("/favicon.svg", get(at_root))
        .route("/icons.svg", get(at_root))
        .route("/console.js", get(at_root))
        .route("/lab.js", get(at_root))
        .route("/icon-192.png", get(at_root))
        .route("/icon-512.png", get(at_root))
        .route("/icon-maskable.png", get(at_root))
        .route("/apple-touch-icon.png", get(at_root))
        .route("/robots.txt", get(at_root))
}

/// A file's content and the beginning of its hash.
struct File {
    data: Cow<'static, [u8]>,
    hash: String,
}

fn find(path: &str) -> Option<File> {
    let file = Site::get(path)?;
    Some(File { hash: hex::encode(&file.metadata.sha256_hash()[..8]), data: file.data })
}

async fn below(uri: Uri, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    serve(uri.path().trim_start_matches('/'), query.as_deref(), &headers, find)
}

async fn at_root(uri: Uri, RawQuery(query): RawQuery, request: Request) -> Response {
    serve(uri.path().trim_start_matches('/'), query.as_deref(), request.headers(), find)
}

/// The address of a file of the site, with its content's hash: `/pkg/laurel.css?v=1f3a…`.
pub fn asset_url(path: &str) -> String {
    static HASHES: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);
    let mut hashes = HASHES.lock().unwrap_or_else(PoisonError::into_inner);
    let hash = hashes.entry(path.to_owned()).or_insert_with(|| find(path).map(|file| file.hash).unwrap_or_default());
    match hash.as_str() {
        "" => format!("/{path}"),
        hash => format!("/{path}?v={hash}"),
    }
}

fn serve(path: &str, query: Option<&str>, headers: &HeaderMap, find: impl Fn(&str) -> Option<File>) -> Response {
    let Some(content_type) = content_type(path) else { return StatusCode::NOT_FOUND.into_response() };
    let accepted = header_text(headers, header::ACCEPT_ENCODING).unwrap_or_default();
    let variants = [("br", ".br"), ("gzip", ".gz"), ("", "")];
    let usable = variants.into_iter().filter(|(encoding, _)| encoding.is_empty() || accepts(accepted, encoding));
    let found = usable.into_iter().find_map(|(encoding, ending)| find(&format!("{path}{ending}")).map(|file| (encoding, file)));
    let Some((encoding, file)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let etag = format!("\"{}\"", file.hash);
    let is_known =
        header_text(headers, header::IF_NONE_MATCH).is_some_and(|known| known.split(',').any(|tag| tag.trim() == etag));
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(file.data).into_response(),
    };
    // in development a file changes under the same address while the server runs
    let is_fixed = !cfg!(debug_assertions) && query.is_some_and(|query| query.starts_with("v="));
    let caching = if is_fixed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        answer.insert(header::ETAG, etag);
    }
    if !encoding.is_empty() {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Whether an `Accept-Encoding` takes an encoding: named, and not at `q=0`.
fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|part| {
        let (name, rest) = part.split_once(';').unwrap_or((part, ""));
        let refused = rest.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0));
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

/// Only kinds of files that the site has; nothing else is served.
fn content_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "wasm" => Some("application/wasm"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(path: &str) -> Option<File> {
        let known = ["pkg/a.js", "pkg/a.js.gz", "pkg/a.js.br", "pkg/b.js"].contains(&path);
        known.then(|| File { data: path.as_bytes().to_vec().into(), hash: path.replace('/', "-") })
    }

    fn get(path: &str, headers: &[(header::HeaderName, &'static str)]) -> (StatusCode, String, String) {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        let response = serve(path, None, &headers, site);
        let text = |name: header::HeaderName| header_text(response.headers(), name).unwrap_or_default().to_owned();
        (response.status(), text(header::CONTENT_ENCODING), text(header::ETAG))
    }

    #[test]
    fn the_smallest_encoding_that_is_there_and_accepted_is_sent_with_its_own_tag() {
        for (path, accepted, encoding, tag) in [
            ("pkg/a.js", "gzip, deflate, br", "br", "\"pkg-a.js.br\""),
            ("pkg/a.js", "gzip", "gzip", "\"pkg-a.js.gz\""),
            ("pkg/a.js", "br;q=0, gzip;q=0.5", "gzip", "\"pkg-a.js.gz\""),
            ("pkg/a.js", "identity", "", "\"pkg-a.js\""),
            ("pkg/b.js", "br", "", "\"pkg-b.js\""),
        ] {
            let answer = get(path, &[(header::ACCEPT_ENCODING, accepted)]);
            assert_eq!(answer, (StatusCode::OK, encoding.to_owned(), tag.to_owned()), "{path} {accepted}");
        }
    }

    #[test]
    fn a_browser_that_has_the_file_does_not_get_it_again() {
        assert_eq!(get("pkg/b.js", &[(header::IF_NONE_MATCH, "\"x\", \"pkg-b.js\"")]).0, StatusCode::NOT_MODIFIED);
        assert_eq!(get("pkg/b.js", &[(header::IF_NONE_MATCH, "\"x\"")]).0, StatusCode::OK);
        assert_eq!(get("pkg/b.exe", &[]).0, StatusCode::NOT_FOUND);
    }
}
