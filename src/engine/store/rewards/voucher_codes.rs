//! Codes of vouchers: free, held by a redemption, revealed. A code that was revealed never becomes free again.

use jiff::Timestamp;
use laurel_domain::ids::{RedemptionId, RewardId};
use sqlx::FromRow;

use crate::store::{COUNTED, StoreError, Tx, json, micros, on};

const ADD_SQLITE: &str = "insert into reward_codes (reward_id, code, added_at)
select $1, value, $3 from json_each($2) where true on conflict (reward_id, code) do nothing";
const ADD_POSTGRES: &str = "insert into reward_codes (reward_id, code, added_at)
select $1, value, $3 from jsonb_array_elements_text($2::jsonb) as value on conflict (reward_id, code) do nothing";

/// Puts codes into a reward's pool; those that it had before are left alone. How many are new.
pub async fn add(tx: &mut Tx, reward: RewardId, codes: &[String], now: Timestamp) -> Result<u64, StoreError> {
    let (sql, codes) = (tx.pick(ADD_SQLITE, ADD_POSTGRES), json(codes)?);
    Ok(on!(tx, conn => sqlx::query(sql).bind(reward.uuid()).bind(codes).bind(micros(now)).execute(conn).await?.rows_affected()))
}

const ADD_EACH_SQLITE: &str = "insert into reward_codes (reward_id, code, added_at)
select $1, value, $3 from json_each($2) where true on conflict (reward_id, code) do nothing returning code";
const ADD_EACH_POSTGRES: &str = "insert into reward_codes (reward_id, code, added_at)
select $1, value, $3 from jsonb_array_elements_text($2::jsonb) as value on conflict (reward_id, code) do nothing returning code";

/// [`add`], which tells those that are new.
pub async fn add_each(tx: &mut Tx, reward: RewardId, codes: &[&str], now: Timestamp) -> Result<Vec<String>, StoreError> {
    let (sql, codes) = (tx.pick(ADD_EACH_SQLITE, ADD_EACH_POSTGRES), json(codes)?);
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(reward.uuid()).bind(codes).bind(micros(now)).fetch_all(conn).await?))
}

const TAKE_SQLITE: &str = "update reward_codes set redemption_id = $2 where reward_id = $1 and code =
    (select code from reward_codes where reward_id = $1 and redemption_id is null order by code limit 1)";
const TAKE_POSTGRES: &str = "update reward_codes set redemption_id = $2 where reward_id = $1 and code =
    (select code from reward_codes where reward_id = $1 and redemption_id is null order by code limit 1 for update skip locked)";

/// Gives a redemption one of the pool's free codes. Whether there was one.
pub async fn take(tx: &mut Tx, reward: RewardId, redemption: RedemptionId) -> Result<bool, StoreError> {
    let sql = tx.pick(TAKE_SQLITE, TAKE_POSTGRES);
    let taken =
        on!(tx, conn => sqlx::query(sql).bind(reward.uuid()).bind(redemption.uuid()).execute(conn).await?.rows_affected());
    Ok(taken > 0)
}

const INSERT: &str = "insert into reward_codes (reward_id, code, redemption_id, added_at) values ($1, $2, $3, $4)";

/// Gives a redemption a code that was made for it. One that the reward has is a unique violation.
pub async fn insert(
    tx: &mut Tx,
    reward: RewardId,
    code: &str,
    redemption: RedemptionId,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT)
        .bind(reward.uuid()).bind(code).bind(redemption.uuid()).bind(micros(now))
        .execute(conn).await.map(drop)?);
    Ok(())
}

const REVEAL: &str = "update reward_codes set revealed_at = $2 where redemption_id = $1 and revealed_at is null";

/// From now on it is its member's. Whether there was one to reveal.
pub async fn reveal(tx: &mut Tx, redemption: RedemptionId, now: Timestamp) -> Result<bool, StoreError> {
    let done =
        on!(tx, conn => sqlx::query(REVEAL).bind(redemption.uuid()).bind(micros(now)).execute(conn).await?.rows_affected());
    Ok(done > 0)
}

const PUT_BACK: &str = "update reward_codes set redemption_id = null where redemption_id = $1 and revealed_at is null
    and reward_id in (select id from rewards where supply = 0)";
const FORGET: &str = "delete from reward_codes where redemption_id = $1 and revealed_at is null";

/// What nobody has seen goes back to its pool; what was made for this redemption goes.
pub async fn put_back(tx: &mut Tx, redemption: RedemptionId) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(PUT_BACK).bind(redemption.uuid()).execute(conn).await.map(drop)?);
    on!(tx, conn => sqlx::query(FORGET).bind(redemption.uuid()).execute(conn).await.map(drop)?);
    Ok(())
}

const REVEALED: &str = "select code from reward_codes where redemption_id = $1 and revealed_at is not null";

/// A redemption's code, once it is its member's to see.
pub async fn revealed(db: &mut Tx, redemption: RedemptionId) -> Result<Option<String>, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(REVEALED).bind(redemption.uuid()).fetch_optional(conn).await?))
}

const HOLDERS: &str = "select redemption_id from reward_codes where code = $1 and revealed_at is not null";

/// The redemptions that this code was revealed to: codes of different rewards may be the same.
pub async fn holders(db: &mut Tx, code: &str) -> Result<Vec<RedemptionId>, StoreError> {
    let ids: Vec<uuid::Uuid> = on!(db, conn => sqlx::query_scalar(HOLDERS).bind(code).fetch_all(conn).await?);
    Ok(ids.into_iter().map(RedemptionId::new).collect())
}

/// What became of a reward's codes; each counted up to `COUNTED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Pool {
    pub free: i64,
    pub held: i64,
    pub revealed: i64,
}

macro_rules! pool {
    ($held:literal, $given:literal) => {
        concat!(
            "select (select count(*) from
        (select 1 from reward_codes where reward_id = $1 and redemption_id is null limit $2) one) as free,
    (select count(*) from (select 1 from reward_codes ",
            $held,
            " where reward_id = $1 and redemption_id is not null and revealed_at is null limit $2) two) as held,
    (select count(*) from (select 1 from reward_codes ",
            $given,
            " where reward_id = $1 and revealed_at is not null limit $2) three) as revealed"
        )
    };
}

// left to itself SQLite goes through all codes of the reward
const POOL_SQLITE: &str = pool!("indexed by reward_codes_held", "indexed by reward_codes_given");
const POOL_POSTGRES: &str = pool!("", "");

pub async fn pool(db: &mut Tx, reward: RewardId) -> Result<Pool, StoreError> {
    let sql = db.pick(POOL_SQLITE, POOL_POSTGRES);
    Ok(on!(db, conn => sqlx::query_as(sql).bind(reward.uuid()).bind(COUNTED).fetch_one(conn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn codes_are_looked_up_and_counted_so_far_only() {
        for sql in [TAKE_SQLITE, HOLDERS, REVEALED] {
            check_scans_nothing(sql, &[]).await;
        }
        check_scans_nothing(POOL_SQLITE, &["one", "two", "three", "CONSTANT"]).await;
    }
}
