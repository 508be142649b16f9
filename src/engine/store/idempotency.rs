//! Requests that were answered: the same request again gets the same answer. A row is part of the request's own transaction.

use sqlx::FromRow;

use crate::store::{StoreError, Tx, on};

/// What is known about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nothing: do the work, then `complete`.
    New,
    /// The same request was answered with this.
    Answered { status: u16, body: String },
    /// The same request was begun and has no answer.
    Running,
    /// The key belongs to another request.
    OtherRequest,
}

#[derive(FromRow)]
struct ClaimRow {
    request_hash: Vec<u8>,
    status: Option<i16>,
    body: Option<String>,
}

const CLAIM: &str = "insert into idempotency (owner, key, request_hash, created_at) values ($1, $2, $3, $4)
    on conflict (owner, key) do nothing";
const FIND: &str = "select request_hash, status, body from idempotency where owner = $1 and key = $2";

/// Takes a key for a request, or tells what has become of it. Where the first is still running on PostgreSQL, waits for its end.
pub async fn claim(tx: &mut Tx, owner: &str, key: &str, request_hash: [u8; 32], now: i64) -> Result<Claim, StoreError> {
    let claimed = on!(tx, conn => sqlx::query(CLAIM)
        .bind(owner).bind(key).bind(request_hash.as_slice()).bind(now)
        .execute(conn).await?.rows_affected());
    if claimed > 0 {
        return Ok(Claim::New);
    }
    let row: ClaimRow = on!(tx, conn => sqlx::query_as(FIND).bind(owner).bind(key).fetch_one(conn).await?);
    Ok(match (row.status, row.body) {
        _ if row.request_hash != request_hash => Claim::OtherRequest,
        (Some(status), Some(body)) => {
            Claim::Answered { status: u16::try_from(status).map_err(|_| StoreError::Corrupt("a status"))?, body }
        }
        _ => Claim::Running,
    })
}

const ANSWER: &str = "select body from idempotency where owner = $1 and key = $2";

/// What was answered to a request that is known by its key alone.
pub async fn answer(db: &mut Tx, owner: &str, key: &str) -> Result<Option<String>, StoreError> {
    let body: Option<Option<String>> =
        on!(db, conn => sqlx::query_scalar(ANSWER).bind(owner).bind(key).fetch_optional(conn).await?);
    Ok(body.flatten())
}

const COMPLETE: &str = "update idempotency set status = $3, body = $4 where owner = $1 and key = $2";

/// Keeps the answer.
pub async fn complete(tx: &mut Tx, owner: &str, key: &str, status: u16, body: &str) -> Result<(), StoreError> {
    let status = i16::try_from(status).map_err(|_| StoreError::Corrupt("a status"))?;
    on!(tx, conn => sqlx::query(COMPLETE)
        .bind(owner).bind(key).bind(status).bind(body)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const PRUNE: &str = "delete from idempotency where (owner, key) in
    (select owner, key from idempotency where created_at < $1 order by created_at limit $2)";

/// Forgets some of what was answered before this time. How much.
pub async fn prune(tx: &mut Tx, before: i64, most: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(PRUNE).bind(before).bind(most).execute(conn).await?.rows_affected()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn old_answers_are_found_by_their_time() {
        check_scans_nothing(PRUNE, &[]).await;
    }
}
