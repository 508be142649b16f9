//! Some members whom rules are tried on: read once, made again under one rule set after the other, on all cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use jiff::Timestamp;
use laurel_domain::lab::find::tally::{SameTiers, Tally};
use laurel_domain::lab::outcome::{Outcome, Side, Standing};
use laurel_domain::lab::report::Sample;
use laurel_domain::lab::scope::{Span, Supposed};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::{RuleSet, Rulebook, Rules};
use laurel_domain::rules::tier::TierRank;

use super::memory::Held;
use super::{Progress, made, parts};
use crate::store::ledger::proof;
use crate::store::totals::{self, Sum};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// About how many members, and events of theirs, are looked at for each rule set.
const MEMBERS: i64 = 2_000;
const EVENTS: i64 = 100_000;
/// Fewer members say too little, however many events they have.
const FEWEST: i64 = 200;
/// Members of one chunk, which one core makes again at a time.
const CHUNK: usize = 100;

/// Some members' histories, and which tier each is in under the rules as they were; `None` for those whom these do not make.
pub(super) struct Sampled {
    chunks: Vec<Chunk>,
    /// The rules as they were when it was read.
    pub(super) actual: Arc<Rulebook>,
    pub(super) as_of: Timestamp,
    /// Of how many members one is in it.
    pub(super) one_in: u32,
}

struct Chunk {
    held: Held,
    tiers: Vec<Option<TierRank>>,
}

/// Of how many members one is looked at.
fn one_in(members: i64, events: i64) -> u32 {
    let wanted = (members / MEMBERS).max(events / EVENTS).min(members / FEWEST).max(1);
    u32::try_from(wanted).unwrap_or(u32::MAX)
}

/// Reads them; nothing if it was cancelled.
pub(super) async fn read(
    ledger: &Ledger,
    actual: &Arc<Rulebook>,
    as_of: Timestamp,
    progress: &Progress,
) -> Result<Option<Sampled>, AppError> {
    let totals = ledger.db.snapshot((), |tx, ()| Box::pin(totals::read(tx))).await?;
    let of = one_in(totals.get(Sum::Members), totals.get(Sum::Events));
    let last = proof::last_number(&mut ledger.db.reader().await?).await?;
    let mut numbers = parts::numbers(Sample { first: 0, buckets: 1, of }, 0, last);
    let mut chunks = Vec::new();
    loop {
        let some: Vec<i64> = numbers.by_ref().take(CHUNK).collect();
        if some.is_empty() {
            return Ok(Some(Sampled { chunks, actual: actual.clone(), as_of, one_in: of }));
        }
        if progress.is_cancelled() {
            return Ok(None);
        }
        let mut held = Held::empty(0, 0);
        held.take(parts::numbered(ledger, some).await?);
        let tiers =
            all(&held, (actual, actual.general().at(as_of)), false, as_of).map(|side| Some(side.ok()?.account.tier)).collect();
        chunks.push(Chunk { held, tiers });
    }
}

/// Every member of a part made again, always in the same order.
fn all<'a>(
    held: &'a Held,
    (rulebook, programme): (&'a Rulebook, &'a Rules),
    is_draft: bool,
    as_of: Timestamp,
) -> impl Iterator<Item = Result<Side, Refusal>> + 'a {
    let counted = move |member, side: Side| side.counted_under(rulebook.of(member).at(as_of), programme);
    let slots = held
        .block
        .slots()
        .iter()
        .map(move |slot| Ok(counted(slot.member, held.block.side(slot, &rulebook.of(slot.member), as_of)?)));
    let whole = held.whole.members.iter().map(move |member| {
        let side = made::side(&held.whole, member, rulebook, is_draft, made::until(member, as_of))?;
        Ok(counted(member.id(), side))
    });
    slots.chain(whole)
}

impl Sampled {
    pub(super) fn members(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.tiers.len() as u64).sum()
    }

    /// Makes them again under a draft; nothing if it was cancelled.
    pub(super) fn simulate(&self, set: &RuleSet, span: Span, progress: &Progress) -> Result<Option<Tally>, AppError> {
        let supposed = Supposed::of(&self.actual, set.clone(), span, false, self.as_of)?;
        let same = SameTiers::of(self.actual.general().at(self.as_of), supposed.draft());
        let add = |tally: &mut Tally, chunk: &Chunk| {
            for (side, was) in self.drafted(chunk, &supposed).zip(&chunk.tiers) {
                match (side, was) {
                    (Ok(side), Some(was)) => tally.add_member(*was, &side, &same),
                    (Err(_), Some(_)) => tally.left_out += 1,
                    (_, None) => (),
                }
            }
        };
        let mut sum = Tally::new();
        self.on_all_cores(Tally::new, add, progress)?.into_iter().for_each(|tally| sum.add(tally));
        Ok((!progress.is_cancelled()).then_some(sum))
    }

    /// Makes them again under both rule sets, and adds up what differs.
    pub(super) fn outcome(&self, supposed: &Supposed) -> Result<Outcome, AppError> {
        let (new, standing) = (|| Outcome::new(0), Standing { external_id: None, as_of: self.as_of });
        let is = self.actual.general().at(self.as_of);
        let add = |outcome: &mut Outcome, chunk: &Chunk| {
            outcome.entries += chunk.held.known().map(|(_, entries)| entries.unsigned_abs()).sum::<u64>();
            let before = all(&chunk.held, (&self.actual, is), false, self.as_of);
            for (was, draft) in before.zip(self.drafted(chunk, supposed)) {
                match (was, draft) {
                    (Ok(was), Ok(draft)) => outcome.add_member(&standing, was, draft, 0),
                    (Ok(was), Err(refusal)) => outcome.leave_out(was.account.member, &refusal),
                    // told by an exact run, by name
                    (Err(_), _) => outcome.strange.members += 1,
                }
            }
        };
        let mut sum = Outcome::new(0);
        self.on_all_cores(new, add, &Progress::default())?.into_iter().for_each(|outcome| sum.add(outcome));
        Ok(sum)
    }

    fn drafted<'a>(&self, chunk: &'a Chunk, supposed: &'a Supposed) -> impl Iterator<Item = Result<Side, Refusal>> + 'a {
        all(&chunk.held, (&supposed.rulebook, supposed.draft()), true, self.as_of)
    }

    /// Takes the chunks, whoever has time the next one, until all are done or it is cancelled.
    fn on_all_cores<T: Send>(
        &self,
        new: impl Fn() -> T + Sync,
        add: impl Fn(&mut T, &Chunk) + Sync,
        progress: &Progress,
    ) -> Result<Vec<T>, AppError> {
        let next = AtomicUsize::new(0);
        let cores = thread::available_parallelism().map_or(1, usize::from).min(self.chunks.len()).max(1);
        let work = || {
            let mut sum = new();
            while let Some(chunk) = self.chunks.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !progress.is_cancelled()) {
                add(&mut sum, chunk);
            }
            sum
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
            let failed = || AppError::internal(std::io::Error::other("a simulation of the sample ended early"));
            ended.map(|sum| sum.map_err(|_| failed())).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_members_are_looked_at_that_they_say_enough_and_take_little_time() {
        assert_eq!(one_in(0, 0), 1);
        assert_eq!(one_in(1_999, 40_000), 1);
        assert_eq!(one_in(20_000, 300_000), 10);
        assert_eq!(one_in(20_000, 5_000_000), 50);
        assert_eq!(one_in(400, 100_000_000), 2);
    }
}
