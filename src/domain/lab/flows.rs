//! Points that came and went, by the kinds of entries.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::lab::sum::Sum;
use crate::ledger::entry::EntryKind;
use crate::numbers::points::Points;

/// The same thing under the rules that were and under the draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair<T> {
    pub baseline: T,
    pub draft: T,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    Baseline,
    Draft,
}

impl<T> Pair<T> {
    pub fn of_mut(&mut self, under: Under) -> &mut T {
        match under {
            Under::Baseline => &mut self.baseline,
            Under::Draft => &mut self.draft,
        }
    }

    pub fn map<U>(&self, f: impl Fn(&T) -> U) -> Pair<U> {
        Pair { baseline: f(&self.baseline), draft: f(&self.draft) }
    }
}

impl<T: AddAssign> AddAssign for Pair<T> {
    fn add_assign(&mut self, other: Pair<T>) {
        self.baseline += other.baseline;
        self.draft += other.draft;
    }
}

/// Points by what happened to them. All but `issued`, `restored` and `adjusted` are counted as taken: positive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flows {
    pub issued: Sum,
    pub clawed_back: Sum,
    pub redeemed: Sum,
    pub restored: Sum,
    pub expired: Sum,
    /// By the staff, by closing, and what merged accounts handed over: signed.
    pub adjusted: Sum,
}

impl Flows {
    #[inline(always)]
    pub fn add(&mut self, kind: EntryKind, points: impl Into<Sum>) {
        let points: Sum = points.into();
        match kind {
            EntryKind::Earn => self.issued += points,
            EntryKind::Clawback => self.clawed_back += -points,
            EntryKind::Redeem => self.redeemed += -points,
            EntryKind::Restore => self.restored += points,
            EntryKind::Expire => self.expired += -points,
            EntryKind::Adjust => self.adjusted += points,
            EntryKind::Activate => (),
        }
    }

    /// What they leave.
    pub fn outstanding(&self) -> Sum {
        self.issued - self.clawed_back - self.redeemed + self.restored - self.expired + self.adjusted
    }
}

impl AddAssign for Flows {
    fn add_assign(&mut self, other: Flows) {
        self.issued += other.issued;
        self.clawed_back += other.clawed_back;
        self.redeemed += other.redeemed;
        self.restored += other.restored;
        self.expired += other.expired;
        self.adjusted += other.adjusted;
    }
}

/// What was earned by something, and taken back of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earnings {
    pub issued: Sum,
    pub clawed_back: Sum,
}

impl Earnings {
    #[inline(always)]
    pub fn add(&mut self, kind: EntryKind, points: Points) {
        match kind {
            EntryKind::Earn => self.issued += points.into(),
            EntryKind::Clawback => self.clawed_back += -Sum::from(points),
            _ => (),
        }
    }
}

impl AddAssign for Earnings {
    fn add_assign(&mut self, other: Earnings) {
        self.issued += other.issued;
        self.clawed_back += other.clawed_back;
    }
}
