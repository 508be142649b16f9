//! Searches for rules that were asked for, and how far each has come.

use jiff::{SignedDuration, Timestamp};
use sqlx::FromRow;
use uuid::Uuid;

use super::runs::State;
use crate::store::{StoreError, Tx, micros, on};

/// A search as its row has it.
#[derive(Clone, Debug, FromRow)]
pub struct SearchRow {
    pub id: Uuid,
    pub start: String,
    pub asked: String,
    pub span: String,
    pub state: i16,
    pub made_by: Option<Uuid>,
    pub made_at: i64,
    pub done: i64,
    pub total: i64,
    pub ended_at: Option<i64>,
    /// Only where one search is looked at.
    pub found: Option<String>,
    pub fault: Option<String>,
}

const INSERT: &str = "insert into lab_searches (id, start, asked, span, state, made_by, made_at, total)
values ($1, $2, $3, $4, 0, $5, $6, $7)";

pub async fn insert(tx: &mut Tx, row: &SearchRow) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT)
        .bind(row.id).bind(&row.start).bind(&row.asked).bind(&row.span).bind(row.made_by).bind(row.made_at).bind(row.total)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const FIND: &str = "select id, start, asked, span, state, made_by, made_at, done, total, ended_at, found, fault
    from lab_searches where id = $1";

pub async fn find(db: &mut Tx, id: Uuid) -> Result<Option<SearchRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(FIND).bind(id).fetch_optional(conn).await?))
}

const LATEST: &str = "select id, start, asked, span, state, made_by, made_at, done, total, ended_at, null as found, fault
    from lab_searches order by made_at desc, id desc limit $1";

/// The newest first, without what was found.
pub async fn latest(db: &mut Tx, most: i64) -> Result<Vec<SearchRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(LATEST).bind(most).fetch_all(conn).await?))
}

const OPEN: &str = "select id, start, asked, span, state, made_by, made_at, done, total, ended_at, found, fault
    from lab_searches where state = 0 or (state = 1 and beat_at < $1) order by made_at, id limit 1";
const CLAIM: &str =
    "update lab_searches set state = 1, beat_at = $2, done = 0 where id = $1 and (state = 0 or (state = 1 and beat_at < $3))";

/// The search that has waited longest, now this caller's; also one that nobody has been heard of for so long.
pub async fn claim(tx: &mut Tx, now: Timestamp, silence: SignedDuration) -> Result<Option<SearchRow>, StoreError> {
    let lost = micros(now.saturating_sub(silence).unwrap_or(now));
    let found: Option<SearchRow> = on!(tx, conn => sqlx::query_as(OPEN).bind(lost).fetch_optional(conn).await?);
    let Some(row) = found else { return Ok(None) };
    let claimed = on!(tx, conn => sqlx::query(CLAIM)
        .bind(row.id).bind(micros(now)).bind(lost).execute(conn).await?.rows_affected());
    Ok((claimed == 1).then_some(row))
}

const BEAT: &str = "update lab_searches set done = $2, beat_at = $3 where id = $1 and state = 1";
const IS_CANCELLED: &str = "select is_cancelled from lab_searches where id = $1";

/// Says how far a search has come; whether somebody wants it to stop.
pub async fn beat(tx: &mut Tx, id: Uuid, done: i64, now: Timestamp) -> Result<bool, StoreError> {
    on!(tx, conn => sqlx::query(BEAT).bind(id).bind(done).bind(micros(now)).execute(conn).await.map(drop)?);
    let wanted: Option<bool> = on!(tx, conn => sqlx::query_scalar(IS_CANCELLED).bind(id).fetch_optional(conn).await?);
    // a search whose row is gone is wanted by nobody
    Ok(wanted.unwrap_or(true))
}

const END: &str = "update lab_searches set state = $2, found = $3, fault = $4, ended_at = $5 where id = $1 and state = 1";

/// What a search ended with.
#[derive(Clone, Debug, Default)]
pub struct End {
    pub found: Option<String>,
    pub fault: Option<String>,
}

pub async fn end(tx: &mut Tx, id: Uuid, state: State, end: &End, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(END)
        .bind(id).bind(state as i16).bind(&end.found).bind(&end.fault).bind(micros(now))
        .execute(conn).await.map(drop)?);
    Ok(())
}

const CANCEL: &str = "update lab_searches set is_cancelled = $2, state = case when state = 0 then 3 else state end,
    ended_at = case when state = 0 then $3 else ended_at end where id = $1 and state < 2";

/// Takes a search back that waits, and lets one stop that is running. Whether there was one to stop.
pub async fn cancel(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let stopped = on!(tx, conn => sqlx::query(CANCEL)
        .bind(id).bind(true).bind(micros(now)).execute(conn).await?.rows_affected());
    Ok(stopped > 0)
}

const PRUNE: &str = "delete from lab_searches where state >= 2
    and id not in (select id from lab_searches order by made_at desc, id desc limit $1)";

/// Keeps the newest.
pub async fn prune(tx: &mut Tx, keep: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(PRUNE).bind(keep).execute(conn).await.map(drop)?);
    Ok(())
}
