//! Taking back what was earned: what a refund does to the points of its payment, and how anything else that was earned is taken
//! back.

use smallvec::{SmallVec, smallvec};

use crate::ledger::account::{Account, Late};
use crate::ledger::earning::{self, PaymentTerms};
use crate::ledger::entry::{Cause, Entry, EntryKind, Moves, Place};
use crate::ledger::event::EventKey;
use crate::ledger::posting::{Counted, Draft, Drafts, Posted, Posting};
use crate::ledger::sink::{About, Of, Sink};
use crate::ledger::state::{State, checked};
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::numbers::time::{Day, Moment};
use crate::refusal::Refusal;
use crate::rules::rule_set::{Rules, Shortfall, Timeline};
use crate::rules::terms::EarnKind;
use crate::rules::window::Gain;

/// An entry that earned, as taking it back needs it: where its points went, and when they counted for the tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earned {
    pub seq: i64,
    pub kind: EarnKind,
    pub rules: u32,
    pub occurred_at: Moment,
    pub instant: Moment,
}

/// What a payment's entry records, as a refund of it needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentEntry {
    pub seq: i64,
    pub amount: Money,
    pub terms: PaymentTerms,
    pub rules: u32,
    pub occurred_at: Moment,
    pub instant: Moment,
    /// How much of it has been refunded so far.
    pub refunded: Money,
}

impl Earned {
    /// The rules that it was earned by.
    #[inline]
    pub fn rules<'a>(&self, timeline: &'a Timeline) -> &'a Rules {
        timeline.version(self.rules).unwrap_or_else(|| timeline.latest())
    }

    /// The expiry day of the lot that its points went to, or will.
    pub fn day(&self, timeline: &Timeline) -> Option<Day> {
        self.rules(timeline).set.expiry.day(timeline.calendar(), self.occurred_at)
    }

    /// When the event counted: for a validity period, and in whose month.
    fn counted(&self) -> (Moment, Moment) {
        (self.occurred_at.min(self.instant), self.occurred_at)
    }

    /// Likewise its points. Those that were held back counted from their activation.
    pub(crate) fn points_counted(&self, timeline: &Timeline) -> (Moment, Moment) {
        match self.rules(timeline).set.holding.of(self.kind) {
            0 => self.counted(),
            days => {
                let until = timeline.calendar().days_after(self.occurred_at, days);
                (until, until)
            }
        }
    }
}

impl PaymentEntry {
    /// `None` if the entry is no payment's.
    pub fn of(entry: &Entry, refunded: Money) -> Option<PaymentEntry> {
        let Cause::Payment { amount, scene, tier, cap_room, .. } = &entry.cause else { return None };
        Some(PaymentEntry {
            seq: entry.seq,
            amount: *amount,
            terms: PaymentTerms { scene: *scene, tier: *tier, cap_room: *cap_room },
            rules: entry.rules,
            occurred_at: entry.occurred_at.into(),
            instant: entry.instant.into(),
            refunded,
        })
    }

    pub fn earned(&self) -> Earned {
        let PaymentEntry { seq, rules, occurred_at, instant, .. } = *self;
        Earned { seq, kind: EarnKind::Payment, rules, occurred_at, instant }
    }

    /// The expiry day of the lot that its points went to, or will.
    pub fn day(&self, timeline: &Timeline) -> Option<Day> {
        self.earned().day(timeline)
    }
}

impl Account {
    /// A refund takes back what its part of the payment earned: first out of the payment's own pending points, then its own
    /// lot, then the lots that expire first; the rest is owed or forgiven. What lapsed out of its own lot is not owed: so much
    /// is restored first. What of this repaid debt of something else on its way (lots and debt never stand side by side) is owed
    /// again, also where the rest is forgiven: a refund forgives what it is short of itself and nobody else's debt.
    ///
    /// Refused: [`Refusal::RefundBeyondPayment`].
    pub fn refund(&mut self, on: Posting, event: EventKey, payment: &PaymentEntry, amount: Money) -> Result<Posted, Refusal> {
        self.recorded(|account, sink| account.refund_to(sink, on, || event, payment, amount))
    }

    #[inline]
    pub(crate) fn refund_to<S: Sink>(
        &mut self,
        sink: &mut S,
        on: Posting,
        event: impl FnOnce() -> EventKey,
        payment: &PaymentEntry,
        amount: Money,
    ) -> Result<Late, Refusal> {
        let (earned, points) = asked_to_refund(sink, on, payment, amount, event)?;
        if let Some(on) = self.plainly(on) {
            return self.state.refund_plainly(on, &earned, points, amount.minor(), sink).map(|()| None);
        }
        self.post(on, sink, |state, on| state.refunding(on, payment, &earned, points, amount))
    }
}

/// Says to a sink that a refund comes; what was earned, and how many points of it are taken back.
#[inline(always)]
pub(crate) fn asked_to_refund<S: Sink>(
    sink: &mut S,
    on: Posting,
    payment: &PaymentEntry,
    amount: Money,
    event: impl FnOnce() -> EventKey,
) -> Result<(Earned, Points), Refusal> {
    let earned = payment.earned();
    let points = earning::taken_back(earned.rules(on.timeline), payment.amount, payment.terms, payment.refunded, amount)?;
    let about = About::Refund { amount: amount.minor(), scene: payment.terms.scene };
    sink.asked(about, || Cause::Refund { event: event(), amount, payment: payment.seq });
    Ok((earned, points))
}

impl State {
    /// The drafts of a refund that takes back so many points of what a payment earned.
    pub(crate) fn refunding(
        &self,
        on: Posting,
        payment: &PaymentEntry,
        earned: &Earned,
        points: Points,
        amount: Money,
    ) -> Result<Drafts, Refusal> {
        let (mut drafts, taken) = self.clawing_back(on, earned, points)?;
        if let Some(clawback) = drafts.last_mut().filter(|_| !self.closed) {
            clawback.counted = taken_from(on.timeline, payment, taken, amount)?;
        }
        Ok(drafts)
    }

    /// The drafts that take back so many points of what an entry earned, and how many of them were not pending any more: so many
    /// the tier basis falls by, unless the account is closed. What was earned decides by its rules whether the rest is owed.
    pub(crate) fn clawing_back(&self, on: Posting, earned: &Earned, points: Points) -> Result<(Drafts, Points), Refusal> {
        let (rules, day) = (earned.rules(on.timeline), earned.day(on.timeline));
        let held = self.held.get(&earned.seq).map_or(Points::ZERO, |held| held.points).available_for(points);
        let rest = checked(points.checked_sub(held))?;
        let mut drafts = Drafts::new();
        let restored = self.restoring_lapsed(on, earned, rest)?;
        // what comes back repays debt first; the rest enters its own lot, where it is taken again
        let (mut repaid, mut own) = (Points::ZERO, self.lot(day));
        if let Some(restore) = restored {
            for m in restore.moves.iter() {
                let into = if m.place == Place::Debt { &mut repaid } else { &mut own };
                *into = checked(into.checked_add(m.points))?;
            }
            drafts.push(restore);
        }
        let own = own.available_for(rest);
        let mut moves = Moves::none().with(Place::Pending { payment: earned.seq }, checked(held.checked_neg())?);
        moves = moves.with(Place::Lot { day }, checked(own.checked_neg())?);
        let mut short = checked(rest.checked_sub(own))?;
        // where anything is short, its own lot is used up
        for (place, points) in self.earliest_but(day, short) {
            moves = moves.with(place, checked(points.checked_neg())?);
            short = checked(short.checked_sub(points))?;
        }
        let owed = match rules.set.shortfall {
            _ if self.closed => Points::ZERO,
            Shortfall::Debt => short,
            Shortfall::Forgive if self.is_next_early() => Points::ZERO,
            Shortfall::Forgive => repaid.available_for(short),
        };
        let mut clawback = Draft::new(EntryKind::Clawback, rules.version, Of::Asked, on.occurred_at);
        clawback.moves = moves.with(Place::Debt, checked(owed.checked_neg())?);
        drafts.push(clawback);
        Ok((drafts, rest))
    }

    /// What lapsed out of the entry's own lot comes back to be taken, as far as the lot has not got so many points.
    fn restoring_lapsed(&self, on: Posting, earned: &Earned, wanted: Points) -> Result<Option<Draft>, Refusal> {
        let Some(day) = earned.day(on.timeline) else { return Ok(None) };
        let missing = checked(wanted.checked_sub(self.lot(Some(day)).available_for(wanted)))?;
        let lapsed = self.lapsed.get(&day).unwrap_or(Points::ZERO).available_for(missing);
        if !lapsed.is_positive() {
            return Ok(None);
        }
        let (rules, of) = (earned.rules(on.timeline), Of::RefundOfLapsed { payment: earned.seq });
        let mut restore = Draft::new(EntryKind::Restore, rules.version, of, on.occurred_at);
        self.entering(&mut restore.moves, lapsed, Some(day))?;
        restore.lapsed = Some((day, checked(lapsed.checked_neg())?));
        Ok(Some(restore))
    }
}

/// What a refund takes from the tier basis, each in the month and at the time where the payment counted.
pub(crate) fn taken_from(
    timeline: &Timeline,
    payment: &PaymentEntry,
    points: Points,
    amount: Money,
) -> Result<SmallVec<[Counted; 2]>, Refusal> {
    let earned = payment.earned();
    let counted = |(at, occurred_at), gain| Counted { seq: payment.seq, at, occurred_at, gain };
    Ok(smallvec![
        counted(earned.points_counted(timeline), Gain::points(checked(points.checked_neg())?)),
        counted(earned.counted(), Gain { earned: Points::ZERO, spent: -amount.minor() }),
    ])
}
