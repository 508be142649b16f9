//! The short way of payments and their refunds, taken where nothing but sums can come of them: by rules under which points are
//! available at once and for good, uncapped, and tiers go by all there ever was; for members with nothing held back, no lots that
//! expire and nothing due. It does what drafting and booking do, which stories hold it equal to.

use crate::ledger::account::Account;
use crate::ledger::earn::asked_to_pay;
use crate::ledger::earning::PaymentTerms;
use crate::ledger::entry::{EntryKind, Moves, Place};
use crate::ledger::event::EventKey;
use crate::ledger::posting::{ChangedBy, Posting};
use crate::ledger::refund::Earned;
use crate::ledger::sink::{Booked, Of, Sink};
use crate::ledger::state::State;
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::numbers::time::Moment;
use crate::refusal::Refusal;
use crate::rules::rule_set::{Rules, Shortfall, Timeline};
use crate::rules::tier::Basis;
use crate::rules::window::Gain;

impl Account {
    /// When it is posted, if the short way can be taken.
    #[inline]
    pub(crate) fn plainly<'a>(&self, on: Posting<'a>) -> Option<Posting<'a>> {
        let on = Posting { instant: self.instant_of_history(on.instant), ..on };
        (on.instant < self.plain_until(on.timeline)).then_some(on)
    }

    /// Before when the short way can be taken, as long as nothing is posted by the long one: the next rules that rate otherwise are due
    /// then.
    #[inline]
    pub(crate) fn plain_until(&self, timeline: &Timeline) -> Moment {
        #[cfg(test)]
        if LONG.get() {
            return Moment::MIN;
        }
        match timeline.is_plain() && self.history.is_none() && self.state.is_plain() {
            true => timeline.next_rating(self.rated_by).map_or(Moment::MAX, |rules| rules.from),
            false => Moment::MIN,
        }
    }
}

impl State {
    /// Whether nothing can become due but new rules, and nothing is kept that payments or refunds would change.
    #[inline]
    fn is_plain(&self) -> bool {
        let has_nothing_apart =
            self.lots.is_empty() && self.held.is_empty() && self.lapsed.is_empty() && self.pending.is_zero();
        let follows_every_change =
            self.period.is_none() && self.floor.is_none() && self.kept.is_none() && self.months.is_none();
        has_nothing_apart && follows_every_change && !self.closed && self.early.is_none()
    }

    #[inline(always)]
    pub(crate) fn pay_plainly<S: Sink>(
        &mut self,
        sink: &mut S,
        on: Posting,
        amount: Money,
        terms: PaymentTerms,
        event: impl FnOnce() -> EventKey,
    ) -> Result<(), Refusal> {
        let rules = on.timeline.at(on.occurred_at);
        let gain = asked_to_pay(sink, rules, amount, terms, event)?;
        let repaid = self.debt.available_for(gain.earned);
        let sums = || {
            let rest = gain.earned.checked_sub(repaid)?;
            Some((self.available.checked_add(rest)?, self.debt.checked_sub(repaid)?, rest))
        };
        let Some((available, debt, rest)) = sums() else { return Err(Refusal::PointsOutOfRange) };
        let moves = || Moves::none().with(Place::Debt, repaid).with(Place::Lot { day: None }, rest);
        let points = gain.earned;
        let in_force = if on.instant == on.occurred_at { rules } else { on.timeline.at(on.instant) };
        self.book_plainly((on, in_force), Sums { available, debt, gain, points }, sink, EntryKind::Earn, rules.version, moves)
    }

    #[inline(always)]
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
        let sums = || {
            let short = points.checked_sub(taken)?;
            let owed = match rules.set.shortfall {
                Shortfall::Debt => short,
                // no debt of anything else was repaid on the way
                Shortfall::Forgive => Points::ZERO,
            };
            let (available, debt) = (self.available.checked_sub(taken)?, self.debt.checked_add(owed)?);
            let (taken, owed) = (taken.checked_neg()?, owed.checked_neg()?);
            Some((
                Sums {
                    available,
                    debt,
                    gain: Gain { earned: points.checked_neg()?, spent: -amount },
                    points: taken.checked_add(owed)?,
                },
                taken,
                owed,
            ))
        };
        let Some((sums, taken, owed)) = sums() else { return Err(Refusal::PointsOutOfRange) };
        let moves = || Moves::none().with(Place::Lot { day: None }, taken).with(Place::Debt, owed);
        self.book_plainly((on, on.timeline.at(on.instant)), sums, sink, EntryKind::Clawback, rules.version, moves)
    }

    #[inline(always)]
    fn book_plainly<S: Sink>(
        &mut self,
        (on, in_force): (Posting, &Rules),
        sums: Sums,
        sink: &mut S,
        kind: EntryKind,
        rules: u32,
        moves: impl FnOnce() -> Moves,
    ) -> Result<(), Refusal> {
        let Sums { available, debt, gain, points } = sums;
        let after = || {
            let (earned, spent) = (self.earned.checked_add(gain.earned)?, self.spent.checked_add(gain.spent)?);
            let balance = available.checked_sub(debt)?;
            let gathered = match in_force.set.ladder.basis {
                Basis::PointsEarned => earned.hundredths(),
                Basis::AmountSpent => spent,
                Basis::PointsBalance => balance.hundredths(),
            };
            Some((earned, spent, balance, in_force.rank_after(self.tier, gathered)))
        };
        let Some((earned, spent, balance, rank)) = after() else { return Err(Refusal::PointsOutOfRange) };
        self.seq += 1;
        (self.available, self.debt, self.earned, self.spent) = (available, debt, earned, spent);
        self.last = Some(on.instant);
        let change = self.change_to(rank, on.instant, ChangedBy::Entry);
        let (seq, tier, Posting { occurred_at, instant, .. }) = (self.seq, self.tier, on);
        sink.booked(Booked { seq, kind, points, balance, tier, occurred_at, instant, rules, of: Of::Asked }, moves);
        if let Some(change) = change {
            sink.tier_changed(change);
        }
        // what was read may be damaged; a posting on top of it would only hide that
        let is_sound = !debt.is_negative() && !available.is_negative() && (available.is_zero() || debt.is_zero());
        if is_sound { Ok(()) } else { Err(Refusal::AccountDamaged) }
    }
}

/// What a posting leaves: what is available and owed, what it adds to the tier basis, and its points.
struct Sums {
    available: Points,
    debt: Points,
    gain: Gain,
    points: Points,
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
