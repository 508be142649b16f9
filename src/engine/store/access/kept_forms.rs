//! Forms that were sent and could not be taken, kept for the browser that sent them.

use sqlx::FromRow;

use crate::store::{StoreError, Tx, on};

/// A form to keep. `owner` is who was signed in, if somebody was.
#[derive(Clone, Debug)]
pub struct NewForm {
    pub key: [u8; 32],
    pub owner: Option<String>,
    pub body: String,
    pub kept_at: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct FormRow {
    pub owner: Option<String>,
    pub body: String,
}

const PUT: &str = "insert into kept_forms (key, owner, body, kept_at) values ($1, $2, $3, $4)
on conflict (key) do update set owner = excluded.owner, body = excluded.body, kept_at = excluded.kept_at";
const CROWD_OUT: &str = "delete from kept_forms where key in (
    select key from kept_forms where owner is not distinct from $1 order by kept_at desc, key limit 1000 offset $2)";

/// Keeps a form, in place of what was kept under the same key; and of the same owner's no more than `most`, the newest.
pub async fn put(tx: &mut Tx, form: &NewForm, most: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(PUT)
        .bind(form.key.as_slice()).bind(&form.owner).bind(&form.body).bind(form.kept_at)
        .execute(conn).await.map(drop)?);
    on!(tx, conn => sqlx::query(CROWD_OUT).bind(&form.owner).bind(most).execute(conn).await.map(drop)?);
    Ok(())
}

const FORGET: &str = "delete from kept_forms where key = $1";

pub async fn forget(tx: &mut Tx, key: [u8; 32]) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(FORGET).bind(key.as_slice()).execute(conn).await.map(drop)?);
    Ok(())
}

const FIND: &str = "select owner, body from kept_forms where key = $1 and kept_at >= $2";

/// The form with this key, if it was kept no longer ago than `since`.
pub async fn find(db: &mut Tx, key: [u8; 32], since: i64) -> Result<Option<FormRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(FIND).bind(key.as_slice()).bind(since).fetch_optional(conn).await?))
}

const PRUNE: &str = "delete from kept_forms where key in
    (select key from kept_forms where kept_at < $1 order by kept_at limit $2)";

/// Deletes some of what was kept before this time. How much.
pub async fn prune(tx: &mut Tx, before: i64, most: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(PRUNE).bind(before).bind(most).execute(conn).await?.rows_affected()))
}
