//! The latest instants that anything was posted with: no version of the rules starts before them.

use jiff::Timestamp;

use crate::store::{StoreError, Tx, micros, on, timestamp};

// each connection has a row of its own, so that nobody waits for anybody; two with one row only wait
const NOTE_INSTANT_SQLITE: &str = "insert into last_instants (writer, instant) values (0, $1)
on conflict (writer) do update set instant = excluded.instant where excluded.instant > last_instants.instant";
const NOTE_INSTANT_POSTGRES: &str = "insert into last_instants (writer, instant) values (pg_backend_pid() % 4096, $1)
on conflict (writer) do update set instant = excluded.instant where excluded.instant > last_instants.instant";

/// Notes the latest instant that anything was posted with, as far as `postings` tells it no longer.
pub(in crate::store) async fn note(tx: &mut Tx, instant: Timestamp) -> Result<(), StoreError> {
    let sql = tx.pick(NOTE_INSTANT_SQLITE, NOTE_INSTANT_POSTGRES);
    on!(tx, conn => sqlx::query(sql).bind(micros(instant)).execute(conn).await.map(drop)?);
    Ok(())
}

// by one statement, so that nothing moves from one to the other in between
const LAST_INSTANT: &str = "select max(instant) from
    (select max(instant) as instant from last_instants union all select max(instant) from postings) latest";
const LAST_AHEAD: &str = "select max(occurred_at) from entries where delay < 0";

/// The latest instant that anything was posted with.
pub async fn last(db: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let posted: Option<i64> = on!(db, conn => sqlx::query_scalar(LAST_INSTANT).fetch_one(conn).await?);
    posted.map(timestamp).transpose()
}

/// The latest instant that anything was posted with, or occurred at: no version starts before it has passed.
pub async fn latest_posted(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let posted = last(tx).await?;
    let ahead: Option<i64> = on!(tx, conn => sqlx::query_scalar(LAST_AHEAD).fetch_one(conn).await?);
    Ok(posted.max(ahead.map(timestamp).transpose()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn publishing_reads_no_table_of_members_or_entries() {
        check_scans_nothing(LAST_INSTANT, &["last_instants", "postings", "latest", "COMPOUND"]).await;
        check_scans_nothing(LAST_AHEAD, &[]).await;
    }
}
