//! Events that were refused, for whoever sees to them: one row for each key, event and reason.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::keyset::Window;
use crate::store::{COUNTED, StoreError, Tx, json, micros, on};

/// One to be kept. Times in microseconds.
#[derive(Clone, Debug, Serialize)]
pub struct New {
    pub id: Uuid,
    pub digest: Uuid,
    pub api_key: Uuid,
    pub day: i64,
    pub source: String,
    pub event_id: Option<String>,
    pub event_key: Option<Uuid>,
    pub kind: Option<String>,
    pub member: Option<String>,
    pub referee: Option<String>,
    pub reason: String,
    pub told_zh: String,
    pub told_en: String,
    pub body: Option<String>,
    pub times: i64,
    pub first_at: i64,
    pub last_at: i64,
}

impl New {
    /// Whom it names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.member.as_deref().into_iter().chain(self.referee.as_deref())
    }
}

const KNOWN: [&str; 2] = [
    "select r.digest from json_each($1) j cross join refused_events r on r.digest = unhex(replace(j.value, '-', ''))",
    "select r.digest from jsonb_array_elements_text($1::jsonb) as j(value) join refused_events r on r.digest = j.value::uuid",
];

/// Which of these are there.
pub async fn known(db: &mut Tx, digests: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let (sql, digests) = (db.pick(KNOWN[0], KNOWN[1]), json(digests)?);
    Ok(on!(db, conn => sqlx::query_scalar(sql).bind(digests).fetch_all(conn).await?))
}

const OF_DAY: &str = "select api_key, count(*) from refused_events where day = $1 group by api_key";

/// How many of a day there are by key.
pub async fn of_day(db: &mut Tx, day: i64) -> Result<HashMap<Uuid, i64>, StoreError> {
    let rows: Vec<(Uuid, i64)> = on!(db, conn => sqlx::query_as(OF_DAY).bind(day).fetch_all(conn).await?);
    Ok(rows.into_iter().collect())
}

// what was accepted since and is refused again waits again; what somebody has dismissed stays so
const AGAIN: [&str; 2] = [
    "update refused_events set times = refused_events.times + j.times, last_at = max(last_at, j.at),
    changed_at = case when state = 1 then null else changed_at end, state = case when state = 1 then 0 else state end
from (select unhex(replace(value->>0, '-', '')) as digest, value->>1 as times, value->>2 as at from json_each($1)) j
where refused_events.digest = j.digest",
    "update refused_events set times = refused_events.times + j.times, last_at = greatest(last_at, j.at),
    changed_at = case when state = 1 then null else changed_at end, state = case when state = 1 then 0 else state end
from (select (value->>0)::uuid as digest, (value->>1)::bigint as times, (value->>2)::bigint as at
    from jsonb_array_elements($1::jsonb) order by 1) j
where refused_events.digest = j.digest",
];

/// These were refused so often again, at that time last.
pub async fn again(tx: &mut Tx, rows: &[(Uuid, i64, i64)]) -> Result<(), StoreError> {
    let (sql, rows) = (tx.pick(AGAIN[0], AGAIN[1]), json(rows)?);
    on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await.map(drop)?);
    Ok(())
}

const INSERT: [&str; 2] = [
    "insert into refused_events (id, digest, api_key, day, source, event_id, event_key, kind, member, referee, reason, told_zh, told_en,
    body, times, first_at, last_at, state)
select unhex(replace(value->>'id', '-', '')), unhex(replace(value->>'digest', '-', '')), unhex(replace(value->>'api_key', '-', '')),
    value->>'day', value->>'source', value->>'event_id', unhex(replace(value->>'event_key', '-', '')), value->>'kind', value->>'member',
    value->>'referee', value->>'reason', value->>'told_zh', value->>'told_en', value->>'body', value->>'times', value->>'first_at',
    value->>'last_at', 0
from json_each($1) where true
on conflict (digest) do update set times = refused_events.times + excluded.times, last_at = max(refused_events.last_at, excluded.last_at)",
    "insert into refused_events (id, digest, api_key, day, source, event_id, event_key, kind, member, referee, reason, told_zh, told_en,
    body, times, first_at, last_at, state)
select id, digest, api_key, day, source, event_id, event_key, kind, member, referee, reason, told_zh, told_en, body, times, first_at, last_at, 0
from json_to_recordset($1::json) as j(id uuid, digest uuid, api_key uuid, day integer, source text, event_id text, event_key uuid,
    kind text, member text, referee text, reason text, told_zh text, told_en text, body text, times bigint, first_at bigint, last_at bigint)
order by digest
on conflict (digest) do update set times = refused_events.times + excluded.times,
    last_at = greatest(refused_events.last_at, excluded.last_at)",
];

pub async fn insert(tx: &mut Tx, rows: &[New]) -> Result<(), StoreError> {
    let (sql, rows) = (tx.pick(INSERT[0], INSERT[1]), json(rows)?);
    on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await.map(drop)?);
    Ok(())
}

/// As a page lists it.
#[derive(Clone, Debug, FromRow)]
pub struct ListedRow {
    pub id: Uuid,
    pub key_name: Option<String>,
    pub source: String,
    pub event_id: Option<String>,
    pub kind: Option<String>,
    pub member: Option<String>,
    pub reason: String,
    pub told_zh: String,
    pub told_en: String,
    pub body: Option<String>,
    pub times: i64,
    pub first_at: i64,
    pub last_at: i64,
    pub state: i16,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select r.id, k.name as key_name, r.source, r.event_id, r.kind, r.member, r.reason, r.told_zh, r.told_en, r.body, r.times, \
             r.first_at, r.last_at, r.state from refused_events r left join api_keys k on k.id = r.api_key ",
            $rest
        )
    };
}

const LISTED: [&str; 2] = [
    select!(
        "where r.state = $1 and r.id < $2 and ($3 = '' or r.reason = $3) and ($4 = '' or r.source = $4) and ($5 = 0 or r.api_key = $6)
order by r.id desc limit $7"
    ),
    select!(
        "where r.state = $1 and r.id > $2 and ($3 = '' or r.reason = $3) and ($4 = '' or r.source = $4) and ($5 = 0 or r.api_key = $6)
order by r.id limit $7"
    ),
];

/// What a list is restricted to; what is empty restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub state: i16,
    pub reason: String,
    pub source: String,
    pub api_key: Option<Uuid>,
}

/// Those in a state, as the page reads them: one more than it shows, if there is.
pub async fn listed(db: &mut Tx, wanted: &Filter, page: &Window<Uuid>) -> Result<Vec<ListedRow>, StoreError> {
    let (way, end) = if page.is_up() { (1, Uuid::nil()) } else { (0, Uuid::max()) };
    let from = page.from.map_or(end, |from| from.key);
    Ok(on!(db, conn => sqlx::query_as(LISTED[way])
        .bind(wanted.state).bind(from).bind(&wanted.reason).bind(&wanted.source)
        .bind(i32::from(wanted.api_key.is_some())).bind(wanted.api_key.unwrap_or_default()).bind(page.limit())
        .fetch_all(conn).await?))
}

const COUNT: &str = "select count(*) from (select 1 from refused_events r
    where r.state = $1 and ($2 = '' or r.reason = $2) and ($3 = '' or r.source = $3) and ($4 = 0 or r.api_key = $5) limit $6) counted";

/// How many that is; `COUNTED` at most.
pub async fn count(db: &mut Tx, wanted: &Filter) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(COUNT)
        .bind(wanted.state).bind(&wanted.reason).bind(&wanted.source)
        .bind(i32::from(wanted.api_key.is_some())).bind(wanted.api_key.unwrap_or_default()).bind(COUNTED)
        .fetch_one(conn).await?))
}

const OPTIONS: &str = "select distinct r.reason, r.source, r.api_key, k.name
from refused_events r left join api_keys k on k.id = r.api_key where r.state = $1";

/// What those in a state can be told apart by: reason, source, key and its name.
pub async fn options(db: &mut Tx, state: i16) -> Result<Vec<(String, String, Uuid, Option<String>)>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(OPTIONS).bind(state).fetch_all(conn).await?))
}

const DISMISS: [&str; 2] = [
    "update refused_events set state = 2, changed_at = $2 where state = 0
    and id in (select unhex(replace(value, '-', '')) from json_each($1))",
    "update refused_events set state = 2, changed_at = $2 where state = 0
    and id in (select value::uuid from jsonb_array_elements_text($1::jsonb) as j(value))",
];
const DISMISS_ALL: &str = "update refused_events set state = 2, changed_at = $1 where state = 0 and last_at <= $1
    and ($2 = '' or reason = $2) and ($3 = '' or source = $3) and ($4 = 0 or api_key = $5)";

/// Nobody has to see to these any more. How many they were.
pub async fn dismiss(tx: &mut Tx, ids: &[Uuid], now: Timestamp) -> Result<u64, StoreError> {
    let (sql, ids) = (tx.pick(DISMISS[0], DISMISS[1]), json(ids)?);
    Ok(on!(tx, conn => sqlx::query(sql).bind(ids).bind(micros(now)).execute(conn).await?.rows_affected()))
}

/// The same of all that a list is restricted to.
pub async fn dismiss_all(tx: &mut Tx, of: &Filter, now: Timestamp) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(DISMISS_ALL)
        .bind(micros(now)).bind(&of.reason).bind(&of.source)
        .bind(i32::from(of.api_key.is_some())).bind(of.api_key.unwrap_or_default())
        .execute(conn).await?.rows_affected()))
}

// an id that another event has is taken by that one: only people can say what becomes of this one
const ACCEPTED: &str = "select r.id from refused_events r where r.state = 0 and r.id > $1 and r.reason <> 'event_conflict'
    and exists (select 1 from event_keys k where k.key = r.event_key) order by r.id limit $2";
const SETTLE: [&str; 2] = [
    "update refused_events set state = 1, changed_at = $2 where state = 0
    and id in (select unhex(replace(value, '-', '')) from json_each($1))",
    "update refused_events set state = 1, changed_at = $2 where state = 0
    and id in (select value::uuid from jsonb_array_elements_text($1::jsonb) as j(value))",
];

/// The next of those that wait whose event was accepted since.
pub async fn accepted(db: &mut Tx, after: Uuid, most: i64) -> Result<Vec<Uuid>, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(ACCEPTED).bind(after).bind(most).fetch_all(conn).await?))
}

pub async fn settle(tx: &mut Tx, ids: &[Uuid], now: Timestamp) -> Result<(), StoreError> {
    let (sql, ids) = (tx.pick(SETTLE[0], SETTLE[1]), json(ids)?);
    on!(tx, conn => sqlx::query(sql).bind(ids).bind(micros(now)).execute(conn).await.map(drop)?);
    Ok(())
}

const PRUNE: &str = "delete from refused_events where id in (select id from refused_events where last_at < $1 limit $2)";

/// Deletes what was refused before then last. How many.
pub async fn prune(tx: &mut Tx, before: i64, most: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(PRUNE).bind(before).bind(most).execute(conn).await?.rows_affected()))
}

/// Of a member by their number, as long as their id is known.
pub(in crate::store) const ERASE: [&str; 2] = [
    "delete from refused_events where member = (select external_id from members where no = $1)",
    "delete from refused_events where referee = (select external_id from members where no = $1)",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn refused_events_are_found_by_what_they_are_asked_for() {
        for sql in [KNOWN[0], OF_DAY, LISTED[0], LISTED[1], OPTIONS, DISMISS[0], ACCEPTED, SETTLE[0], PRUNE, ERASE[0], ERASE[1]]
        {
            check_scans_nothing(sql, &[]).await;
        }
        check_scans_nothing(COUNT, &["counted"]).await;
    }
}
