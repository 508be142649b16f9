//! Files to import: taken piece by piece, so that no whole one is in memory; and the rows of one that were refused, as a file.

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::text::Source;

use super::console_files::{answer_with, file_name};
use super::uploads;
use crate::api_error::ApiError;
use crate::i18n::Lang;
use crate::pages::admin::{reason_of_row, told_kind};
use crate::server::AppState;
use crate::server::web::csv::{Cell, Csv};
use crate::server::web::errors;
use crate::server::web::flash::Flash;
use crate::server::web::paths::IMPORTS;
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::imports::{self, ImportError, MOST_BYTES, Target, Upload, UploadError};

/// How much of a file is read and thrown away that is refused: an answer to somebody who is still sending is lost.
const MOST_THROWN_AWAY: u64 = 2 * MOST_BYTES;
const MEGABYTE: u64 = 1024 * 1024;
/// Longer than anything that fields beside the file hold.
const LONGEST_FIELD: usize = 1_000;
const CHUNK: usize = 500;

/// What stands in the form before the file.
#[derive(Clone, Default)]
struct Typed {
    kind: String,
    source: String,
    enrol: bool,
    reward: String,
}

/// Takes a file, looks at it, and leads to what is in it; or back to the form with what is wrong.
pub async fn upload(State(state): State<AppState>, request: Request) -> Response {
    let (lang, staff) = match uploads::sender(&request, Permission::ImportMembers) {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    let mut typed = Typed::default();
    let to = match taken(&state, lang, Authority::from(&staff), request, &mut typed).await {
        Ok(id) => (format!("{IMPORTS}/{id}"), None),
        Err(error) => {
            let values = [("kind", &typed.kind), ("source", &typed.source), ("reward", &typed.reward)];
            let mut values: Vec<(String, String)> =
                values.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
            if typed.enrol {
                values.push(("enrol".to_owned(), "yes".to_owned()));
            }
            let flash = Flash { path: IMPORTS.to_owned(), error: Some(error), typed: values, ..Flash::default() };
            (format!("{IMPORTS}?kind={}", told_kind(&typed.kind)), Some(flash))
        }
    };
    let location = HeaderValue::try_from(to.0).unwrap_or(HeaderValue::from_static(IMPORTS));
    let head = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let mut response = (StatusCode::SEE_OTHER, head).into_response();
    if let Some(flash) = to.1 {
        response.headers_mut().append(header::SET_COOKIE, flash.write(&state.config));
    }
    response
}

async fn taken(
    state: &AppState,
    lang: Lang,
    by: Authority,
    mut request: Request,
    typed: &mut Typed,
) -> Result<laurel_domain::ids::ImportId, ApiError> {
    let broke_off = || ApiError::field("file", lang.imports().broke_off);
    // the use case counts
    DefaultBodyLimit::apply(DefaultBodyLimit::disable(), &mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| broke_off())?;
    while let Some(mut field) = form.next_field().await.map_err(|_| broke_off())? {
        match field.name().unwrap_or_default().to_owned().as_str() {
            "file" => {
                let taken = take(state, by, &mut field, typed).await;
                if taken.is_err() {
                    throw_away(&mut field).await;
                }
                return taken.map_err(|error| match error {
                    Broken::Off => broke_off(),
                    Broken::Refused(error) => wrong(lang, error),
                });
            }
            name => {
                let name = name.to_owned();
                let value = text(&mut field).await.ok_or_else(broke_off)?;
                match name.as_str() {
                    "kind" => typed.kind = value,
                    "source" => typed.source = value.trim().to_owned(),
                    "reward" => typed.reward = value,
                    "enrol" => typed.enrol = value == "yes",
                    _ => {}
                }
            }
        }
    }
    Err(ApiError::field("file", lang.fault(&Fault::Missing)))
}

enum Broken {
    /// The browser went away.
    Off,
    Refused(UploadError),
}

impl<E: Into<UploadError>> From<E> for Broken {
    fn from(error: E) -> Broken {
        Broken::Refused(error.into())
    }
}

async fn take(
    state: &AppState,
    by: Authority,
    field: &mut Field<'_>,
    typed: &Typed,
) -> Result<laurel_domain::ids::ImportId, Broken> {
    let name = field.file_name().unwrap_or_default().to_owned();
    if name.is_empty() {
        return Err(AppError::from(Refusal::field("file", Fault::Missing)).into());
    }
    let mut upload = Upload::begin(&state.ledger, by, &name, target(typed)?).await?;
    let added = loop {
        match field.chunk().await {
            Ok(Some(bytes)) => {
                if let Err(error) = upload.add(&bytes).await {
                    break Err(error.into());
                }
            }
            Ok(None) => break upload.finish().await.map_err(Broken::from),
            Err(_) => break Err(Broken::Off),
        }
    };
    if added.is_err()
        && let Err(error) = upload.abandon().await
    {
        tracing::warn!(%error, "what is left of an upload is deleted later");
    }
    added
}

fn target(typed: &Typed) -> Result<Target, AppError> {
    Ok(match typed.kind.as_str() {
        "members" => Target::Members,
        "events" => {
            let source = if typed.source.is_empty() { "default" } else { &typed.source };
            let source = Source::new(source).map_err(|fault| Refusal::field("source", fault))?;
            Target::Events { source, enrol: typed.enrol }
        }
        "codes" => {
            let reward = typed.reward.parse().map_err(|_| Refusal::field("reward", Fault::Missing))?;
            Target::Codes { reward }
        }
        _ => return Err(Refusal::field("kind", Fault::Missing).into()),
    })
}

async fn text(field: &mut Field<'_>) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some(some) = field.chunk().await.ok()? {
        if bytes.len() + some.len() > LONGEST_FIELD {
            return None;
        }
        bytes.extend_from_slice(&some);
    }
    String::from_utf8(bytes).ok()
}

async fn throw_away(field: &mut Field<'_>) {
    let mut read = 0;
    while let Ok(Some(bytes)) = field.chunk().await {
        read += bytes.len() as u64;
        if read > MOST_THROWN_AWAY {
            return;
        }
    }
}

/// What is wrong with a file, in words.
fn wrong(lang: Lang, error: UploadError) -> ApiError {
    let t = lang.imports();
    let of_file = |message: String| ApiError::field("file", message);
    match error {
        UploadError::TooLarge => of_file((t.too_large)(MOST_BYTES / MEGABYTE)),
        UploadError::TooMany => of_file(t.too_many.to_owned()),
        UploadError::File(ImportError::Empty) => of_file(t.empty.to_owned()),
        UploadError::File(ImportError::MissingColumn(name)) => of_file((t.missing_column)(name)),
        UploadError::File(ImportError::UnknownColumn(name)) => of_file((t.unknown_column)(&name)),
        UploadError::File(ImportError::ColumnTwice(name)) => of_file((t.column_twice)(&name)),
        UploadError::File(ImportError::App(error)) | UploadError::App(error) => errors::of_app(lang, error),
        UploadError::File(other) => errors::internal(lang, other),
    }
}

/// The rows that were refused, each with its line and why.
pub async fn refused(State(state): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    answer_with(state, request, Permission::ImportMembers, async |context| {
        let staff = context.visit.staff.as_ref().ok_or(AppError::NotSignedIn)?;
        let id = id.parse().map_err(|_| AppError::NotFound)?;
        let (import, _) = imports::find(&context.state.ledger, Authority::from(staff), id).await?;
        let columns = import.look.map(|look| look.columns).unwrap_or_default();
        let beside = ["line", "error", "reason"];
        let kept: Vec<usize> = (0..columns.len()).filter(|at| !beside.contains(&columns[*at].as_str())).collect();
        let head: Vec<&str> = kept.iter().map(|at| columns[*at].as_str()).chain(beside).collect();
        let mut csv = Csv::new(&head)?;
        let mut after = 0;
        loop {
            let found = imports::fault_chunk(&context.state.ledger, id, after, CHUNK).await?;
            for fault in found.faults {
                let cells = kept.iter().map(|at| Cell::text(fault.cells.get(*at).cloned().unwrap_or_default()));
                let code = match fault.reason.refusal() {
                    Ok(refusal) => refusal.code().to_owned(),
                    Err(code) => code.to_owned(),
                };
                let reason = reason_of_row(context.lang, &fault.reason);
                csv.row(cells.chain([Cell::number(fault.line), Cell::text(code), Cell::text(reason)]))?;
            }
            match found.next {
                Some(line) => after = line,
                None => return csv.attachment(&file_name(&context, "refused")),
            }
        }
    })
    .await
}
