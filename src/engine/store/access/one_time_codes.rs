//! One-time codes: found by their hash, used once, within their time.

use sqlx::FromRow;
use uuid::Uuid;

use crate::store::access::sessions::Owner;
use crate::store::{StoreError, Tx, on};

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Activate = 1,
    Reset = 2,
    Link = 3,
    FirstStaff = 4,
    ConfirmEmail = 5,
}

#[derive(Clone, Debug, FromRow)]
pub struct CodeRow {
    pub member: Option<i64>,
    pub staff: Option<Uuid>,
    pub expires_at: i64,
}

const RETIRE_OWNED: &str = "delete from one_time_codes
    where purpose = $1 and (member = $2 or staff = $3) and used_at is null";
const RETIRE_UNOWNED: &str = "delete from one_time_codes
    where purpose = $1 and member is null and staff is null and used_at is null";
const INSERT: &str = "insert into one_time_codes (code_hash, purpose, member, staff, expires_at) values ($1, $2, $3, $4, $5)";

/// Makes a code; earlier ones of the same owner and purpose stop working.
pub async fn insert(
    tx: &mut Tx,
    hash: [u8; 32],
    purpose: Purpose,
    owner: Option<Owner>,
    expires_at: i64,
) -> Result<(), StoreError> {
    let (member, staff) = (owner.and_then(Owner::member), owner.and_then(Owner::staff));
    let number = purpose as i16;
    if owner.is_some() {
        on!(tx, conn => sqlx::query(RETIRE_OWNED).bind(number).bind(member).bind(staff).execute(conn).await.map(drop)?);
    } else {
        on!(tx, conn => sqlx::query(RETIRE_UNOWNED).bind(number).execute(conn).await.map(drop)?);
    }
    insert_beside(tx, hash, purpose, owner, expires_at).await
}

/// Makes a code beside those that there are: one that is sent does not end one that was shown.
pub async fn insert_beside(
    tx: &mut Tx,
    hash: [u8; 32],
    purpose: Purpose,
    owner: Option<Owner>,
    expires_at: i64,
) -> Result<(), StoreError> {
    let (member, staff) = (owner.and_then(Owner::member), owner.and_then(Owner::staff));
    on!(tx, conn => sqlx::query(INSERT)
        .bind(hash.as_slice()).bind(purpose as i16).bind(member).bind(staff).bind(expires_at)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const FIND: &str = "select member, staff, expires_at from one_time_codes
    where code_hash = $1 and purpose = $2 and used_at is null and expires_at > $3";

/// A code that would work, without using it.
pub async fn find(tx: &mut Tx, hash: [u8; 32], purpose: Purpose, now: i64) -> Result<Option<CodeRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(FIND).bind(hash.as_slice()).bind(purpose as i16).bind(now).fetch_optional(conn).await?))
}

const USE: &str = "update one_time_codes set used_at = $3
    where code_hash = $1 and purpose = $2 and used_at is null and expires_at > $3
    returning member, staff, expires_at";

/// Uses a code up. Of several at once only one gets it.
pub async fn take(tx: &mut Tx, hash: [u8; 32], purpose: Purpose, now: i64) -> Result<Option<CodeRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(USE).bind(hash.as_slice()).bind(purpose as i16).bind(now).fetch_optional(conn).await?))
}

const TAKEN_BY: &str = "select member from one_time_codes where code_hash = $1 and purpose = $2 and used_at is not null";

/// The member whose code this was, if it was used and not forgotten since.
pub async fn taken_by(tx: &mut Tx, hash: [u8; 32], purpose: Purpose) -> Result<Option<i64>, StoreError> {
    let member: Option<Option<i64>> = on!(tx, conn => sqlx::query_scalar(TAKEN_BY)
        .bind(hash.as_slice()).bind(purpose as i16)
        .fetch_optional(conn).await?);
    Ok(member.flatten())
}

/// The codes of this owner for this purpose stop working.
pub async fn retire(tx: &mut Tx, purpose: Purpose, owner: Owner) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(RETIRE_OWNED)
        .bind(purpose as i16).bind(owner.member()).bind(owner.staff())
        .execute(conn).await.map(drop)?);
    Ok(())
}

const RETIRE_ALL: &str = "delete from one_time_codes where (member = $1 or staff = $2) and used_at is null";

/// All codes of this owner that were not used stop working.
pub async fn retire_all(tx: &mut Tx, owner: Owner) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(RETIRE_ALL).bind(owner.member()).bind(owner.staff()).execute(conn).await.map(drop)?);
    Ok(())
}

const PRUNE: &str = "delete from one_time_codes where code_hash in
    (select code_hash from one_time_codes where expires_at <= $1 order by expires_at limit $2)";

/// Deletes some of what has expired. How many.
pub async fn prune(tx: &mut Tx, now: i64, most: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(PRUNE).bind(now).bind(most).execute(conn).await?.rows_affected()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn what_has_expired_is_found_by_its_time() {
        check_scans_nothing(PRUNE, &[]).await;
    }
}
