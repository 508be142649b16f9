//! Deleting what has expired: sessions, codes, answers kept for repeated requests, forms kept for who sent them,
//! pictures that nothing shows.

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

use crate::auth::{ended_before, hour_of};
use crate::random;
use crate::store::access::{self, one_time_codes, sessions};
use crate::store::{self, Db, StoreError, Tx, idempotency, micros};
use crate::usecase::AppError;
use crate::usecase::access::kept_forms;
use crate::usecase::mail;
use crate::usecase::members::notes;
use crate::usecase::notifications::KEPT_FOR;
use crate::usecase::{pictures, refused};

/// How long a repeated request gets its first answer.
pub const ANSWERS_KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many hours of what keys were used are kept.
const USES_KEPT_FOR: i64 = 48;

/// What was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgotten {
    pub sessions: u64,
    pub codes: u64,
    pub answers: u64,
    pub forms: u64,
    pub tries: u64,
    pub notifications: u64,
    pub emails: u64,
    pub pictures: u64,
    /// About members, taken away by their authors.
    pub notes: u64,
    /// Events that were refused, long ago.
    pub refused: u64,
    /// Hours of keys.
    pub uses: u64,
}

/// How much one transaction deletes: other writers come in between.
const AT_ONCE: i64 = 1_000;

/// Deletes what nobody can use any more. Running it twice or never changes no outcome.
pub async fn forget(db: &Db, now: Timestamp) -> Result<Forgotten, AppError> {
    // whoever was here a moment ago is not idle
    db.write_last_uses().await?;
    let kept_since = micros(now.saturating_sub(ANSWERS_KEPT_FOR).unwrap_or(now));
    let told_since = micros(now.saturating_sub(KEPT_FOR).unwrap_or(now));
    // ids begin with the time at which they were made
    let sent_since = random::first_id_of(now.saturating_sub(mail::KEPT_FOR).unwrap_or(now));
    let shown_since = micros(now.saturating_sub(pictures::KEPT_FOR).unwrap_or(now));
    let refused_before = micros(now.saturating_sub(refused::KEPT_FOR).unwrap_or(now));
    let removed_before = micros(now.saturating_sub(notes::KEPT_REMOVED_FOR).unwrap_or(now));
    Ok(Forgotten {
        sessions: all(db, now, |tx, now| Box::pin(sessions::prune(tx, ended_before(*now), AT_ONCE))).await?,
        codes: all(db, micros(now), |tx, now| Box::pin(one_time_codes::prune(tx, *now, AT_ONCE))).await?,
        answers: all(db, kept_since, |tx, since| Box::pin(idempotency::prune(tx, *since, AT_ONCE))).await?,
        forms: all(db, micros(kept_forms::kept_since(now)), |tx, since| {
            Box::pin(access::kept_forms::prune(tx, *since, AT_ONCE))
        })
        .await?,
        tries: all(db, micros(now), |tx, now| Box::pin(access::tries::prune(tx, *now, AT_ONCE))).await?,
        notifications: all(db, told_since, |tx, since| Box::pin(store::notifications::prune(tx, *since, AT_ONCE))).await?,
        emails: all(db, sent_since, |tx, since| Box::pin(store::mail::outbox::prune(tx, *since, AT_ONCE))).await?,
        pictures: all(db, shown_since, |tx, since| Box::pin(store::pictures::prune(tx, *since, AT_ONCE))).await?,
        notes: all(db, removed_before, |tx, before| Box::pin(store::members::notes::prune(tx, *before, AT_ONCE))).await?,
        refused: all(db, refused_before, |tx, before| Box::pin(store::refused::prune(tx, *before, AT_ONCE))).await?,
        uses: all(db, hour_of(now) - USES_KEPT_FOR, |tx, upto| Box::pin(access::keys::prune(tx, *upto, AT_ONCE))).await?,
    })
}

type Part<I> = for<'t> fn(&'t mut Tx, &'t I) -> BoxFuture<'t, Result<u64, StoreError>>;

/// Again and again, until there is nothing more.
async fn all<I: Copy + Send + Sync + 'static>(db: &Db, input: I, part: Part<I>) -> Result<u64, StoreError> {
    let mut total = 0;
    loop {
        match db.write(input, part).await? {
            0 => return Ok(total),
            deleted => total += deleted,
        }
    }
}
