//! What goes into making a ledger again, one cause at a time, and what comes of it.

use crate::ledger::entry::{Cause, EntryKind, Moves, Place};
use crate::ledger::sink::Journal;
use crate::numbers::points::Points;
use crate::refusal::Refusal;

/// What happened, as far as it is made again: an entry without what came of it.
#[derive(Clone, Copy)]
pub(crate) struct Happened<'c> {
    /// What later causes call it by.
    pub seq: i64,
    pub kind: EntryKind,
    /// What was redeemed or given, whatever the rules.
    pub points: Points,
    pub cause: &'c Cause,
}

impl Happened<'_> {
    pub(super) fn taken(&self) -> Result<Points, Refusal> {
        self.points.checked_neg().ok_or(Refusal::PointsOutOfRange)
    }
}

/// What a cause made under these rules, and what was due before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    pub journal: Journal,
    /// Where in the journal the entry of the cause itself stands, if it has made one.
    pub main: Option<usize>,
}

impl Made {
    /// How many points were not there that a redemption or the staff took.
    pub fn short(&self) -> Points {
        let entry = self.main.map(|at| &self.journal.entries[at]);
        let taken = entry.filter(|entry| match entry.cause {
            Cause::Redemption { .. } => entry.kind == EntryKind::Redeem,
            Cause::Staff { .. } => entry.points.is_negative(),
            _ => false,
        });
        taken.map_or(Points::ZERO, |entry| owed(&entry.moves))
    }
}

/// How many points these moves leave owed.
pub(crate) fn owed(moves: &Moves) -> Points {
    let owed = moves.iter().filter(|m| m.place == Place::Debt);
    owed.fold(Points::ZERO, |sum, m| sum.checked_sub(m.points).unwrap_or(sum))
}
