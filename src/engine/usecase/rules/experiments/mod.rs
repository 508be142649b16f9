//! Experiments: a draft of the rules in force for some members beside the rules of all others, for a time.
//!
//! An experiment is two versions: one that holds for its variant group alone, from its beginning on, and one for everybody that says
//! what the rules in force say, from its end on. So it ends by itself, and whoever looks a version up finds what held for whom. Ending
//! it early (`end`) publishes another version in place of the second. `measure` adds up what came of it.

mod end;
mod measure;
mod start;

use jiff::Timestamp;
use laurel_domain::experiments::tally::Tally;
use laurel_domain::ids::{ExperimentId, MemberId, StaffId};
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rules::experiment::{Group, Split};
use laurel_domain::rules::rule_set::{Rulebook, Rules};
use laurel_domain::rules::tier::Ladder;
use laurel_domain::text::Both;

use crate::store::rules::experiments::{self, ExperimentRow};
use crate::store::{StoreError, Tx, timestamp};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::rules::publish::{check_kept, notice_faults};

pub use self::end::{Ended, Ending, end};
pub(in crate::usecase::rules) use self::end::{adopt_in, check_adoption, effect_of_adopting};
pub use self::measure::{ask, measure, work};
pub use self::start::{LONGEST_HYPOTHESIS, LONGEST_NAME, Start, Typed, start};
pub(in crate::usecase::rules) use self::start::{effect_of, prepare, start_in};
pub use crate::store::rules::experiments::EndedEarly;

/// How far an experiment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Scheduled,
    Running,
    /// Until the time that it was made for.
    Over,
    Early(EndedEarly),
}

#[derive(Clone, Debug)]
pub struct Experiment {
    pub id: ExperimentId,
    pub name: String,
    pub hypothesis: String,
    pub split: Split,
    /// The version of the variant group.
    pub version: u32,
    /// The version that ends it.
    pub end_version: u32,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub made_by: Option<StaffId>,
    pub made_at: Timestamp,
    /// How, when and by whom it was ended before its time.
    pub ended: Option<(EndedEarly, Timestamp, Option<StaffId>)>,
    /// Whether somebody waits for what came of it.
    pub is_asked: bool,
    /// What was added up last.
    pub tally: Option<Tally>,
    /// The code of what adding it up failed with.
    pub fault: Option<String>,
}

impl Experiment {
    fn of(row: &ExperimentRow) -> Result<Experiment, StoreError> {
        const BROKEN: StoreError = StoreError::Corrupt("an experiment");
        let ended = row.ended_early()?.zip(row.ended_at);
        Ok(Experiment {
            id: ExperimentId::new(row.id),
            name: row.name.clone(),
            hypothesis: row.hypothesis.clone(),
            split: row.split()?,
            version: u32::try_from(row.version).map_err(|_| BROKEN)?,
            end_version: u32::try_from(row.end_version).map_err(|_| BROKEN)?,
            starts_at: timestamp(row.starts_at)?,
            ends_at: timestamp(row.ends_at)?,
            made_by: row.made_by.map(StaffId::new),
            made_at: timestamp(row.made_at)?,
            ended: match ended {
                Some((how, at)) => Some((how, timestamp(at)?, row.ended_by.map(StaffId::new))),
                None => None,
            },
            is_asked: row.asked_at.is_some(),
            tally: row.result.as_deref().map(serde_json::from_str).transpose().map_err(|_| BROKEN)?,
            fault: row.fault.clone(),
        })
    }

    pub fn state(&self, now: Timestamp) -> State {
        match self.ended {
            // it goes on until the version that ends it is in force
            Some((how, _, _)) if how == EndedEarly::Withdrawn || now >= self.ends_at => State::Early(how),
            _ if now < self.starts_at => State::Scheduled,
            _ if now < self.ends_at => State::Running,
            _ => State::Over,
        }
    }

    /// Whether it is still to begin, or goes on.
    pub fn is_on(&self, now: Timestamp) -> bool {
        matches!(self.state(now), State::Scheduled | State::Running)
    }
}

/// All experiments, the newest first.
pub async fn list(ledger: &Ledger) -> Result<Vec<Experiment>, AppError> {
    let rows = experiments::all(&mut ledger.db.reader().await?).await?;
    Ok(rows.iter().map(Experiment::of).collect::<Result<_, _>>()?)
}

pub async fn find(ledger: &Ledger, id: ExperimentId) -> Result<Option<Experiment>, AppError> {
    let row = experiments::find(&mut ledger.db.reader().await?, id.uuid()).await?;
    Ok(row.as_ref().map(Experiment::of).transpose()?)
}

/// The experiment that is on, if one is, and which group a member is in.
pub async fn group_of(ledger: &Ledger, member: MemberId) -> Result<Option<(Experiment, Group)>, AppError> {
    let (rulebook, now) = (ledger.rulebook().await?, ledger.clock.now());
    let Some(on) = on(&rulebook, now) else { return Ok(None) };
    let found = find(ledger, on.split.experiment).await?;
    Ok(found.map(|experiment| (experiment, on.split.group_of(member))))
}

/// An experiment that is still to begin or goes on, as the rules have it.
#[derive(Clone, Copy, Debug)]
pub(in crate::usecase::rules) struct On<'a> {
    pub split: Split,
    pub variant: &'a Rules,
    pub end: &'a Rules,
}

pub(in crate::usecase::rules) fn on(rulebook: &Rulebook, now: Timestamp) -> Option<On<'_>> {
    let [.., variant, end] = rulebook.all() else { return None };
    let split = variant.only_for.filter(|_| end.from > now)?;
    Some(On { split, variant, end })
}

/// Checks what is said beside a version that an experiment puts in force from a time on: until when tiers are kept, which only
/// another ladder can take, and what members are told.
///
/// # Errors
/// `invalid` (`keeps_until`, `notice_…`).
fn check_said(
    rulebook: &Rulebook,
    (keeps_until, notice): (Option<Timestamp>, Option<&Both>),
    from: Timestamp,
    (before, after): (&Ladder, &Ladder),
) -> Result<(), Refusal> {
    if let Some(until) = keeps_until {
        check_kept(rulebook, until, from)?;
        if !after.rates_otherwise_than(before) {
            return Err(Refusal::field("keeps_until", Fault::NotExpected));
        }
    }
    match notice.map(notice_faults).unwrap_or_default() {
        faults if faults.is_empty() => Ok(()),
        faults => Err(Refusal::Invalid { faults }),
    }
}

/// While an experiment is on nothing else becomes of the rules.
///
/// # Errors
/// `experiment_runs`.
pub(in crate::usecase::rules) async fn check_none(tx: &mut Tx, rulebook: &Rulebook, now: Timestamp) -> Result<(), AppError> {
    let Some(on) = on(rulebook, now) else { return Ok(()) };
    let row = experiments::find(tx, on.split.experiment.uuid()).await?.ok_or(StoreError::Corrupt("an experiment"))?;
    Err(Refusal::ExperimentRuns { name: row.name }.into())
}
