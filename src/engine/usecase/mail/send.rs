//! Sending what waits in the outbox: claimed a few at a time, so that several servers send each once; tried again later and
//! later, and given up with a reason in the end.

use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};

use super::prepare::prepare;
use super::{Postman, Undelivered};
use crate::store::StoreError;
use crate::store::mail::outbox::{self, EmailRow};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// How many are claimed at once.
const CLAIMED: i64 = 20;
/// How many of these are on their way at the same time.
const AT_ONCE: usize = 4;
/// How long a claim holds: longer than sending takes.
const CLAIM: SignedDuration = SignedDuration::from_mins(10);
/// How long to wait after each failure, in minutes; after the last one nobody tries again by themselves.
const WAITS: [i64; 8] = [1, 5, 15, 60, 180, 360, 720, 1_440];
/// How much of a reason is kept.
const LONGEST_FAULT: usize = 300;

/// What became of those that were tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    pub sent: usize,
    pub put_off: usize,
    pub given_up: usize,
    /// Nobody was there any more who wanted it.
    pub dropped: usize,
}

enum Outcome {
    Sent,
    PutOff { was_unreachable: bool },
    GivenUp,
    Dropped,
}

/// Sends everything that is due, as long as somebody takes it.
pub async fn send_waiting(ledger: &Ledger) -> Result<Tried, AppError> {
    let mut tried = Tried::default();
    let Some(postman) = ledger.postman() else { return Ok(tried) };
    loop {
        let now = ledger.clock.now();
        let until = now.saturating_add(CLAIM).unwrap_or(Timestamp::MAX);
        let claimed =
            ledger.db.write((now, until), |tx, (now, until)| Box::pin(outbox::claim(tx, *now, *until, CLAIMED))).await?;
        if claimed.is_empty() {
            return Ok(tried);
        }
        let sending = stream::iter(claimed).map(|row| send(ledger, postman.as_ref(), row)).buffer_unordered(AT_ONCE);
        let outcomes: Vec<Result<Outcome, AppError>> = sending.collect().await;
        let mut reached = false;
        for outcome in outcomes {
            match outcome? {
                Outcome::Sent => tried.sent += 1,
                Outcome::PutOff { was_unreachable: true } => {
                    tried.put_off += 1;
                    continue;
                }
                Outcome::PutOff { .. } => tried.put_off += 1,
                Outcome::GivenUp => tried.given_up += 1,
                Outcome::Dropped => tried.dropped += 1,
            }
            reached = true;
        }
        if !reached {
            // nobody is there: the rest keeps its tries
            return Ok(tried);
        }
    }
}

async fn send(ledger: &Ledger, postman: &dyn Postman, row: EmailRow) -> Result<Outcome, AppError> {
    let input = (ledger.clone(), row.clone());
    let prepared = ledger.db.write(input, |tx, (ledger, row)| Box::pin(prepare(tx, ledger, row))).await?;
    let Some(letter) = prepared else { return Ok(Outcome::Dropped) };
    let undelivered = match postman.send(ledger, &letter).await {
        Ok(()) => {
            let now = ledger.clock.now();
            ledger.db.write((row.id, now), |tx, (id, now)| Box::pin(outbox::sent(tx, *id, *now))).await?;
            return Ok(Outcome::Sent);
        }
        Err(undelivered) => undelivered,
    };
    let was_unreachable = matches!(undelivered, Undelivered::Unreachable(_));
    let wait = usize::try_from(row.attempts - 1).ok().and_then(|before| WAITS.get(before).copied());
    let (fault, wait) = match undelivered {
        Undelivered::Never(fault) => (fault, None),
        Undelivered::Later(fault) | Undelivered::Unreachable(fault) => (fault, wait),
    };
    let fault: String = fault.chars().filter(|c| !c.is_control()).take(LONGEST_FAULT).collect();
    tracing::warn!(email.id = %row.id, email.attempts = row.attempts, "an e-mail was not sent");
    note_failure(ledger, &row, wait, fault).await?;
    Ok(if wait.is_some() { Outcome::PutOff { was_unreachable } } else { Outcome::GivenUp })
}

/// Puts it off by so many minutes, or for good.
async fn note_failure(ledger: &Ledger, row: &EmailRow, wait: Option<i64>, fault: String) -> Result<(), StoreError> {
    let next = wait.map(|minutes| {
        let now = ledger.clock.now();
        now.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(now)
    });
    ledger
        .db
        .write((row.id, next, fault), |tx, (id, next, fault)| {
            Box::pin(async move {
                match next {
                    Some(at) => outbox::later(tx, *id, *at, fault).await,
                    None => outbox::give_up(tx, *id, fault).await,
                }
            })
        })
        .await
}
