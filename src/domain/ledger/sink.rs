//! Where what is posted goes. The ledger makes entries of it, links of the member's chain; a simulation adds it up.

use smallvec::SmallVec;

use crate::ids::MemberId;
use crate::ledger::account::Account;
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash, Moves};
use crate::ledger::event::Scene;
use crate::ledger::posting::TierChange;
use crate::numbers::points::Points;
use crate::numbers::time::{Day, Moment};
use crate::rules::terms::EarnKind;
use crate::rules::tier::TierRank;

/// Takes what is posted, in order.
pub trait Sink {
    /// What the posting that comes now is about. The cause is only made where somebody keeps it.
    fn asked(&mut self, about: About, cause: impl FnOnce() -> Cause);
    /// Why whatever comes back to a closed account is removed again.
    fn cleared_by(&mut self, cause: impl FnOnce() -> Cause);
    /// The moves are only made where somebody looks at them.
    fn booked(&mut self, booked: Booked, moves: impl FnOnce() -> Moves);
    fn tier_changed(&mut self, change: TierChange);
}

/// What a posting is about, as far as somebody who adds up wants to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Minor units.
    Payment {
        amount: i64,
        scene: Scene,
    },
    Refund {
        amount: i64,
        scene: Scene,
    },
    /// Something else that was earned, or is taken back.
    Earning(EarnKind),
    /// Points that are redeemed or taken by the staff.
    Taking(EntryKind),
    Other,
}

/// What was booked: an entry without whose it is, its moves and its place in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    pub seq: i64,
    pub kind: EntryKind,
    pub points: Points,
    /// After it, as is the tier.
    pub balance: Points,
    pub tier: TierRank,
    pub occurred_at: Moment,
    pub instant: Moment,
    pub rules: u32,
    pub of: Of,
}

/// What something booked comes of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// What was asked for.
    Asked,
    /// What had come back to a closed account is removed again.
    Cleared,
    Lapse {
        day: Day,
    },
    Activation {
        payment: i64,
    },
    RefundOfLapsed {
        payment: i64,
    },
}

impl Of {
    /// Whether it is what was asked for, or what that ends with.
    pub fn is_asked(self) -> bool {
        matches!(self, Of::Asked | Of::Cleared)
    }
}

/// What was posted, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    pub entries: Vec<Entry>,
    pub tier_changes: Vec<TierChange>,
}

/// Makes entries.
pub struct Recorder {
    member: MemberId,
    head: Hash,
    is_chained: bool,
    asked: Cause,
    cleared_by: Cause,
    journal: Journal,
    main: Option<usize>,
}

impl Recorder {
    pub(crate) fn of(account: &Account) -> Recorder {
        let Account { member, head, is_chained, .. } = *account;
        let (asked, cleared_by) = (Cause::Closing, Cause::Closing);
        Recorder { member, head, is_chained, asked, cleared_by, journal: Journal::default(), main: None }
    }

    pub(crate) fn tier_changes(&self) -> &[TierChange] {
        &self.journal.tier_changes
    }

    /// What was made, where in it what was asked for stands, and the hash of the last entry.
    pub(crate) fn into_parts(self) -> (Journal, Option<usize>, Hash) {
        (self.journal, self.main, self.head)
    }
}

impl Sink for Recorder {
    fn asked(&mut self, _: About, cause: impl FnOnce() -> Cause) {
        self.asked = cause();
    }

    fn cleared_by(&mut self, cause: impl FnOnce() -> Cause) {
        self.cleared_by = cause();
    }

    fn booked(&mut self, booked: Booked, moves: impl FnOnce() -> Moves) {
        let Booked { seq, kind, points, balance, tier, occurred_at, instant, rules, of } = booked;
        let cause = match of {
            // one posting has one entry of each
            Of::Asked => std::mem::replace(&mut self.asked, Cause::Closing),
            Of::Cleared => std::mem::replace(&mut self.cleared_by, Cause::Closing),
            Of::Lapse { day } => Cause::Lapse { day: day.date() },
            Of::Activation { payment } => Cause::Activation { payment },
            Of::RefundOfLapsed { payment } => Cause::RefundOfLapsed { payment },
        };
        if of.is_asked() {
            self.main = Some(self.journal.entries.len());
        }
        let (member, moves) = (self.member, moves());
        let (occurred_at, instant) = (occurred_at.time(), instant.time());
        let mut entry =
            Entry { member, seq, kind, points, balance, tier, moves, occurred_at, instant, rules, cause, hash: Hash::NONE };
        if self.is_chained {
            entry.hash = entry.chained(&self.head);
            self.head = entry.hash;
        }
        self.journal.entries.push(entry);
    }

    fn tier_changed(&mut self, change: TierChange) {
        self.journal.tier_changes.push(change);
    }
}

/// Keeps what was booked until it is passed on.
#[derive(Default)]
pub(crate) struct Kept {
    booked: SmallVec<[(Booked, Moves); 2]>,
    pub tier_changes: Vec<TierChange>,
}

impl Kept {
    pub fn pass_on<S: Sink>(self, sink: &mut S) {
        self.booked.into_iter().for_each(|(booked, moves)| sink.booked(booked, || moves));
        self.tier_changes.into_iter().for_each(|change| sink.tier_changed(change));
    }
}

impl Sink for Kept {
    fn asked(&mut self, _: About, _: impl FnOnce() -> Cause) {}
    fn cleared_by(&mut self, _: impl FnOnce() -> Cause) {}

    fn booked(&mut self, booked: Booked, moves: impl FnOnce() -> Moves) {
        self.booked.push((booked, moves()));
    }

    fn tier_changed(&mut self, change: TierChange) {
        self.tier_changes.push(change);
    }
}

/// Nobody looks.
impl Sink for () {
    #[inline]
    fn asked(&mut self, _: About, _: impl FnOnce() -> Cause) {}
    fn cleared_by(&mut self, _: impl FnOnce() -> Cause) {}
    #[inline]
    fn booked(&mut self, _: Booked, _: impl FnOnce() -> Moves) {}
    #[inline]
    fn tier_changed(&mut self, _: TierChange) {}
}

/// Keeps the changes of the tier and nothing else.
impl Sink for Vec<TierChange> {
    fn asked(&mut self, _: About, _: impl FnOnce() -> Cause) {}
    fn cleared_by(&mut self, _: impl FnOnce() -> Cause) {}
    fn booked(&mut self, _: Booked, _: impl FnOnce() -> Moves) {}

    fn tier_changed(&mut self, change: TierChange) {
        self.push(change);
    }
}
