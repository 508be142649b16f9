//! Files that the console takes in: their rows here, their content and what was refused of them beside.

pub mod faults;
pub mod pieces;

use jiff::Timestamp;
use laurel_domain::ids::ImportId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, micros, numbered, on};

/// What becomes of an import; tables hold these by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Uploading,
    /// It has been looked at, and nothing of it is in.
    Ready,
    Waiting,
    Running,
    Done,
    Stopped,
    Failed,
}

impl State {
    pub const ALL: [State; 7] =
        [State::Uploading, State::Ready, State::Waiting, State::Running, State::Done, State::Stopped, State::Failed];

    pub fn of_number(number: i16) -> Result<State, StoreError> {
        numbered(&State::ALL, number).ok_or(StoreError::Corrupt("an import"))
    }

    /// Whether a server is at it, or will be.
    pub fn is_open(self) -> bool {
        matches!(self, State::Waiting | State::Running)
    }

    /// Whether it ended before the end of its file, and can go on from there.
    pub fn can_go_on(self) -> bool {
        matches!(self, State::Stopped | State::Failed)
    }
}

/// An import as its row has it.
#[derive(Clone, Debug, FromRow)]
pub struct ImportRow {
    pub id: Uuid,
    pub kind: i16,
    pub file: String,
    pub source: Option<String>,
    pub enrol: bool,
    pub reward_id: Option<Uuid>,
    pub state: i16,
    pub is_stopped: bool,
    pub made_by: Option<Uuid>,
    pub made_at: i64,
    pub started_by: Option<Uuid>,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub size: i64,
    pub look: Option<String>,
    pub done_bytes: i64,
    pub done_lines: i64,
    pub added: i64,
    pub changed: i64,
    pub known: i64,
    pub refused: i64,
    pub fault: Option<String>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, kind, file, source, enrol, reward_id, state, is_stopped, made_by, made_at, started_by, started_at, ended_at,
    size, look, done_bytes, done_lines, added, changed, known, refused, fault from imports ",
            $rest
        )
    };
}

const INSERT: &str = "insert into imports (id, kind, file, source, enrol, reward_id, state, made_by, made_at)
values ($1, $2, $3, $4, $5, $6, 0, $7, $8)";

pub async fn insert(tx: &mut Tx, row: &ImportRow) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT)
        .bind(row.id).bind(row.kind).bind(&row.file).bind(&row.source).bind(row.enrol).bind(row.reward_id)
        .bind(row.made_by).bind(row.made_at)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const LOOKED_AT: &str = "update imports set state = 1, size = $2, look = $3 where id = $1 and state = 0";

/// The whole file is there. Whether it was still waited for.
pub async fn looked_at(tx: &mut Tx, id: ImportId, size: i64, look: &str) -> Result<bool, StoreError> {
    let done = on!(tx, conn => sqlx::query(LOOKED_AT)
        .bind(id.uuid()).bind(size).bind(look).execute(conn).await?.rows_affected());
    Ok(done == 1)
}

const FIND: &str = select!("where id = $1");

pub async fn find(db: &mut Tx, id: ImportId) -> Result<Option<ImportRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(FIND).bind(id.uuid()).fetch_optional(conn).await?))
}

const LOCK: &str = select!("where id = $1 for update");

/// The import as it is until the transaction ends.
pub async fn lock(tx: &mut Tx, id: ImportId) -> Result<Option<ImportRow>, StoreError> {
    let sql = tx.pick(FIND, LOCK);
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(id.uuid()).fetch_optional(conn).await?))
}

// ids begin with the time at which they were made
const LATEST: &str = select!("where id < $1 and state > 0 order by id desc limit $2");

/// The newest before this one.
pub async fn latest(db: &mut Tx, before: Uuid, most: i64) -> Result<Vec<ImportRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(LATEST).bind(before).bind(most).fetch_all(conn).await?))
}

const UNSTARTED: &str = "select count(*) from imports where state < 2";

/// How many files lie here that nobody has started.
pub async fn unstarted(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, conn => sqlx::query_scalar(UNSTARTED).fetch_one(conn).await?))
}

const START: &str =
    "update imports set state = 2, is_stopped = $4, started_by = $2, started_at = $3, ended_at = null, fault = null
where id = $1";

/// Somebody wants its rows in, or the rest of them. The caller holds its lock.
pub async fn start(tx: &mut Tx, id: ImportId, by: Option<Uuid>, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(START)
        .bind(id.uuid()).bind(by).bind(micros(now)).bind(false).execute(conn).await.map(drop)?);
    Ok(())
}

const OPEN: &str = select!("where state in (2, 3) order by made_at, id limit 1");
const CLAIM: &str = "update imports set state = 3, worker = $2 where id = $1 and state in (2, 3)";

/// The import that has waited longest, now this worker's. Of all servers one asks: what is under way was left by another.
pub async fn claim(tx: &mut Tx, worker: Uuid) -> Result<Option<ImportRow>, StoreError> {
    let found: Option<ImportRow> = on!(tx, conn => sqlx::query_as(OPEN).fetch_optional(conn).await?);
    let Some(row) = found else { return Ok(None) };
    let claimed = on!(tx, conn => sqlx::query(CLAIM).bind(row.id).bind(worker).execute(conn).await?.rows_affected());
    Ok((claimed == 1).then_some(row))
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    pub bytes: i64,
    pub lines: i64,
    pub added: i64,
    pub changed: i64,
    pub known: i64,
    pub refused: i64,
}

const PROGRESS: &str = "update imports set done_bytes = $3, done_lines = $4, added = $5, changed = $6, known = $7, refused = $8
where id = $1 and worker = $2 and state = 3 returning is_stopped";

/// Writes how far it has come. Whether somebody wants it to stop; none if it is not this worker's any more.
pub async fn progress(tx: &mut Tx, id: ImportId, worker: Uuid, done: &Progress) -> Result<Option<bool>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_scalar(PROGRESS)
        .bind(id.uuid()).bind(worker)
        .bind(done.bytes).bind(done.lines).bind(done.added).bind(done.changed).bind(done.known).bind(done.refused)
        .fetch_optional(conn).await?))
}

const END: &str = "update imports set state = $3, fault = $4, ended_at = $5 where id = $1 and worker = $2 and state = 3";

/// Whether it was still this worker's to end.
pub async fn end(
    tx: &mut Tx,
    id: ImportId,
    worker: Uuid,
    state: State,
    fault: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let ended = on!(tx, conn => sqlx::query(END)
        .bind(id.uuid()).bind(worker).bind(state as i16).bind(fault).bind(micros(now))
        .execute(conn).await?.rows_affected());
    Ok(ended == 1)
}

const WANT_STOP: &str = "update imports set is_stopped = $2 where id = $1 and state = 3";
const STOP_WAITING: &str = "update imports set is_stopped = $2, state = 5, ended_at = $3 where id = $1 and state = 2";

/// One that is running is to stop after its present rows.
pub async fn want_stop(tx: &mut Tx, id: ImportId) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(WANT_STOP).bind(id.uuid()).bind(true).execute(conn).await.map(drop)?);
    Ok(())
}

/// One that waits is stopped at once.
pub async fn stop_waiting(tx: &mut Tx, id: ImportId, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(STOP_WAITING).bind(id.uuid()).bind(true).bind(micros(now)).execute(conn).await.map(drop)?);
    Ok(())
}

const FORSAKE: &str = "update imports set state = 0 where id = $1 and state = 1";

/// Nobody wants to start it any more: its file can be deleted.
pub async fn forsake(tx: &mut Tx, id: ImportId) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(FORSAKE).bind(id.uuid()).execute(conn).await.map(drop)?);
    Ok(())
}

const DELETE: &str = "delete from imports where id = $1 and state = 0";

/// One that was never started, once nothing of its file is left.
pub async fn delete(tx: &mut Tx, id: ImportId) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(DELETE).bind(id.uuid()).execute(conn).await.map(drop)?);
    Ok(())
}

const ENDED_WITH_FILE: &str = "select id from imports i where state >= 4 and (state = 4 or ended_at < $1)
    and exists (select 1 from import_pieces p where p.import_id = i.id) limit 100";
const NEVER_STARTED: &str =
    "select id from imports where (state = 0 and made_at < $1) or (state = 1 and made_at < $2) limit 100";
const WITH_OLD_FAULTS: &str = "select id from imports i where ended_at < $1
    and exists (select 1 from import_faults f where f.import_id = i.id) limit 100";

/// Those whose file is not needed any more: they are done, or have stopped before this time.
pub async fn ended_with_file(db: &mut Tx, before: Timestamp) -> Result<Vec<ImportId>, StoreError> {
    let ids: Vec<Uuid> = on!(db, conn => sqlx::query_scalar(ENDED_WITH_FILE).bind(micros(before)).fetch_all(conn).await?);
    Ok(ids.into_iter().map(ImportId::new).collect())
}

/// Those whose upload broke off before this time, and those that nobody has started since that time.
pub async fn never_started(db: &mut Tx, broke_off: Timestamp, left: Timestamp) -> Result<Vec<ImportId>, StoreError> {
    let ids: Vec<Uuid> = on!(db, conn => sqlx::query_scalar(NEVER_STARTED)
        .bind(micros(broke_off)).bind(micros(left)).fetch_all(conn).await?);
    Ok(ids.into_iter().map(ImportId::new).collect())
}

/// Those that ended before this time and still have refused rows.
pub async fn with_old_faults(db: &mut Tx, before: Timestamp) -> Result<Vec<ImportId>, StoreError> {
    let ids: Vec<Uuid> = on!(db, conn => sqlx::query_scalar(WITH_OLD_FAULTS).bind(micros(before)).fetch_all(conn).await?);
    Ok(ids.into_iter().map(ImportId::new).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::{SORTS, check_scans_nothing};

    #[tokio::test]
    async fn an_import_is_looked_up_and_the_next_one_too() {
        for sql in [FIND, LATEST] {
            check_scans_nothing(sql, &[]).await;
        }
        // all that this index holds is under way
        check_scans_nothing(OPEN, &["imports_open", SORTS]).await;
    }
}
