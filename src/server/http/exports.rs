//! Whole tables as CSV: written while they are read, so that nobody keeps them whole. A form asks for one, as the audit log tells of it.
//! One that is large is no answer to a request, but a file that waits: `kept_exports`.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures::stream;
use jiff::Timestamp;
use jiff::civil::Date;
use laurel_domain::ledger::entry::Cause;
use laurel_domain::numbers::calendar::Calendar;
use laurel_domain::refusal::{Fault, Refusal};
use serde::Deserialize;
use tokio::sync::mpsc;

use super::console_files::{answer_with, file_name, member_cells};
use super::{kept_exports, redemption_files};
use crate::pages::admin::shown_of_code;
use crate::server::AppState;
use crate::server::web::RequestContext;
use crate::server::web::csv::{Cell, Csv};
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::store::audit::AuditRow;
use laurel_engine::store::exports::EntryOf;
use laurel_engine::store::rewards::code_list::Code;
use laurel_engine::store::timestamp;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::exports::kept;
use laurel_engine::usecase::exports::{Chunk, Ended, Export, Wanted, What};

/// How many chunks wait for a slow browser.
const WAITING: usize = 2;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    what: String,
    /// Days, where the programme is.
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// `yes`: as a file to fetch later, however few rows there are.
    #[serde(default)]
    keep: String,
}

pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let asked = Form::<Asked>::from_request(Request::from_parts(parts.clone(), body), &()).await;
    answer_with(state, Request::from_parts(parts, Body::empty()), Permission::Export, async |context| {
        let Form(asked) = asked.map_err(|_| Refusal::field("what", Fault::Missing))?;
        let what = What::named(&asked.what).ok_or(AppError::NotFound)?;
        let staff = context.visit.staff.clone().ok_or(AppError::NotSignedIn)?;
        let calendar = context.state.ledger.rulebook().await?.calendar().clone();
        let wanted =
            Wanted { what, from: day(&calendar, "from", &asked.from, false)?, to: day(&calendar, "to", &asked.to, true)? };
        let (ledger, by) = (&context.state.ledger, Authority::from(&staff));
        let mut csv = Csv::new(&columns(&context, what))?;
        let name = file_name(&context, what.name());
        if asked.keep == "yes" || kept::is_large(ledger, what).await? {
            let writing = kept::begin(ledger, by, wanted, (context.lang.code(), &name), &csv.take()?).await?;
            return Ok(kept_exports::written(context, writing));
        }
        let export = Export::begin(ledger, by, wanted).await?;
        let (sender, receiver) = mpsc::channel(WAITING);
        let first = Bytes::from(csv.take()?);
        tokio::spawn(send(context, export, first, sender));
        Ok(attachment(receiver, &name))
    })
    .await
}

/// The instant at which a day begins, or ends.
fn day(calendar: &Calendar, field: &str, typed: &str, is_end: bool) -> Result<Option<Timestamp>, AppError> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let day: Date = typed.trim().parse().map_err(|_| Refusal::field(field, Fault::NotADay))?;
    let end = if is_end { calendar.end_of(day) } else { calendar.start_of(day) };
    Ok(Some(end.time()))
}

type Piece = Result<Bytes, io::Error>;

/// Reads and writes until the end, or until nobody listens.
async fn send(context: RequestContext, mut export: Export, first: Bytes, to: mpsc::Sender<Piece>) {
    let mut piece = Ok(first);
    let ended = loop {
        let is_broken = piece.is_err();
        match to.send(piece).await {
            Ok(()) if is_broken => break Ended::Failed,
            Ok(()) => {}
            Err(_) => break Ended::BrokenOff,
        }
        piece = match export.next().await.and_then(|chunk| chunk.map(|chunk| rows(&context, chunk)).transpose()) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => break Ended::Completed,
            Err(error) => {
                tracing::error!(%error, "an export broke off");
                // the browser sees that the file is not whole
                Err(io::Error::other("the export broke off"))
            }
        };
    };
    if let Err(error) = export.end(ended).await {
        tracing::error!(%error, "the end of an export could not be noted");
    }
}

fn attachment(receiver: mpsc::Receiver<Piece>, name: &str) -> Response {
    let pieces = stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|piece| (piece, receiver)) });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

fn columns(context: &RequestContext, what: What) -> Vec<&'static str> {
    let t = context.lang.imports();
    match what {
        What::Members => context.lang.member_file().csv_columns.to_vec(),
        What::Entries => t.entry_columns.to_vec(),
        What::Redemptions => context.lang.lists().redemption_columns.to_vec(),
        What::Codes => t.code_columns.to_vec(),
        What::Audit => t.audit_columns.to_vec(),
    }
}

/// Rows of a file, in the language of the request.
pub(super) fn rows(context: &RequestContext, chunk: Chunk) -> Result<Bytes, AppError> {
    let mut csv = Csv::more();
    match chunk {
        Chunk::Members(members) => members.iter().try_for_each(|one| csv.row(member_cells(context, one)))?,
        Chunk::Entries(entries) => entries.into_iter().try_for_each(|one| csv.row(entry_cells(context, one)))?,
        Chunk::Redemptions(all) => all.iter().try_for_each(|one| csv.row(redemption_files::cells(context, one)))?,
        Chunk::Codes(codes) => {
            for (reward, code) in codes {
                let name = context.lang.of(&reward.terms.name).to_owned();
                csv.row(code_cells(context, name, &Code::of(code)?))?;
            }
        }
        Chunk::Audit(rows) => {
            for row in rows {
                csv.row(audit_cells(context, row)?)?;
            }
        }
    }
    Ok(csv.take()?.into())
}

fn time(context: &RequestContext, at: Timestamp) -> Cell {
    Cell::text(context.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string())
}

fn entry_cells(context: &RequestContext, one: EntryOf) -> [Cell; 14] {
    let entry = one.entry;
    let (source, event) = match entry.cause.event() {
        Some(event) => (event.source.to_string(), event.id.to_string()),
        None => Default::default(),
    };
    let amount = match &entry.cause {
        Cause::Payment { amount, .. } | Cause::Refund { amount, .. } => Cell::number(amount.amount()),
        _ => Cell::text(""),
    };
    [
        Cell::text(entry.member.to_string()),
        Cell::text(one.external_id.unwrap_or_default()),
        Cell::number(entry.seq),
        time(context, entry.occurred_at),
        time(context, entry.instant),
        Cell::text((context.lang.activity().kinds)(entry.kind)),
        Cell::number(entry.points),
        Cell::number(entry.balance),
        Cell::number(entry.tier.get()),
        Cell::number(entry.rules),
        Cell::text(source),
        Cell::text(event),
        amount,
        Cell::text(entry.hash.to_string()),
    ]
}

pub(super) fn code_cells(context: &RequestContext, reward: String, code: &Code) -> [Cell; 6] {
    let t = context.lang.imports();
    [
        Cell::text(reward),
        Cell::text(shown_of_code(code)),
        time(context, code.added_at),
        Cell::text(t.code_states[code.state as usize]),
        Cell::text(code.redemption.map(|id| id.to_string()).unwrap_or_default()),
        code.given_at.map_or_else(|| Cell::text(""), |at| time(context, at)),
    ]
}

fn audit_cells(context: &RequestContext, row: AuditRow) -> Result<[Cell; 6], AppError> {
    let who = row.actor_name.unwrap_or_else(|| context.lang.console().actor(row.actor_kind).to_owned());
    Ok([
        time(context, timestamp(row.at)?),
        Cell::text(who),
        Cell::text(row.action),
        Cell::text(row.subject),
        Cell::text(row.before.unwrap_or_default()),
        Cell::text(row.after.unwrap_or_default()),
    ])
}
