//! How many of each reward were taken lately.

use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, micros, on};

#[derive(Clone, Debug, FromRow)]
pub struct TakenRow {
    pub reward_id: Uuid,
    pub taken: i64,
    pub first_at: i64,
}

// vouchers and gifts; what failed, was cancelled or voided, or came back gave its points back
const SINCE: &str = "select reward_id, cast(sum(quantity) as bigint) as taken, min(created_at) as first_at from redemptions
where kind in (1, 2) and created_at > $1 and reward_id is not null and state not in (3, 4, 8, 12)
group by reward_id";

/// What was taken since then and not given back, by reward.
pub async fn taken_since(db: &mut Tx, since: Timestamp) -> Result<Vec<TakenRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(SINCE).bind(micros(since)).fetch_all(conn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn only_what_was_taken_lately_is_read() {
        check_scans_nothing(SINCE, &[]).await;
    }
}
