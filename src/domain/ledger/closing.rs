//! What the staff does to an account: giving and taking points, and closing it.

use crate::ids::StaffId;
use crate::ledger::account::{Account, checked};
use crate::ledger::entry::{Cause, EntryKind, Hash, Place};
use crate::ledger::posting::{Draft, Posted, Posting};
use crate::numbers::points::Points;
use crate::refusal::{Fault, Refusal};

impl Account {
    /// Gives or takes points for a reason that a member of the staff answers for. `reason` is its salted digest.
    ///
    /// Refused: [`Refusal::NotEnoughPoints`] beyond what is available; no points at all.
    pub fn adjust(&mut self, on: Posting, staff: StaffId, reason: Hash, points: Points) -> Result<Posted, Refusal> {
        self.post(on, |account, on| {
            let rules = on.timeline.at(on.instant);
            let mut draft = Draft::new(EntryKind::Adjust, rules.version, Cause::Staff { staff, reason }, on.occurred_at);
            draft.moves = match checked(points.checked_neg())? {
                _ if points.is_zero() => return Err(Refusal::field("points", Fault::NotZero)),
                taken if taken.is_positive() && taken > account.available => {
                    return Err(Refusal::NotEnoughPoints { available: account.available, wanted: taken });
                }
                taken if taken.is_positive() => account.drawing(taken)?,
                _ => account.entering(points, rules.set.expiry.day(on.timeline.calendar(), on.instant))?,
            };
            Ok(vec![draft])
        })
    }

    /// Closes the account: removes whatever is left, pending points and debt too.
    pub fn close(&mut self, on: Posting) -> Result<Posted, Refusal> {
        self.post(on, |account, on| Ok(vec![account.clearing(on)?]))
    }

    pub(crate) fn clearing(&self, on: Posting) -> Result<Draft, Refusal> {
        let rules = on.timeline.at(on.instant).version;
        let mut draft = Draft::new(EntryKind::Adjust, rules, Cause::Closing, on.occurred_at);
        let mut moves = self.drawing(self.available)?;
        for (seq, held) in &self.held {
            moves = moves.with(Place::Pending { payment: *seq }, checked(held.points.checked_neg())?);
        }
        draft.moves = moves.with(Place::Debt, self.debt);
        Ok(draft)
    }
}
