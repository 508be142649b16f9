//! Members whose account went over to another: where to, and what moves with them.

use jiff::Timestamp;
use laurel_domain::member::Status;

use super::keys;
use crate::store::{StoreError, Tx, micros, on, timestamp};

/// Whose account a member's went over to, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer {
    pub into: i64,
    pub at: Timestamp,
}

const POINTER: &str = "select merged_into, merged_at from members where no = $1 and merged_into is not null";

pub async fn pointer(db: &mut Tx, no: i64) -> Result<Option<Pointer>, StoreError> {
    let row: Option<(i64, i64)> = on!(db, conn => sqlx::query_as(POINTER).bind(no).fetch_optional(conn).await?);
    row.map(|(into, at)| Ok(Pointer { into, at: timestamp(at)? })).transpose()
}

const ALL: &str = "select no, merged_into from members where merged_into is not null";

/// Every member who ended so, with whom they went over to.
pub async fn all(db: &mut Tx) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(ALL).fetch_all(conn).await?))
}

const END: &str = "update members set merged_into = $2, merged_at = $3, merge_reason = $4, status = $5 where no = $1";

/// Ends a member. The caller holds both.
pub async fn end(tx: &mut Tx, no: i64, pointer: Pointer, reason: Option<&str>) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(END)
        .bind(no).bind(pointer.into).bind(micros(pointer.at)).bind(reason).bind(Status::Closed as i16)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const CREDENTIALS: &str = "update credentials set member = $2 where member = $1";
const SESSIONS: &str = "update sessions set member = $2 where member = $1";
const INVITED: &str = "update members set invited_by = $2 where invited_by = $1 and no <> $2";
const OWN: &str = "update members set invited_by = null where invited_by = $1 and no = $2";
const INVITER: &str = "update members set invited_by = $2 where no = $1";
const CODE: &str = "update members set referral_code = null where no = $1";

pub async fn move_credentials(tx: &mut Tx, from: i64, to: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(CREDENTIALS).bind(from).bind(to).execute(conn).await.map(drop)?);
    Ok(())
}

pub async fn move_sessions(tx: &mut Tx, from: i64, to: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SESSIONS).bind(from).bind(to).execute(conn).await.map(drop)?);
    Ok(())
}

/// Whoever the one invited was invited by the other, save the other themselves.
pub async fn move_invitations(tx: &mut Tx, from: i64, to: i64) -> Result<(), StoreError> {
    for sql in [INVITED, OWN] {
        on!(tx, conn => sqlx::query(sql).bind(from).bind(to).execute(conn).await.map(drop)?);
    }
    Ok(())
}

pub async fn set_inviter(tx: &mut Tx, no: i64, inviter: Option<i64>) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INVITER).bind(no).bind(inviter).execute(conn).await.map(drop)?);
    Ok(())
}

pub async fn drop_referral_code(tx: &mut Tx, no: i64) -> Result<(), StoreError> {
    let before = keys::named(tx, no).await?;
    on!(tx, conn => sqlx::query(CODE).bind(no).execute(conn).await.map(drop)?);
    keys::renamed(tx, no, before).await
}
