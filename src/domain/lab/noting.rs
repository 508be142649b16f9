//! What making a history again has to know of what it has made, noted on its way to whoever wants the rest.

use smallvec::SmallVec;

use crate::ledger::entry::{Cause, EntryKind, Moves};
use crate::ledger::posting::TierChange;
use crate::ledger::sink::{About, Booked, Of, Sink};
use crate::numbers::points::Points;
use crate::numbers::time::Moment;

/// What later causes need to know of what was made.
#[derive(Debug)]
pub(super) struct Noted {
    /// Most members reach a few tiers.
    pub changes: SmallVec<[TierChange; 4]>,
    /// The number, the rules and the instant of the last entry that was asked for.
    pub asked: (i64, u32, Moment),
    pub points: Points,
    /// The moves of what was redeemed last.
    pub moves: Moves,
}

impl Default for Noted {
    fn default() -> Noted {
        let asked = (0, 0, Moment::EPOCH);
        Noted { changes: SmallVec::new(), asked, points: Points::ZERO, moves: Moves::none() }
    }
}

impl Noted {
    pub(super) fn clear(&mut self) {
        self.changes.clear();
    }
}

/// Notes what goes on to another.
pub(super) struct Noting<'n, S> {
    pub noted: &'n mut Noted,
    pub to: &'n mut S,
}

impl<S: Sink> Sink for Noting<'_, S> {
    #[inline(always)]
    fn asked(&mut self, about: About, cause: impl FnOnce() -> Cause) {
        self.to.asked(about, cause);
    }

    fn cleared_by(&mut self, cause: impl FnOnce() -> Cause) {
        self.to.cleared_by(cause);
    }

    #[inline(always)]
    fn booked(&mut self, booked: Booked, moves: impl FnOnce() -> Moves) {
        if booked.of == Of::Asked {
            self.noted.asked = (booked.seq, booked.rules, booked.instant);
            self.noted.points = booked.points;
        }
        if booked.kind != EntryKind::Redeem {
            return self.to.booked(booked, moves);
        }
        self.noted.moves = moves();
        self.to.booked(booked, || self.noted.moves.clone());
    }

    fn tier_changed(&mut self, change: TierChange) {
        self.noted.changes.push(change);
        self.to.tier_changed(change);
    }
}
