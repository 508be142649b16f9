//! What waits for somebody of the staff: counted for every page of the console, so by one statement that looks at no more than
//! is shown.

use jiff::Timestamp;
use sqlx::FromRow;

use crate::store::{COUNTED, StoreError, Tx, on, timestamp};

/// Counts go up to `COUNTED`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Cash that nobody has begun to pay, and since when.
    pub payouts: i64,
    pub oldest_payout: Option<Timestamp>,
    /// Cash that is being paid.
    pub in_payment: i64,
    /// Gifts that are to be sent.
    pub gifts: i64,
    /// Adjustments and a change of the limit that a second person has to decide.
    pub approvals: i64,
    /// E-mails that could not be sent.
    pub failed_emails: i64,
    /// Events that were refused and that nobody has seen to.
    pub refused: i64,
    pub latest_refused: Option<Timestamp>,
    /// When the draft of the rules was changed last, if there is one.
    pub draft_of: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    payouts: i64,
    oldest_payout: Option<i64>,
    in_payment: i64,
    gifts: i64,
    adjustments: i64,
    limits: i64,
    failed_emails: i64,
    refused: i64,
    latest_refused: Option<i64>,
    draft_of: Option<i64>,
}

const WAITING: &str = "select
    (select count(*) from (select 1 from redemptions where kind = 0 and state = 0 limit $1) counted) as payouts,
    (select min(created_at) from redemptions where kind = 0 and state = 0) as oldest_payout,
    (select count(*) from (select 1 from redemptions where kind = 0 and state = 1 limit $1) counted) as in_payment,
    (select count(*) from (select 1 from redemptions where kind = 2 and state = 9 limit $1) counted) as gifts,
    (select count(*) from (select 1 from adjustments where state = 0 limit $1) counted) as adjustments,
    (select count(*) from (select 1 from limit_changes where state = 0 limit $1) counted) as limits,
    (select count(*) from (select 1 from emails where state = 2 limit $1) counted) as failed_emails,
    (select count(*) from (select 1 from refused_events where state = 0 limit $1) counted) as refused,
    (select max(last_at) from (select last_at from refused_events where state = 0 order by id desc limit 1) latest) as latest_refused,
    (select changed_at from rule_draft where id = 1) as draft_of";

pub async fn count(db: &mut Tx) -> Result<Waiting, StoreError> {
    let row: Row = on!(db, conn => sqlx::query_as(WAITING).bind(COUNTED).fetch_one(conn).await?);
    Ok(Waiting {
        payouts: row.payouts,
        oldest_payout: row.oldest_payout.map(timestamp).transpose()?,
        in_payment: row.in_payment,
        gifts: row.gifts,
        approvals: row.adjustments.saturating_add(row.limits),
        failed_emails: row.failed_emails,
        refused: row.refused,
        latest_refused: row.latest_refused.map(timestamp).transpose()?,
        draft_of: row.draft_of.map(timestamp).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};

    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn what_waits_is_counted_without_reading_what_does_not() {
        check_scans_nothing(WAITING, &["counted", "latest", "adjustments_waiting", "limit_changes"]).await;
    }

    #[test]
    fn the_numbers_in_the_statement_are_those_of_the_domain() {
        assert_eq!([RedemptionKind::Cash as i16, RedemptionKind::Gift as i16], [0, 2]);
        let states = [RedemptionState::Reserved, RedemptionState::Processing, RedemptionState::Ordered];
        assert_eq!(states.map(|state| state as i16), [0, 1, 9]);
    }
}
