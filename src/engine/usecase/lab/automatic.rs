//! The exact run that begins by itself once somebody has stopped typing. Each person has one at most: the next takes its place. It
//! is in no list until they keep it.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::LabRunId;
use laurel_domain::lab::scope::Span;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::RuleSet;
use uuid::Uuid;

use super::runs::{self, KEPT, Run, new_row, write_span};
use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::lab::runs as rows;
use crate::store::lab::runs::RunRow;
use crate::store::totals::{self, Sum, Totals};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// A run that would take longer, in seconds, is begun by a button alone.
const LONGEST: f64 = 20.0;
/// How many events two cores read from the database and make again in a second, and how many of a history that is in memory: what
/// docs/scale.md tells of rules that make each event take the long way, and less than it takes to read, for requests are answered
/// meanwhile.
const READ_A_SECOND: f64 = 150_000.0;
const MADE_A_SECOND: f64 = 300_000.0;

/// After so long the same draft is run anew: the history has grown.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// What comes of a draft that somebody has stopped changing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It says what the rules in force say.
    Nothing,
    /// The history has so many events that a run would take too long to begin by itself.
    TooLong { events: u64 },
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
    let totals = ledger.db.snapshot((), |tx, ()| Box::pin(totals::read(tx))).await?;
    if seconds(ledger, &totals) > LONGEST {
        return Ok(Begun::TooLong { events: events(&totals) });
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

fn person(by: Authority) -> Result<Uuid, AppError> {
    require(by, Permission::ManageRules)?;
    match by.actor() {
        Actor::Staff(staff) => Ok(staff),
        _ => Err(AppError::Forbidden),
    }
}

fn is_of(run: &Run, set: &RuleSet, span: Span, now: Timestamp) -> bool {
    run.set == *set && run.span == span && now.duration_since(run.made_at) < FRESH
}

fn events(totals: &Totals) -> u64 {
    u64::try_from(totals.get(Sum::Events)).unwrap_or(0)
}

/// About how long a run takes here: what is not in memory is read, and all of it is made again.
fn seconds(ledger: &Ledger, totals: &Totals) -> f64 {
    let (wanted, most) = ledger.memory.wants(totals);
    let held = if wanted <= most { ledger.memory.events() } else { 0 };
    expected(events(totals), held)
}

fn expected(events: u64, held: u64) -> f64 {
    let held = held.min(events);
    (events - held) as f64 / READ_A_SECOND + held as f64 / MADE_A_SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_of_millions_of_events_begins_by_itself_only_once_it_is_in_memory() {
        let begins = |events, held| expected(events, held) <= LONGEST;
        assert!(begins(0, 0) && begins(1_000_000, 0) && begins(3_000_000, 0));
        assert!(!begins(3_100_000, 0) && begins(3_100_000, 3_000_000));
        assert!(begins(5_900_000, 5_900_000) && !begins(6_100_000, 6_100_000));
        assert!(begins(5, 7), "what was kept before may have more");
    }
}
