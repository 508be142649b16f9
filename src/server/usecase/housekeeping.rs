//! Forgetting what has run out: sessions, codes, answers kept for repeated requests, forms kept for who sent them.

use jiff::{SignedDuration, Timestamp};

use crate::server::auth::ended_before;
use crate::server::store::access::{self, one_time_codes, sessions};
use crate::server::store::{Db, idempotency, micros};
use crate::server::usecase::AppError;
use crate::server::usecase::access::kept_forms;

/// How long a repeated request gets its first answer.
pub const ANSWERS_KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgotten {
    pub sessions: u64,
    pub codes: u64,
    pub answers: u64,
    pub forms: u64,
}

/// Deletes what nobody can use any more. Running it twice or never changes no outcome.
pub async fn forget(db: &Db, now: Timestamp) -> Result<Forgotten, AppError> {
    db.write(now, |tx, now| {
        Box::pin(async move {
            let kept_since = now.saturating_sub(ANSWERS_KEPT_FOR).unwrap_or(*now);
            Ok(Forgotten {
                sessions: sessions::prune(tx, ended_before(*now)).await?,
                codes: one_time_codes::prune(tx, micros(*now)).await?,
                answers: idempotency::prune(tx, micros(kept_since)).await?,
                forms: access::kept_forms::prune(tx, micros(kept_forms::kept_since(*now))).await?,
            })
        })
    })
    .await
}
