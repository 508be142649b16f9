//! Simulating a draft of the rules: every member's history is made again, under the rules that were and under the draft, and what
//! differs is added up. Nothing is written.
//!
//! Members are read in `parts`, each on a snapshot of its own, several at once; [`Progress`] tells how far it has come and cancels it.
//! `made` makes one member's history again, [`explain`] tells it event by event. [`Memory`] keeps what was read for the next draft, `held` keeps it up.
//! [`live`] estimates while somebody types, [`find`] looks for rules that reach goals; both go by some members, the `sample`.
//! [`automatic`] runs exactly once somebody has stopped typing.

pub mod automatic;
mod explain;
pub mod find;
mod held;
mod job;
pub mod live;
mod made;
mod memory;
mod parts;
mod progress;
pub mod runs;
mod sample;

use std::sync::Arc;

use jiff::Timestamp;
use laurel_domain::lab::outcome::Outcome;
use laurel_domain::lab::report::{Report, Sample, Scope};
use laurel_domain::lab::scope::{Span, Supposed};
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rules::rule_set::{RuleSet, Rulebook};

pub use self::explain::{Explained, Moment, explain};
pub use self::memory::{Memory, Reckoned};
pub use self::progress::Progress;

use crate::store::instants;
use crate::store::totals::{self, Sum};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// The most members that are told who gain, and who lose, most.
pub const MOST_MOVERS: usize = 1_000;
/// Members of a sample are chosen by so many buckets at most.
pub const MOST_BUCKETS: u32 = 1_000_000;

/// A draft, and what to simulate of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub set: RuleSet,
    pub span: Span,
    /// As if it had been published so that it demotes inside validity periods.
    pub demotes: bool,
    /// Some members only.
    pub sample: Option<Sample>,
    /// How many are told who gain most, and who lose most.
    pub movers: usize,
}

impl Wish {
    /// Everybody, over the whole history.
    pub fn whole(set: RuleSet) -> Wish {
        Wish { set, span: Span::Whole, demotes: false, sample: None, movers: 20 }
    }

    fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        match (self.span, self.sample) {
            (Span::Since(at), _) if at > now => Err(Refusal::field("since", Fault::TooLarge { most: now.to_string() })),
            _ if self.movers > MOST_MOVERS => Err(Refusal::field("movers", Fault::TooLarge { most: MOST_MOVERS.to_string() })),
            (_, Some(sample)) if sample.of > MOST_BUCKETS => {
                Err(Refusal::field("sample", Fault::TooLarge { most: MOST_BUCKETS.to_string() }))
            }
            (_, Some(sample)) if sample.buckets == 0 || sample.of == 0 => Err(Refusal::field("sample", Fault::NotPositive)),
            (_, Some(sample)) if u64::from(sample.first) + u64::from(sample.buckets) > u64::from(sample.of) => {
                Err(Refusal::field("sample", Fault::TooLarge { most: sample.of.to_string() }))
            }
            _ => Ok(()),
        }
    }
}

/// A simulation that was done.
#[derive(Clone, Debug)]
pub struct Simulation {
    pub report: Report,
    /// What the report was made of: outcomes of the same wish add up.
    pub outcome: Outcome,
    pub actual: Arc<Rulebook>,
    pub supposed: Arc<Supposed>,
}

/// Simulates a draft; nothing if it was cancelled.
///
/// # Errors
/// `invalid` with every fault of the draft, before anything is run.
pub async fn simulate(ledger: &Ledger, wish: Wish, progress: Arc<Progress>) -> Result<Option<Simulation>, AppError> {
    let ledger = &ledger.for_reports();
    let (actual, as_of) = (ledger.rulebook().await?, ledger.clock.now());
    wish.check(as_of)?;
    let supposed = Supposed::of(&actual, wish.set.clone(), wish.span, wish.demotes, as_of)?;
    run(ledger, actual, Arc::new(supposed), &wish, (as_of, true), progress).await
}

/// Simulates the rules as they were, in place of themselves: nobody may differ, neither from the ledger as it is nor under the
/// rules in force taken for a draft.
///
/// # Errors
/// Of the database.
pub async fn check(ledger: &Ledger, progress: Arc<Progress>) -> Result<Option<Simulation>, AppError> {
    let ledger = &ledger.for_reports();
    let actual = ledger.rulebook().await?;
    // what was posted was posted by versions that a clock that is behind has not reached yet
    let posted = instants::last(&mut ledger.db.reader().await?).await?;
    let as_of = posted.map_or(ledger.clock.now(), |posted| posted.max(ledger.clock.now()));
    let wish = Wish { span: Span::InForce, ..Wish::whole(actual.general().at(as_of).set.clone()) };
    let supposed = Supposed::as_it_was(&actual, as_of)?;
    run(ledger, actual, Arc::new(supposed), &wish, (as_of, false), progress).await
}

/// What a run of this draft over the whole history takes, before anybody asks for one.
///
/// # Errors
/// Of the database.
pub async fn reckon(ledger: &Ledger, set: &RuleSet) -> Result<Reckoned, AppError> {
    let (actual, now) = (ledger.rulebook().await?, ledger.clock.now());
    let totals = ledger.db.snapshot((), |tx, ()| Box::pin(totals::read(tx))).await?;
    // a draft that is not right is told of when it is run
    let supposed = Supposed::of(&actual, set.clone(), Span::Whole, false, now);
    let draft = supposed.as_ref().map_or(&*actual, |supposed| &supposed.rulebook);
    Ok(automatic::reckoned(ledger, &totals, [&actual, draft]))
}

async fn run(
    ledger: &Ledger,
    actual: Arc<Rulebook>,
    supposed: Arc<Supposed>,
    wish: &Wish,
    (as_of, uses_memory): (Timestamp, bool),
    progress: Arc<Progress>,
) -> Result<Option<Simulation>, AppError> {
    let totals = ledger.db.snapshot((), |tx, ()| Box::pin(totals::read(tx))).await?;
    let members = totals.get(Sum::Members);
    let members = u64::try_from(members).unwrap_or(0);
    progress.start(wish.sample.map_or(members, |sample| members * u64::from(sample.buckets) / u64::from(sample.of.max(1))));
    let job = parts::Job {
        ledger: ledger.clone(),
        actual: actual.clone(),
        supposed: supposed.clone(),
        as_of,
        sample: wish.sample,
        movers: wish.movers,
        progress,
    };
    let job = Arc::new(job);
    let is_whole = uses_memory && wish.sample.is_none();
    let reckoned = automatic::reckoned(ledger, &totals, [&actual, &supposed.rulebook]);
    if is_whole {
        job.progress.reckon(reckoned);
    }
    let read = match is_whole && reckoned.wanted <= reckoned.most {
        true => {
            job.progress.read(members);
            ledger.memory.read(ledger, &job.progress).await?
        }
        false => memory::Read::TooLarge,
    };
    let outcome = match read {
        memory::Read::Kept(held) => {
            job.progress.start(members);
            memory::run(job, held).await?
        }
        memory::Read::TooLarge => {
            if !job.progress.is_cancelled() && is_whole {
                job.progress.start(members);
            }
            parts::run(job).await?
        }
        memory::Read::Cancelled => None,
    };
    let Some(outcome) = outcome else { return Ok(None) };
    let scope = Scope {
        span: wish.span,
        as_of,
        in_force: actual.general().at(as_of).version,
        currency: ledger.programme.currency,
        sample: wish.sample,
        keeps_awards: supposed.decides_awards_otherwise(&actual),
    };
    let report = Report::of(&outcome, scope, &actual, &supposed);
    Ok(Some(Simulation { report, outcome, actual, supposed }))
}
