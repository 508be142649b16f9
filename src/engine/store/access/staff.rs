//! Accounts of the staff.

use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, on};

#[derive(Clone, Debug, FromRow)]
pub struct StaffRow {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub role: i16,
    pub locale: String,
    /// None until the account is activated.
    pub password_hash: Option<String>,
    pub created_at: i64,
    pub last_sign_in_at: Option<i64>,
    pub disabled_at: Option<i64>,
}

pub struct NewStaff<'a> {
    pub id: Uuid,
    pub email: &'a str,
    pub name: &'a str,
    pub role: i16,
    pub locale: &'a str,
    pub password_hash: Option<&'a str>,
    pub created_at: i64,
}

const INSERT: &str = "insert into staff (id, email, name, role, locale, password_hash, created_at)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (email) do nothing";

/// False if somebody has this e-mail address already.
pub async fn insert(tx: &mut Tx, staff: &NewStaff<'_>) -> Result<bool, StoreError> {
    Ok(on!(tx, conn => sqlx::query(INSERT)
        .bind(staff.id).bind(staff.email).bind(staff.name).bind(staff.role).bind(staff.locale)
        .bind(staff.password_hash).bind(staff.created_at)
        .execute(conn).await?.rows_affected())
        > 0)
}

const FIND_BY_EMAIL: &str = "select id, email, name, role, locale, password_hash, created_at, last_sign_in_at, disabled_at
    from staff where email = $1";

pub async fn find_by_email(tx: &mut Tx, email: &str) -> Result<Option<StaffRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(FIND_BY_EMAIL).bind(email).fetch_optional(conn).await?))
}

const FIND: &str = "select id, email, name, role, locale, password_hash, created_at, last_sign_in_at, disabled_at
    from staff where id = $1";

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<StaffRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(FIND).bind(id).fetch_optional(conn).await?))
}

const HOLD_SQLITE: &str = "select 1 from staff where id = $1";
// what others only refer to stays free for them
const HOLD_POSTGRES: &str = "select 1 from staff where id = $1 for no key update";

/// Nobody else does what counts for this person until the transaction ends. Before any member is locked.
pub async fn hold(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    let sql = tx.pick(HOLD_SQLITE, HOLD_POSTGRES);
    let _: Option<(i32,)> = on!(tx, conn => sqlx::query_as(sql).bind(id).fetch_optional(conn).await?);
    Ok(())
}

const LIST: &str = "select id, email, name, role, locale, password_hash, created_at, last_sign_in_at, disabled_at
    from staff order by disabled_at is not null, email limit 500";

pub async fn list(db: &mut Tx) -> Result<Vec<StaffRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(LIST).fetch_all(conn).await?))
}

const LOCK_SQLITE: &str = "select 1";
const LOCK_POSTGRES: &str = "lock table staff in share row exclusive mode";

/// Lets nobody else change staff until the transaction ends, for rules about all of them. On SQLite nobody can anyway.
pub async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    let sql = tx.pick(LOCK_SQLITE, LOCK_POSTGRES);
    on!(tx, conn => sqlx::query(sql).execute(conn).await.map(drop)?);
    Ok(())
}

const COUNT: &str = "select count(*) from staff";

pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, conn => sqlx::query_scalar(COUNT).fetch_one(conn).await?))
}

const COUNT_ENABLED: &str = "select count(*) from staff where role = $1 and disabled_at is null and password_hash is not null";

/// How many with this role can sign in.
pub async fn count_enabled(tx: &mut Tx, role: i16) -> Result<i64, StoreError> {
    Ok(on!(tx, conn => sqlx::query_scalar(COUNT_ENABLED).bind(role).fetch_one(conn).await?))
}

const SET_PASSWORD: &str = "update staff set password_hash = $2 where id = $1";

pub async fn set_password(tx: &mut Tx, id: Uuid, password_hash: &str) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET_PASSWORD).bind(id).bind(password_hash).execute(conn).await.map(drop)?);
    Ok(())
}

const SET_LAST_SIGN_IN: &str = "update staff set last_sign_in_at = $2 where id = $1";

pub async fn set_last_sign_in(tx: &mut Tx, id: Uuid, now: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET_LAST_SIGN_IN).bind(id).bind(now).execute(conn).await.map(drop)?);
    Ok(())
}

const SET_LOCALE: &str = "update staff set locale = $2 where id = $1";

pub async fn set_locale(tx: &mut Tx, id: Uuid, locale: &str) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET_LOCALE).bind(id).bind(locale).execute(conn).await.map(drop)?);
    Ok(())
}

const CHANGE: &str = "update staff set name = $2, role = $3, disabled_at = $4 where id = $1";

pub async fn change(tx: &mut Tx, id: Uuid, name: &str, role: i16, disabled_at: Option<i64>) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(CHANGE).bind(id).bind(name).bind(role).bind(disabled_at).execute(conn).await.map(drop)?);
    Ok(())
}
