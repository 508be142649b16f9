//! What holds of a member's entries by themselves.

use std::collections::BTreeMap;

use laurel_domain::ledger::entry::{Cause, Entry, Hash, Place};
use laurel_domain::ledger::merging::Brought;
use laurel_domain::numbers::points::Points;

use super::merges;
use super::replay::Replay;

impl Replay<'_> {
    /// Sequence, chain, sums, and that no place is ever drawn below nothing.
    pub(super) fn add_up(&mut self, entries: &[Entry]) {
        let (mut head, mut sum) = (Hash::NONE, Points::ZERO);
        let mut places: BTreeMap<Place, i64> = BTreeMap::new();
        for (entry, seq) in entries.iter().zip(1..) {
            self.verdict.entries += 1;
            if entry.seq != seq {
                self.differ(entry.seq, format!("stands where entry {seq} should"));
            }
            if entry.chained(&head) != entry.hash {
                self.differ(entry.seq, "its hash does not follow from it and the entry before");
            }
            if entry.moves.total() != Some(entry.points) {
                self.differ(entry.seq, format!("its moves ({}) are not its {} points", entry.moves, entry.points));
            }
            sum = sum.checked_add(entry.points).unwrap_or(sum);
            self.verdict.by_kind[entry.kind as usize] += i128::from(entry.points.hundredths());
            if entry.balance != sum {
                self.differ(entry.seq, format!("leaves a balance of {}, the entries add up to {sum}", entry.balance));
                sum = entry.balance;
            }
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
            head = entry.hash;
        }
        let kept: BTreeMap<Place, i64> = self.places();
        if kept != places {
            self.differ(None, "the lots, pending points and debt that are kept do not follow from the moves");
        }
        self.verdict.held += self.member.account.balance().map_or(0, |balance| i128::from(balance.hundredths()));
        self.verdict.outstanding = self.verdict.outstanding.checked_add(sum).unwrap_or(Points::ZERO);
    }

    /// Keeps the sides of merges, to be held against each other.
    pub(super) fn keep_merges(&mut self, entries: &[Entry]) {
        let mut previous = Hash::NONE;
        for (at, entry) in entries.iter().enumerate() {
            if matches!(entry.cause, Cause::MergedInto { .. } | Cause::MergedFrom { .. }) {
                let brought = Brought::of(&entries[..=at], self.timeline);
                let side = merges::Side { member_no: self.member.no, entry: entry.clone(), previous, brought };
                self.verdict.merges.push(side);
            }
            previous = entry.hash;
        }
    }

    /// The places that are kept beside the entries.
    fn places(&self) -> BTreeMap<Place, i64> {
        let a = &self.member.account;
        let lots = a.lots.iter().map(|(day, points)| (Place::Lot { day: Some(*day) }, points.hundredths()));
        let held = a.held.iter().map(|(seq, held)| (Place::Pending { payment: *seq }, held.points.hundredths()));
        let rest = [(Place::Lot { day: None }, a.lot(None).hundredths()), (Place::Debt, -a.debt.hundredths())];
        lots.chain(held).chain(rest).filter(|(_, points)| *points != 0).collect()
    }
}
