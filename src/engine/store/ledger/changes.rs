//! A member's latest changes of points, without what explains them: for pictures over time.

use jiff::Timestamp;
use laurel_domain::numbers::points::Points;

use crate::store::{StoreError, Tx, on, timestamp};

const LATEST: &str = "select occurred_at, points from entries where member_no = $1 order by seq desc limit $2";

/// When the latest entries occurred and what they changed, newest first.
pub async fn latest(db: &mut Tx, member_no: i64, most: i64) -> Result<Vec<(Timestamp, Points)>, StoreError> {
    let rows: Vec<(i64, i64)> = on!(db, conn => sqlx::query_as(LATEST).bind(member_no).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(|(at, points)| Ok((timestamp(at)?, Points::from_hundredths(points)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn the_latest_changes_are_the_members_own() {
        check_scans_nothing(LATEST, &[]).await;
    }
}
