//! Members in parts: read on a snapshot, made again apart from it, added to the outcome.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::try_join_all;
use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::lab::outcome::Outcome;
use laurel_domain::lab::report::Sample;
use laurel_domain::lab::scope::Supposed;
use laurel_domain::ledger::entry::{Cause, Entry};
use laurel_domain::ledger::state::Early;
use laurel_domain::rules::rule_set::Rulebook;
use tokio::sync::Mutex;

use super::{Progress, made};
use crate::store::ledger::late::{self, Late};
use crate::store::ledger::proof::{self, ByMember};
use crate::store::members::ids;
use crate::store::members::member::Member;
use crate::store::{StoreError, Tx};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// Members and entries of one part; a member with more entries is a part alone.
pub(super) const MEMBERS: i64 = 500;
pub(super) const ENTRIES: i64 = 20_000;
/// Parts that are done at once; each holds what it has read of its members.
const AT_ONCE: usize = 2;

/// A simulation to be run.
pub(super) struct Job {
    pub(super) ledger: Ledger,
    pub(super) actual: Arc<Rulebook>,
    pub(super) supposed: Arc<Supposed>,
    pub(super) as_of: Timestamp,
    pub(super) sample: Option<Sample>,
    pub(super) movers: usize,
    pub(super) progress: Arc<Progress>,
}

/// What of some members their history is made again from.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub(super) members: Vec<Member>,
    pub(super) entries: ByMember,
    pub(super) late: HashMap<i64, Late>,
    pub(super) early: HashMap<i64, Early>,
    /// Those who brought what these took over, by their ids.
    pub(super) merged: HashMap<MemberId, Merged>,
}

/// A member whose account went over to one of a part.
#[derive(Clone, Debug)]
pub(super) struct Merged {
    pub(super) entries: Vec<Entry>,
    pub(super) late: Late,
    pub(super) early: Option<Early>,
}

impl Part {
    pub(super) fn forget(&mut self, no: i64) {
        self.members.retain(|member| member.no != no);
        self.entries.remove(&no);
        self.late.remove(&no);
        self.early.remove(&no);
    }

    /// Keeps a member with what was read of them in another part.
    pub(super) fn keep(&mut self, member: Member, entries: Vec<Entry>, of: &mut Part) {
        let no = member.no;
        self.late.extend(of.late.remove(&no).map(|late| (no, late)));
        self.early.extend(of.early.remove(&no).map(|early| (no, early)));
        self.entries.insert(no, entries);
        self.members.push(member);
    }
}

/// How far members have been given out.
struct Turn {
    after: i64,
    /// The last number, of a sample.
    last: i64,
}

/// The members of a part.
#[derive(Clone, Debug)]
pub(super) enum Chosen {
    Between(i64, i64),
    Numbered(Vec<i64>),
}

/// Nothing if it was cancelled.
pub(super) async fn run(job: Arc<Job>) -> Result<Option<Outcome>, AppError> {
    let last = proof::last_number(&mut job.ledger.db.reader().await?).await?;
    let after = if job.sample.is_some() { 0 } else { i64::MIN };
    let (turn, outcome) = (Mutex::new(Turn { after, last }), Mutex::new(Outcome::new(job.movers)));
    try_join_all((0..AT_ONCE).map(|_| do_parts(&job, &turn, &outcome))).await?;
    Ok((!job.progress.is_cancelled()).then(|| outcome.into_inner()))
}

async fn do_parts(job: &Arc<Job>, turn: &Mutex<Turn>, outcome: &Mutex<Outcome>) -> Result<(), AppError> {
    while let Some(some) = next(job, turn).await? {
        if job.progress.is_cancelled() {
            return Ok(());
        }
        let (part, whole) = (chosen(&job.ledger, some).await?, job.clone());
        let members = part.members.len() as u64;
        // replaying takes the processor, and requests are answered meanwhile
        let done = tokio::task::spawn_blocking(move || made::part(&whole, &part)).await.map_err(AppError::internal)?;
        outcome.lock().await.add(done);
        job.progress.add(members);
    }
    Ok(())
}

async fn next(job: &Job, turn: &Mutex<Turn>) -> Result<Option<Chosen>, StoreError> {
    let mut turn = turn.lock().await;
    let Some(sample) = job.sample else {
        let range = proof::part_after(&mut job.ledger.db.reader().await?, turn.after, MEMBERS, ENTRIES).await?;
        return Ok(range.map(|(first, last)| {
            turn.after = last;
            Chosen::Between(first, last)
        }));
    };
    let numbers: Vec<i64> = numbers(sample, turn.after, turn.last).take(MEMBERS as usize).collect();
    Ok(numbers.last().copied().map(|last| {
        turn.after = last;
        Chosen::Numbered(numbers)
    }))
}

/// The numbers of a sample after one and up to the last. Nobody else is looked at.
pub(super) fn numbers(sample: Sample, after: i64, last: i64) -> impl Iterator<Item = i64> {
    let (of, first, buckets) = (i64::from(sample.of.max(1)), i64::from(sample.first), i64::from(sample.buckets));
    let rounds = after.div_euclid(of)..=last.div_euclid(of);
    let all = rounds.flat_map(move |round| (first..first + buckets).map(move |bucket| round * of + bucket));
    all.filter(move |no| *no > after && *no <= last)
}

/// The members with numbers from one to another.
pub(super) async fn between(ledger: &Ledger, first: i64, last: i64) -> Result<Part, StoreError> {
    chosen(ledger, Chosen::Between(first, last)).await
}

/// The members with these numbers.
pub(super) async fn numbered(ledger: &Ledger, numbers: Vec<i64>) -> Result<Part, StoreError> {
    chosen(ledger, Chosen::Numbered(numbers)).await
}

async fn chosen(ledger: &Ledger, some: Chosen) -> Result<Part, StoreError> {
    ledger.db.snapshot((ledger.clone(), some), |tx, (ledger, some)| Box::pin(read(tx, ledger, some))).await
}

pub(super) async fn read(tx: &mut Tx, ledger: &Ledger, some: &Chosen) -> Result<Part, StoreError> {
    let members = match some {
        Chosen::Between(first, last) => proof::members_between(tx, *first, *last).await?,
        Chosen::Numbered(numbers) => proof::members_numbered(tx, numbers).await?,
    };
    read_members(tx, ledger, members).await
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
    Ok(Part { members, entries, late, early, merged })
}

async fn read_merged(tx: &mut Tx, ledger: &Ledger, ids: &[MemberId]) -> Result<HashMap<MemberId, Merged>, StoreError> {
    let numbers = ids::of(tx, ids).await?;
    let all: Vec<i64> = numbers.iter().map(|named| named.no).collect();
    let mut entries = proof::entries_of(tx, ledger.programme.currency, &all).await?;
    let (mut late, mut early) = (late::of(tx, &all).await?, late::early(tx, &all).await?);
    let merged = |ids::Named { no, id, .. }| {
        let entries = entries.remove(&no).unwrap_or_default();
        (id, Merged { entries, late: late.remove(&no).unwrap_or_default(), early: early.remove(&no) })
    };
    Ok(numbers.into_iter().map(merged).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buckets_of_a_sample_are_every_number_once_whatever_was_done_before() {
        let of = |first, buckets, after| numbers(Sample { first, buckets, of: 4 }, after, 21).collect::<Vec<i64>>();
        assert_eq!(of(1, 2, 0), [1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 21]);
        assert_eq!(of(1, 2, 9), [10, 13, 14, 17, 18, 21]);
        let mut all = [of(0, 1, 0), of(1, 2, 0), of(3, 1, 0)].concat();
        all.sort_unstable();
        assert_eq!(all, (1..=21).collect::<Vec<i64>>());
    }
}
