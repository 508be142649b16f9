//! Imports that somebody has started on a page: carried out beside the requests by one of the servers, some rows at a time, so that
//! others' events are posted in between. How far it has come is written after each time, so any server goes on where one has stopped.
//!
//! Whoever crashes between posting rows and writing so has them posted again: they are known then, and counted as that.

use csv::ByteRecord;
use laurel_domain::ids::ImportId;
use laurel_domain::row_refusal::RowRefusal;
use serde_json::{Value, json};
use uuid::Uuid;

use super::lines::Format;
use super::read::Import;
use super::rows::Place;
use super::run::{self, Begun, Counts, Desk, ImportError, Rejected, Settled};
use super::target::{Columns, Post};
use super::upload::permission;
use super::{MOST_FAULTS, PIECE, State, noted, tidy};
use crate::auth::{Actor, Authority};
use crate::random;
use crate::store::audit::{self, Action};
use crate::store::imports::faults::{self, FaultRow};
use crate::store::imports::{self, Progress, pieces};
use crate::store::{StoreError, Tx, json};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

const NOT_NOW: AppError = AppError::Conflict { code: "import_not_now" };
/// How much is kept of a refused row.
const LONGEST_CELLS: usize = 4_000;

/// Has its rows imported, from the beginning or from where it stopped: wake the jobs.
///
/// # Errors
/// `Forbidden`, `NotFound`, `import_not_now` if it is under way or its file is gone.
pub async fn start(ledger: &Ledger, by: Authority, id: ImportId) -> Result<(), AppError> {
    let input = (by, id, ledger.clock.now());
    ledger
        .db
        .write(input, |tx, (by, id, now)| {
            Box::pin(async move {
                let import = locked(tx, *by, *id).await?;
                let can = import.state == State::Ready || import.state.can_go_on();
                if !can || !pieces::has(tx, *id).await? {
                    return Err(NOT_NOW);
                }
                imports::start(tx, *id, staff_of(*by), *now).await?;
                let mut told = noted::told(&import.file, &import.target);
                if import.done_lines > 0 {
                    told["from_line"] = json!(import.done_lines + 1);
                }
                note(tx, by.actor(), "import.start", *id, told, *now).await
            })
        })
        .await
}

/// Stops it after the rows that are being posted; those are in, and it can go on from there.
///
/// # Errors
/// `Forbidden`, `NotFound`, `import_not_now` if it is not under way.
pub async fn stop(ledger: &Ledger, by: Authority, id: ImportId) -> Result<(), AppError> {
    let input = (by, id, ledger.clock.now());
    ledger
        .db
        .write(input, |tx, (by, id, now)| {
            Box::pin(async move {
                let import = locked(tx, *by, *id).await?;
                note(tx, by.actor(), "import.stop", *id, json!({ "file": import.file }), *now).await?;
                match import.state {
                    State::Running => Ok(imports::want_stop(tx, *id).await?),
                    State::Waiting => {
                        imports::stop_waiting(tx, *id, *now).await?;
                        let ended = noted::ended(&import.file, "stopped", import.counts);
                        note(tx, by.actor(), "import.end", *id, ended, *now).await
                    }
                    _ => Err(NOT_NOW),
                }
            })
        })
        .await
}

/// Deletes the file of one that is not to go on; one that was never started is gone with it.
///
/// # Errors
/// `Forbidden`, `NotFound`, `import_not_now` if it is under way.
pub async fn discard(ledger: &Ledger, by: Authority, id: ImportId) -> Result<(), AppError> {
    let input = (by, id, ledger.clock.now());
    let never_started = ledger
        .db
        .write(input, |tx, (by, id, now)| {
            Box::pin(async move {
                let import = locked(tx, *by, *id).await?;
                if import.state != State::Ready && !import.state.can_go_on() {
                    return Err(NOT_NOW);
                }
                let is_ready = import.state == State::Ready;
                if is_ready {
                    imports::forsake(tx, *id).await?;
                }
                note(tx, by.actor(), "import.discard", *id, json!({ "file": import.file }), *now).await?;
                Ok(is_ready)
            })
        })
        .await?;
    match never_started {
        true => tidy::forget(ledger, id).await,
        false => tidy::forget_file(ledger, id).await,
    }
}

async fn locked(tx: &mut Tx, by: Authority, id: ImportId) -> Result<Import, AppError> {
    let import = Import::of(imports::lock(tx, id).await?.ok_or(AppError::NotFound)?)?;
    require(by, permission(&import.target))?;
    Ok(import)
}

pub(super) fn staff_of(by: Authority) -> Option<Uuid> {
    match by.actor() {
        Actor::Staff(staff) => Some(staff),
        _ => None,
    }
}

async fn note(
    tx: &mut Tx,
    actor: Actor,
    name: &'static str,
    id: ImportId,
    after: Value,
    now: jiff::Timestamp,
) -> Result<(), AppError> {
    let subject = format!("import:{id}");
    Ok(audit::append(tx, &Action { actor, name, subject: &subject, before: None, after: Some(after) }, now).await?)
}

/// Carries out what waits, and what another server left, one after the other. How many there were. Of all servers one does so.
///
/// # Errors
/// What may be over in a moment: it goes on then.
pub async fn work(ledger: &Ledger) -> Result<u64, AppError> {
    let mut done = 0;
    loop {
        let worker = random::id(ledger.clock.now());
        let claimed = ledger.db.write(worker, |tx, worker| Box::pin(imports::claim(tx, *worker))).await?;
        let Some(row) = claimed else { return Ok(done) };
        carry_out(ledger, Import::of(row)?, worker).await?;
        done += 1;
    }
}

async fn carry_out(ledger: &Ledger, import: Import, worker: Uuid) -> Result<(), AppError> {
    let actor = import.started_by.map_or(Actor::System, |staff| Actor::Staff(staff.uuid()));
    let mut desk = PiecesDesk {
        ledger: ledger.clone(),
        id: import.id,
        worker,
        size: import.size,
        next: import.done_bytes,
        refused: import.counts.refused,
        counts: import.counts,
    };
    let ended = match begun(&import) {
        Ok(begun) => {
            let post = Post { ledger: ledger.clone(), target: import.target.clone(), actor };
            run::run(&mut desk, &post, begun).await
        }
        Err(error) => Err(error),
    };
    let (state, how, fault) = match ended {
        Ok(_) => (State::Done, "completed", None),
        Err(ImportError::Stopped) => (State::Stopped, "stopped", None),
        Err(ImportError::TakenOver) => return Ok(()),
        Err(ImportError::App(error @ AppError::Unavailable { .. })) => return Err(error),
        Err(error) => {
            tracing::error!(%error, import.id = %import.id, "an import failed");
            (State::Failed, "failed", Some(code(&error)))
        }
    };
    let told = noted::ended(&import.file, how, desk.counts);
    let input = (import.id, worker, state, fault, actor, told, ledger.clock.now());
    let is_ours: Result<bool, AppError> = ledger
        .db
        .write(input, |tx, (id, worker, state, fault, actor, told, now)| {
            Box::pin(async move {
                let is_ours = imports::end(tx, *id, *worker, *state, fault.as_deref(), *now).await?;
                if is_ours {
                    note(tx, *actor, "import.end", *id, told.clone(), *now).await?;
                }
                Ok(is_ours)
            })
        })
        .await;
    // whoever has taken it over reads the file still
    if is_ours? && state == State::Done { tidy::forget_file(ledger, import.id).await } else { Ok(()) }
}

/// What tells people why it failed.
fn code(error: &ImportError) -> String {
    match error {
        ImportError::App(error) => error.code(),
        ImportError::FileGone => "file_gone",
        _ => "file_unreadable",
    }
    .to_owned()
}

fn begun(import: &Import) -> Result<Begun, ImportError> {
    if import.done_bytes == 0 {
        return Ok(Begun::not());
    }
    let header: ByteRecord = import.look.iter().flat_map(|look| &look.columns).map(String::as_bytes).collect();
    let columns = Some(import.target.columns(&header)?);
    let format = if import.look.as_ref().is_some_and(|look| look.is_lines) { Format::Lines } else { Format::Csv };
    Ok(Begun { columns, format, place: Place { bytes: import.done_bytes, lines: import.done_lines }, counts: import.counts })
}

/// A file that the database holds.
struct PiecesDesk {
    ledger: Ledger,
    id: ImportId,
    worker: Uuid,
    size: u64,
    /// Of the file's bytes the first that has not been read.
    next: u64,
    /// How many rows have been refused before those that are settled now.
    refused: u64,
    counts: Counts,
}

impl Desk for PiecesDesk {
    // about a twentieth of a second each: whoever posts a single event meanwhile waits no longer
    const BATCH: usize = 1_000;

    async fn bytes(&mut self) -> Result<Option<Vec<u8>>, ImportError> {
        if self.next >= self.size {
            return Ok(None);
        }
        let piece = PIECE as u64;
        let (number, read) = (self.next / piece, self.next % piece);
        let number = i32::try_from(number).map_err(|_| ImportError::FileGone)?;
        let found = pieces::find(&mut self.ledger.db.reader().await?, self.id, number).await?;
        let mut content = found.ok_or(ImportError::FileGone)?;
        content.drain(..content.len().min(read as usize));
        self.next += piece - read;
        Ok(Some(content))
    }

    fn columns(&mut self, _: &Columns) -> Result<(), ImportError> {
        Ok(())
    }

    async fn settle(&mut self, settled: Settled<'_>) -> Result<(), ImportError> {
        let room = usize::try_from(MOST_FAULTS.saturating_sub(self.refused)).unwrap_or_default();
        let rows = settled.rejected.iter().take(room).map(fault_row).collect::<Result<Vec<FaultRow>, StoreError>>()?;
        let input = (self.id, self.worker, progress(settled.counts, settled.end), rows);
        let written: Result<Option<bool>, StoreError> = self
            .ledger
            .db
            .write(input, |tx, (id, worker, progress, rows)| {
                Box::pin(async move {
                    let stops = imports::progress(tx, *id, *worker, progress).await?;
                    if stops.is_some() {
                        faults::add(tx, *id, rows).await?;
                    }
                    Ok(stops)
                })
            })
            .await;
        self.counts = settled.counts;
        self.refused = settled.counts.refused;
        match written? {
            None => Err(ImportError::TakenOver),
            // whoever stops it at its very end has it whole
            Some(true) if settled.end.bytes < self.size => Err(ImportError::Stopped),
            Some(_) => Ok(()),
        }
    }
}

fn progress(counts: Counts, end: Place) -> Progress {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Progress {
        bytes: number(end.bytes),
        lines: number(end.lines),
        added: number(counts.added),
        changed: number(counts.changed),
        known: number(counts.known),
        refused: number(counts.refused),
    }
}

fn fault_row(one: &Rejected) -> Result<FaultRow, StoreError> {
    let mut left = LONGEST_CELLS;
    let cut = |cell: &str| {
        let kept: String = cell.chars().take(left).collect();
        left -= kept.chars().count();
        kept
    };
    let cells: Vec<String> = one.cells.iter().map(cut).collect();
    Ok(FaultRow {
        line: i64::try_from(one.line).map_err(|_| StoreError::Corrupt("a line"))?,
        cells: json(&cells)?,
        reason: json(&RowRefusal::from(&one.refusal))?,
    })
}
