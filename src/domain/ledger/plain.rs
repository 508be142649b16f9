//! The short way of payments and their refunds, taken where nothing but sums can come of them: by rules under which points are
//! available at once and for good, uncapped, and tiers go by all there ever was; for members with nothing held back, no lots that
//! expire and nothing due. It does what drafting and booking do, which stories hold it equal to.

use crate::ledger::account::Account;
use crate::ledger::entry::{EntryKind, Moves, Place};
use crate::ledger::posting::{ChangedBy, Posting};
use crate::ledger::refund::Earned;
use crate::ledger::sink::{Booked, Of, Sink};
use crate::ledger::state::{State, checked};
use crate::numbers::points::Points;
use crate::refusal::Refusal;
use crate::rules::rule_set::Shortfall;
use crate::rules::tier::{Basis, TierRank};
use crate::rules::window::Gain;

impl Account {
    /// When it is posted, if the short way can be taken.
    #[inline]
    pub(crate) fn plainly<'a>(&self, on: Posting<'a>) -> Option<Posting<'a>> {
        #[cfg(test)]
        if LONG.get() {
            return None;
        }
        let on = Posting { instant: self.instant_of_history(on.instant), ..on };
        let is_due = || on.timeline.next_rating(self.rated_by).is_some_and(|rules| rules.from <= on.instant);
        (on.timeline.is_plain() && self.history.is_none() && self.state.is_plain() && !is_due()).then_some(on)
    }
}

impl State {
    /// Whether nothing can become due but new rules, and nothing is kept that payments or refunds would change.
    #[inline]
    fn is_plain(&self) -> bool {
        let has_nothing_apart = self.lots.is_empty() && self.held.is_empty() && self.lapsed.is_empty() && self.pending.is_zero();
        let follows_every_change = self.period.is_none() && self.floor.is_none() && self.kept.is_none() && self.months.is_none();
        has_nothing_apart && follows_every_change && !self.closed && self.early.is_none()
    }

    pub(crate) fn pay_plainly<S: Sink>(&mut self, on: Posting, gain: Gain, sink: &mut S) -> Result<(), Refusal> {
        let repaid = self.debt.available_for(gain.earned);
        let rest = checked(gain.earned.checked_sub(repaid))?;
        self.debt = checked(self.debt.checked_sub(repaid))?;
        self.available = checked(self.available.checked_add(rest))?;
        let moves = Moves::none().with(Place::Debt, repaid).with(Place::Lot { day: None }, rest);
        let rules = on.timeline.at(on.occurred_at).version;
        self.book_plainly(on, EntryKind::Earn, rules, gain, moves, sink)
    }

    pub(crate) fn refund_plainly<S: Sink>(
        &mut self,
        on: Posting,
        earned: &Earned,
        points: Points,
        amount: i64,
        sink: &mut S,
    ) -> Result<(), Refusal> {
        let rules = earned.rules(on.timeline);
        let taken = self.available.available_for(points);
        let short = checked(points.checked_sub(taken))?;
        let owed = match rules.set.shortfall {
            Shortfall::Debt => short,
            // no debt of anything else was repaid on the way
            Shortfall::Forgive => Points::ZERO,
        };
        self.available = checked(self.available.checked_sub(taken))?;
        self.debt = checked(self.debt.checked_add(owed))?;
        let negative = |points: Points| checked(points.checked_neg());
        let moves = Moves::none().with(Place::Lot { day: None }, negative(taken)?).with(Place::Debt, negative(owed)?);
        let gain = Gain { earned: negative(points)?, spent: -amount };
        self.book_plainly(on, EntryKind::Clawback, rules.version, gain, moves, sink)
    }

    #[inline]
    fn book_plainly<S: Sink>(
        &mut self,
        on: Posting,
        kind: EntryKind,
        rules: u32,
        gain: Gain,
        moves: Moves,
        sink: &mut S,
    ) -> Result<(), Refusal> {
        self.seq += 1;
        self.earned = checked(self.earned.checked_add(gain.earned))?;
        self.spent = self.spent.checked_add(gain.spent).ok_or(Refusal::PointsOutOfRange)?;
        self.last = Some(on.instant);
        let (points, balance) = (checked(moves.total())?, checked(self.balance())?);
        let change = self.change_to(self.rank_plainly(on)?, on.instant, ChangedBy::Entry);
        let (seq, tier, Posting { occurred_at, instant, .. }) = (self.seq, self.tier, on);
        sink.booked(Booked { seq, kind, points, balance, tier, moves, occurred_at, instant, rules, of: Of::Asked });
        if let Some(change) = change {
            sink.tier_changed(change);
        }
        // what was read may be damaged; a posting on top of it would only hide that
        let is_sound = !self.debt.is_negative() && !self.available.is_negative();
        match is_sound && (self.available.is_zero() || self.debt.is_zero()) {
            true => Ok(()),
            false => Err(Refusal::AccountDamaged),
        }
    }

    #[inline]
    fn rank_plainly(&self, on: Posting) -> Result<TierRank, Refusal> {
        let rules = on.timeline.at(on.instant);
        let gathered = match rules.set.ladder.basis {
            Basis::PointsEarned => self.earned.hundredths(),
            Basis::AmountSpent => self.spent,
            Basis::PointsBalance => checked(self.available.checked_sub(self.debt))?.hundredths(),
        };
        Ok(rules.rank(gathered))
    }
}

#[cfg(test)]
thread_local! {
    static LONG: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Does something with the short way barred.
#[cfg(test)]
pub(crate) fn the_long_way<T>(does: impl FnOnce() -> T) -> T {
    LONG.set(true);
    let done = does();
    LONG.set(false);
    done
}
