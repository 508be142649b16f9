//! What the staff does to an account: giving and taking points, and closing it.

use crate::ids::StaffId;
use crate::ledger::account::{Account, Late};
use crate::ledger::entry::{Cause, EntryKind, Hash, Moves, Place};
use crate::ledger::posting::{Draft, Posted, Posting};
use crate::ledger::sink::{About, Of, Sink};
use crate::ledger::state::{State, checked};
use crate::numbers::points::Points;
use crate::refusal::{Fault, Refusal};

impl Account {
    /// Gives or takes points for a reason that a member of the staff answers for. `reason` is its salted digest.
    ///
    /// Refused: [`Refusal::NotEnoughPoints`] beyond what is available; no points at all.
    pub fn adjust(&mut self, on: Posting, staff: StaffId, reason: Hash, points: Points) -> Result<Posted, Refusal> {
        self.recorded(|account, sink| account.adjust_to(sink, on, staff, reason, points))
    }

    pub(crate) fn adjust_to<S: Sink>(
        &mut self,
        sink: &mut S,
        on: Posting,
        staff: StaffId,
        reason: Hash,
        points: Points,
    ) -> Result<Late, Refusal> {
        let about = if points.is_negative() { About::Taking(EntryKind::Adjust) } else { About::Other };
        sink.asked(about, || Cause::Staff { staff, reason });
        self.post(on, sink, |state, on| {
            let rules = on.timeline.at(on.instant);
            let mut draft = Draft::new(EntryKind::Adjust, rules.version, Of::Asked, on.occurred_at);
            draft.moves = match checked(points.checked_neg())? {
                _ if points.is_zero() => return Err(Refusal::field("points", Fault::NotZero)),
                taken if taken.is_positive() && taken > state.available => {
                    return Err(Refusal::NotEnoughPoints { available: state.available, wanted: taken });
                }
                taken if taken.is_positive() => state.drawing(taken)?,
                _ => {
                    let mut moves = Moves::none();
                    let day = rules.set.expiry.day(on.timeline.calendar(), on.instant);
                    state.entering(&mut moves, points, day)?;
                    moves
                }
            };
            Ok(draft.alone())
        })
    }

    /// Closes the account: removes whatever is left, pending points and debt too.
    pub fn close(&mut self, on: Posting) -> Result<Posted, Refusal> {
        self.recorded(|account, sink| account.end_to(sink, on, Cause::Closing))
    }

    /// Closes it for that cause.
    pub(crate) fn end_to<S: Sink>(&mut self, sink: &mut S, on: Posting, cause: Cause) -> Result<Late, Refusal> {
        sink.asked(About::Other, || cause);
        self.post(on, sink, |state, on| Ok(state.clearing(on)?.alone()))
    }
}

impl State {
    pub(crate) fn clearing(&self, on: Posting) -> Result<Draft, Refusal> {
        let rules = on.timeline.at(on.instant).version;
        let mut draft = Draft::new(EntryKind::Adjust, rules, Of::Asked, on.occurred_at);
        let mut moves = self.drawing(self.available)?;
        for (seq, held) in self.held.iter() {
            moves = moves.with(Place::Pending { payment: seq }, checked(held.points.checked_neg())?);
        }
        draft.moves = moves.with(Place::Debt, self.debt);
        draft.closes = true;
        Ok(draft)
    }
}
