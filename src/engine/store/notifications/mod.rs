//! What members are told: a row each, found by what it is about, and how far jobs have come in telling it.

pub mod told;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sqlx::{FromRow, PgConnection};

use crate::store::database::rows::{Columns, Found, Row, Rows, Values, column};
use crate::store::{Either, StoreError, Tx, micros, on};

/// A notification on its way into the table.
#[derive(Clone, Debug)]
pub struct NewNotification {
    pub no: i64,
    pub about: String,
    pub at: i64,
    pub kind: i16,
    pub body: String,
}

// told of by what is changed: what it returned would be a table of its own for each row
static INSERT_SQLITE: Rows = Rows(
    "insert into notifications (member_no, about, at, kind, body) values (?1, ?2, ?3, ?4, ?5)
on conflict (member_no, about) do nothing",
);
const INSERT_POSTGRES: &str = "insert into notifications (member_no, about, at, kind, body)
select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::smallint[], $5::text[])
on conflict (member_no, about) do nothing returning member_no, about";
const REDEMPTION: i16 = 2;
const CLOSED: i16 = 2;

/// What a member has not been told before.
#[derive(Clone, Debug)]
pub struct Told {
    pub member_no: i64,
    pub kind: i16,
    pub body: String,
}

/// To whom, and what.
struct Telling<'a>(i64, &'a NewNotification);

impl Row for Telling<'_> {
    fn bind(&self, values: &mut Values<'_, '_>) {
        let Telling(receiver, one) = self;
        values.add(*receiver).add(&one.about).add(one.at).add(one.kind).add(&one.body);
    }
}

/// Tells members who are not closed what they have not been told yet; of redemptions of an account that was merged, its survivor. Which
/// of it is new to whom.
pub async fn insert(tx: &mut Tx, new: &[NewNotification]) -> Result<Vec<Told>, StoreError> {
    let mut receivers = receivers(tx, column(new, |one| one.no)).await?;
    let heir = |one: &NewNotification| receivers.get(&one.no)?.heir.filter(|_| one.kind == REDEMPTION);
    let heirs = column(new, heir);
    if heirs.iter().any(Option::is_some) {
        receivers.extend(self::receivers(tx, heirs.iter().copied().flatten().collect()).await?);
    }
    let is_open = |no: i64| receivers.get(&no).is_some_and(|receiver| receiver.status != CLOSED);
    let tellings = new.iter().zip(heirs).map(|(one, heir)| Telling(heir.unwrap_or(one.no), one));
    let tellings: Vec<Telling<'_>> = tellings.filter(|telling| is_open(telling.0)).collect();
    let are_new = match tx.either() {
        Either::Sqlite(conn) => INSERT_SQLITE.changed(conn, &tellings).await?,
        Either::Postgres(conn) => insert_postgres(conn, &tellings).await?,
    };
    let told = tellings.iter().zip(are_new).filter(|(_, is_new)| *is_new);
    Ok(told.map(|(Telling(no, one), _)| Told { member_no: *no, kind: one.kind, body: one.body.clone() }).collect())
}

async fn insert_postgres(conn: &mut PgConnection, tellings: &[Telling<'_>]) -> Result<Vec<bool>, StoreError> {
    let query = sqlx::query_as(INSERT_POSTGRES).bind(column(tellings, |telling| telling.0));
    let query = query.bind(column(tellings, |telling| telling.1.about.as_str())).bind(column(tellings, |telling| telling.1.at));
    let query = query.bind(column(tellings, |telling| telling.1.kind));
    let new: Vec<(i64, String)> = query.bind(column(tellings, |telling| telling.1.body.as_str())).fetch_all(conn).await?;
    // one that stands here twice is new once
    let mut new: HashSet<(i64, &str)> = new.iter().map(|(no, about)| (*no, about.as_str())).collect();
    Ok(tellings.iter().map(|telling| new.remove(&(telling.0, telling.1.about.as_str()))).collect())
}

static RECEIVERS_SQLITE: Rows = Rows("select no, status, merged_into from members where no = ?1");
// Lateral and `offset 0` make it one look for each, into that member's partition.
const RECEIVERS_POSTGRES: &str = "select m.no, m.status, m.merged_into from unnest($1::bigint[]) as w(no)
cross join lateral (select own.no, own.status, own.merged_into from members own where own.no = w.no offset 0) m";

/// Who may receive something.
#[derive(FromRow)]
struct Receiver {
    no: i64,
    status: i16,
    /// Into whom they were merged, if they were.
    #[sqlx(rename = "merged_into")]
    heir: Option<i64>,
}

impl Found for Receiver {
    fn read(columns: &mut Columns<'_>) -> Result<Receiver, StoreError> {
        Ok(Receiver { no: columns.next()?, status: columns.next()?, heir: columns.next()? })
    }
}

/// By number.
async fn receivers(tx: &mut Tx, numbers: Vec<i64>) -> Result<HashMap<i64, Receiver>, StoreError> {
    let text = tx.text(RECEIVERS_POSTGRES);
    let found: Vec<Receiver> = match tx.either() {
        Either::Sqlite(conn) => RECEIVERS_SQLITE.fetch(conn, &numbers).await?,
        Either::Postgres(conn) => sqlx::query_as(text).bind(numbers).fetch_all(conn).await?,
    };
    Ok(found.into_iter().map(|receiver| (receiver.no, receiver)).collect())
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
        for sql in [INSERT_SQLITE.0, RECEIVERS_SQLITE.0, PAGE, READ, UNREAD, READ_ALL, PRUNE_SQLITE] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
