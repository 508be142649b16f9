//! Exports that are too large to wait for: written beside the requests, piece by piece, and fetched like any file, also from where a
//! download broke off. Whatever a server has left that is gone, one of the others goes on with.

use std::ops::Range;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;

use super::console_files::answer_with;
use super::exports::rows;
use crate::i18n::Lang;
use crate::server::AppState;
use crate::server::web::RequestContext;
use crate::server::web::headers::header_text;
use crate::server::web::paths::EXPORTS;
use crate::server::web::visit::Visit;
use laurel_domain::ids::ExportId;
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::supervise::supervise;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::exports::Ended;
use laurel_engine::usecase::exports::kept::{self, Kept, State as KeptState, Writing};

/// How often a server looks whether another has left one.
const LOOKS_EVERY: Duration = Duration::from_secs(10);

/// Goes on with what servers have left that are gone, for as long as this one lives.
pub fn start(state: AppState) {
    supervise("exports that others have left", move || {
        let state = state.clone();
        async move {
            loop {
                tokio::time::sleep(LOOKS_EVERY).await;
                while take_up(&state).await {}
            }
        }
    });
}

/// Whether there was one; it is written to its end.
async fn take_up(state: &AppState) -> bool {
    match kept::take_up(&state.ledger).await {
        Ok(Some((writing, found))) => {
            tracing::info!(export.id = %found.id, rows = found.written, "an export goes on that another server has left");
            let lang = language_of(state, &found);
            write(RequestContext { state: state.clone(), visit: Visit::default(), lang }, writing).await;
            true
        }
        Ok(None) => false,
        Err(error) => {
            tracing::warn!(%error, "exports that others have left are looked for later");
            false
        }
    }
}

/// The language that it was begun in.
fn language_of(state: &AppState, kept: &Kept) -> Lang {
    Lang::parse(&kept.locale).unwrap_or_default().calling(&state.ledger.settings().unit)
}

/// Has one written from here on, and leads to where it is seen how far it has come.
pub fn written(context: RequestContext, writing: Writing) -> Response {
    let id = writing.id();
    tokio::spawn(write(context, writing));
    let location = HeaderValue::try_from(format!("{EXPORTS}/{id}")).unwrap_or(HeaderValue::from_static(EXPORTS));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location), no_store()]).into_response()
}

fn no_store() -> (HeaderName, HeaderValue) {
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

async fn write(context: RequestContext, mut writing: Writing) {
    let id = writing.id();
    let ended = match pieces(&context, &mut writing).await {
        Ok(true) => Ended::Completed,
        // stopped, or taken over by somebody who thought that nobody was at it
        Ok(false) => return,
        // whichever server looks next goes on with it, when nobody has written for a while
        Err(AppError::Unavailable { .. }) => {
            tracing::warn!(export.id = %id, "an export waits for the database");
            return;
        }
        Err(error) => {
            tracing::error!(%error, export.id = %id, "an export broke off");
            Ended::Failed
        }
    };
    if let Err(error) = writing.end(ended).await {
        tracing::error!(%error, export.id = %id, "the end of an export could not be noted");
    }
}

/// Whether the file is whole.
async fn pieces(context: &RequestContext, writing: &mut Writing) -> Result<bool, AppError> {
    writing.count().await?;
    while let Some(chunk) = writing.next().await? {
        if !writing.add(rows(context, chunk)?.to_vec()).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Goes on with one, in the language that it was begun in.
pub async fn go_on(State(state): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    answer_with(state, request, Permission::Export, async |context| {
        let staff = context.visit.staff.as_ref().ok_or(AppError::NotSignedIn)?;
        let (writing, found) = kept::go_on(&context.state.ledger, Authority::from(staff), parsed(&id)?).await?;
        let lang = language_of(&context.state, &found);
        Ok(written(RequestContext { lang, ..context }, writing))
    })
    .await
}

fn parsed(id: &str) -> Result<ExportId, AppError> {
    id.parse().map_err(|_| AppError::NotFound)
}

/// The file, or the part of it that a browser still lacks.
pub async fn file(State(state): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    let headers = request.headers().clone();
    answer_with(state, request, Permission::Export, async |context| {
        let by = Authority::from(context.visit.staff.as_ref().ok_or(AppError::NotSignedIn)?);
        let ledger = context.state.ledger.clone();
        let found = kept::find(&ledger, by, parsed(&id)?).await?;
        if found.state != KeptState::Done {
            return Err(AppError::NotFound);
        }
        let (size, tag) = (found.bytes, format!("\"{}\"", found.id));
        let Some(part) = wanted_part(&headers, &tag, size) else {
            let all = HeaderValue::try_from(format!("bytes */{size}")).unwrap_or(HeaderValue::from_static("bytes */0"));
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, all), no_store()]).into_response());
        };
        let (range, is_part) = part;
        if range.start == 0 {
            kept::fetched(&ledger, by, &found).await?;
        }
        let told = is_part.then(|| format!("bytes {}-{}/{size}", range.start, range.end - 1));
        let length = range.end - range.start;
        let pieces = stream::try_unfold((ledger, found.id, range), |(ledger, id, range)| async move {
            if range.is_empty() {
                return Ok(None);
            }
            let piece = kept::bytes_from(&ledger, id, range.start).await.map_err(std::io::Error::other)?;
            let mut piece = piece.ok_or_else(|| std::io::Error::other("the file is gone"))?;
            piece.truncate(usize::try_from(range.end - range.start).unwrap_or(usize::MAX));
            let next = range.start + piece.len() as i64..range.end;
            Ok::<_, std::io::Error>(Some((Bytes::from(piece), (ledger, id, next))))
        });
        let mut response = Response::new(Body::from_stream(pieces));
        *response.status_mut() = if is_part { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
        let named = format!("attachment; filename=\"{}\"", found.file);
        let heads = [
            (header::CONTENT_TYPE, Some("text/csv; charset=utf-8".to_owned())),
            (header::CONTENT_DISPOSITION, Some(named)),
            (header::CONTENT_LENGTH, Some(length.to_string())),
            (header::CONTENT_RANGE, told),
            (header::ACCEPT_RANGES, Some("bytes".to_owned())),
            (header::ETAG, Some(tag)),
            // it must come from here, but may be put together from parts
            (header::CACHE_CONTROL, Some("private, no-cache".to_owned())),
        ];
        for (name, value) in heads {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        Ok(response)
    })
    .await
}

/// The bytes that are wanted, and whether as a part: all of them unless a range is asked for that is of this very file. None where
/// the file has none of those.
fn wanted_part(headers: &HeaderMap, tag: &str, size: i64) -> Option<(Range<i64>, bool)> {
    let whole = Some((0..size, false));
    let of_another = header_text(headers, header::IF_RANGE).is_some_and(|known| known != tag);
    let Some(asked) = header_text(headers, header::RANGE).filter(|_| !of_another) else { return whole };
    let Some((from, to)) = asked.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else { return whole };
    let number = |text: &str| text.trim().parse::<i64>().ok().filter(|number| *number >= 0);
    let range = match (number(from), number(to)) {
        (Some(from), Some(to)) if from <= to => from..to.saturating_add(1).min(size),
        (Some(from), None) if to.trim().is_empty() => from..size,
        (None, Some(last)) if from.trim().is_empty() => size.saturating_sub(last).max(0)..size,
        // several ranges, or none that is one
        _ => return whole,
    };
    if range.is_empty() { None } else { Some((range, true)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: &str, if_range: Option<&str>, expected: Option<(Range<i64>, bool)>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_str(range).unwrap());
        if let Some(known) = if_range {
            headers.insert(header::IF_RANGE, HeaderValue::from_str(known).unwrap());
        }
        assert_eq!(wanted_part(&headers, "\"a\"", 100), expected, "{range} {if_range:?}");
    }

    #[test]
    fn a_part_is_what_is_asked_of_this_very_file() {
        check("bytes=40-", None, Some((40..100, true)));
        check("bytes=0-9", Some("\"a\""), Some((0..10, true)));
        check("bytes=90-300", None, Some((90..100, true)));
        check("bytes=-5", None, Some((95..100, true)));
        check("bytes=100-", None, None);
        check("bytes=40-", Some("\"b\""), Some((0..100, false)));
        for strange in ["bytes=1-2,5-6", "bytes=9-3", "lines=1-2", "bytes=x-"] {
            check(strange, None, Some((0..100, false)));
        }
    }
}
