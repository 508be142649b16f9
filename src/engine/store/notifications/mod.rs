//! What members are told: a row each, found by what it is about, and how far jobs have come in telling it.

pub mod told;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::FromRow;

use crate::store::database::rows::{Columns, Found, Row, Rows, Values};
use crate::store::{Either, StoreError, Tx, json, micros, on};

/// A notification on its way into the table.
#[derive(Clone, Debug, Serialize)]
pub struct NewNotification {
    pub no: i64,
    pub about: String,
    pub at: i64,
    pub kind: i16,
    pub body: String,
}

// redemptions of an account that was merged into another are its survivor's
static INSERT_SQLITE: Rows = Rows(
    "insert into notifications (member_no, about, at, kind, body)
select t.no, ?2, ?3, ?4, ?5 from members m
cross join members t on t.no = coalesce(case ?4 when 2 then m.merged_into end, m.no) where m.no = ?1 and t.status <> 2
on conflict (member_no, about) do nothing returning member_no, kind, body",
);
const INSERT_POSTGRES: &str = "insert into notifications (member_no, about, at, kind, body)
select t.no, j.about, j.at, j.kind, j.body
from json_to_recordset($1::json) as j(no bigint, about text, at bigint, kind smallint, body text)
join members m on m.no = j.no join members t on t.no = coalesce(case j.kind when 2 then m.merged_into end, m.no)
where t.status <> 2
on conflict (member_no, about) do nothing returning member_no, kind, body";

/// What a member has not been told before.
#[derive(Clone, Debug, FromRow)]
pub struct ToldRow {
    pub member_no: i64,
    pub kind: i16,
    pub body: String,
}

impl Row for NewNotification {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self.no).add(&self.about).add(self.at).add(self.kind).add(&self.body);
    }
}

impl Found for ToldRow {
    fn read(columns: &mut Columns<'_>) -> Result<ToldRow, StoreError> {
        Ok(ToldRow { member_no: columns.next()?, kind: columns.next()?, body: columns.next()? })
    }
}

/// Tells members who are not closed what they have not been told yet. Which of it is new to whom.
pub async fn insert(tx: &mut Tx, new: &[NewNotification]) -> Result<Vec<ToldRow>, StoreError> {
    match tx.either() {
        Either::Sqlite(conn) => INSERT_SQLITE.fetch(conn, new).await,
        Either::Postgres(conn) => Ok(sqlx::query_as(INSERT_POSTGRES).bind(json(new)?).fetch_all(conn).await?),
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct NotificationRow {
    pub about: String,
    pub at: i64,
    pub body: String,
    pub read_at: Option<i64>,
}

const PAGE: &str = "select about, at, body, read_at from notifications
where member_no = $1 and (at, about) < ($2, $3) order by at desc, about desc limit $4";

/// A member's, newest first, before the one that a page ended with.
pub async fn page(db: &mut Tx, member_no: i64, before: (i64, &str), most: i64) -> Result<Vec<NotificationRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(PAGE)
        .bind(member_no).bind(before.0).bind(before.1).bind(most)
        .fetch_all(conn).await?))
}

const READ: &str = "update notifications set read_at = coalesce(read_at, $3) where member_no = $1 and about = $2
returning about, at, body, read_at";

/// Marks one as read. `None` if the member has no such.
pub async fn read(tx: &mut Tx, member_no: i64, about: &str, now: Timestamp) -> Result<Option<NotificationRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(READ).bind(member_no).bind(about).bind(micros(now)).fetch_optional(conn).await?))
}

const UNREAD: &str = "update notifications set read_at = null where member_no = $1 and about = $2 and read_at = $3";

/// One that was marked as read at just that moment is unread again.
pub async fn unread(tx: &mut Tx, member_no: i64, about: &str, read_at: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(UNREAD).bind(member_no).bind(about).bind(read_at).execute(conn).await.map(drop)?);
    Ok(())
}

const READ_ALL: &str = "update notifications set read_at = $2 where member_no = $1 and read_at is null";

/// Marks all of a member's as read. How many were not.
pub async fn read_all(tx: &mut Tx, member_no: i64, now: Timestamp) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(READ_ALL).bind(member_no).bind(micros(now)).execute(conn).await?.rows_affected()))
}

const FORGET: &str = "delete from notifications where member_no = $1";

/// Deletes all of a member's.
pub async fn forget(tx: &mut Tx, member_no: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(FORGET).bind(member_no).execute(conn).await.map(drop)?);
    Ok(())
}

const PRUNE_SQLITE: &str = "delete from notifications where (member_no, about) in
(select member_no, about from notifications indexed by notifications_at where at <= $1 order by at limit $2)";
const PRUNE_POSTGRES: &str = "delete from notifications where (member_no, about) in
(select member_no, about from notifications where at <= $1 order by at limit $2)";

/// Deletes some of what happened by then. How many.
pub async fn prune(tx: &mut Tx, by: i64, most: i64) -> Result<u64, StoreError> {
    let sql = tx.pick(PRUNE_SQLITE, PRUNE_POSTGRES);
    Ok(on!(tx, conn => sqlx::query(sql).bind(by).bind(most).execute(conn).await?.rows_affected()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn notifications_are_found_by_member_and_time() {
        for sql in [INSERT_SQLITE.0, PAGE, READ, UNREAD, READ_ALL, PRUNE_SQLITE] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
