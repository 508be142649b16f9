//! Adjustments that take back what an entry did.

use jiff::Timestamp;
use laurel_domain::ids::StaffId;
use laurel_domain::numbers::points::Points;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, json, on, timestamp};

/// What took an entry back, or is proposed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversing {
    /// The entry that is taken back.
    pub reverses: i64,
    /// The entry that took it back; none as long as it waits for a second person.
    pub seq: Option<i64>,
    /// Signed.
    pub points: Points,
    pub made_by: StaffId,
    /// When it was posted, or proposed.
    pub at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    reverses: i64,
    seq: Option<i64>,
    points: i64,
    made_by: Uuid,
    at: i64,
}

// what was rejected or withdrawn took nothing back
const OF_SQLITE: &str =
    "select a.reverses, a.seq, a.points, a.made_by, coalesce(a.decided_at, a.made_at) as at from adjustments a
where a.member_no = $1 and a.reverses in (select value from jsonb_each($2)) and a.state in (0, 1) order by a.made_at, a.seq, a.id";
const OF_POSTGRES: &str =
    "select a.reverses, a.seq, a.points, a.made_by, coalesce(a.decided_at, a.made_at) as at from adjustments a
where a.member_no = $1 and a.reverses in (select value::bigint from jsonb_array_elements_text($2::jsonb) as value)
    and a.state in (0, 1) order by a.made_at, a.seq, a.id";

/// What takes these entries of a member back, the first of each first.
pub async fn of_entries(db: &mut Tx, member_no: i64, seqs: &[i64]) -> Result<Vec<Reversing>, StoreError> {
    let (sql, seqs) = (db.pick(OF_SQLITE, OF_POSTGRES), json(seqs)?);
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(sql).bind(member_no).bind(seqs).fetch_all(conn).await?);
    let read = |row: Row| {
        let (points, made_by, at) = (Points::from_hundredths(row.points), StaffId::new(row.made_by), timestamp(row.at)?);
        Ok(Reversing { reverses: row.reverses, seq: row.seq, points, made_by, at })
    };
    rows.into_iter().map(read).collect()
}

const ASTRAY: &str = "select a.member_no, a.seq, a.reverses from adjustments a
where a.member_no between $1 and $2 and a.reverses is not null and not exists
    (select 1 from entries e where e.member_no = a.member_no and e.seq = a.reverses and e.seq < coalesce(a.seq, e.seq + 1))
order by a.member_no, a.reverses limit $3";

/// Adjustments of these members that say they take back what is no entry of the member before them: whose, their own entry if
/// there is one, and what they name.
pub async fn astray(db: &mut Tx, first: i64, last: i64, most: i64) -> Result<Vec<(i64, Option<i64>, i64)>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(ASTRAY).bind(first).bind(last).bind(most).fetch_all(conn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::{check_scans_nothing, check_uses};

    #[tokio::test]
    async fn what_takes_entries_back_is_looked_up() {
        check_scans_nothing(OF_SQLITE, &[]).await;
        check_uses(OF_SQLITE, "adjustments_reversing").await;
        check_scans_nothing(ASTRAY, &[]).await;
    }
}
