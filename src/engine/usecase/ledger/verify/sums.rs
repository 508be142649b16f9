//! What holds of a member's entries by themselves.

use std::collections::BTreeMap;

use laurel_domain::ledger::entry::{Cause, Entry, Hash, Place};
use laurel_domain::ledger::merging::Brought;
use laurel_domain::numbers::points::Points;

use super::merges;
use super::replay::Replay;

/// What the entries so far add up to.
#[derive(Debug)]
pub(super) struct SoFar {
    seq: i64,
    head: Hash,
    sum: Points,
    places: BTreeMap<Place, i64>,
    /// The hash before the next entry, for merges.
    previous: Hash,
}

impl SoFar {
    pub(super) fn nothing() -> SoFar {
        SoFar { seq: 0, head: Hash::NONE, sum: Points::ZERO, places: BTreeMap::new(), previous: Hash::NONE }
    }
}

impl Replay<'_> {
    /// Sequence, chain, sums, and that no place is ever drawn below nothing. Entries that follow those that were added before.
    pub(super) fn add_up(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.verdict.entries += 1;
            let so_far = &mut self.so_far;
            so_far.seq += 1;
            let (seq, head) = (so_far.seq, std::mem::replace(&mut so_far.head, entry.hash));
            so_far.sum = so_far.sum.checked_add(entry.points).unwrap_or(so_far.sum);
            let sum = std::mem::replace(&mut so_far.sum, entry.balance);
            if entry.seq != seq {
                self.differ(entry.seq, format!("stands where entry {seq} should"));
            }
            if entry.chained(&head) != entry.hash {
                self.differ(entry.seq, "its hash does not follow from it and the entry before");
            }
            if entry.moves.total() != Some(entry.points) {
                self.differ(entry.seq, format!("its moves ({}) are not its {} points", entry.moves, entry.points));
            }
            self.verdict.by_kind[entry.kind as usize] += i128::from(entry.points.hundredths());
            if entry.balance != sum {
                self.differ(entry.seq, format!("leaves a balance of {}, the entries add up to {sum}", entry.balance));
            }
            self.follow_moves(entry);
        }
    }

    fn follow_moves(&mut self, entry: &Entry) {
        let mut places = std::mem::take(&mut self.so_far.places);
        for m in entry.moves.iter() {
            let held = places.entry(m.place).or_default();
            *held = held.saturating_add(m.points.hundredths());
        }
        let wrong = |(place, points): (&Place, &i64)| if *place == Place::Debt { *points > 0 } else { *points < 0 };
        if let Some((place, _)) = places.iter().find(|place| wrong(*place)) {
            let place = *place;
            self.differ(entry.seq, format!("draws more from {place} than was there"));
            places.remove(&place);
        }
        places.retain(|_, points| *points != 0);
        let lots = places.keys().any(|place| matches!(place, Place::Lot { .. }));
        if lots && places.contains_key(&Place::Debt) {
            self.differ(entry.seq, "leaves both open lots and debt");
            places.remove(&Place::Debt);
        }
        self.so_far.places = places;
    }

    /// What all entries together leave is what is kept.
    pub(super) fn hold_sums(&mut self) {
        if self.places() != self.so_far.places {
            self.differ(None, "the lots, pending points and debt that are kept do not follow from the moves");
        }
        self.verdict.held += self.member.account.balance().map_or(0, |balance| i128::from(balance.hundredths()));
        self.verdict.outstanding = self.verdict.outstanding.checked_add(self.so_far.sum).unwrap_or(Points::ZERO);
    }

    /// Keeps the sides of merges, to be held against each other, from this entry on. `are_all`: the entries begin with the first.
    pub(super) fn keep_merges(&mut self, entries: &[Entry], from: usize, are_all: bool) {
        for (at, entry) in entries.iter().enumerate().skip(from) {
            let previous = std::mem::replace(&mut self.so_far.previous, entry.hash);
            if matches!(entry.cause, Cause::MergedInto { .. } | Cause::MergedFrom { .. }) {
                let brought = are_all.then(|| Brought::of(&entries[..=at], self.timeline)).flatten();
                let side = merges::Side { member_no: self.member.no, entry: entry.clone(), previous, brought };
                self.verdict.merges.push(side);
            }
        }
    }

    /// The places that are kept beside the entries.
    fn places(&self) -> BTreeMap<Place, i64> {
        let a = &self.member.account;
        let lots = a.lots.iter().map(|(day, points)| (Place::Lot { day: Some(day) }, points.hundredths()));
        let held = a.held.iter().map(|(seq, held)| (Place::Pending { payment: seq }, held.points.hundredths()));
        let rest = [(Place::Lot { day: None }, a.lot(None).hundredths()), (Place::Debt, -a.debt.hundredths())];
        lots.chain(held).chain(rest).filter(|(_, points)| *points != 0).collect()
    }
}
