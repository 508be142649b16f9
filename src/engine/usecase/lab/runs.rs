//! Runs of the lab: asked for on a page, carried out beside the requests by one of the servers, and kept, so that whoever asked can
//! leave and come back. Each run is its own: two who simulate both get theirs.

use std::sync::Arc;

use futures::future::BoxFuture;
use jiff::Timestamp;
use laurel_domain::ids::{LabRunId, StaffId};
use laurel_domain::lab::outcome::Outcome;
use laurel_domain::lab::report::{Report, Sample, Scope};
use laurel_domain::lab::scope::{Span, Supposed};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::RuleSet;

use super::find::Simulated;
use super::job::{self, Ended, SILENCE};
use super::{Progress, Reckoned, Simulation, Wish, check, live, simulate};
use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::lab::runs::{self, Beat, End, RunRow, State};
use crate::store::{StoreError, micros, timestamp};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

pub use crate::store::lab::runs::State as RunState;

/// How many runs are kept.
pub const KEPT: i64 = 50;
/// Beside those kept, so many can wait for their turn and are listed.
const MOST_LISTED: i64 = 4 * KEPT;
/// How many members are told who gain most, and who lose most.
const MOVERS: usize = 20;

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    Draft {
        set: Box<RuleSet>,
        span: Span,
        demotes: bool,
        /// Of how many members one; `None` is everybody.
        one_in: Option<u32>,
    },
    /// The rules in force in place of themselves: nobody may differ.
    Check,
}

/// A run, and what came of it.
#[derive(Clone, Debug)]
pub struct Run {
    pub id: LabRunId,
    pub is_check: bool,
    pub set: RuleSet,
    pub span: Span,
    pub demotes: bool,
    pub one_in: Option<u32>,
    /// It began by itself, and nobody has kept it yet: it is in no list.
    pub is_automatic: bool,
    pub state: State,
    /// Somebody has stopped it, which whoever carries it out has yet to see.
    pub is_stopping: bool,
    pub made_by: Option<StaffId>,
    pub made_at: Timestamp,
    /// Members done, and how many there are.
    pub done: i64,
    pub total: i64,
    /// The history is read into memory, to be made again once all is there.
    pub is_reading: bool,
    /// What it takes; known once it is under way.
    pub expected: Option<Expected>,
    pub ended_at: Option<Timestamp>,
    /// Everything posted by then is in it.
    pub as_of: Option<Timestamp>,
    /// Only of a run that was looked for by its id, once it is done.
    pub report: Option<Report>,
    /// The code of what it failed with.
    pub fault: Option<String>,
}

/// What a run was reckoned to take by who carries it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What the history would take in memory, and what it may there, in bytes.
    pub wanted: i64,
    pub most: i64,
    pub seconds: i64,
}

impl Expected {
    fn of(row: &RunRow) -> Option<Expected> {
        let (wanted, most, seconds) = (row.memory_wanted?, row.memory_most?, row.expected_seconds?);
        Some(Expected { wanted, most, seconds })
    }

    /// Whether it is read from the database though memory was allowed.
    pub fn is_too_large(&self) -> bool {
        self.most > 0 && self.wanted > self.most
    }
}

impl From<Reckoned> for Expected {
    fn from(reckoned: Reckoned) -> Expected {
        let [wanted, most, seconds] =
            [reckoned.wanted, reckoned.most, reckoned.seconds].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        Expected { wanted, most, seconds }
    }
}

impl Run {
    pub fn wish(&self) -> Wish {
        let sample = self.one_in.map(|of| Sample { first: 0, buckets: 1, of });
        Wish { span: self.span, demotes: self.demotes, sample, movers: MOVERS, ..Wish::whole(self.set.clone()) }
    }

    pub(super) fn of(row: &RunRow) -> Result<Run, StoreError> {
        const BROKEN: StoreError = StoreError::Corrupt("a run of the lab");
        Ok(Run {
            id: LabRunId::new(row.id),
            is_check: row.kind == 1,
            set: serde_json::from_str(&row.body).map_err(|_| StoreError::unread(&row.body, "a run of the lab"))?,
            span: read_span(&row.span)?,
            demotes: row.demotes,
            one_in: row.one_in.map(u32::try_from).transpose().map_err(|_| BROKEN)?,
            is_automatic: row.is_automatic,
            state: State::of_number(row.state)?,
            is_stopping: row.is_cancelled && State::of_number(row.state)?.is_open(),
            made_by: row.made_by.map(StaffId::new),
            made_at: timestamp(row.made_at)?,
            done: row.done,
            total: row.total,
            is_reading: row.is_reading,
            expected: Expected::of(row),
            ended_at: row.ended_at.map(timestamp).transpose()?,
            as_of: row.as_of.map(timestamp).transpose()?,
            report: None,
            fault: row.fault.clone(),
        })
    }
}

pub(super) fn read_span(text: &str) -> Result<Span, StoreError> {
    match text {
        "whole" => Ok(Span::Whole),
        "in_force" => Ok(Span::InForce),
        since => {
            let micros = since.parse().map_err(|_| StoreError::Corrupt("a run of the lab"))?;
            Ok(Span::Since(timestamp(micros)?))
        }
    }
}

pub(super) fn write_span(span: Span) -> String {
    match span {
        Span::Whole => "whole".to_owned(),
        Span::InForce => "in_force".to_owned(),
        Span::Since(at) => micros(at).to_string(),
    }
}

/// Asks for a run. It begins as soon as a server comes to it: wake the jobs.
///
/// # Errors
/// `Forbidden`; `invalid` with every fault of the draft or of what is asked, and nothing is run.
pub async fn start(ledger: &Ledger, by: Authority, wanted: Wanted) -> Result<LabRunId, AppError> {
    require(by, Permission::ManageRules)?;
    let now = ledger.clock.now();
    let (kind, set, span, demotes, one_in) = match wanted {
        Wanted::Check => {
            let in_force = ledger.rulebook().await?.general().at(now).clone();
            (1, in_force.set, Span::InForce, in_force.demotes, None)
        }
        Wanted::Draft { set, span, demotes, one_in } => (0, *set, span, demotes, one_in),
    };
    let faults = set.faults(ledger.programme.currency);
    if !faults.is_empty() {
        return Err(Refusal::Invalid { faults }.into());
    }
    let sample = one_in.map(|of| Sample { first: 0, buckets: 1, of });
    Wish { span, demotes, sample, ..Wish::whole(set.clone()) }.check(now)?;
    let id = LabRunId::new(random::id(now));
    let row = RunRow { kind, span: write_span(span), demotes, ..new_row(id, by, &set, now)? };
    let row = RunRow { one_in: one_in.and_then(|of| i32::try_from(of).ok()), ..row };
    ledger
        .db
        .write(row, |tx, row| {
            Box::pin(async move {
                runs::insert(tx, row).await?;
                runs::prune(tx, KEPT).await
            })
        })
        .await?;
    Ok(id)
}

/// Keeps what was simulated exactly elsewhere as a run that is done.
///
/// # Errors
/// `Forbidden`.
pub(super) async fn put(ledger: &Ledger, by: Authority, simulated: Simulated, span: Span) -> Result<LabRunId, AppError> {
    require(by, Permission::ManageRules)?;
    let now = ledger.clock.now();
    let id = LabRunId::new(random::id(now));
    let members = i64::try_from(simulated.outcome.members).unwrap_or(i64::MAX);
    let outcome = serde_json::to_string(&simulated.outcome).map_err(AppError::internal)?;
    let row = RunRow { done: members, total: members, ..new_row(id, by, &simulated.set, now)? };
    let row = RunRow { span: write_span(span), as_of: Some(micros(simulated.as_of)), outcome: Some(outcome), ..row };
    ledger
        .db
        .write(row, |tx, row| {
            Box::pin(async move {
                runs::insert_done(tx, row).await?;
                runs::prune(tx, KEPT).await
            })
        })
        .await?;
    Ok(id)
}

/// A draft that waits to be simulated over the whole history.
pub(super) fn new_row(id: LabRunId, by: Authority, set: &RuleSet, now: Timestamp) -> Result<RunRow, AppError> {
    let made_by = match by.actor() {
        Actor::Staff(staff) => Some(staff),
        _ => None,
    };
    Ok(RunRow {
        id: id.uuid(),
        kind: 0,
        body: serde_json::to_string(set).map_err(AppError::internal)?,
        span: write_span(Span::Whole),
        demotes: false,
        one_in: None,
        is_automatic: false,
        state: 0,
        is_cancelled: false,
        made_by,
        made_at: micros(now),
        done: 0,
        total: 0,
        memory_wanted: None,
        memory_most: None,
        expected_seconds: None,
        is_reading: false,
        ended_at: None,
        as_of: None,
        outcome: None,
        fault: None,
    })
}

/// Stops a run, whoever asked for it. One that has ended stays as it is.
///
/// # Errors
/// `Forbidden`.
pub async fn cancel(ledger: &Ledger, by: Authority, id: LabRunId) -> Result<bool, AppError> {
    require(by, Permission::ManageRules)?;
    let input = (id.uuid(), ledger.clock.now());
    Ok(ledger.db.write(input, |tx, (id, now)| Box::pin(runs::cancel(tx, *id, *now))).await?)
}

/// Every run that there is, the newest first, without what came of them: those kept, and what is still to be done.
pub async fn all(ledger: &Ledger) -> Result<Vec<Run>, AppError> {
    latest(ledger, MOST_LISTED).await
}

/// The newest runs, without what came of them.
pub async fn latest(ledger: &Ledger, most: i64) -> Result<Vec<Run>, AppError> {
    let rows = runs::latest(&mut ledger.db.reader().await?, most).await?;
    Ok(rows.iter().map(Run::of).collect::<Result<_, _>>()?)
}

/// A run with its report.
pub async fn find(ledger: &Ledger, id: LabRunId) -> Result<Option<Run>, AppError> {
    let row = runs::find(&mut ledger.db.reader().await?, id.uuid()).await?;
    let Some(row) = row else { return Ok(None) };
    let mut run = Run::of(&row)?;
    if let (Some(outcome), Some(as_of)) = (&row.outcome, run.as_of) {
        let outcome: Outcome = serde_json::from_str(outcome).map_err(|_| StoreError::Corrupt("a run of the lab"))?;
        let actual = ledger.rulebook().await?;
        let supposed = Supposed::of(&actual, run.set.clone(), run.span, run.demotes, as_of)?;
        let scope = Scope {
            span: run.span,
            as_of,
            in_force: actual.general().at(as_of).version,
            currency: ledger.programme.currency,
            sample: None,
            keeps_awards: supposed.decides_awards_otherwise(&actual),
        };
        run.report = Some(Report::of(&outcome, scope, &actual, &supposed));
    }
    Ok(Some(run))
}

/// Carries out what waits, one after the other, until nothing does. How many there were.
pub async fn work(ledger: &Ledger) -> Result<u64, AppError> {
    let mut done = 0;
    loop {
        let now = ledger.clock.now();
        let claimed = ledger.db.write(now, |tx, now| Box::pin(runs::claim(tx, *now, SILENCE))).await?;
        let Some(row) = claimed else { return Ok(done) };
        carry_out(ledger, &Run::of(&row)?).await?;
        done += 1;
    }
}

async fn carry_out(ledger: &Ledger, run: &Run) -> Result<(), AppError> {
    let progress = Arc::new(Progress::default());
    let simulated = async {
        let of_all = |simulation: Simulation| (simulation.outcome, simulation.report.scope.as_of);
        match (run.is_check, run.one_in) {
            (true, _) => Ok(check(ledger, progress.clone()).await?.map(of_all)),
            (false, Some(one_in)) => Ok(live::of_one_in(ledger, run.wish(), one_in, progress.clone()).await?.map(of_all)),
            (false, None) => Ok(simulate(ledger, run.wish(), progress.clone()).await?.map(of_all)),
        }
    };
    let (told, id, of) = (ledger.clone(), run.id.uuid(), progress.clone());
    let tell = move |done, total| -> BoxFuture<'static, Result<bool, AppError>> {
        let (ledger, is_reading) = (told.clone(), of.is_reading());
        let expected = of.reckoned().map(Expected::from).map(|e| [e.wanted, e.most, e.seconds]);
        Box::pin(async move {
            let input = (id, Beat { done, total, is_reading, expected }, ledger.clock.now());
            Ok(ledger.db.write(input, |tx, (id, beat, now)| Box::pin(runs::beat(tx, *id, *beat, *now))).await?)
        })
    };
    let Ended { state, made, fault } = job::carry_out("a simulation", simulated, &progress, tell).await?;
    let end = match made {
        Some((outcome, as_of)) => {
            let outcome = serde_json::to_string(&outcome).map_err(AppError::internal)?;
            End { outcome: Some(outcome), as_of: Some(as_of), fault }
        }
        None => End { fault, ..End::default() },
    };
    let input = (run.id.uuid(), state, end, ledger.clock.now());
    Ok(ledger.db.write(input, |tx, (id, state, end, now)| Box::pin(runs::end(tx, *id, *state, end, *now))).await?)
}
