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
    pub(super) flows: Flows,
    pub(super) months: Vec<(Month, Flows)>,
    /// From when to before when the last of them is.
    last_month: (Timestamp, Timestamp),
    pub(super) scenes: [Earnings; Scene::ALL.len()],
    pub(super) kinds: [Earnings; EarnKind::ALL.len()],
    pub(super) short: Shortfalls,
    pub(super) paying: Paying,
}

/// How many months most members are active in, so that few lists have to grow.
const USUAL_MONTHS: usize = 16;

impl Default for Tallied {
    fn default() -> Tallied {
        Tallied {
            flows: Flows::default(),
            months: Vec::with_capacity(USUAL_MONTHS),
            last_month: (Timestamp::MAX, Timestamp::MIN),
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

    #[inline]
    fn add(&mut self, booked: Booked, moves: impl FnOnce() -> Moves, about: About, calendar: &Calendar) {
        let Booked { kind, points, instant, occurred_at, .. } = booked;
        self.flows.add(kind, points);
        if !(self.last_month.0..self.last_month.1).contains(&instant) {
            let (month, start, end) = calendar.month_around(instant);
            self.last_month = (start, end);
            self.months.push((month, Flows::default()));
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
                self.kinds[EarnKind::Payment as usize].add(kind, points);
            }
            About::Earning(of) => self.kinds[of as usize].add(kind, points),
            About::Taking(of) => self.add_short(of, owed(&moves())),
            About::Other => (),
        }
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
    #[inline]
    fn asked(&mut self, about: About, _: impl FnOnce() -> Cause) {
        self.about = about;
    }

    fn cleared_by(&mut self, _: impl FnOnce() -> Cause) {}

    #[inline]
    fn booked(&mut self, booked: Booked, moves: impl FnOnce() -> Moves) {
        self.tallied.add(booked, moves, self.about, self.calendar);
    }

    fn tier_changed(&mut self, _: TierChange) {}
}
