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

const FIND: &str =
    "select id, name, scopes, source, rate, last_used_at from api_keys where token_hash = $1 and revoked_at is null";

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

const LIST: &str = "select id, hint, name, scopes, source, rate, created_at, last_used_at, revoked_at from api_keys
    order by revoked_at is not null, id desc limit 200";

pub async fn list(db: &mut Tx) -> Result<Vec<ListedKeyRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(LIST).fetch_all(conn).await?))
}
