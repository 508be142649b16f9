//! Members in parts: read on a snapshot, made again apart from it, added to the outcome.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::try_join_all;
use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::lab::outcome::Outcome;
use laurel_domain::lab::report::Sample;
use laurel_domain::lab::scope::Supposed;
use laurel_domain::ledger::account::Early;
use laurel_domain::ledger::entry::{Cause, Entry};
use laurel_domain::rules::rule_set::Timeline;
use tokio::sync::Mutex;

use super::{Progress, made};
use crate::store::ledger::late::{self, Late};
use crate::store::ledger::proof::{self, ByMember};
use crate::store::members::member::Member;
use crate::store::members::merging;
use crate::store::{StoreError, Tx};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// Members and entries of one part; a member with more entries is a part alone.
const MEMBERS: i64 = 500;
const ENTRIES: i64 = 20_000;
/// Parts that are done at once.
const AT_ONCE: usize = 2;

/// A simulation to be run.
pub(super) struct Job {
    pub(super) ledger: Ledger,
    pub(super) actual: Arc<Timeline>,
    pub(super) supposed: Arc<Supposed>,
    pub(super) as_of: Timestamp,
    pub(super) sample: Option<Sample>,
    pub(super) movers: usize,
    pub(super) progress: Arc<Progress>,
}

/// What of some members their history is made again from.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Members by their numbers, some of whom may be left out of a sample.
    passed: u64,
    pub(super) members: Vec<Member>,
    pub(super) entries: ByMember,
    pub(super) late: HashMap<i64, Late>,
    pub(super) early: HashMap<i64, Early>,
    /// Those who brought what these took over, by their ids.
    pub(super) merged: HashMap<MemberId, Merged>,
}

/// A member whose account went over to one of a part.
#[derive(Debug)]
pub(super) struct Merged {
    pub(super) entries: Vec<Entry>,
    pub(super) late: Late,
    pub(super) early: Option<Early>,
}

/// Nothing if it was cancelled.
pub(super) async fn run(job: Arc<Job>) -> Result<Option<Outcome>, AppError> {
    let (after, outcome) = (Mutex::new(i64::MIN), Mutex::new(Outcome::new(job.movers)));
    try_join_all((0..AT_ONCE).map(|_| do_parts(&job, &after, &outcome))).await?;
    Ok((!job.progress.is_cancelled()).then(|| outcome.into_inner()))
}

async fn do_parts(job: &Arc<Job>, after: &Mutex<i64>, outcome: &Mutex<Outcome>) -> Result<(), AppError> {
    while let Some((first, last)) = next(&job.ledger, after).await? {
        if job.progress.is_cancelled() {
            return Ok(());
        }
        let input = (job.ledger.clone(), job.sample, first, last);
        let part = job
            .ledger
            .db
            .snapshot(input, |tx, (ledger, sample, first, last)| Box::pin(read(tx, ledger, *sample, *first, *last)));
        let (part, whole) = (part.await?, job.clone());
        let passed = part.passed;
        // replaying takes the processor, and requests are answered meanwhile
        let done = tokio::task::spawn_blocking(move || made::part(&whole, &part)).await.map_err(AppError::internal)?;
        outcome.lock().await.add(done);
        job.progress.add(passed);
    }
    Ok(())
}

async fn next(ledger: &Ledger, after: &Mutex<i64>) -> Result<Option<(i64, i64)>, StoreError> {
    let mut after = after.lock().await;
    let range = proof::part_after(&mut ledger.db.reader().await?, *after, MEMBERS, ENTRIES).await?;
    if let Some((_, last)) = range {
        *after = last;
    }
    Ok(range)
}

async fn read(tx: &mut Tx, ledger: &Ledger, sample: Option<Sample>, first: i64, last: i64) -> Result<Part, StoreError> {
    let mut members = proof::members_between(tx, first, last).await?;
    let passed = members.len() as u64;
    members.retain(|member| sample.is_none_or(|sample| is_in(sample, member.id())));
    let part = read_members(tx, ledger, members).await?;
    Ok(Part { passed, ..part })
}

/// What of these members their history is made again from.
pub(super) async fn read_members(tx: &mut Tx, ledger: &Ledger, members: Vec<Member>) -> Result<Part, StoreError> {
    let currency = ledger.programme.currency;
    let numbers: Vec<i64> = members.iter().map(|member| member.no).collect();
    let entries = proof::entries_of(tx, currency, &numbers).await?;
    let (late, early) = (late::of(tx, &numbers).await?, late::early(tx, &numbers).await?);
    let from = |entry: &Entry| match entry.cause {
        Cause::MergedFrom { member, .. } => Some(member),
        _ => None,
    };
    let merged: Vec<MemberId> = entries.values().flatten().filter_map(from).collect();
    let merged = if merged.is_empty() { HashMap::new() } else { read_merged(tx, ledger, &merged).await? };
    Ok(Part { passed: members.len() as u64, members, entries, late, early, merged })
}

async fn read_merged(tx: &mut Tx, ledger: &Ledger, ids: &[MemberId]) -> Result<HashMap<MemberId, Merged>, StoreError> {
    let numbers = merging::numbers_of(tx, ids).await?;
    let all: Vec<i64> = numbers.iter().map(|(no, _)| *no).collect();
    let mut entries = proof::entries_of(tx, ledger.programme.currency, &all).await?;
    let (mut late, mut early) = (late::of(tx, &all).await?, late::early(tx, &all).await?);
    let merged = |(no, id): (i64, MemberId)| {
        let entries = entries.remove(&no).unwrap_or_default();
        (id, Merged { entries, late: late.remove(&no).unwrap_or_default(), early: early.remove(&no) })
    };
    Ok(numbers.into_iter().map(merged).collect())
}

/// By the random part of the id.
fn is_in(sample: Sample, member: MemberId) -> bool {
    let (_, random) = member.uuid().as_u64_pair();
    // the upper two bits are the variant of the UUID
    let bucket = (random << 2 >> 2) % u64::from(sample.of.max(1));
    (u64::from(sample.first)..u64::from(sample.first) + u64::from(sample.buckets)).contains(&bucket)
}
