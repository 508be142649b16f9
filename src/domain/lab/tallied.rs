//! What one member's history makes under one rule set, added up while it is posted.

use crate::lab::flows::{Earnings, Flows};
use crate::lab::outcome::Shortfalls;
use crate::lab::replay::owed;
use crate::lab::segments::Paying;
use crate::lab::sum::Sum;
use crate::ledger::entry::{Cause, EntryKind, Moves};
use crate::ledger::event::Scene;
use crate::ledger::posting::TierChange;
use crate::ledger::sink::{About, Booked, Sink};
use crate::numbers::calendar::{Calendar, Month};
use crate::numbers::points::Points;
use crate::numbers::time::Moment;
use crate::rules::terms::EarnKind;

/// What was posted, added up.
#[derive(Clone, Debug)]
pub struct Tallied {
    /// What all was, by the months in which it was posted, in hundredths by the kinds of entries. A sum that does not fit 64 bits goes
    /// on in another line of the month.
    months: Vec<(Month, [i64; EntryKind::ALL.len()])>,
    /// From when on the last of them is, and until when.
    last_month: (Moment, Moment),
    pub(super) scenes: [Earnings; Scene::ALL.len()],
    /// Payments are in their scenes alone.
    kinds: [Earnings; EarnKind::ALL.len()],
    pub(super) short: Shortfalls,
    pub(super) paying: Paying,
}

/// How many months most members are active in, so that few lists have to grow.
const USUAL_MONTHS: usize = 8;

impl Default for Tallied {
    fn default() -> Tallied {
        Tallied::of(Vec::with_capacity(USUAL_MONTHS))
    }
}

impl Tallied {
    /// Nothing yet, in the room that it has.
    pub(super) fn clear(&mut self) {
        let mut months = std::mem::take(&mut self.months);
        months.clear();
        *self = Tallied { months, ..Tallied::of(Vec::new()) };
    }

    fn of(months: Vec<(Month, [i64; EntryKind::ALL.len()])>) -> Tallied {
        Tallied {
            months,
            // none
            last_month: (Moment::MAX, Moment::MIN),
            scenes: Default::default(),
            kinds: Default::default(),
            short: Shortfalls::default(),
            paying: Paying::default(),
        }
    }

    /// Takes what is made, counting months by that calendar.
    pub fn taking<'s>(&'s mut self, calendar: &'s Calendar) -> Taking<'s> {
        Taking { tallied: self, calendar, about: About::Other }
    }

    #[inline(always)]
    fn add(&mut self, booked: Booked, moves: impl FnOnce() -> Moves, about: About, calendar: &Calendar) {
        let Booked { kind, points, instant, occurred_at, .. } = booked;
        if instant < self.last_month.0 || self.last_month.1 <= instant {
            self.begin_month(instant, calendar);
        }
        if let Some((month, sums)) = self.months.last_mut() {
            match sums[kind as usize].checked_add(points.hundredths()) {
                Some(sum) => sums[kind as usize] = sum,
                None => {
                    let month = *month;
                    self.overflow(month, kind, points);
                }
            }
        }
        if !booked.of.is_asked() {
            return;
        }
        self.paying.add(about, occurred_at);
        match about {
            About::Payment { scene, .. } | About::Refund { scene, .. } => {
                self.scenes[scene as usize].add(kind, points);
            }
            About::Earning(of) => self.kinds[of as usize].add(kind, points),
            About::Taking(of) => self.add_short(of, owed(&moves())),
            About::Other => (),
        }
    }

    #[cold]
    #[inline(never)]
    fn overflow(&mut self, month: Month, kind: EntryKind, points: Points) {
        let mut sums = [0; EntryKind::ALL.len()];
        sums[kind as usize] = points.hundredths();
        self.months.push((month, sums));
    }

    /// By the months in which it was posted, in the order in which they came.
    pub(super) fn months(&self) -> impl Iterator<Item = (Month, Flows)> {
        self.months.iter().map(|(month, sums)| {
            let mut flows = Flows::default();
            let each = EntryKind::ALL.into_iter().zip(sums).filter(|(_, sum)| **sum != 0);
            each.for_each(|(kind, sum)| flows.add(kind, Points::from_hundredths(*sum)));
            (*month, flows)
        })
    }

    #[cold]
    fn begin_month(&mut self, instant: Moment, calendar: &Calendar) {
        let (month, start, end) = calendar.month_around(instant);
        self.last_month = (start, end);
        self.months.push((month, [0; EntryKind::ALL.len()]));
    }

    /// All together.
    pub(super) fn flows(&self) -> Flows {
        let mut all = [0_i128; EntryKind::ALL.len()];
        for (_, sums) in &self.months {
            all.iter_mut().zip(sums).for_each(|(sum, more)| *sum += i128::from(*more));
        }
        let mut flows = Flows::default();
        EntryKind::ALL.into_iter().zip(all).for_each(|(kind, sum)| flows.add(kind, Sum(sum)));
        flows
    }

    /// What each kind of event earned.
    pub(super) fn kinds(&self) -> [Earnings; EarnKind::ALL.len()] {
        let mut kinds = self.kinds;
        self.scenes.iter().for_each(|scene| kinds[EarnKind::Payment as usize] += *scene);
        kinds
    }

    fn add_short(&mut self, of: EntryKind, short: Points) {
        if short.is_positive() {
            let is_redemption = of == EntryKind::Redeem;
            self.short.redemptions += u64::from(is_redemption);
            self.short.adjustments += u64::from(!is_redemption);
            self.short.points += short.into();
        }
    }
}

/// Adds up what is posted.
pub struct Taking<'s> {
    tallied: &'s mut Tallied,
    calendar: &'s Calendar,
    about: About,
}

impl Sink for Taking<'_> {
    #[inline(always)]
    fn asked(&mut self, about: About, _: impl FnOnce() -> Cause) {
        self.about = about;
    }

    fn cleared_by(&mut self, _: impl FnOnce() -> Cause) {}

    #[inline(always)]
    fn booked(&mut self, booked: Booked, moves: impl FnOnce() -> Moves) {
        self.tallied.add(booked, moves, self.about, self.calendar);
    }

    fn tier_changed(&mut self, _: TierChange) {}
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::ledger::sink::Of;
    use crate::rules::tier::TierRank;

    #[test]
    fn sums_hold_more_than_one_member_can_and_moments_before_1970_have_their_months() {
        let calendar = Calendar::new(TimeZone::get("Asia/Shanghai").unwrap());
        let mut tallied = Tallied::default();
        let mut earn = |at: &str, hundredths| {
            let (instant, points) = (Moment::from(at.parse::<jiff::Timestamp>().unwrap()), Points::from_hundredths(hundredths));
            let (kind, of, tier) = (EntryKind::Earn, Of::Asked, TierRank::FIRST);
            let booked =
                Booked { seq: 1, kind, points, balance: Points::ZERO, tier, occurred_at: instant, instant, rules: 1, of };
            tallied.add(booked, Moves::none, About::Payment { amount: 1, scene: Scene::Other }, &calendar);
        };
        // 1 January 1970 began eight hours before the epoch there
        earn("1969-12-31T15:59:59.5Z", 1);
        earn("1969-12-31T23:59:59.5Z", 2);
        earn("1970-01-01T00:00:00.5Z", 4);
        (0..3).for_each(|_| earn("2026-11-30T12:00:00Z", i64::MAX));
        earn("2026-11-30T16:00:00Z", 8);
        let most = i128::from(i64::MAX);
        let mut months = std::collections::BTreeMap::new();
        tallied.months().for_each(|(month, flows)| *months.entry(month.number()).or_default() += flows.issued);
        let expected = [(23_639, 1), (23_640, 6), (24_322, 3 * most), (24_323, 8)];
        assert_eq!(months, expected.map(|(month, sum)| (month, Sum(sum))).into());
        assert_eq!(
            (tallied.flows().issued, tallied.scenes[Scene::Other as usize].issued),
            (Sum(3 * most + 15), Sum(3 * most + 15))
        );
    }
}
