//! Members that jobs look for, by an index and a chunk at a time.

use jiff::Timestamp;
use sqlx::FromRow;

use crate::store::{COUNTED, StoreError, Tx, micros, on};

/// How far a job has come that goes through members in the order of an index: the last key and number it has seen.
pub type Cursor = (i64, i64);

/// Before everybody.
pub const FIRST: Cursor = (i64::MIN, i64::MIN);

// by the index on (rated_by, no): ordered by the number alone, SQLite walks the whole table instead, and ordered by what is selected,
// which `rated_by` alone would mean to PostgreSQL, that sorts everybody who is left
const UNRATED: &str =
    "select cast(m.rated_by as bigint), m.no from members m where m.rated_by < $1 and (m.rated_by, m.no) > ($2, $3)
order by m.rated_by, m.no limit $4";

/// The next members whom the version that everybody should be rated by has not rated.
pub async fn rated_before(tx: &mut Tx, version: u32, after: Cursor, most: i64) -> Result<Vec<Cursor>, StoreError> {
    let version = i32::try_from(version).map_err(|_| StoreError::Corrupt("a version"))?;
    let rated_by = i32::try_from(after.0).unwrap_or(i32::MIN);
    Ok(on!(tx, conn => sqlx::query_as(UNRATED)
        .bind(version).bind(rated_by).bind(after.1).bind(most)
        .fetch_all(conn).await?))
}

const COUNT_UNRATED: &str = "select count(*) from (select 1 from members where rated_by < $1 limit $2) unrated";

/// How many of them there are, up to `COUNTED`.
pub async fn count_rated_before(db: &mut Tx, version: u32) -> Result<i64, StoreError> {
    let version = i32::try_from(version).map_err(|_| StoreError::Corrupt("a version"))?;
    Ok(on!(db, conn => sqlx::query_scalar(COUNT_UNRATED).bind(version).bind(COUNTED).fetch_one(conn).await?))
}

const DUE: &str = "select due_at, no from members where due_at <= $1 and (due_at, no) > ($2, $3) order by due_at, no limit $4";

/// The next members for whom something was due by then.
pub async fn due_by(tx: &mut Tx, now: Timestamp, after: Cursor, most: i64) -> Result<Vec<Cursor>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(DUE)
        .bind(micros(now)).bind(after.0).bind(after.1).bind(most)
        .fetch_all(conn).await?))
}

const NEXT: &str = "select no, seq, (books & 4) <> 0 as keeps_months from members where no > $1 order by no limit $2";

/// A member as far as the keeping of months goes.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct MonthsOf {
    pub no: i64,
    pub seq: i64,
    pub keeps_months: bool,
}

/// The next members after this number.
pub async fn months_after(tx: &mut Tx, no: i64, most: i64) -> Result<Vec<MonthsOf>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(NEXT).bind(no).bind(most).fetch_all(conn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn jobs_look_members_up() {
        check_scans_nothing(COUNT_UNRATED, &["unrated"]).await;
        for sql in [UNRATED, DUE, NEXT] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
