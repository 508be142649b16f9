//! Some members whom rules are tried on: read once, made again under one rule set after the other, on all cores. Those who have been
//! given the most points are all in it, since they hold most of what there is; of the others some, drawn by their numbers.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use jiff::Timestamp;
use laurel_domain::lab::estimate::{Known, Size, Weights, estimated};
use laurel_domain::lab::find::tally::{SameTiers, Tally};
use laurel_domain::lab::outcome::{Outcome, Side, Standing};
use laurel_domain::lab::report::Sample;
use laurel_domain::lab::scope::{Span, Supposed};
use laurel_domain::lab::sum::Sum;
use laurel_domain::numbers::calendar::{Month, day_of_number};
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::{RuleSet, Rulebook, Rules};
use laurel_domain::rules::tier::TierRank;

use super::held::Held;
use super::{Progress, made, parts};
use crate::store::ledger::proof;
use crate::store::members::ids;
use crate::store::totals::{self, Sum as Total, Totals};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// About how many members, and events of theirs, are drawn.
const MEMBERS: i64 = 1_600;
const EVENTS: i64 = 80_000;
/// How many members are looked at with certainty, and entries of theirs, at most.
const LARGEST: i64 = 400;
const ENTRIES_OF_LARGEST: i64 = 20_000;
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
    known: Known,
    weights: Weights,
}

struct Chunk {
    held: Held,
    is_drawn: bool,
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
    one_in: Option<u32>,
    progress: &Progress,
) -> Result<Option<Sampled>, AppError> {
    let totals = ledger.db.snapshot(actual.calendar().clone(), |tx, calendar| Box::pin(totals::kept(tx, calendar))).await?;
    let of = one_in.unwrap_or_else(|| self::one_in(totals.get(Total::Members), totals.get(Total::Events)));
    let (largest, last) = {
        let db = &mut ledger.db.reader().await?;
        let largest = if of > 1 { ids::largest(db, LARGEST).await? } else { Vec::new() };
        (within(largest, ENTRIES_OF_LARGEST), proof::last_number(db).await?)
    };
    let others = parts::numbers(Sample { first: 0, buckets: 1, of }, 0, last);
    let drawn: Vec<i64> = others.filter(|no| !largest.contains(no)).collect();
    let largest: Vec<i64> = largest.into_iter().collect();
    progress.start((largest.len() + drawn.len()) as u64);
    let (mut chunks, mut sizes) = (Vec::new(), [Size::default(); 2]);
    let numbers = largest.chunks(CHUNK).map(|some| (some, false)).chain(drawn.chunks(CHUNK).map(|some| (some, of > 1)));
    for (some, is_drawn) in numbers {
        if progress.is_cancelled() {
            return Ok(None);
        }
        let mut held = Held::empty(0, 0);
        let mut part = parts::numbered(ledger, some.to_vec()).await?;
        held.take(std::mem::take(&mut part.members), &mut part);
        let size = &mut sizes[usize::from(is_drawn)];
        let mut tier = |side: Side| {
            size.members += 1;
            size.issued += side.flows().issued;
            size.clawed_back += side.flows().clawed_back;
            side.account.tier
        };
        let tiers =
            all(&held, (actual, actual.general().at(as_of)), false, as_of).map(|side| side.ok().map(&mut tier)).collect();
        chunks.push(Chunk { held, is_drawn, tiers });
        progress.add(some.len() as u64);
    }
    let known = known(&totals, actual, as_of);
    let weights = Weights::of(Size::of(known.members, &known.flows), sizes[0], sizes[1]);
    Ok(Some(Sampled { chunks, actual: actual.clone(), as_of, known, weights }))
}

/// The first of these members who have no more entries than that together.
fn within(members: Vec<(i64, i64)>, entries: i64) -> BTreeSet<i64> {
    let mut sum = 0_i64;
    let fits = |(_, seq): &(i64, i64)| {
        sum = sum.saturating_add(*seq);
        sum <= entries
    };
    members.into_iter().take_while(fits).map(|(no, _)| no).collect()
}

/// How many members are in which tier. Nothing is known where an experiment has other tiers: whose they are, totals do not say.
fn tiers(totals: &Totals, actual: &Rulebook, as_of: Timestamp) -> Vec<u64> {
    let keys = |rules: &Rules| rules.set.ladder.tiers.iter().map(|tier| tier.key.clone()).collect::<Vec<_>>();
    let programme = keys(actual.general().at(as_of));
    if actual.any_at(as_of).any(|rules| keys(rules) != programme) {
        return Vec::new();
    }
    let ranks = 1..=i64::try_from(programme.len()).unwrap_or(0);
    ranks.map(|rank| u64::try_from(totals.get(Total::OfTier(rank))).unwrap_or(0)).collect()
}

/// What is known of everybody without making their histories again.
fn known(totals: &Totals, actual: &Rulebook, as_of: Timestamp) -> Known {
    let points = |sum| Sum(totals.get(sum).into());
    let mut known = Known {
        members: u64::try_from(totals.get(Total::Members)).unwrap_or(0),
        pending: points(Total::Pending),
        debt: points(Total::Debt),
        tiers: tiers(totals, actual, as_of),
        ..Known::default()
    };
    for ((day, kind), flow) in &totals.flows {
        let Some(day) = i32::try_from(*day).ok().and_then(day_of_number) else { continue };
        let points = Points::from_hundredths(flow.points);
        known.flows.add(*kind, points);
        known.months.entry(Month::of(day).number()).or_default().add(*kind, points);
    }
    known
}

/// Every member of a part made again, always in the same order.
fn all<'a>(
    held: &'a Held,
    (rulebook, programme): (&'a Rulebook, &'a Rules),
    is_draft: bool,
    as_of: Timestamp,
) -> impl Iterator<Item = Result<Side, Refusal>> + 'a {
    let counted = move |member, side: Side| side.counted_under(&rulebook.of(member), programme, as_of);
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
        let add = |[certain, drawn]: &mut [Tally; 2], chunk: &Chunk| {
            let tally = if chunk.is_drawn { drawn } else { certain };
            for (side, was) in self.drafted(chunk, &supposed).zip(&chunk.tiers) {
                match (side, was) {
                    (Ok(side), Some(was)) => tally.add_member(*was, &side, &same),
                    (Err(_), Some(_)) => tally.left_out += 1,
                    (_, None) => (),
                }
            }
        };
        let (mut certain, mut drawn) = (Tally::new(), Tally::new());
        for [of_certain, of_drawn] in self.on_all_cores(|| [Tally::new(), Tally::new()], add, progress)? {
            certain.add(of_certain);
            drawn.add(of_drawn);
        }
        certain.add_drawn(&drawn, self.weights);
        Ok((!progress.is_cancelled()).then_some(certain))
    }

    /// Makes them again under both rule sets; what differs, as it is of everybody.
    pub(super) fn outcome(&self, supposed: &Supposed, progress: &Progress) -> Result<Option<Outcome>, AppError> {
        let (new, standing) = (|| [Outcome::new(0), Outcome::new(0)], Standing { external_id: None, as_of: self.as_of });
        let is = self.actual.general().at(self.as_of);
        let add = |[certain, drawn]: &mut [Outcome; 2], chunk: &Chunk| {
            let outcome = if chunk.is_drawn { drawn } else { certain };
            outcome.entries += chunk.held.known().map(|(_, entries)| entries.unsigned_abs()).sum::<u64>();
            let before = all(&chunk.held, (&self.actual, is), false, self.as_of);
            for (was, draft) in before.zip(self.drafted(chunk, supposed)) {
                match (was, draft) {
                    (Ok(was), Ok(draft)) => outcome.add_member(&standing, &was, &draft, 0),
                    (Ok(was), Err(refusal)) => outcome.leave_out(was.account.member, &refusal),
                    // told by an exact run, by name
                    (Err(_), _) => outcome.strange.members += 1,
                }
            }
        };
        let [mut certain, mut drawn] = new();
        for [of_certain, of_drawn] in self.on_all_cores(new, add, progress)? {
            certain.add(of_certain);
            drawn.add(of_drawn);
        }
        Ok((!progress.is_cancelled()).then(|| estimated(certain, &drawn, &self.known)))
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
        assert_eq!(one_in(20_000, 300_000), 12);
        assert_eq!(one_in(20_000, 5_000_000), 62);
        assert_eq!(one_in(400, 100_000_000), 2);
    }

    #[test]
    fn the_largest_are_looked_at_as_far_as_their_entries_are_not_too_many() {
        let members = vec![(7, 10_000), (3, 9_000), (5, 2_000), (9, 1)];
        assert_eq!(within(members, ENTRIES_OF_LARGEST), BTreeSet::from([3, 7]));
    }
}
