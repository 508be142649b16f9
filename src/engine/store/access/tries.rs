//! How often something was tried, wherever: all servers on the database count together. What the counts mean is not known here.

use std::collections::HashMap;

use sqlx::FromRow;

use crate::store::{Either, StoreError, Tx, json, on};

/// What is tried and by whom, as a hash.
pub type TryKey = [u8; 16];

/// What is kept of tries: how many, and the state of a bucket. Whoever counts uses what they need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    pub count: i32,
    pub full_at: i64,
    pub used_at: i64,
}

#[derive(FromRow)]
struct TriesRow {
    key: Vec<u8>,
    count: i32,
    full_at: i64,
    used_at: i64,
}

const MAKE: &str = "insert into tries (key, count, full_at, used_at, forget_at)
select decode(value, 'hex'), 0, 0, 0, 0 from json_array_elements_text($1::json) as j(value) order by value
on conflict (key) do nothing";
const LOCK_SQLITE: &str = "select key, count, full_at, used_at from tries
where key in (select unhex(value) from json_each($1)) order by key";
const LOCK_POSTGRES: &str = "select key, count, full_at, used_at from tries
where key in (select decode(value, 'hex') from json_array_elements_text($1::json) as j(value)) order by key for update";

/// The tries of some keys, which nobody else counts until the transaction ends.
pub async fn lock(tx: &mut Tx, keys: &[TryKey]) -> Result<HashMap<TryKey, Tries>, StoreError> {
    let keys = json(&keys.iter().map(hex::encode).collect::<Vec<_>>())?;
    // a row that is not there cannot be locked; on SQLite nobody else writes meanwhile anyway
    if let Either::Postgres(conn) = tx.either() {
        sqlx::query(MAKE).bind(&keys).execute(conn).await?;
    }
    let sql = tx.pick(LOCK_SQLITE, LOCK_POSTGRES);
    let rows: Vec<TriesRow> = on!(tx, conn => sqlx::query_as(sql).bind(keys).fetch_all(conn).await?);
    let tries = rows.into_iter().map(|TriesRow { key, count, full_at, used_at }| {
        let key = TryKey::try_from(key).map_err(|_| StoreError::Corrupt("a key of tries"))?;
        Ok((key, Tries { count, full_at, used_at }))
    });
    tries.collect()
}

const SET: &str = "insert into tries (key, count, full_at, used_at, forget_at) values ($1, $2, $3, $4, $5)
on conflict (key) do update set count = excluded.count, full_at = excluded.full_at, used_at = excluded.used_at,
    forget_at = excluded.forget_at";

/// Notes tries, until the time from which they say nothing any more.
pub async fn set(tx: &mut Tx, key: TryKey, tries: Tries, forget_at: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET)
        .bind(key.as_slice()).bind(tries.count).bind(tries.full_at).bind(tries.used_at).bind(forget_at)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const FORGET: &str = "delete from tries where key = $1";

pub async fn forget(tx: &mut Tx, key: TryKey) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(FORGET).bind(key.as_slice()).execute(conn).await.map(drop)?);
    Ok(())
}

const PRUNE: &str = "delete from tries where key in (select key from tries where forget_at <= $1 order by forget_at limit $2)";

/// Deletes some of what says nothing any more. How many.
pub async fn prune(tx: &mut Tx, now: i64, most: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(PRUNE).bind(now).bind(most).execute(conn).await?.rows_affected()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn tries_are_found_by_their_key_and_by_their_time() {
        check_scans_nothing(LOCK_SQLITE, &[]).await;
        check_scans_nothing(PRUNE, &[]).await;
    }
}
