//! What one member's history makes under one rule set, added up while it is posted.

use jiff::Timestamp;

use crate::lab::flows::{Earnings, Flows};
use crate::lab::outcome::Shortfalls;
use crate::lab::replay::owed;
use crate::lab::segments::Paying;
use crate::ledger::entry::{Cause, EntryKind, Moves};
use crate::ledger::event::Scene;
use crate::ledger::posting::TierChange;
use crate::ledger::sink::{About, Booked, Sink};
use crate::numbers::calendar::{Calendar, Month};
use crate::numbers::points::Points;
use crate::rules::terms::EarnKind;

/// What was posted, added up.
#[derive(Clone, Debug)]
pub struct Tallied {
    /// What all was, by the months in which it was posted.
    pub(super) months: Vec<(Month, Flows)>,
    /// From which second on the last of them is, and for how many.
    last_month: (i64, u64),
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
        Tallied {
            months: Vec::with_capacity(USUAL_MONTHS),
            last_month: (0, 0),
            scenes: Default::default(),
            kinds: Default::default(),
            short: Shortfalls::default(),
            paying: Paying::default(),
        }
    }
}

impl Tallied {
    /// Takes what is made, counting months by that calendar.
    pub fn taking<'s>(&'s mut self, calendar: &'s Calendar) -> Taking<'s> {
        Taking { tallied: self, calendar, about: About::Other }
    }

    #[inline(always)]
    fn add(&mut self, booked: Booked, moves: impl FnOnce() -> Moves, about: About, calendar: &Calendar) {
        let Booked { kind, points, instant, occurred_at, .. } = booked;
        if instant.as_second().wrapping_sub(self.last_month.0) as u64 >= self.last_month.1 {
            self.begin_month(instant, calendar);
        }
        if let Some((_, flows)) = self.months.last_mut() {
            flows.add(kind, points);
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
    fn begin_month(&mut self, instant: Timestamp, calendar: &Calendar) {
        let (month, start, end) = calendar.month_around(instant);
        // moments before 1970 have fractions in second 0, too: it is always looked up
        let (start, end) = (start.as_second().max(1), end.as_second());
        self.last_month = (start, u64::try_from(end - start).unwrap_or(0));
        self.months.push((month, Flows::default()));
    }

    /// All together.
    pub(super) fn flows(&self) -> Flows {
        let mut all = Flows::default();
        self.months.iter().for_each(|(_, flows)| all += *flows);
        all
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
