//! Events that earn, posted to an account: payments, referrals and reviews; and what one would earn.

use crate::ids::MemberId;
use crate::ledger::account::{Account, Late};
use crate::ledger::earning::{self, PaymentTerms, Worth};
use crate::ledger::entry::{Cause, EntryKind, Hash, Place};
use crate::ledger::event::{Activity, Event, EventKey, Scene};
use crate::ledger::posting::{Counted, Draft, Posted, Posting, TierChange};
use crate::ledger::sink::{About, Of, Sink};
use crate::ledger::state::{Held, State};
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::numbers::sorted::Sorted;
use crate::numbers::time::Moment;
use crate::refusal::Refusal;
use crate::rules::rule_set::Rules;
use crate::rules::terms::{CapKey, EarnKind};
use crate::rules::tier::TierRank;
use crate::rules::window::Gain;

/// What an event would earn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted {
    pub worth: Worth,
    /// Whose multiplier applies to a payment; of all else the member's tier.
    pub tier: TierRank,
    pub rules_version: u32,
}

impl Account {
    /// A payment earns `α × amount × multipliers` under the rules in force when it occurred.
    ///
    /// The tier whose multiplier applies is what the history posted so far shows just before `occurred_at`. `history` is the
    /// member's, oldest first; it may be left out if nothing was posted at or after that time.
    pub fn pay(
        &mut self,
        on: Posting,
        event: EventKey,
        amount: Money,
        scene: Scene,
        history: &[TierChange],
    ) -> Result<Posted, Refusal> {
        self.recorded(|account, sink| {
            let tier = match &mut account.history {
                Some(history) => history.tier_before(on)?,
                None => {
                    // what is due is posted before it in any case: those changes say which tier it finds
                    let before = (account.last, account.tier);
                    let until = account.instant_of_history(on.instant);
                    account.state.catch_up(on.timeline, until, sink)?;
                    shown(on, before, sink.tier_changes(), history)
                }
            };
            let terms = account.payment_terms_of(on, scene, tier);
            account.pay_to(sink, on, amount, terms, || event)
        })
    }

    /// What fixes what a payment earns, by a tier that is known.
    #[inline]
    pub(crate) fn payment_terms_of(&self, on: Posting, scene: Scene, tier: TierRank) -> PaymentTerms {
        PaymentTerms { scene, tier, cap_room: self.cap_room(on.timeline.at(on.occurred_at), EarnKind::Payment, on) }
    }

    /// [`Account::pay`] on terms that are known.
    #[inline]
    pub(crate) fn pay_to<S: Sink>(
        &mut self,
        sink: &mut S,
        on: Posting,
        amount: Money,
        terms: PaymentTerms,
        event: impl FnOnce() -> EventKey,
    ) -> Result<Late, Refusal> {
        if let Some(on) = self.plainly(on) {
            return self.state.pay_plainly(sink, on, amount, terms, event).map(|()| None);
        }
        let gain = asked_to_pay(sink, on.timeline.at(on.occurred_at), amount, terms, event)?;
        self.post(on, sink, |state, on| Ok(state.earning(on, EarnKind::Payment, gain)?.alone()))
    }

    /// The tier just before something occurred, once everything due has been posted; `history` has all changes.
    #[inline(always)]
    pub(crate) fn tier_shown(&self, on: Posting, history: &[TierChange]) -> TierRank {
        shown(on, (self.last, self.tier), &[], history)
    }

    /// A referral earns β. `completed_by` is the hash of the entry of the referee's payment that completed an invitation, where
    /// a refund of it takes the award back (see [`crate::ledger::invitation`]).
    pub fn refer(
        &mut self,
        on: Posting,
        event: EventKey,
        referee: MemberId,
        completed_by: Option<Hash>,
    ) -> Result<Posted, Refusal> {
        self.recorded(|account, sink| account.refer_to(sink, on, || event, referee, completed_by))
    }

    pub(crate) fn refer_to<S: Sink>(
        &mut self,
        sink: &mut S,
        on: Posting,
        event: impl FnOnce() -> EventKey,
        referee: MemberId,
        completed_by: Option<Hash>,
    ) -> Result<Late, Refusal> {
        let rules = on.timeline.at(on.occurred_at);
        let cap_room = self.cap_room(rules, EarnKind::Referral, on);
        let gain = Gain::points(earning::referral(rules, cap_room)?.points);
        sink.asked(About::Earning(EarnKind::Referral), || Cause::Referral { event: event(), referee, completed_by, cap_room });
        self.post(on, sink, |state, on| Ok(state.earning(on, EarnKind::Referral, gain)?.alone()))
    }

    /// A review earns γ. `subject` is the salted digest of what was reviewed.
    pub fn review(&mut self, on: Posting, event: EventKey, subject: Hash) -> Result<Posted, Refusal> {
        self.recorded(|account, sink| account.review_to(sink, on, || event, subject))
    }

    pub(crate) fn review_to<S: Sink>(
        &mut self,
        sink: &mut S,
        on: Posting,
        event: impl FnOnce() -> EventKey,
        subject: Hash,
    ) -> Result<Late, Refusal> {
        let rules = on.timeline.at(on.occurred_at);
        let cap_room = self.cap_room(rules, EarnKind::Review, on);
        let gain = Gain::points(earning::review(rules, cap_room)?.points);
        sink.asked(About::Earning(EarnKind::Review), || Cause::Review { event: event(), subject, cap_room });
        self.post(on, sink, |state, on| Ok(state.earning(on, EarnKind::Review, gain)?.alone()))
    }

    /// What an event would earn if it were posted so: it is, to a copy, and by the same code. `history` is as for
    /// [`Account::pay`].
    ///
    /// Refused: as posting it; [`Refusal::UnknownPayment`] for a refund, which earns nothing.
    pub fn quote(&self, on: Posting, event: &Event, history: &[TierChange]) -> Result<Quoted, Refusal> {
        let (mut account, key) = (self.clone(), event.key.clone());
        let posted = match &event.activity {
            Activity::Payment { amount, scene } => account.pay(on, key, *amount, *scene, history)?,
            Activity::Referral { .. } => account.refer(on, key, self.member, None)?,
            Activity::Review { .. } => account.review(on, key, Hash::NONE)?,
            Activity::Refund { .. } => return Err(Refusal::UnknownPayment),
        };
        let rules = on.timeline.at(on.occurred_at);
        let (worth, tier) = match posted.entry().cause {
            Cause::Payment { amount, scene, tier, cap_room, .. } => {
                (earning::payment(rules, amount, PaymentTerms { scene, tier, cap_room })?, tier)
            }
            Cause::Referral { cap_room, .. } => (earning::referral(rules, cap_room)?, account.tier),
            Cause::Review { cap_room, .. } => (earning::review(rules, cap_room)?, account.tier),
            _ => return Err(Refusal::UnknownPayment),
        };
        Ok(Quoted { worth, tier, rules_version: rules.version })
    }
}

/// The tier just before something occurred: after those changes that are due and before them `history`. `before`: the last instant and
/// the tier before what is due.
#[inline(always)]
fn shown(on: Posting, before: (Option<Moment>, TierRank), due: &[TierChange], history: &[TierChange]) -> TierRank {
    let earlier = |change: &&TierChange| change.at < on.occurred_at;
    let (last, tier) = before;
    match due.iter().rev().find(earlier) {
        Some(change) => change.to,
        None if last.is_none_or(|last| last < on.occurred_at) => tier,
        None => history.iter().rev().find(earlier).map_or(TierRank::FIRST, |change| change.to),
    }
}

impl State {
    /// What earlier postings left of the caps that apply; `None` when none does.
    #[inline]
    fn cap_room(&self, rules: &Rules, kind: EarnKind, on: Posting) -> Option<Points> {
        let limits = rules.set.caps.of(kind).limits(kind, on.timeline.calendar(), on.occurred_at);
        limits.map(|(key, most)| self.left_of(key, most)).min()
    }

    /// The whole day or month counts, also what of it lies before the version that brought the cap.
    fn left_of(&self, key: CapKey, most: Points) -> Points {
        let of = |kept: &Sorted<CapKey, Points>| kept.get(&key).unwrap_or(Points::ZERO);
        let uncapped = if self.is_next_early() { Points::ZERO } else { of(&self.uncapped) };
        let left = of(&self.capped).checked_add(uncapped).and_then(|used| most.checked_sub(used));
        left.filter(|left| left.is_positive()).unwrap_or(Points::ZERO)
    }

    /// Points that are earned: held back if the rules say so, else available at once.
    pub(crate) fn earning(&self, on: Posting, kind: EarnKind, gain: Gain) -> Result<Draft, Refusal> {
        let calendar = on.timeline.calendar();
        let rules = on.timeline.at(on.occurred_at);
        let day = rules.set.expiry.day(calendar, on.occurred_at);
        let seq = self.seq + 1;
        let at = on.occurred_at.min(on.instant);
        let mut draft = Draft::new(EntryKind::Earn, rules.version, Of::Asked, on.occurred_at);
        let caps = rules.set.caps.of(kind).limits(kind, calendar, on.occurred_at);
        draft.capped = caps.map(|(key, _)| (key, gain.earned)).collect();
        let partly = on.timeline.uncapped_within_caps(kind, on.occurred_at);
        draft.uncapped = partly.map(|key| (key, gain.earned)).collect();
        let mut counted = Counted { seq, at, occurred_at: on.occurred_at, gain };
        match rules.set.holding.of(kind) {
            days if days > 0 && gain.earned.is_positive() => {
                let until = calendar.days_after(on.occurred_at, days);
                draft.moves.push(Place::Pending { payment: seq }, gain.earned);
                draft.held = Some(Held { points: gain.earned, until, day, rules: rules.version });
                counted.gain.earned = Points::ZERO;
            }
            _ => self.entering(&mut draft.moves, gain.earned, day)?,
        }
        draft.counted.push(counted);
        Ok(draft)
    }
}

/// Says to a sink that a payment comes under these rules; what it adds to the tier basis.
#[inline(always)]
pub(crate) fn asked_to_pay<S: Sink>(
    sink: &mut S,
    rules: &Rules,
    amount: Money,
    terms: PaymentTerms,
    event: impl FnOnce() -> EventKey,
) -> Result<Gain, Refusal> {
    let PaymentTerms { scene, tier, cap_room } = terms;
    let points = earning::points(rules, amount, terms)?;
    let about = About::Payment { amount: amount.minor(), scene };
    sink.asked(about, || Cause::Payment { event: event(), amount, scene, tier, cap_room });
    Ok(Gain { earned: points, spent: amount.minor() })
}
