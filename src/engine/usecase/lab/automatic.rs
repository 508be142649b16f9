//! The exact run that begins by itself once somebody has stopped typing. Each person has one at most: the next takes its place. It
//! is in no list until they keep it.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::LabRunId;
use laurel_domain::lab::pace::seconds_an_event;
use laurel_domain::lab::scope::{Span, Supposed};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::{RuleSet, Rulebook};
use uuid::Uuid;

use super::memory::Reckoned;
use super::runs::{self, KEPT, Run, RunState, new_row, write_span};
use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::lab::runs as rows;
use crate::store::lab::runs::RunRow;
use crate::store::totals::{self, Sum, Totals};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// A run that would take longer, in seconds, is begun by a button alone.
const LONGEST: u64 = 20;
/// How many events two cores read from the database in a second: what docs/scale.md tells, and less, for requests are answered
/// meanwhile.
const READ_A_SECOND: f64 = 150_000.0;

/// After so long the same draft is run anew: the history has grown.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// What comes of a draft that somebody has stopped changing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It says what the rules in force say.
    Nothing,
    /// A run would take too long to begin by itself.
    TooLong { reckoned: Reckoned },
    /// It waits, is under way or has ended.
    Run(LabRunId),
}

/// Begins the exact run of a draft, in place of the one that this person had; one of the same draft goes on. Wake the jobs.
///
/// # Errors
/// `Forbidden`, also for who is nobody of the staff; `invalid` with every fault of the draft, and nothing is run.
pub async fn begin(ledger: &Ledger, by: Authority, set: RuleSet, span: Span) -> Result<Begun, AppError> {
    let person = person(by)?;
    let (rulebook, now) = (ledger.rulebook().await?, ledger.clock.now());
    let faults = set.faults(ledger.programme.currency);
    if !faults.is_empty() {
        return Err(Refusal::Invalid { faults }.into());
    }
    if rulebook.general().at(now).set == set {
        return Ok(Begun::Nothing);
    }
    let supposed = Supposed::of(&rulebook, set.clone(), span, false, now)?;
    let totals = ledger.db.snapshot((), |tx, ()| Box::pin(totals::read(tx))).await?;
    let reckoned = reckoned(ledger, &totals, [&rulebook, &supposed.rulebook]);
    if reckoned.seconds > LONGEST {
        return Ok(Begun::TooLong { reckoned });
    }
    let id = LabRunId::new(random::id(now));
    let row = RunRow { span: write_span(span), is_automatic: true, ..new_row(id, by, &set, now)? };
    let input = (row, person, set, span, now);
    ledger
        .db
        .write(input, |tx, (row, person, set, span, now)| {
            Box::pin(async move {
                let before = rows::automatic(tx, *person).await?.as_ref().map(Run::of).transpose()?;
                if let Some(same) = before.filter(|run| is_of(run, set, *span, *now)) {
                    return Ok::<_, AppError>(Begun::Run(same.id));
                }
                rows::replace_automatic(tx, row).await?;
                Ok(Begun::Run(LabRunId::new(row.id)))
            })
        })
        .await
}

/// The run of this person that began by itself, if it is of this draft and not too old; with its report once it is done.
///
/// # Errors
/// `Forbidden`.
pub async fn find(ledger: &Ledger, by: Authority, set: &RuleSet, span: Span) -> Result<Option<Run>, AppError> {
    let row = rows::automatic(&mut ledger.db.reader().await?, person(by)?).await?;
    let run = row.as_ref().map(Run::of).transpose()?;
    match run.filter(|run| is_of(run, set, span, ledger.clock.now())) {
        Some(run) => runs::find(ledger, run.id).await,
        None => Ok(None),
    }
}

/// Makes it a run like the others, which is in the list. Whether it still was there.
///
/// # Errors
/// `Forbidden`.
pub async fn keep(ledger: &Ledger, by: Authority, id: LabRunId) -> Result<bool, AppError> {
    let input = (id.uuid(), person(by)?);
    ledger
        .db
        .write(input, |tx, (id, person)| {
            Box::pin(async move {
                let kept = rows::keep(tx, *id, *person).await?;
                rows::prune(tx, KEPT).await?;
                Ok::<_, AppError>(kept)
            })
        })
        .await
}

/// Stops the run of this draft that began by itself for this person. The same draft does not begin by itself again. Whether there was
/// one to stop.
///
/// # Errors
/// `Forbidden`.
pub async fn stop(ledger: &Ledger, by: Authority, set: &RuleSet, span: Span) -> Result<bool, AppError> {
    let input = (person(by)?, set.clone(), span, ledger.clock.now());
    ledger
        .db
        .write(input, |tx, (person, set, span, now)| {
            Box::pin(async move {
                let run = rows::automatic(tx, *person).await?.as_ref().map(Run::of).transpose()?;
                match run.filter(|run| is_of(run, set, *span, *now)) {
                    Some(run) => Ok::<_, AppError>(rows::cancel(tx, run.id.uuid(), *now).await?),
                    None => Ok(false),
                }
            })
        })
        .await
}

fn person(by: Authority) -> Result<Uuid, AppError> {
    require(by, Permission::ManageRules)?;
    match by.actor() {
        Actor::Staff(staff) => Ok(staff),
        _ => Err(AppError::Forbidden),
    }
}

fn is_of(run: &Run, set: &RuleSet, span: Span, now: Timestamp) -> bool {
    // what somebody has stopped says nothing that a longer history would say otherwise
    let is_fresh = run.state == RunState::Cancelled || now.duration_since(run.made_at) < FRESH;
    run.set == *set && run.span == span && is_fresh
}

fn events(totals: &Totals) -> u64 {
    u64::try_from(totals.get(Sum::Events)).unwrap_or(0)
}

/// About what a run takes here: what is not in memory is read, and all of it is made again under both rule sets, by one core as far as
/// one can count on.
pub(super) fn reckoned(ledger: &Ledger, totals: &Totals, sides: [&Rulebook; 2]) -> Reckoned {
    let ((wanted, most), events) = (ledger.memory.wants(totals), events(totals));
    let held = if wanted <= most { ledger.memory.events() } else { 0 };
    let seconds = expected(events, held, sides.map(seconds_an_event).iter().sum());
    Reckoned { events, wanted, most, seconds: seconds.ceil() as u64 }
}

fn expected(events: u64, held: u64, an_event: f64) -> f64 {
    let unread = events - held.min(events);
    unread as f64 / READ_A_SECOND + events as f64 * an_event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_a_history_may_be_goes_by_what_is_in_memory_and_by_the_pace_of_the_rules() {
        let begins = |events, held, an_event| expected(events, held, an_event).ceil() as u64 <= LONGEST;
        let (short, long) = (0.3e-6, 6e-6);
        assert!(begins(0, 0, long) && begins(2_800_000, 0, short) && !begins(3_000_000, 0, short));
        assert!(begins(60_000_000, 60_000_000, short) && !begins(70_000_000, 70_000_000, short));
        assert!(begins(3_300_000, 3_300_000, long) && !begins(3_400_000, 3_400_000, long));
        assert!(begins(5, 7, short), "what was kept before may have more");
    }
}
