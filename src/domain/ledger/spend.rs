//! Points that are redeemed, and points that a redemption gives back.

use crate::ids::RedemptionId;
use crate::ledger::account::{Account, Late};
use crate::ledger::entry::{Cause, EntryKind, Moves, Place};
use crate::ledger::posting::{Draft, Posted, Posting};
use crate::ledger::sink::{About, Of, Sink};
use crate::ledger::state::checked;
use crate::numbers::points::Points;
use crate::refusal::Refusal;
use crate::rewards::cash::{self, Quote};

impl Account {
    /// Redeems points to cash by the rules in force.
    ///
    /// Refused: [`Refusal::StaleQuote`] when `quoted` is another version, [`Refusal::NotEnoughPoints`] (also with any debt),
    /// [`Refusal::NothingToPay`].
    pub fn redeem(
        &mut self,
        on: Posting,
        redemption: RedemptionId,
        points: Points,
        quoted: Option<u32>,
    ) -> Result<(Posted, Quote), Refusal> {
        let rules = on.timeline.at(on.instant);
        if let Some(quoted) = quoted.filter(|quoted| *quoted != rules.version) {
            return Err(Refusal::StaleQuote { quoted, in_force: rules.version });
        }
        let quote = cash::quote(&rules.cash_terms(), points)?;
        // what was asked for is what the member must have, even where the cash costs a little less
        let posted = self.recorded(|account, sink| account.spend_to(sink, on, redemption, quote.points, points))?;
        Ok((posted, quote))
    }

    /// Buys a reward at a fixed price.
    ///
    /// Refused: [`Refusal::NotEnoughPoints`], also with any debt.
    pub fn buy(&mut self, on: Posting, redemption: RedemptionId, price: Points) -> Result<Posted, Refusal> {
        self.recorded(|account, sink| account.spend_to(sink, on, redemption, price, price))
    }

    pub(crate) fn spend_to<S: Sink>(
        &mut self,
        sink: &mut S,
        on: Posting,
        redemption: RedemptionId,
        price: Points,
        wanted: Points,
    ) -> Result<Late, Refusal> {
        sink.asked(About::Taking(EntryKind::Redeem), || Cause::Redemption { redemption });
        self.post(on, sink, |state, on| {
            if wanted > state.available {
                return Err(Refusal::NotEnoughPoints { available: state.available, wanted });
            }
            let rules = on.timeline.at(on.instant).version;
            let mut draft = Draft::new(EntryKind::Redeem, rules, Of::Asked, on.occurred_at);
            draft.moves = state.drawing(price)?;
            Ok(draft.alone())
        })
    }

    /// Takes points because they were taken, whether or not they are there: what is missing is owed. Only where history is made
    /// again under other rules.
    pub(crate) fn take_regardless<S: Sink>(
        &mut self,
        sink: &mut S,
        on: Posting,
        kind: EntryKind,
        cause: &Cause,
        points: Points,
    ) -> Result<Late, Refusal> {
        sink.asked(About::Taking(kind), || cause.clone());
        self.post(on, sink, |state, on| {
            let rules = on.timeline.at(on.instant).version;
            let mut draft = Draft::new(kind, rules, Of::Asked, on.occurred_at);
            let there = state.available.available_for(points);
            let missing = checked(there.checked_sub(points))?;
            draft.moves = state.drawing(there)?.with(Place::Debt, missing);
            Ok(draft.alone())
        })
    }

    /// Gives back what a redemption took: debt first, then the very lots it came from. `taken` are the moves of its entry.
    /// What the earliest lots gave repays the debt, as spending would have drawn them first.
    pub fn restore(&mut self, on: Posting, redemption: RedemptionId, taken: &Moves) -> Result<Posted, Refusal> {
        self.recorded(|account, sink| account.restore_to(sink, on, redemption, taken, Cause::Closing))
    }

    /// [`Account::restore`], and what becomes of it if the account is closed.
    pub(crate) fn restore_to<S: Sink>(
        &mut self,
        sink: &mut S,
        on: Posting,
        redemption: RedemptionId,
        taken: &Moves,
        cleared_by: Cause,
    ) -> Result<Late, Refusal> {
        sink.asked(About::Other, || Cause::Redemption { redemption });
        sink.cleared_by(|| cleared_by);
        self.post(on, sink, |state, on| {
            let rules = on.timeline.at(on.instant).version;
            let mut draft = Draft::new(EntryKind::Restore, rules, Of::Asked, on.occurred_at);
            let total = checked(taken.total().and_then(Points::checked_neg))?;
            let mut repaid = state.debt.available_for(total);
            draft.moves = Moves::none().with(Place::Debt, repaid);
            // moves stand in the order in which they were drawn: what expires first, first
            for drawn in taken.iter() {
                let points = checked(drawn.points.checked_neg())?;
                let owed = repaid.available_for(points);
                repaid = checked(repaid.checked_sub(owed))?;
                draft.moves = std::mem::take(&mut draft.moves).with(drawn.place, checked(points.checked_sub(owed))?);
            }
            let mut drafts = draft.alone();
            if state.closed {
                // nobody can use them any more
                let mut after = state.clone();
                after.apply(on.timeline, &drafts[0])?;
                drafts.push(Draft { of: Of::Cleared, ..after.clearing(on)? });
            }
            Ok(drafts)
        })
    }
}
