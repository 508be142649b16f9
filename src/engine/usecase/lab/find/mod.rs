//! Finding rules that reach goals: a search over simulations of some members, whose outcome is simulated exactly before it is shown.
//!
//! [`run`] carries one search out, on all cores and beside the requests. [`searches`] keeps those asked for on a page.

pub mod searches;

use std::sync::Arc;

use jiff::Timestamp;
use laurel_domain::lab::find::asked::Asked;
use laurel_domain::lab::find::exact::{MOST_EXACT, MOST_RUNS};
use laurel_domain::lab::find::goal::Reading;
use laurel_domain::lab::find::space::Space;
use laurel_domain::lab::find::tally::{SameTiers, Tally};
use laurel_domain::lab::find::{Proposal, find};
use laurel_domain::lab::outcome::Outcome;
use laurel_domain::lab::scope::Span;
use laurel_domain::numbers::time::Moment;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::{RuleSet, Rulebook};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::{Progress, Simulation, Wish, sample, simulate};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// About how many simulations a search has at most: of the sample, exactly, and what is looked for once more.
pub const MOST_SIMULATIONS: u32 = MOST_RUNS + MOST_EXACT;
/// How many members each proposal tells who gain most, and who lose most.
const MOVERS: usize = 20;

/// Rules, what the goals ask about, and the sums of the exact simulation they come from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Simulated {
    pub set: RuleSet,
    pub readings: Vec<Reading>,
    /// Everything posted by then is in it.
    pub as_of: Timestamp,
    pub outcome: Outcome,
}

/// What a search has found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    /// The rules it starts from.
    pub start: Simulated,
    /// Rules that reach every goal, the least change first; the start itself where it reaches them already.
    pub proposals: Vec<Simulated>,
    /// Where none does: what comes nearest.
    pub nearest: Option<Simulated>,
    /// How many members the search has looked at, and how many simulations of them there were.
    pub sampled: u64,
    pub runs: u64,
}

/// Tells whoever simulates to stop when nobody waits any more.
struct StopOnDrop(Arc<Progress>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Searches; nothing if it was cancelled. `progress` counts simulations.
///
/// # Errors
/// `invalid` with every fault of the rules it starts from, before anything is run; of the database.
pub async fn run(
    ledger: &Ledger,
    start: RuleSet,
    asked: Asked,
    span: Span,
    progress: Arc<Progress>,
) -> Result<Option<Found>, AppError> {
    let ledger = ledger.for_reports();
    let (actual, as_of) = (ledger.rulebook().await?, ledger.clock.now());
    Wish { span, ..Wish::whole(start.clone()) }.check(as_of)?;
    let faults = start.faults(ledger.programme.currency);
    if !faults.is_empty() {
        return Err(Refusal::Invalid { faults }.into());
    }
    progress.start(u64::from(MOST_SIMULATIONS));
    let Some(sample) = sample::read(&ledger, &actual, as_of, None, &progress).await? else { return Ok(None) };
    let first = first_month(&actual, span, as_of);
    let (working, handle) = (progress.clone(), Handle::current());
    let stop = StopOnDrop(progress);
    let space = Space::new(start, ledger.programme.currency, &asked.moving);
    let found = spawn_blocking(move || {
        let mut trials = Trials { ledger, sample, span, progress: working, handle, exact: Vec::new(), runs: 0, failed: None };
        trials.search(&space, &asked, first)
    });
    let found = found.await.map_err(AppError::internal)?;
    drop(stop);
    found
}

/// The month in which the draft begins to hold; `None` is since ever.
fn first_month(actual: &Rulebook, span: Span, now: Timestamp) -> Option<i32> {
    let in_force = actual.general().at(now);
    let from = match span {
        Span::Whole => None,
        Span::Since(at) => Some(Moment::from(at)),
        Span::InForce => Some(in_force.from).filter(|_| in_force.version != actual.all()[0].version),
    };
    from.map(|from| actual.calendar().month(from).number())
}

/// What simulates for a search.
struct Trials {
    ledger: Ledger,
    sample: sample::Sampled,
    span: Span,
    progress: Arc<Progress>,
    handle: Handle,
    /// What was simulated exactly.
    exact: Vec<(RuleSet, Simulation)>,
    runs: u64,
    failed: Option<AppError>,
}

impl Trials {
    fn search(&mut self, space: &Space, asked: &Asked, first: Option<i32>) -> Result<Option<Found>, AppError> {
        let trials = std::cell::RefCell::new(&mut *self);
        let found = find(space, &asked.goals, first, &mut |set| trials.borrow_mut().of_sample(set), &mut |set| {
            trials.borrow_mut().exactly(set)
        });
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let Some(found) = found else { return Ok(None) };
        let simulated = |proposal: Proposal| self.simulated(proposal);
        let missing = || AppError::internal(std::io::Error::other("a proposal that was not simulated"));
        Ok(Some(Found {
            start: simulated(found.start).ok_or_else(missing)?,
            proposals: found.proposals.into_iter().map(simulated).collect::<Option<_>>().ok_or_else(missing)?,
            nearest: found.nearest.map(|nearest| simulated(nearest).ok_or_else(missing)).transpose()?,
            sampled: self.sample.members(),
            runs: self.runs,
        }))
    }

    fn simulated(&self, proposal: Proposal) -> Option<Simulated> {
        let (_, simulation) = self.exact.iter().find(|(set, _)| *set == proposal.set)?;
        let (as_of, outcome) = (simulation.report.scope.as_of, simulation.outcome.clone());
        Some(Simulated { set: proposal.set, readings: proposal.readings, as_of, outcome })
    }

    fn of_sample(&mut self, set: &RuleSet) -> Option<Tally> {
        self.runs += 1;
        self.progress.add(1);
        match self.sample.simulate(set, self.span, &self.progress) {
            Ok(tally) => tally,
            Err(error) => self.fail(error),
        }
    }

    fn exactly(&mut self, set: &RuleSet) -> Option<Tally> {
        self.progress.add(1);
        let wish = Wish { span: self.span, movers: MOVERS, ..Wish::whole(set.clone()) };
        let progress = Arc::new(Progress::within(self.progress.clone()));
        match self.handle.block_on(simulate(&self.ledger, wish, progress)) {
            Ok(Some(simulation)) => {
                let before = simulation.actual.general().at(simulation.report.scope.as_of);
                let same = SameTiers::of(before, simulation.supposed.draft());
                let tally = Tally::of(&simulation.outcome, &same);
                self.exact.push((set.clone(), simulation));
                Some(tally)
            }
            Ok(None) => None,
            Err(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: AppError) -> Option<Tally> {
        self.failed = Some(error);
        None
    }
}
