//! How far jobs have come in telling everybody something, and whom they tell next.

use sqlx::FromRow;
use uuid::Uuid;

use crate::store::members::shards;
use crate::store::{Either, StoreError, Tx, json, on};

/// All before the key `upto` have been told, and of it those up to this member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Told {
    pub upto: i64,
    pub member_no: i64,
}

/// No member has a number beyond it: all of a key have been told.
pub const EVERYBODY: i64 = i64::MAX;

const MAKE: &str = "insert into notices_told (name, upto, member_no) values ($1, $2, $3) on conflict (name) do nothing";
const LOCK_SQLITE: &str = "select upto, member_no from notices_told where name = $1";
const LOCK_POSTGRES: &str = "select upto, member_no from notices_told where name = $1 for update";

/// How far it has come, which nobody else changes until the transaction ends; what has not begun begins here.
pub async fn lock(tx: &mut Tx, name: &str, first: Told) -> Result<Told, StoreError> {
    on!(tx, conn => sqlx::query(MAKE).bind(name).bind(first.upto).bind(first.member_no).execute(conn).await.map(drop)?);
    let sql = tx.pick(LOCK_SQLITE, LOCK_POSTGRES);
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(name).fetch_one(conn).await?))
}

const FIND: &str = "select upto, member_no from notices_told where name = $1";

pub async fn find(db: &mut Tx, name: &str) -> Result<Option<Told>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(FIND).bind(name).fetch_optional(conn).await?))
}

const SET: &str = "update notices_told set upto = $2, member_no = $3 where name = $1";

pub async fn set(tx: &mut Tx, name: &str, told: Told) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET).bind(name).bind(told.upto).bind(told.member_no).execute(conn).await.map(drop)?);
    Ok(())
}

const LOTS: &str = "select member_no from lots where day = $1 and member_no > $2 order by member_no limit $3";

/// The next members with points that can be redeemed through that day.
pub async fn with_lots(tx: &mut Tx, day: i32, after: i64, most: i64) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_scalar(LOTS).bind(day).bind(after).bind(most).fetch_all(conn).await?))
}

const POINTS_SQLITE: &str = "select l.member_no, l.points from jsonb_each($1) j
cross join lots l on l.member_no = j.value and l.day = $2";
const POINTS_POSTGRES: &str = "select member_no, points from lots
where member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value) and day = $2";

/// How many points these members can redeem through that day and no longer.
pub async fn points_of(tx: &mut Tx, members: &[i64], day: i32) -> Result<Vec<(i64, i64)>, StoreError> {
    let (sql, members) = (tx.pick(POINTS_SQLITE, POINTS_POSTGRES), json(members)?);
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(members).bind(day).fetch_all(conn).await?))
}

const OPEN: &str = "select no, id, registered_at from members where no > $1 and status <> 2 order by no limit $2";

/// The next members who are not closed, and since when they are members.
pub async fn open_after(tx: &mut Tx, after: i64, most: i64) -> Result<Vec<(i64, Uuid, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(OPEN).bind(after).bind(most).fetch_all(conn).await?))
}

const HOLD: &str = "select no from members where no = any($1) order by no for no key update";

/// Nobody posts to these members, or closes them, until the transaction ends. On SQLite nobody else writes meanwhile anyway.
pub async fn hold(tx: &mut Tx, members: &[i64]) -> Result<(), StoreError> {
    let shards = if tx.is_distributed() { shards::of(tx, members).await? } else { vec![members.to_vec()] };
    for numbers in shards {
        if let Either::Postgres(conn) = tx.either() {
            sqlx::query(HOLD).bind(numbers).execute(conn).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn those_who_are_told_next_are_looked_up() {
        for sql in [LOTS, POINTS_SQLITE, OPEN, FIND] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
