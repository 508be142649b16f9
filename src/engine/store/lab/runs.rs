//! Simulations that were asked for, and how far each has come.

use jiff::{SignedDuration, Timestamp};
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, micros, numbered, on};

/// What becomes of a run; tables hold these by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Waiting,
    Running,
    Done,
    Cancelled,
    Failed,
}

impl State {
    pub const ALL: [State; 5] = [State::Waiting, State::Running, State::Done, State::Cancelled, State::Failed];

    pub fn of_number(number: i16) -> Result<State, StoreError> {
        numbered(&State::ALL, number).ok_or(StoreError::Corrupt("a run of the lab"))
    }

    pub fn is_open(self) -> bool {
        matches!(self, State::Waiting | State::Running)
    }
}

/// A run as its row has it.
#[derive(Clone, Debug, FromRow)]
pub struct RunRow {
    pub id: Uuid,
    pub kind: i16,
    pub body: String,
    pub span: String,
    pub demotes: bool,
    pub one_in: Option<i32>,
    /// Begun by itself, and not kept by anybody yet.
    pub is_automatic: bool,
    pub state: i16,
    pub is_cancelled: bool,
    pub made_by: Option<Uuid>,
    pub made_at: i64,
    pub done: i64,
    pub total: i64,
    pub ended_at: Option<i64>,
    pub as_of: Option<i64>,
    /// Known once it is carried out: bytes, and seconds.
    pub memory_wanted: Option<i64>,
    pub memory_most: Option<i64>,
    pub expected_seconds: Option<i64>,
    pub is_reading: bool,
    /// Only where one run is looked at.
    pub outcome: Option<String>,
    pub fault: Option<String>,
}

const INSERT: &str = "insert into lab_runs (id, kind, body, span, demotes, one_in, state, made_by, made_at)
values ($1, $2, $3, $4, $5, $6, 0, $7, $8)";

pub async fn insert(tx: &mut Tx, row: &RunRow) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT)
        .bind(row.id).bind(row.kind).bind(&row.body).bind(&row.span).bind(row.demotes).bind(row.one_in)
        .bind(row.made_by).bind(row.made_at)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const INSERT_DONE: &str = "insert into lab_runs (id, kind, body, span, demotes, one_in, state, made_by, made_at,
    done, total, ended_at, as_of, outcome)
values ($1, $2, $3, $4, $5, $6, 2, $7, $8, $9, $10, $8, $11, $12)";

/// One that was carried out elsewhere.
pub async fn insert_done(tx: &mut Tx, row: &RunRow) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT_DONE)
        .bind(row.id).bind(row.kind).bind(&row.body).bind(&row.span).bind(row.demotes).bind(row.one_in)
        .bind(row.made_by).bind(row.made_at).bind(row.done).bind(row.total).bind(row.as_of).bind(&row.outcome)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const FIND: &str =
    "select id, kind, body, span, demotes, one_in, is_automatic, state, is_cancelled, made_by, made_at, done, total, memory_wanted, memory_most, expected_seconds, is_reading, ended_at,
    as_of, outcome, fault from lab_runs where id = $1";

pub async fn find(db: &mut Tx, id: Uuid) -> Result<Option<RunRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(FIND).bind(id).fetch_optional(conn).await?))
}

const LATEST: &str =
    "select id, kind, body, span, demotes, one_in, is_automatic, state, is_cancelled, made_by, made_at, done, total, memory_wanted, memory_most, expected_seconds, is_reading, ended_at,
    as_of, null as outcome, fault from lab_runs where not is_automatic order by made_at desc, id desc limit $1";

/// The newest first, without what came of them, and without those that began by themselves.
pub async fn latest(db: &mut Tx, most: i64) -> Result<Vec<RunRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(LATEST).bind(most).fetch_all(conn).await?))
}

const OPEN: &str =
    "select id, kind, body, span, demotes, one_in, is_automatic, state, is_cancelled, made_by, made_at, done, total, memory_wanted, memory_most, expected_seconds, is_reading, ended_at,
    as_of, outcome, fault from lab_runs where state = 0 or (state = 1 and beat_at < $1)
    order by is_automatic, made_at, id limit 1";
const CLAIM: &str =
    "update lab_runs set state = 1, beat_at = $2, done = 0 where id = $1 and (state = 0 or (state = 1 and beat_at < $3))";

/// The run that has waited longest, those that somebody asked for first, now this caller's; also one that nobody has been heard of for so long.
pub async fn claim(tx: &mut Tx, now: Timestamp, silence: SignedDuration) -> Result<Option<RunRow>, StoreError> {
    let lost = micros(now.saturating_sub(silence).unwrap_or(now));
    let found: Option<RunRow> = on!(tx, conn => sqlx::query_as(OPEN).bind(lost).fetch_optional(conn).await?);
    let Some(row) = found else { return Ok(None) };
    let claimed = on!(tx, conn => sqlx::query(CLAIM)
        .bind(row.id).bind(micros(now)).bind(lost).execute(conn).await?.rows_affected());
    Ok((claimed == 1).then_some(row))
}

const BEAT: &str = "update lab_runs set done = $2, total = $3, beat_at = $4, is_reading = $5,
    memory_wanted = $6, memory_most = $7, expected_seconds = $8 where id = $1 and state = 1";
const IS_CANCELLED: &str = "select is_cancelled from lab_runs where id = $1";

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beat {
    pub done: i64,
    pub total: i64,
    pub is_reading: bool,
    /// What the history takes in memory and what it may, in bytes, and about how many seconds it takes all in all.
    pub expected: Option<[i64; 3]>,
}

/// Says how far a run has come; whether somebody wants it to stop.
pub async fn beat(tx: &mut Tx, id: Uuid, beat: Beat, now: Timestamp) -> Result<bool, StoreError> {
    let Beat { done, total, is_reading, expected } = beat;
    let [wanted, most, seconds] = expected.map_or([None; 3], |expected| expected.map(Some));
    on!(tx, conn => sqlx::query(BEAT)
        .bind(id).bind(done).bind(total).bind(micros(now)).bind(is_reading).bind(wanted).bind(most).bind(seconds)
        .execute(conn).await.map(drop)?);
    let wanted: Option<bool> = on!(tx, conn => sqlx::query_scalar(IS_CANCELLED).bind(id).fetch_optional(conn).await?);
    // a run whose row is gone is wanted by nobody
    Ok(wanted.unwrap_or(true))
}

const END: &str =
    "update lab_runs set state = $2, outcome = $3, as_of = $4, fault = $5, ended_at = $6 where id = $1 and state = 1";

/// What a run ended with.
#[derive(Clone, Debug, Default)]
pub struct End {
    pub outcome: Option<String>,
    pub as_of: Option<Timestamp>,
    pub fault: Option<String>,
}

pub async fn end(tx: &mut Tx, id: Uuid, state: State, end: &End, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(END)
        .bind(id).bind(state as i16).bind(&end.outcome).bind(end.as_of.map(micros)).bind(&end.fault).bind(micros(now))
        .execute(conn).await.map(drop)?);
    Ok(())
}

const CANCEL: &str = "update lab_runs set is_cancelled = $2, state = case when state = 0 then 3 else state end,
    ended_at = case when state = 0 then $3 else ended_at end where id = $1 and state < 2";

/// Takes a run back that waits, and lets one stop that is running. Whether there was one to stop.
pub async fn cancel(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let stopped = on!(tx, conn => sqlx::query(CANCEL)
        .bind(id).bind(true).bind(micros(now)).execute(conn).await?.rows_affected());
    Ok(stopped > 0)
}

const PRUNE: &str = "delete from lab_runs where state >= 2 and not is_automatic
    and id not in (select id from lab_runs where not is_automatic order by made_at desc, id desc limit $1)";

/// Keeps the newest; those that began by themselves neither count nor go.
pub async fn prune(tx: &mut Tx, keep: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(PRUNE).bind(keep).execute(conn).await.map(drop)?);
    Ok(())
}

const AUTOMATIC: &str =
    "select id, kind, body, span, demotes, one_in, is_automatic, state, is_cancelled, made_by, made_at, done, total,
    memory_wanted, memory_most, expected_seconds, is_reading, ended_at, as_of, null as outcome, fault from lab_runs where is_automatic and made_by = $1";

/// The run of this person that began by itself, without what came of it.
pub async fn automatic(db: &mut Tx, made_by: Uuid) -> Result<Option<RunRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(AUTOMATIC).bind(made_by).fetch_optional(conn).await?))
}

// with its id the row is another run: whoever carries the one before out is told that nobody wants it
const REPLACE_AUTOMATIC: &str =
    "insert into lab_runs (id, kind, body, span, demotes, one_in, state, made_by, made_at, is_automatic)
values ($1, 0, $2, $3, $4, null, 0, $5, $6, $7)
on conflict (made_by) where is_automatic do update set id = excluded.id, body = excluded.body, span = excluded.span,
    demotes = excluded.demotes, state = 0, is_cancelled = $8, made_at = excluded.made_at, done = 0, total = 0, beat_at = 0,
    ended_at = null, as_of = null, outcome = null, fault = null";

/// Puts a run that begins by itself in place of the one that this person had.
pub async fn replace_automatic(tx: &mut Tx, row: &RunRow) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(REPLACE_AUTOMATIC)
        .bind(row.id).bind(&row.body).bind(&row.span).bind(row.demotes).bind(row.made_by).bind(row.made_at)
        .bind(true).bind(false)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const KEEP: &str = "update lab_runs set is_automatic = $3 where id = $1 and made_by = $2 and is_automatic";

/// Makes a run that began by itself one like the others. Whether there was such a run of this person.
pub async fn keep(tx: &mut Tx, id: Uuid, made_by: Uuid) -> Result<bool, StoreError> {
    let kept = on!(tx, conn => sqlx::query(KEEP).bind(id).bind(made_by).bind(false).execute(conn).await?.rows_affected());
    Ok(kept > 0)
}
