//! API keys. Found by the hash of what their holder presents.

use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, json, on};

#[derive(Clone, Debug, FromRow)]
pub struct KeyRow {
    pub id: Uuid,
    pub name: String,
    pub scopes: String,
    pub source: String,
    /// Events or requests a second; none has the default of its scopes.
    pub rate: Option<i32>,
    pub last_used_at: Option<i64>,
    /// Found by a secret that was replaced: it is good until then.
    pub good_until: Option<i64>,
}

/// A key as the list of keys shows it.
#[derive(Clone, Debug, FromRow)]
pub struct ListedKeyRow {
    pub id: Uuid,
    /// How the key begins.
    pub hint: String,
    pub name: String,
    pub scopes: String,
    pub source: String,
    pub rate: Option<i32>,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
    pub revoked_at: Option<i64>,
    /// Until when the secret before this one is good.
    pub old_until: Option<i64>,
    /// Since the hour that was asked for.
    pub calls: i64,
    pub errors: i64,
}

pub struct NewKey<'a> {
    pub id: Uuid,
    pub hash: [u8; 32],
    pub hint: &'a str,
    pub name: &'a str,
    pub scopes: &'a str,
    pub source: &'a str,
    pub rate: Option<i32>,
    pub created_at: i64,
}

const INSERT: &str = "insert into api_keys (id, token_hash, hint, name, scopes, source, created_at, rate)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

pub async fn insert(tx: &mut Tx, key: &NewKey<'_>) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT)
        .bind(key.id).bind(key.hash.as_slice()).bind(key.hint).bind(key.name).bind(key.scopes).bind(key.source).bind(key.created_at).bind(key.rate)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const FIND: &str = "select id, name, scopes, source, rate, last_used_at,
    case when token_hash = $1 then null else old_until end as good_until
from api_keys where (token_hash = $1 or old_hash = $1) and revoked_at is null";

/// The key with this secret, or with this one before: whether that is good still is the caller's to see.
pub async fn find(db: &mut Tx, hash: [u8; 32]) -> Result<Option<KeyRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(FIND).bind(hash.as_slice()).fetch_optional(conn).await?))
}

const TOUCH_SQLITE: &str = "update api_keys set last_used_at = j.value->>1 from json_each($1) j
where api_keys.id = unhex(j.value->>0) and (last_used_at is null or last_used_at < j.value->>1)";
// locked in one order, as several servers do this at the same time
const TOUCH_POSTGRES: &str = "with used as materialized (
    select k.id, (j.value->>1)::bigint as at from jsonb_array_elements($1::jsonb) as j(value)
    join api_keys k on k.id = (j.value->>0)::uuid order by k.id for no key update of k
) update api_keys set last_used_at = used.at from used
where api_keys.id = used.id and (last_used_at is null or last_used_at < used.at)";

/// Notes when keys were used last.
pub async fn touch(tx: &mut Tx, uses: &[(Uuid, i64)]) -> Result<(), StoreError> {
    let uses: Vec<(String, i64)> = uses.iter().map(|(id, at)| (id.simple().to_string(), *at)).collect();
    let (sql, uses) = (tx.pick(TOUCH_SQLITE, TOUCH_POSTGRES), json(&uses)?);
    on!(tx, conn => sqlx::query(sql).bind(uses).execute(conn).await.map(drop)?);
    Ok(())
}

const REVOKE: &str = "update api_keys set revoked_at = $2 where id = $1 and revoked_at is null";

/// False if there is no such key in force.
pub async fn revoke(tx: &mut Tx, id: Uuid, now: i64) -> Result<bool, StoreError> {
    Ok(on!(tx, conn => sqlx::query(REVOKE).bind(id).bind(now).execute(conn).await?.rows_affected()) > 0)
}

const ROTATE: &str = "update api_keys set old_hash = token_hash, old_until = $2, token_hash = $3, hint = $4
where id = $1 and revoked_at is null";

/// Another secret for a key; the one so far is good until then, and the one before that no more. False if there is no such key in
/// force.
pub async fn rotate(tx: &mut Tx, id: Uuid, old_until: i64, hash: [u8; 32], hint: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, conn => sqlx::query(ROTATE)
        .bind(id).bind(old_until).bind(hash.as_slice()).bind(hint)
        .execute(conn).await?.rows_affected())
        > 0)
}

const END_OLD: &str = "update api_keys set old_hash = null, old_until = null where id = $1 and old_until > $2";

/// False if no earlier secret of the key is good.
pub async fn end_old(tx: &mut Tx, id: Uuid, now: i64) -> Result<bool, StoreError> {
    Ok(on!(tx, conn => sqlx::query(END_OLD).bind(id).bind(now).execute(conn).await?.rows_affected()) > 0)
}

const LIST: &str =
    "select k.id, k.hint, k.name, k.scopes, k.source, k.rate, k.created_at, k.last_used_at, k.revoked_at, k.old_until,
    coalesce(h.calls, 0) as calls, coalesce(h.errors, 0) as errors
from api_keys k left join (
    select key_id, cast(sum(calls) as bigint) as calls, cast(sum(errors) as bigint) as errors
    from api_key_hours where hour > $1 group by key_id
) h on h.key_id = k.id
order by k.revoked_at is not null, k.id desc limit 200";

/// The keys with what each was used after an hour.
pub async fn list(db: &mut Tx, after_hour: i64) -> Result<Vec<ListedKeyRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(LIST).bind(after_hour).fetch_all(conn).await?))
}

const ANY: &str = "select count(*) from (select 1 from api_keys limit 1) counted";

/// Whether any key was ever made.
pub async fn are_there(db: &mut Tx) -> Result<bool, StoreError> {
    let count: i64 = on!(db, conn => sqlx::query_scalar(ANY).fetch_one(conn).await?);
    Ok(count > 0)
}

/// What a key was used in an hour.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calls {
    pub calls: i64,
    pub errors: i64,
}

const COUNT_SQLITE: &str = "insert into api_key_hours (key_id, hour, calls, errors)
select unhex(j.value->>0), j.value->>1, j.value->>2, j.value->>3 from json_each($1) j where true
on conflict (key_id, hour) do update set calls = calls + excluded.calls, errors = errors + excluded.errors";
// in one order, as several servers do this at the same time
const COUNT_POSTGRES: &str = "insert into api_key_hours (key_id, hour, calls, errors)
select (j.value->>0)::uuid, (j.value->>1)::bigint, (j.value->>2)::bigint, (j.value->>3)::bigint
from jsonb_array_elements($1::jsonb) as j(value) order by 1, 2
on conflict (key_id, hour) do update
set calls = api_key_hours.calls + excluded.calls, errors = api_key_hours.errors + excluded.errors";

/// Adds what keys were used.
pub async fn count(tx: &mut Tx, used: &[((Uuid, i64), Calls)]) -> Result<(), StoreError> {
    let used = used.iter().map(|((id, hour), used)| (id.simple().to_string(), *hour, used.calls, used.errors));
    let (sql, used) = (tx.pick(COUNT_SQLITE, COUNT_POSTGRES), json(&used.collect::<Vec<_>>())?);
    on!(tx, conn => sqlx::query(sql).bind(used).execute(conn).await.map(drop)?);
    Ok(())
}

const PRUNE: &str = "delete from api_key_hours
where (key_id, hour) in (select key_id, hour from api_key_hours where hour <= $1 order by hour limit $2)";

/// Deletes some of what keys were used by an hour. How many.
pub async fn prune(tx: &mut Tx, upto_hour: i64, most: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(PRUNE).bind(upto_hour).bind(most).execute(conn).await?.rows_affected()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn a_key_is_found_by_either_secret_and_old_hours_by_their_time() {
        // PostgreSQL goes by both indexes, in a way that is turned off here
        for sql in [FIND, PRUNE] {
            check_scans_nothing(sql, &["Seq Scan on api_keys"]).await;
        }
    }
}
