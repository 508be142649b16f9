//! The members that a search tries rules on: read once, made again under one rule set after the other, on all cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use jiff::Timestamp;
use laurel_domain::lab::find::tally::{SameTiers, Tally};
use laurel_domain::lab::outcome::Side;
use laurel_domain::lab::report::Sample;
use laurel_domain::lab::scope::{Span, Supposed};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::{RuleSet, Rulebook, Rules};
use laurel_domain::rules::tier::TierRank;

use super::super::memory::Held;
use super::super::{Progress, made, parts};
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
    as_of: Timestamp,
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
            return Ok(Some(Sampled { chunks, as_of }));
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
    pub(super) fn simulate(
        &self,
        actual: &Rulebook,
        set: &RuleSet,
        span: Span,
        progress: &Progress,
    ) -> Result<Option<Tally>, AppError> {
        let supposed = Supposed::of(actual, set.clone(), span, false, self.as_of)?;
        let same = SameTiers::of(actual.general().at(self.as_of), supposed.draft());
        let next = AtomicUsize::new(0);
        let cores = thread::available_parallelism().map_or(1, usize::from).min(self.chunks.len()).max(1);
        let work = || {
            let mut tally = Tally::new();
            while let Some(chunk) = self.chunks.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !progress.is_cancelled()) {
                let sides = all(&chunk.held, (&supposed.rulebook, supposed.draft()), true, self.as_of);
                for (side, was) in sides.zip(&chunk.tiers) {
                    match (side, was) {
                        (Ok(side), Some(was)) => tally.add_member(*was, &side, &same),
                        (Err(_), Some(_)) => tally.left_out += 1,
                        (_, None) => (),
                    }
                }
            }
            tally
        };
        let mut sum = Tally::new();
        let tallies: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        for tally in tallies {
            sum.add(tally.map_err(|_| AppError::internal(std::io::Error::other("a simulation of the sample ended early")))?);
        }
        Ok((!progress.is_cancelled()).then_some(sum))
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
