//! Adding up what came of an experiment, by group: asked for on a page, done beside the requests by one of the servers, and kept.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::experiments::result::DAYS_BEFORE;
use laurel_domain::experiments::tally::{Before, Observed, Tally};
use laurel_domain::ids::{ExperimentId, MemberId};
use laurel_domain::ledger::posting::TierChange;
use laurel_domain::rules::tier::TierRank;

use super::Experiment;
use crate::auth::{Authority, Permission};
use crate::store::ledger::{events, proof};
use crate::store::rules::experiment_sums::{self, Sums, Times};
use crate::store::rules::experiments;
use crate::store::{StoreError, Tx};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// Members and entries that one statement adds up.
const MEMBERS: i64 = 1_000;
const ENTRIES: i64 = 100_000;

/// Adds up everything that has occurred by now, or by the experiment's end, as of one moment. Of an experiment that has not begun: how
/// its groups stand now.
pub async fn measure(ledger: &Ledger, experiment: &Experiment) -> Result<Tally, AppError> {
    let now = ledger.clock.now();
    // who is dated a little ahead is counted the next time
    let until = now.min(experiment.ends_at);
    let from = experiment.starts_at.min(until);
    let before = from.checked_sub(SignedDuration::from_hours(24 * DAYS_BEFORE)).unwrap_or(Timestamp::MIN);
    let times = Times { before, from, until };
    let tally = ledger
        .db
        .for_reports()
        .snapshot((experiment.clone(), times), |tx, (experiment, times)| Box::pin(add_up(tx, experiment, *times)))
        .await?;
    Ok(tally)
}

async fn add_up(tx: &mut Tx, experiment: &Experiment, times: Times) -> Result<Tally, StoreError> {
    let (mut tally, mut after) = (Tally::new(times.from, times.until), i64::MIN);
    while let Some((first, last)) = proof::part_after(tx, after, MEMBERS, ENTRIES).await? {
        after = last;
        let members = experiment_sums::members(tx, first, last).await?;
        let sums = experiment_sums::sums(tx, first, last, times).await?;
        let numbers: Vec<i64> = members.iter().map(|member| member.no).collect();
        let changes = events::tier_changes(tx, &numbers).await?;
        for member in members.iter().filter(|member| member.registered_at < times.until) {
            let own = sums.get(&member.no).copied().unwrap_or_default();
            let changes = changes.get(&member.no).map(Vec::as_slice).unwrap_or_default();
            let before = (member.registered_at < times.from).then(|| before(&own, changes, times.from));
            let observed = Observed { during: own.during, before };
            tally.add(experiment.split.group_of(MemberId::new(member.id)), &observed);
        }
    }
    Ok(tally)
}

fn before(sums: &Sums, changes: &[TierChange], from: Timestamp) -> Before {
    let tier = changes.iter().rev().find(|change| change.at < from).map_or(TierRank::FIRST, |change| change.to);
    Before { figures: sums.before, held: sums.held, tier }
}

/// Asks for the results as of now: wake the jobs.
///
/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn ask(ledger: &Ledger, by: Authority, id: ExperimentId) -> Result<(), AppError> {
    require(by, Permission::ManageRules)?;
    let input = (id.uuid(), ledger.clock.now());
    let is_there = ledger.db.write(input, |tx, (id, now)| Box::pin(experiments::ask(tx, *id, *now))).await?;
    if is_there { Ok(()) } else { Err(AppError::NotFound) }
}

/// Adds up what is asked for, one after the other, until nothing is. How many there were. Stopped half-way it begins anew.
pub async fn work(ledger: &Ledger) -> Result<u64, AppError> {
    let mut done = 0;
    loop {
        let row = experiments::asked(&mut ledger.db.reader().await?).await?;
        let Some((row, asked_at)) = row.and_then(|row| row.asked_at.map(|asked| (row, asked))) else { return Ok(done) };
        let experiment = Experiment::of(&row)?;
        let (result, fault) = match measure(ledger, &experiment).await {
            Ok(tally) => (Some(serde_json::to_string(&tally).map_err(AppError::internal)?), None),
            Err(error) => {
                tracing::error!(experiment.id = %experiment.id, %error, "the results of an experiment could not be added up");
                (None, Some(error.code().to_owned()))
            }
        };
        let input = (row.id, asked_at, result, fault, ledger.clock.now());
        ledger
            .db
            .write(input, |tx, (id, asked_at, result, fault, now)| {
                Box::pin(experiments::answer(tx, *id, *asked_at, (result.as_deref(), fault.as_deref()), *now))
            })
            .await?;
        done += 1;
    }
}
