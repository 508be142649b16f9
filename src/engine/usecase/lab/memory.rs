//! The history in memory, so that one draft after the other can be simulated without reading the database each time.
//!
//! A server keeps it from the first exact simulation on, if it fits what it may take; before each further one it follows what was
//! posted since ([`super::held`]). Members whose history needs more than sixteen bytes an event are kept whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use futures::future::try_join_all;
use laurel_domain::lab::columns::{Block, Desk, Slot};
use laurel_domain::lab::outcome::{Outcome, Standing};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::{Rulebook, Rules};
use tokio::sync::Mutex;

use super::held::{self, Held, Kept};
use super::parts::Job;
use super::{Progress, made};
use crate::store::members::ids;
use crate::store::totals::{Sum, Totals};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// What a member takes beside their events, roughly, and an event with what stands aside.
const BYTES_A_MEMBER: u64 = 64;
const BYTES_AN_EVENT: u64 = 24;

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

enum Looked {
    AtAll,
    Cancelled,
    TooLarge,
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
    looked_at: AtomicU64,
    kept: Mutex<Kept>,
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

    /// How many members were looked at in the database when it was read last.
    pub fn looked_at(&self) -> u64 {
        self.looked_at.load(Ordering::Relaxed)
    }

    /// The whole history as it is now. Who comes second waits for who is reading it.
    pub(super) async fn read(&self, ledger: &Ledger, progress: &Progress) -> Result<Read, AppError> {
        let mut kept = self.kept.lock().await;
        let began = Instant::now();
        match kept.follow(ledger).await? {
            Some(looked_at) => {
                self.looked_at.store(looked_at, Ordering::Relaxed);
                progress.add(kept.members());
            }
            None => match self.look_at_all(ledger, &mut kept, progress).await? {
                Looked::AtAll => self.looked_at.store(kept.members(), Ordering::Relaxed),
                Looked::Cancelled => return Ok(Read::Cancelled),
                Looked::TooLarge => return Ok(Read::TooLarge),
            },
        }
        if self.is_beyond(&mut kept) {
            return Ok(Read::TooLarge);
        }
        self.entries.store(kept.entries().unsigned_abs(), Ordering::Relaxed);
        tracing::debug!(looked_at = self.looked_at(), took = ?began.elapsed(), "the history in memory is as it is now");
        Ok(Read::Kept(kept.parts.clone()))
    }

    /// Reads what is not held, and anew whoever has other counts of entries than are held.
    async fn look_at_all(&self, ledger: &Ledger, kept: &mut Kept, progress: &Progress) -> Result<Looked, AppError> {
        kept.follow_from_now(ledger).await?;
        let is_changed = kept.changed(ledger).await?;
        for (held, is_changed) in kept.parts.iter_mut().zip(is_changed) {
            if progress.is_cancelled() {
                return Ok(Looked::Cancelled);
            }
            if is_changed {
                held::renew(ledger, held).await?;
            }
            progress.add(held.members() as u64);
        }
        loop {
            if progress.is_cancelled() {
                return Ok(Looked::Cancelled);
            }
            if self.is_beyond(kept) {
                return Ok(Looked::TooLarge);
            }
            match kept.read_next(ledger).await? {
                Some(members) => progress.add(members),
                None => return Ok(Looked::AtAll),
            }
        }
    }

    /// Whether what is kept has come to take more than it may; then it is given back, and not tried again until more is allowed.
    /// What is reckoned beforehand goes by events and members: a programme can have more besides.
    fn is_beyond(&self, kept: &mut Kept) -> bool {
        let (bytes, most) = (kept.parts.iter().map(|held| held.bytes()).sum::<u64>(), self.most.load(Ordering::Relaxed));
        let is_beyond = bytes > most;
        if is_beyond {
            tracing::info!(bytes, most, "the history takes more memory than it may and is read from the database");
            *kept = Kept::default();
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
