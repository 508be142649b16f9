//! What members sign in with: a unique name and a password's hash. A member without is not in the portal yet.

use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, on};

/// A sign-in name and whose it is.
#[derive(Clone, Debug, FromRow)]
pub struct CredentialsRow {
    pub no: i64,
    pub member: Uuid,
    pub status: i16,
    pub sign_in_name: String,
    pub password_hash: String,
    /// Whether the sign-in name is an e-mail address that is known to be theirs.
    pub email_confirmed: bool,
}

const FIND: &str = "select m.no, m.id as member, m.status, c.sign_in_name, c.password_hash, c.email_confirmed
    from credentials c join members m on m.no = c.member where c.sign_in_name = $1";

pub async fn find(tx: &mut Tx, sign_in_name: &str) -> Result<Option<CredentialsRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(FIND).bind(sign_in_name).fetch_optional(conn).await?))
}

const FIND_OF: &str = "select m.no, m.id as member, m.status, c.sign_in_name, c.password_hash, c.email_confirmed
    from credentials c join members m on m.no = c.member where c.member = $1";

pub async fn find_of(tx: &mut Tx, member: i64) -> Result<Option<CredentialsRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(FIND_OF).bind(member).fetch_optional(conn).await?))
}

const INSERT: &str = "insert into credentials (member, sign_in_name, password_hash, changed_at, email_confirmed)
    values ($1, $2, $3, $4, $5) on conflict do nothing";

/// What a member comes in by.
#[derive(Clone, Copy, Debug)]
pub struct NewCredentials<'a> {
    pub member: i64,
    pub sign_in_name: &'a str,
    pub password_hash: &'a str,
    pub email_confirmed: bool,
}

/// False if the name is taken, or the member has one.
pub async fn insert(tx: &mut Tx, new: NewCredentials<'_>, now: i64) -> Result<bool, StoreError> {
    Ok(on!(tx, conn => sqlx::query(INSERT)
        .bind(new.member).bind(new.sign_in_name).bind(new.password_hash).bind(now).bind(new.email_confirmed)
        .execute(conn).await?.rows_affected())
        > 0)
}

const SET_PASSWORD: &str = "update credentials set password_hash = $2, changed_at = $3 where member = $1";

/// False if the member has no sign-in name.
pub async fn set_password(tx: &mut Tx, member: i64, password_hash: &str, now: i64) -> Result<bool, StoreError> {
    Ok(on!(tx, conn => sqlx::query(SET_PASSWORD)
        .bind(member).bind(password_hash).bind(now)
        .execute(conn).await?.rows_affected())
        > 0)
}

const CONFIRM_EMAIL: &str = "update credentials set email_confirmed = $3 where member = $1 and sign_in_name = $2";

/// An address turned out to be the member's: if they sign in with it, links for a new password may go there.
pub async fn confirm_email(tx: &mut Tx, member: i64, email: &str) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(CONFIRM_EMAIL).bind(member).bind(email).bind(true).execute(conn).await.map(drop)?);
    Ok(())
}

const DELETE: &str = "delete from credentials where member = $1";

/// Out of the portal: for members who are closed or erased.
pub async fn delete(tx: &mut Tx, member: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(DELETE).bind(member).execute(conn).await.map(drop)?);
    Ok(())
}
