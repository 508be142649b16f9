//! Two accounts of one person become one: an account that ends hands over all it has, and the one that goes on takes it over.
//!
//! Each side's entry names the other member and the hash of the last entry that the other had by then, so that neither history
//! can be changed without the other telling. What the other brought stands in the entry itself: it recomputes without a look at
//! the other chain.

use std::fmt;

use jiff::Timestamp;

use crate::ids::{MemberId, RedemptionId};
use crate::ledger::account::{Account, Late};
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash, Moves, Place};
use crate::ledger::invitation::Award;
use crate::ledger::posting::{Counted, Draft, Posted, Posting};
use crate::ledger::sink::{About, Of, Sink};
use crate::ledger::state::{State, checked};
use crate::numbers::points::Points;
use crate::numbers::time::Day;
use crate::refusal::Refusal;
use crate::rules::rule_set::Timeline;
use crate::rules::window::Gain;

/// What an account that ended brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Its lots by their days, or its debt. What was pending is available from then on.
    pub moves: Moves,
    /// What it had earned, and when: the tier goes by both together.
    pub gathered: Gathered,
}

/// Points that count for the tier, by when they were earned. Written `<microseconds> <points>`, with commas between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gathered(pub Vec<(Timestamp, Points)>);

impl Gathered {
    pub fn parse(text: &str) -> Option<Gathered> {
        let one = |part: &str| {
            let (at, points) = part.split_once(' ')?;
            Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, points.parse().ok()?))
        };
        match text {
            "" => Some(Gathered::default()),
            text => text.split(',').map(one).collect::<Option<_>>().map(Gathered),
        }
    }
}

impl fmt::Display for Gathered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (at, points)) in self.0.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            write!(f, "{comma}{} {points}", at.as_microsecond())?;
        }
        Ok(())
    }
}

impl Brought {
    /// What an account brings whose last entry ended it by a merge. `None` if its entries contradict themselves, or have a
    /// payment: only accounts that the payment system does not know can end so.
    pub fn of(entries: &[Entry], timeline: &Timeline) -> Option<Brought> {
        let (last, before) = entries.split_last()?;
        let Cause::MergedInto { .. } = &last.cause else { return None };
        let mut gathered = Gathered::default();
        let mut has_ended = false;
        for entry in before {
            let pending = pending(entry)?;
            let gain = match (&entry.cause, entry.kind) {
                // what it brought before, it brought: after that only what was redeemed can come back
                (Cause::MergedInto { .. }, _) => {
                    gathered.0.clear();
                    has_ended = true;
                    continue;
                }
                (Cause::Payment { .. } | Cause::Refund { .. } | Cause::MergedFrom { .. }, _) => return None,
                (Cause::ReferralTakenBack { .. }, _) if has_ended => continue,
                (Cause::ReferralTakenBack { award, .. }, _) => {
                    let award = before.iter().find(|earned| earned.seq == *award).and_then(Award::of)?;
                    let taken = award.points.checked_add(pending)?;
                    gathered.0.push((award.earned.points_counted(timeline).0.time(), taken.checked_neg()?));
                    continue;
                }
                (_, EntryKind::Earn) => entry.points.checked_sub(pending)?,
                (_, EntryKind::Activate) => pending.checked_neg()?,
                _ => continue,
            };
            gathered.0.push((entry.occurred_at.min(entry.instant), gain));
        }
        gathered.0.push((last.instant, pending(last)?.checked_neg()?));
        gathered.0.retain(|(_, points)| !points.is_zero());
        let mut lots: Vec<(Option<Day>, Points)> = Vec::new();
        let mut debt = Points::ZERO;
        for m in last.moves.iter() {
            let day = match m.place {
                Place::Lot { day } => day,
                Place::Pending { payment } => day_of(before, timeline, payment)?,
                Place::Debt => {
                    debt = debt.checked_add(m.points)?;
                    continue;
                }
            };
            lots.push((day, m.points.checked_neg()?));
        }
        Some(Brought { moves: standing(lots, debt)?, gathered })
    }
}

fn pending(entry: &Entry) -> Option<Points> {
    let moves = entry.moves.iter().filter(|m| matches!(m.place, Place::Pending { .. }));
    moves.map(|m| m.points).try_fold(Points::ZERO, Points::checked_add)
}

/// The lot that what the entry with that number earned was to go to.
fn day_of(entries: &[Entry], timeline: &Timeline, seq: i64) -> Option<Option<Day>> {
    let entry = entries.iter().find(|entry| entry.seq == seq)?;
    let rules = timeline.version(entry.rules)?;
    Some(rules.set.expiry.day(timeline.calendar(), entry.occurred_at))
}

/// Lots as they stand, the first to expire first and each day once; what is owed is paid out of them.
fn standing(lots: Vec<(Option<Day>, Points)>, debt: Points) -> Option<Moves> {
    let mut days: Vec<Option<Day>> = lots.iter().map(|(day, _)| *day).collect();
    days.sort_unstable_by_key(|day| day.unwrap_or(Day::MAX));
    days.dedup();
    let mut owed = debt;
    let mut moves = Moves::none();
    for day in days {
        let mut there = lots.iter().filter(|(of, _)| *of == day).map(|(_, points)| *points);
        let points = there.try_fold(Points::ZERO, Points::checked_add)?;
        let paid = owed.available_for(points);
        owed = owed.checked_sub(paid)?;
        moves = moves.with(Place::Lot { day }, points.checked_sub(paid)?);
    }
    Some(moves.with(Place::Debt, owed.checked_neg()?))
}

impl Account {
    /// Hands everything over to another member, whose last entry has the hash `head`, and ends.
    pub fn merge_into(&mut self, on: Posting, member: MemberId, head: Hash) -> Result<Posted, Refusal> {
        self.recorded(|account, sink| account.end_to(sink, on, Cause::MergedInto { member, head }))
    }

    /// Gives back what a redemption took to an account that has ended by a merge, and hands it over at once.
    pub fn restore_over(
        &mut self,
        on: Posting,
        redemption: RedemptionId,
        taken: &Moves,
        member: MemberId,
        head: Hash,
    ) -> Result<Posted, Refusal> {
        let cleared_by = Cause::MergedInto { member, head };
        self.recorded(|account, sink| account.restore_to(sink, on, redemption, taken, cleared_by))
    }

    /// Takes over what another member brought, whose last entry before that had the hash `head`. Debt of either is paid out of
    /// the lots of the other; all lots keep their days.
    pub fn merge_from(&mut self, on: Posting, member: MemberId, head: Hash, brought: Brought) -> Result<Posted, Refusal> {
        self.recorded(|account, sink| account.merge_from_to(sink, on, member, head, &brought))
    }

    pub(crate) fn merge_from_to<S: Sink>(
        &mut self,
        sink: &mut S,
        on: Posting,
        member: MemberId,
        head: Hash,
        brought: &Brought,
    ) -> Result<Late, Refusal> {
        sink.asked(About::Other, || Cause::MergedFrom { member, head, brought: brought.clone() });
        self.post(on, sink, |state, on| {
            let (rules, seq) = (on.timeline.at(on.instant).version, state.seq + 1);
            let counted = |(at, points): &(Timestamp, Points)| {
                let at = (*at).into();
                Counted { seq, at, occurred_at: at, gain: Gain::points(*points) }
            };
            let mut draft = Draft::new(EntryKind::Adjust, rules, Of::Asked, on.occurred_at);
            draft.moves = state.joining(&brought.moves)?;
            draft.counted = brought.gathered.0.iter().map(counted).collect();
            Ok(draft.alone())
        })
    }
}

impl State {
    fn joining(&self, brought: &Moves) -> Result<Moves, Refusal> {
        let mut moves = Moves::none();
        let (mut repaid, mut left) = (Points::ZERO, self.debt);
        for m in brought.iter() {
            match m.place {
                Place::Debt => {
                    let mut owed = checked(m.points.checked_neg())?;
                    for (place, points) in self.earliest(owed) {
                        moves = moves.with(place, checked(points.checked_neg())?);
                        owed = checked(owed.checked_sub(points))?;
                    }
                    repaid = checked(repaid.checked_sub(owed))?;
                }
                place => {
                    let paid = left.available_for(m.points);
                    left = checked(left.checked_sub(paid))?;
                    repaid = checked(repaid.checked_add(paid))?;
                    moves = moves.with(place, checked(m.points.checked_sub(paid))?);
                }
            }
        }
        Ok(moves.with(Place::Debt, repaid))
    }
}
