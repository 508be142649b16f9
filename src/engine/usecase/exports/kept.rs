//! Exports that are too large to wait for: a server writes the file into the database, piece by piece, while whoever asked does
//! something else. How far it has come is written with each piece, so any server goes on by itself where one was lost, and no row is
//! in the file twice or missing from it. The file waits for a week, unless somebody is erased whom it could name.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::{ExportId, StaffId};
use serde_json::json;
use uuid::Uuid;

use super::{Chunk, Ended, Export, Wanted, What};
use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::exports::kept::{self, KeptRow, Progress};
use crate::store::{StoreError, Tx, exports, micros, timestamp};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

pub use crate::store::exports::kept::State;

/// What has no more rows than this is no trouble to wait for.
pub const SMALL: i64 = 10_000;
/// So many are kept at a time.
pub const MOST: usize = 20;
/// How long a file waits to be fetched: it holds what people are called and how to reach them.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Whoever has written nothing for so long is gone.
const SILENCE: SignedDuration = SignedDuration::from_secs(60);
const PIECES_AT_ONCE: i64 = 4;

const NOT_NOW: AppError = AppError::Conflict { code: "export_not_now" };
const TOO_MANY: AppError = AppError::Conflict { code: "too_many_exports" };

/// One as pages show it.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: ExportId,
    pub wanted: Wanted,
    pub locale: String,
    pub file: String,
    pub made_by: Option<StaffId>,
    pub made_at: Timestamp,
    pub state: State,
    /// It is under way by its row, but nobody has written for a while: one of the servers goes on with it.
    pub is_forsaken: bool,
    pub ended_at: Option<Timestamp>,
    /// Rows that there are to look at, once they have been counted.
    pub total: Option<i64>,
    pub seen: i64,
    /// Rows in the file, and its bytes.
    pub written: i64,
    pub bytes: i64,
    /// Since when there is no file any more, because it could name somebody who was erased.
    pub outdated_at: Option<Timestamp>,
}

impl Kept {
    fn of(row: KeptRow, now: Timestamp) -> Result<Kept, StoreError> {
        let what = usize::try_from(row.kind).ok().and_then(|kind| What::ALL.get(kind).copied());
        let wanted = Wanted {
            what: what.ok_or(StoreError::Corrupt("an export"))?,
            from: row.from_at.map(timestamp).transpose()?,
            to: row.to_at.map(timestamp).transpose()?,
        };
        let (state, written_at) = (State::of_number(row.state)?, timestamp(row.written_at)?);
        Ok(Kept {
            id: ExportId::new(row.id),
            wanted,
            locale: row.locale,
            file: row.file,
            made_by: row.made_by.map(StaffId::new),
            made_at: timestamp(row.made_at)?,
            state,
            is_forsaken: state == State::UnderWay && now.duration_since(written_at) > SILENCE,
            ended_at: row.ended_at.map(timestamp).transpose()?,
            total: row.total,
            seen: row.seen,
            written: row.written,
            bytes: row.bytes,
            outdated_at: row.outdated_at.map(timestamp).transpose()?,
        })
    }

    /// Whether it broke off somewhere and can go on from there.
    pub fn can_go_on(&self) -> bool {
        self.is_forsaken || matches!(self.state, State::Stopped | State::Failed)
    }
}

/// Whether an export has so many rows to look at that nobody should wait for it.
pub async fn is_large(ledger: &Ledger, what: What) -> Result<bool, AppError> {
    Ok(exports::count(&mut ledger.db.reader().await?, what as usize, SMALL + 1).await? > SMALL)
}

/// One that is being written: by this process, until another takes over or somebody stops it.
pub struct Writing {
    export: Export,
    id: ExportId,
    writer: Uuid,
}

/// Begins one; `head` is what the file begins with.
///
/// # Errors
/// `Forbidden`, `too_many_exports`.
pub async fn begin(
    ledger: &Ledger,
    by: Authority,
    wanted: Wanted,
    (locale, file): (&str, &str),
    head: &[u8],
) -> Result<Writing, AppError> {
    require(by, Permission::Export)?;
    require(by, wanted.what.permission())?;
    let export = Export::new(ledger, by.actor(), wanted, random::id(ledger.clock.now())).await?;
    let (now, writer) = (ledger.clock.now(), random::id(ledger.clock.now()));
    let row = KeptRow {
        id: export.id,
        kind: wanted.what as i16,
        from_at: wanted.from.map(micros),
        to_at: wanted.to.map(micros),
        locale: locale.to_owned(),
        file: file.to_owned(),
        made_by: by.actor().id(),
        made_at: micros(now),
        state: State::UnderWay as i16,
        writer,
        written_at: micros(now),
        ended_at: None,
        total: None,
        seen: 0,
        written: 0,
        bytes: 0,
        place: export.place_as_text()?,
        outdated_at: None,
    };
    let id = ExportId::new(export.id);
    let start = export.action("export.start", export.told());
    let first = Progress { seen: 0, written: 0, place: row.place.clone() };
    let input = (row, head.to_owned(), start, first);
    ledger
        .db
        .write(input, move |tx, (row, head, start, first)| {
            Box::pin(async move {
                kept::lock_beginning(tx).await?;
                if kept::number(tx).await? >= MOST as i64 {
                    return Err(TOO_MANY);
                }
                kept::insert(tx, row).await?;
                kept::add(tx, ExportId::new(row.id), row.writer, first, head, now).await?;
                start.note(tx, now).await
            })
        })
        .await?;
    Ok(Writing { export, id, writer })
}

/// Goes on where one stopped, failed, or was left by a server that is gone.
///
/// # Errors
/// `Forbidden`, `NotFound`, `export_not_now` if it is done or somebody is at it.
pub async fn go_on(ledger: &Ledger, by: Authority, id: ExportId) -> Result<(Writing, Kept), AppError> {
    let now = ledger.clock.now();
    let writer = random::id(now);
    let input = (by, id, writer, now);
    let row = ledger
        .db
        .write(input, |tx, (by, id, writer, now)| {
            Box::pin(async move {
                let (row, found) = locked(tx, *by, *id, *now).await?;
                if !found.can_go_on() {
                    return Err(NOT_NOW);
                }
                take_over(tx, by.actor(), &found, *writer, *now).await?;
                Ok::<_, AppError>(row)
            })
        })
        .await?;
    resumed(ledger, by.actor(), row, writer).await
}

/// Goes on with one whose server is gone, if there is any. Of several servers that look one gets it.
///
/// # Errors
/// What may be over in a moment.
pub async fn take_up(ledger: &Ledger) -> Result<Option<(Writing, Kept)>, AppError> {
    let now = ledger.clock.now();
    let writer = random::id(now);
    let row = ledger
        .db
        .write((writer, now), |tx, (writer, now)| {
            Box::pin(async move {
                let since = now.saturating_sub(SILENCE).unwrap_or(Timestamp::MIN);
                let Some(row) = kept::forsaken(tx, since).await? else { return Ok(None) };
                let found = Kept::of(row.clone(), *now)?;
                take_over(tx, Actor::System, &found, *writer, *now).await?;
                Ok::<_, AppError>(Some(row))
            })
        })
        .await?;
    match row {
        Some(row) => {
            let actor = row.made_by.map_or(Actor::System, Actor::Staff);
            resumed(ledger, actor, row, writer).await.map(Some)
        }
        None => Ok(None),
    }
}

/// An export that somebody may do something to, as it is until the transaction ends.
async fn locked(tx: &mut Tx, by: Authority, id: ExportId, now: Timestamp) -> Result<(KeptRow, Kept), AppError> {
    let row = kept::lock(tx, id).await?.ok_or(AppError::NotFound)?;
    let found = Kept::of(row.clone(), now)?;
    require(by, Permission::Export)?;
    require(by, found.wanted.what.permission())?;
    Ok((row, found))
}

/// The caller holds its lock.
async fn take_over(tx: &mut Tx, actor: Actor, found: &Kept, writer: Uuid, now: Timestamp) -> Result<(), AppError> {
    kept::take_over(tx, found.id, writer, now).await?;
    let told = json!({ "kind": found.wanted.what.name(), "rows": found.written });
    super::note(tx, actor, "export.go_on", found.id.uuid(), told, now).await
}

async fn resumed(ledger: &Ledger, actor: Actor, row: KeptRow, writer: Uuid) -> Result<(Writing, Kept), AppError> {
    let found = Kept::of(row.clone(), ledger.clock.now())?;
    let mut export = Export::new(ledger, actor, found.wanted, row.id).await?;
    export.resume(&row.place, row.seen, row.written)?;
    Ok((Writing { export, id: found.id, writer }, found))
}

impl Writing {
    pub fn id(&self) -> ExportId {
        self.id
    }

    /// Counts what there is to look at, which takes a moment where that is much.
    pub async fn count(&self) -> Result<(), AppError> {
        let ledger = &self.export.ledger;
        let kind = self.export.wanted.what as usize;
        let total = exports::count(&mut ledger.db.reader().await?, kind, i64::MAX).await?;
        Ok(ledger.db.write((self.id, total), |tx, (id, total)| Box::pin(kept::counted(tx, *id, *total))).await?)
    }

    /// The next rows; nothing at the end.
    pub async fn next(&mut self) -> Result<Option<Chunk>, AppError> {
        self.export.next().await
    }

    /// Puts them into the file. Whether it is still this one's to go on.
    pub async fn add(&self, piece: Vec<u8>) -> Result<bool, AppError> {
        let export = &self.export;
        let done = Progress { seen: export.seen, written: export.rows as i64, place: export.place_as_text()? };
        let input = (self.id, self.writer, done, piece, export.ledger.clock.now());
        let added = export
            .ledger
            .db
            .write(input, |tx, (id, writer, done, piece, now)| Box::pin(kept::add(tx, *id, *writer, done, piece, *now)));
        Ok(added.await?)
    }

    /// The file is whole, or will not be for now. Nothing if somebody else has it by now.
    pub async fn end(self, how: Ended) -> Result<(), AppError> {
        let state = match how {
            Ended::Completed => State::Done,
            Ended::BrokenOff => State::Stopped,
            Ended::Failed => State::Failed,
        };
        let ledger = &self.export.ledger;
        let action = self.export.action("export.end", self.export.outcome(how));
        let input = (self.id, self.writer, state, action, ledger.clock.now());
        ledger
            .db
            .write(input, |tx, (id, writer, state, action, now)| {
                Box::pin(async move {
                    if kept::end(tx, *id, *writer, *state, *now).await? {
                        action.note(tx, *now).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// Stops one; it can go on later.
///
/// # Errors
/// `Forbidden`, `NotFound`, `export_not_now` if it has ended.
pub async fn stop(ledger: &Ledger, by: Authority, id: ExportId) -> Result<(), AppError> {
    let input = (by, id, ledger.clock.now());
    ledger
        .db
        .write(input, |tx, (by, id, now)| {
            Box::pin(async move {
                let (row, found) = locked(tx, *by, *id, *now).await?;
                if !kept::end(tx, *id, row.writer, State::Stopped, *now).await? {
                    return Err(NOT_NOW);
                }
                let told = json!({ "kind": found.wanted.what.name(), "outcome": "stopped", "rows": found.written });
                super::note(tx, by.actor(), "export.end", id.uuid(), told, *now).await
            })
        })
        .await
}

/// Deletes one that nobody is at.
///
/// # Errors
/// `Forbidden`, `NotFound`, `export_not_now` if it is under way.
pub async fn discard(ledger: &Ledger, by: Authority, id: ExportId) -> Result<(), AppError> {
    let input = (by, id, ledger.clock.now());
    ledger
        .db
        .write(input, |tx, (by, id, now)| {
            Box::pin(async move {
                let (_, found) = locked(tx, *by, *id, *now).await?;
                if found.state == State::UnderWay && !found.is_forsaken {
                    return Err(NOT_NOW);
                }
                // from here on nobody goes on with it
                kept::forsake(tx, *id).await?;
                let told = json!({ "kind": found.wanted.what.name() });
                super::note(tx, by.actor(), "export.discard", id.uuid(), told, *now).await
            })
        })
        .await?;
    forget(ledger, id).await
}

/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn find(ledger: &Ledger, by: Authority, id: ExportId) -> Result<Kept, AppError> {
    let row = kept::find(&mut ledger.db.reader().await?, id).await?.ok_or(AppError::NotFound)?;
    let found = Kept::of(row, ledger.clock.now())?;
    require(by, Permission::Export)?;
    require(by, found.wanted.what.permission())?;
    Ok(found)
}

/// All that are kept, the newest first.
pub async fn latest(ledger: &Ledger) -> Result<Vec<Kept>, AppError> {
    let rows = kept::latest(&mut ledger.db.reader().await?, MOST as i64).await?;
    let now = ledger.clock.now();
    Ok(rows.into_iter().map(|row| Kept::of(row, now)).collect::<Result<_, _>>()?)
}

/// Notes that somebody fetches the file.
pub async fn fetched(ledger: &Ledger, by: Authority, kept: &Kept) -> Result<(), AppError> {
    let input = (by.actor(), kept.id, kept.wanted.what.name(), ledger.clock.now());
    ledger
        .db
        .write(input, |tx, (actor, id, kind, now)| {
            Box::pin(async move { super::note(tx, *actor, "export.fetch", id.uuid(), json!({ "kind": kind }), *now).await })
        })
        .await
}

/// What the file has from this byte on, as far as one piece goes.
pub async fn bytes_from(ledger: &Ledger, id: ExportId, byte: i64) -> Result<Option<Vec<u8>>, AppError> {
    let found = kept::piece_at(&mut ledger.db.reader().await?, id, byte).await?;
    let from = |(begins, mut content): (i64, Vec<u8>)| {
        let before = usize::try_from(byte - begins).ok().filter(|before| *before < content.len())?;
        content.drain(..before);
        Some(content)
    };
    Ok(found.and_then(from))
}

/// Deletes those that nobody needs any more. Running it twice or never changes no outcome.
pub async fn tidy(ledger: &Ledger) -> Result<(), AppError> {
    let before = ledger.clock.now().saturating_sub(KEPT_FOR).unwrap_or(Timestamp::MIN);
    let old = kept::old(&mut ledger.db.reader().await?, random::first_id_of(before)).await?;
    for id in old {
        forget(ledger, id).await?;
    }
    // that there was a file, and why there is none any more, is told for as long as it would have been kept
    let outdated = kept::outdated(&mut ledger.db.reader().await?).await?;
    for id in outdated {
        delete_pieces(ledger, id).await?;
    }
    Ok(())
}

async fn forget(ledger: &Ledger, id: ExportId) -> Result<(), AppError> {
    ledger.db.write(id, |tx, id| Box::pin(kept::forsake(tx, *id))).await?;
    delete_pieces(ledger, id).await?;
    Ok(ledger.db.write(id, |tx, id| Box::pin(kept::delete(tx, *id))).await?)
}

async fn delete_pieces(ledger: &Ledger, id: ExportId) -> Result<(), AppError> {
    while ledger.db.write(id, |tx, id| Box::pin(kept::delete_pieces(tx, *id, PIECES_AT_ONCE))).await? > 0 {}
    Ok(())
}
