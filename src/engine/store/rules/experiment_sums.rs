//! What members did before an experiment began and since, added up member by member.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::experiments::tally::ByMetric;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, micros, on, timestamp};

/// From when before it to when it began, and until when.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    pub before: Timestamp,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// Who may be counted.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    pub no: i64,
    pub id: Uuid,
    pub registered_at: Timestamp,
}

const MEMBERS: &str = "select no, id, registered_at from members where no between $1 and $2 order by no";

pub async fn members(db: &mut Tx, first: i64, last: i64) -> Result<Vec<Counted>, StoreError> {
    let rows: Vec<(i64, Uuid, i64)> = on!(db, conn => sqlx::query_as(MEMBERS).bind(first).bind(last).fetch_all(conn).await?);
    rows.into_iter().map(|(no, id, at)| Ok(Counted { no, id, registered_at: timestamp(at)? })).collect()
}

/// One member's figures; who has no entries has none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    pub during: ByMetric,
    pub before: ByMetric,
    /// What was held when it began.
    pub held: i64,
}

#[derive(FromRow)]
struct Row {
    member_no: i64,
    payments: i64,
    paid: i64,
    issued: i64,
    redeemed: i64,
    payments_before: i64,
    paid_before: i64,
    issued_before: i64,
    redeemed_before: i64,
    held: i64,
}

macro_rules! sum {
    ($value:literal, $of:literal, $name:literal) => {
        concat!("cast(sum(case when ", $of, " then ", $value, " else 0 end) as bigint) as ", $name)
    };
}

// causes: 0 payment, 1 refund, 4 redemption; kinds: 0 earn, 2 clawback
const SUMS: &str = concat!(
    "select e.member_no, ",
    sum!("1", "e.cause = 0 and e.occurred_at >= $4", "payments"),
    ", ",
    sum!("case e.cause when 0 then e.amount when 1 then -e.amount else 0 end", "e.occurred_at >= $4", "paid"),
    ", ",
    sum!("e.points", "e.kind in (0, 2) and e.occurred_at >= $4", "issued"),
    ", ",
    sum!("-e.points", "e.cause = 4 and e.occurred_at >= $4", "redeemed"),
    ", ",
    sum!("1", "e.cause = 0 and e.occurred_at >= $3 and e.occurred_at < $4", "payments_before"),
    ", ",
    sum!(
        "case e.cause when 0 then e.amount when 1 then -e.amount else 0 end",
        "e.occurred_at >= $3 and e.occurred_at < $4",
        "paid_before"
    ),
    ", ",
    sum!("e.points", "e.kind in (0, 2) and e.occurred_at >= $3 and e.occurred_at < $4", "issued_before"),
    ", ",
    sum!("-e.points", "e.cause = 4 and e.occurred_at >= $3 and e.occurred_at < $4", "redeemed_before"),
    ", ",
    sum!("e.points", "e.occurred_at + e.delay < $4", "held"),
    " from entries e where e.member_no between $1 and $2 and e.occurred_at < $5 group by e.member_no"
);

/// By number, of the members from the first to the last.
pub async fn sums(db: &mut Tx, first: i64, last: i64, times: Times) -> Result<HashMap<i64, Sums>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(SUMS)
        .bind(first).bind(last).bind(micros(times.before)).bind(micros(times.from)).bind(micros(times.until))
        .fetch_all(conn).await?);
    let sums = |row: Row| {
        let figures = |payments: i64, paid, issued, redeemed| [i64::from(payments > 0), payments, paid, issued, redeemed];
        let during = figures(row.payments, row.paid, row.issued, row.redeemed);
        let before = figures(row.payments_before, row.paid_before, row.issued_before, row.redeemed_before);
        (row.member_no, Sums { during, before, held: row.held })
    };
    Ok(rows.into_iter().map(sums).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn only_those_who_are_asked_for_are_read() {
        check_scans_nothing(MEMBERS, &[]).await;
        check_scans_nothing(SUMS, &[]).await;
    }
}
