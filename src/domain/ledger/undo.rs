//! Taking back what a posting has done to an account, where something refuses half-way: sums as they were, and of the lists what
//! was changed. So nothing is copied for the case that hardly ever comes.

use crate::ledger::state::{Early, Held, State};
use crate::numbers::calendar::Month;
use crate::numbers::points::Points;
use crate::numbers::time::{Day, Moment};
use crate::rules::period::{Floor, Kept, Period};
use crate::rules::terms::CapKey;
use crate::rules::tier::TierRank;
use crate::rules::window::Gain;

/// One thing of a list as it was.
#[derive(Debug)]
pub(super) enum Was {
    Lot(Day, Option<Points>),
    Held(i64, Option<Held>),
    Month(Month, Option<Gain>),
    Lapsed(Day, Option<Points>),
    Capped(CapKey, Option<Points>),
    Uncapped(CapKey, Option<Points>),
}

/// What has changed of the lists, while somebody may want it back. It is no part of where an account stands: all are equal, and a copy
/// of an account begins with none.
#[derive(Debug, Default)]
pub struct Undo {
    wanted: u32,
    all: Vec<Was>,
}

impl Clone for Undo {
    fn clone(&self) -> Undo {
        Undo::default()
    }
}

impl PartialEq for Undo {
    fn eq(&self, _: &Undo) -> bool {
        true
    }
}

impl Eq for Undo {}

impl Undo {
    #[inline]
    pub(super) fn note(&mut self, was: impl FnOnce() -> Was) {
        if self.wanted > 0 {
            self.all.push(was());
        }
    }
}

/// An account's sums before something is tried.
#[must_use]
pub(crate) struct Before {
    changed: usize,
    available: Points,
    pending: Points,
    debt: Points,
    earned: Points,
    spent: i64,
    tier: TierRank,
    rated_by: u32,
    seq: i64,
    last: Option<Moment>,
    closed: bool,
    period: Option<Period>,
    floor: Option<Floor>,
    kept: Option<Kept>,
    early: Option<Early>,
}

impl State {
    /// From here on what changes can be taken back, until that or [`State::stands`].
    pub(crate) fn tries(&mut self) -> Before {
        self.undo.wanted += 1;
        // named one by one, so that whatever an account holds one day is thought of here
        let State { available, pending, debt, earned, spent, tier, rated_by, seq, last, closed, .. } = *self;
        let State { lots: _, held: _, months: _, period, floor, kept, lapsed: _, capped: _, uncapped: _, early, undo, .. } =
            self;
        let (changed, period, floor, kept, early) = (undo.all.len(), *period, *floor, *kept, *early);
        Before {
            changed,
            available,
            pending,
            debt,
            earned,
            spent,
            tier,
            rated_by,
            seq,
            last,
            closed,
            period,
            floor,
            kept,
            early,
        }
    }

    /// What was tried stays, as far as this one is concerned.
    pub(crate) fn stands(&mut self) {
        self.undo.wanted = self.undo.wanted.saturating_sub(1);
        if self.undo.wanted == 0 {
            self.undo.all.clear();
        }
    }

    /// As it was before.
    pub(crate) fn take_back(&mut self, before: Before) {
        while self.undo.all.len() > before.changed {
            match self.undo.all.pop() {
                Some(Was::Lot(day, was)) => drop(self.lots.set(day, was)),
                Some(Was::Held(seq, was)) => drop(self.held.set(seq, was)),
                Some(Was::Month(month, was)) => drop(self.months.as_mut().map(|months| months.set(month, was))),
                Some(Was::Lapsed(day, was)) => drop(self.lapsed.set(day, was)),
                Some(Was::Capped(key, was)) => drop(self.capped.set(key, was)),
                Some(Was::Uncapped(key, was)) => drop(self.uncapped.set(key, was)),
                None => break,
            }
        }
        let Before { available, pending, debt, earned, spent, tier, rated_by, seq, last, closed, .. } = before;
        (self.available, self.pending, self.debt, self.earned, self.spent) = (available, pending, debt, earned, spent);
        (self.tier, self.rated_by, self.seq, self.last, self.closed) = (tier, rated_by, seq, last, closed);
        (self.period, self.floor, self.kept, self.early) = (before.period, before.floor, before.kept, before.early);
        self.stands();
    }
}
