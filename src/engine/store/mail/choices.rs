//! Which kinds of e-mail a member does not want: a bit each, by the number of the kind.

use crate::store::{StoreError, Tx, on};

const FIND: &str = "select unwanted from mail_choices where member_no = $1";

pub async fn unwanted(db: &mut Tx, member_no: i64) -> Result<i32, StoreError> {
    let found: Option<i32> = on!(db, conn => sqlx::query_scalar(FIND).bind(member_no).fetch_optional(conn).await?);
    Ok(found.unwrap_or_default())
}

const SET: &str = "insert into mail_choices (member_no, unwanted) values ($1, $2)
on conflict (member_no) do update set unwanted = excluded.unwanted";

/// The caller holds the member.
pub async fn set(tx: &mut Tx, member_no: i64, unwanted: i32) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET).bind(member_no).bind(unwanted).execute(conn).await.map(drop)?);
    Ok(())
}

const FORGET: &str = "delete from mail_choices where member_no = $1";

pub async fn forget(tx: &mut Tx, member_no: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(FORGET).bind(member_no).execute(conn).await.map(drop)?);
    Ok(())
}
