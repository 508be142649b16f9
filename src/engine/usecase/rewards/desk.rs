//! The rewards as the staff keeps an eye on them: with how fast each goes.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use laurel_domain::rewards::pace::{DAYS, Pace};
use laurel_domain::rewards::reward::Reward;

use super::edit::MOST;
use crate::store::micros;
use crate::store::rewards::{catalogue, pace};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

const DAY: i64 = 24 * 3_600 * 1_000_000;

#[derive(Clone, Debug)]
pub struct Kept {
    pub reward: Reward,
    pub pace: Pace,
}

/// All there ever were, those in use first, with what was taken of each in the last 30 days.
pub async fn list(ledger: &Ledger) -> Result<Vec<Kept>, AppError> {
    let now = ledger.clock.now();
    let since = now.saturating_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MIN);
    ledger
        .db
        .snapshot((now, since), |tx, (now, since)| {
            Box::pin(async move {
                let taken = pace::taken_since(tx, *since).await?;
                let pace = |row: &pace::TakenRow| Pace { taken: row.taken, days: (micros(*now) - row.first_at) / DAY };
                let paces: HashMap<_, _> = taken.iter().map(|row| (row.reward_id, pace(row))).collect();
                let rewards = catalogue::all(tx, MOST).await?.into_iter();
                let kept =
                    rewards.map(|reward| Kept { pace: paces.get(&reward.id.uuid()).copied().unwrap_or_default(), reward });
                Ok(kept.collect())
            })
        })
        .await
}
