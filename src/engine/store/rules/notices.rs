//! Which notices members have put aside, and that they have not.

use jiff::Timestamp;

use crate::store::{StoreError, Tx, micros, on};

const PUT_ASIDE: &str = "insert into notices_put_aside (member_no, version, at) values ($1, $2, $3)
on conflict (member_no, version) do nothing";

pub async fn put_aside(tx: &mut Tx, member_no: i64, version: i32, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(PUT_ASIDE).bind(member_no).bind(version).bind(micros(now)).execute(conn).await.map(drop)?);
    Ok(())
}

const TAKE_UP: &str = "delete from notices_put_aside where member_no = $1 and version = $2 returning at";

/// It is as if the member had not put it aside. When they had, if they had.
pub async fn take_up(tx: &mut Tx, member_no: i64, version: i32) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_scalar(TAKE_UP).bind(member_no).bind(version).fetch_optional(conn).await?))
}

const OF: &str = "select version from notices_put_aside where member_no = $1";

/// The versions of what a member has put aside.
pub async fn of(db: &mut Tx, member_no: i64) -> Result<Vec<i32>, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(OF).bind(member_no).fetch_all(conn).await?))
}
