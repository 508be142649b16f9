//! The history in memory, so that one draft after the other can be simulated without reading the database each time.
//!
//! A server keeps it from the first exact simulation on, if it fits what it may take; before each further one, members who have
//! got entries since are read anew. Members whose history needs more than sixteen bytes an event are kept whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use futures::future::try_join_all;
use laurel_domain::lab::columns::{Block, Desk, Slot};
use laurel_domain::lab::outcome::{Outcome, Standing};
use laurel_domain::ledger::entry::Entry;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::{Rulebook, Rules};
use tokio::sync::Mutex;

use super::parts::{self, Job, Part};
use super::{Progress, made};
use crate::store::ledger::proof;
use crate::store::members::ids;
use crate::store::members::member::Member;
use crate::store::totals::{Sum, Totals};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// What a member takes beside their events, roughly, and an event with what stands aside.
const BYTES_A_MEMBER: u64 = 64;
const BYTES_AN_EVENT: u64 = 24;
/// Parts whose sums are asked for at once, a hundred thousand members.
const PARTS_AT_ONCE: usize = 200;

/// What a run over the whole history takes, reckoned before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reckoned {
    pub events: u64,
    /// What the history would take in memory, and what it may, in bytes; it may take 0 where none is to be kept.
    pub wanted: u64,
    pub most: u64,
    /// About how long it takes.
    pub seconds: u64,
}

impl Reckoned {
    /// Whether it is read from the database each time, though memory was allowed.
    pub fn is_too_large(&self) -> bool {
        self.most > 0 && self.wanted > self.most
    }
}

/// What came of reading the history into memory.
pub(super) enum Read {
    Kept(Vec<Arc<Held>>),
    Cancelled,
    /// It takes more than it may: nothing is kept.
    TooLarge,
}

/// The history as far as it is kept. Shared by all who simulate on one server.
#[derive(Debug, Default)]
pub struct Memory {
    most: AtomicU64,
    /// Of the members that are kept, when they were read last.
    entries: AtomicU64,
    bytes: AtomicU64,
    /// What the history was found to take at least, when it passed what it may; 0 as long as it has not.
    found: AtomicU64,
    kept: Mutex<Vec<Arc<Held>>>,
}

/// The members of one part.
#[derive(Clone, Debug)]
pub(super) struct Held {
    first: i64,
    last: i64,
    pub(super) block: Block,
    pub(super) whole: Part,
}

impl Memory {
    /// From now on so many bytes may be taken; 0 keeps nothing.
    pub fn allow(&self, most: u64) {
        self.most.store(most, Ordering::Relaxed);
        self.found.store(0, Ordering::Relaxed);
    }

    /// What is kept takes so many bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// What the history would take, roughly or as far as it was once found, and what it may.
    pub(super) fn wants(&self, totals: &Totals) -> (u64, u64) {
        let count = |sum| u64::try_from(totals.get(sum)).unwrap_or(0);
        let wanted = count(Sum::Members).saturating_mul(BYTES_A_MEMBER) + count(Sum::Events).saturating_mul(BYTES_AN_EVENT);
        (wanted.max(self.found.load(Ordering::Relaxed)), self.most.load(Ordering::Relaxed))
    }

    /// The whole history as it is now. Who comes second waits for who is reading it.
    pub(super) async fn read(&self, ledger: &Ledger, progress: &Progress) -> Result<Read, AppError> {
        let mut kept = self.kept.lock().await;
        let is_changed = changed(ledger, &kept).await?;
        for (held, is_changed) in kept.iter_mut().zip(is_changed) {
            if progress.is_cancelled() {
                return Ok(Read::Cancelled);
            }
            if is_changed {
                renew(ledger, held).await?;
            }
            progress.add(held.members() as u64);
        }
        let mut after = kept.last().map_or(i64::MIN, |held| held.last);
        while let Some((_, last)) = part_after(ledger, after).await? {
            if progress.is_cancelled() {
                return Ok(Read::Cancelled);
            }
            if self.is_beyond(&mut kept) {
                return Ok(Read::TooLarge);
            }
            // also those with numbers before, who may be committed later
            let first = after.saturating_add(1);
            let part = parts::between(ledger, first, last).await?;
            progress.add(part.members.len() as u64);
            let small = kept.pop_if(|held| held.members() < parts::MEMBERS as usize / 2);
            let mut held = small.map_or_else(|| Held::empty(first, last), |held| Held { last, ..Held::clone(&held) });
            held.take(part);
            held.block.shrink();
            kept.push(Arc::new(held));
            after = last;
        }
        if self.is_beyond(&mut kept) {
            return Ok(Read::TooLarge);
        }
        let entries = kept.iter().flat_map(|held| held.known()).map(|(_, entries)| entries.unsigned_abs()).sum();
        self.entries.store(entries, Ordering::Relaxed);
        Ok(Read::Kept(kept.clone()))
    }

    /// Whether what is kept has come to take more than it may; then it is given back, and not tried again until more is allowed.
    /// What is reckoned beforehand goes by events and members: a programme can have more besides.
    fn is_beyond(&self, kept: &mut Vec<Arc<Held>>) -> bool {
        let (bytes, most) = (kept.iter().map(|held| held.bytes()).sum::<u64>(), self.most.load(Ordering::Relaxed));
        let is_beyond = bytes > most;
        if is_beyond {
            tracing::info!(bytes, most, "the history takes more memory than it may and is read from the database");
            *kept = Vec::new();
            self.entries.store(0, Ordering::Relaxed);
            self.found.store(bytes, Ordering::Relaxed);
        }
        self.bytes.store(if is_beyond { 0 } else { bytes }, Ordering::Relaxed);
        is_beyond
    }

    /// About how many events there are of what is kept.
    pub(super) fn events(&self) -> u64 {
        self.entries.load(Ordering::Relaxed)
    }
}

/// The numbers of the next members.
async fn part_after(ledger: &Ledger, after: i64) -> Result<Option<(i64, i64)>, AppError> {
    Ok(proof::part_after(&mut ledger.db.reader().await?, after, parts::MEMBERS, parts::ENTRIES).await?)
}

/// Which parts have more members or entries than are held: neither ever becomes less, so their sums tell.
async fn changed(ledger: &Ledger, kept: &[Arc<Held>]) -> Result<Vec<bool>, AppError> {
    let mut changed = Vec::with_capacity(kept.len());
    for some in kept.chunks(PARTS_AT_ONCE) {
        let bounds: Vec<(i64, i64)> = some.iter().map(|held| (held.first, held.last)).collect();
        let sums = ids::sums_between(&mut ledger.db.reader().await?, &bounds).await?;
        let sums: std::collections::HashMap<i64, (i64, i64)> =
            sums.into_iter().map(|(part, members, entries)| (part, (members, entries))).collect();
        let known = |held: &Held| (held.members() as i64, held.known().map(|(_, entries)| entries).sum::<i64>());
        changed.extend((0..).zip(some).map(|(part, held)| sums.get(&part) != Some(&known(held))));
    }
    Ok(changed)
}

/// Reads those anew who have got entries since.
async fn renew(ledger: &Ledger, held: &mut Arc<Held>) -> Result<(), AppError> {
    let now = ids::entries_between(&mut ledger.db.reader().await?, held.first, held.last).await?;
    let known: std::collections::HashMap<i64, i64> = held.known().collect();
    let changed: Vec<i64> = now.iter().filter(|(no, entries)| known.get(no) != Some(entries)).map(|(no, _)| *no).collect();
    if changed.is_empty() && known.len() == now.len() {
        return Ok(());
    }
    let is_anew = held.block.is_worn() || known.len() > now.len();
    let mut next = Held::clone(held);
    if is_anew {
        (next.block, next.whole) = (Block::default(), Part::default());
        next.take(parts::between(ledger, held.first, held.last).await?);
    } else {
        next.take(parts::numbered(ledger, changed).await?);
    }
    next.block.shrink();
    *held = Arc::new(next);
    Ok(())
}

impl Held {
    pub(super) fn empty(first: i64, last: i64) -> Held {
        Held { first, last, block: Block::default(), whole: Part::default() }
    }

    fn members(&self) -> usize {
        self.block.slots().len() + self.whole.members.len()
    }

    fn bytes(&self) -> u64 {
        let whole = self.whole.members.len() * size_of::<Member>();
        let entries = self.whole.entries.values().map(Vec::capacity).sum::<usize>();
        let merged = self.whole.merged.values().map(|merged| merged.entries.capacity()).sum::<usize>();
        (size_of::<Held>() + self.block.bytes() + whole + (entries + merged) * size_of::<Entry>()) as u64
    }

    /// The numbers of members, and how many entries of each it has.
    pub(super) fn known(&self) -> impl Iterator<Item = (i64, i64)> {
        let whole = self.whole.members.iter().map(|member| (member.no, member.account.seq));
        self.block.slots().iter().map(|slot| (slot.no, slot.entries)).chain(whole)
    }

    /// Takes members in place of what it had of them.
    pub(super) fn take(&mut self, mut part: Part) {
        for member in std::mem::take(&mut part.members) {
            self.whole.forget(member.no);
            let entries = part.entries.remove(&member.no).unwrap_or_default();
            let is_simple = !part.late.contains_key(&member.no) && !part.early.contains_key(&member.no);
            if !is_simple || !self.block.put(member.no, member.id(), &entries) {
                self.block.forget(member.no);
                self.whole.keep(member, entries, &mut part);
            }
        }
        self.whole.merged.extend(part.merged);
    }
}

/// Simulates what is held, on all cores; nothing if it was cancelled.
pub(super) async fn run(job: Arc<Job>, all: Vec<Arc<Held>>) -> Result<Option<Outcome>, AppError> {
    let (all, next) = (Arc::new(all), Arc::new(AtomicUsize::new(0)));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = (0..cores).map(|_| {
        let (job, all, next) = (job.clone(), all.clone(), next.clone());
        tokio::task::spawn_blocking(move || {
            let mut outcome = Outcome::new(job.movers);
            let mut desks = [job.actual.general(), job.supposed.rulebook.general()].map(Desk::new);
            while let Some(held) = all.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !job.progress.is_cancelled()) {
                for slot in held.block.slots() {
                    add(&job, &held.block, slot, &mut desks, &mut outcome);
                }
                outcome.add(made::part(&job, &held.whole));
                job.progress.add((held.block.slots().len() + held.whole.members.len()) as u64);
            }
            outcome
        })
    });
    let mut sum = Outcome::new(job.movers);
    for outcome in try_join_all(work).await.map_err(AppError::internal)? {
        sum.add(outcome);
    }
    if job.progress.is_cancelled() {
        return Ok(None);
    }
    name(&job.ledger, &mut sum).await?;
    Ok(Some(sum))
}

fn add(job: &Job, block: &Block, slot: &Slot, desks: &mut [Desk; 2], outcome: &mut Outcome) {
    let make = |desk: &mut Desk, rulebook: &Rulebook, programme: &Rules| {
        let timeline = rulebook.of(slot.member);
        desk.make(block, slot, &timeline, job.as_of)?.count_under(&timeline, programme, job.as_of);
        Ok::<_, Refusal>(())
    };
    let (is, draft) = (job.actual.general().at(job.as_of), job.supposed.draft());
    let [baseline, supposed] = desks;
    match (make(baseline, &job.actual, is), make(supposed, &job.supposed.rulebook, draft)) {
        (Ok(()), Ok(())) => {
            let standing = Standing { external_id: None, as_of: job.as_of };
            outcome.add_member(&standing, baseline.side(), supposed.side(), slot.entries.unsigned_abs());
        }
        (Ok(()), Err(refusal)) => outcome.leave_out(slot.member, &refusal),
        (Err(refusal), _) => outcome.strange.add(slot.member, format!("cannot have been posted: {refusal}")),
    }
}

/// Those who are told of get their external ids, which are not kept.
async fn name(ledger: &Ledger, outcome: &mut Outcome) -> Result<(), AppError> {
    let movers = || outcome.movers.gain.iter().chain(&outcome.movers.lose);
    let unnamed: Vec<_> = movers().filter(|mover| mover.external_id.is_none()).map(|mover| mover.member).collect();
    if unnamed.is_empty() {
        return Ok(());
    }
    let names = ids::of(&mut ledger.db.reader().await?, &unnamed).await?;
    let names: std::collections::HashMap<_, _> = names.into_iter().map(|named| (named.id, named.external_id)).collect();
    for mover in outcome.movers.gain.iter_mut().chain(&mut outcome.movers.lose) {
        if mover.external_id.is_none() {
            mover.external_id = names.get(&mover.member).cloned().flatten();
        }
    }
    Ok(())
}
