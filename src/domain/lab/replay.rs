//! A member's ledger made again out of its causes, under whatever rules.
//!
//! Causes are what happened: payments, refunds, referrals, reviews, redemptions and what they gave back, decisions of the staff.
//! Each is posted at the instant it was; what is due in between comes of the rules. What was redeemed and taken stays as it happened:
//! a member who could not have afforded it under these rules owes what is missing.

use std::collections::BTreeMap;
use std::slice::from_mut;

use crate::ids::{MemberId, RedemptionId};
use crate::lab::made::Happened;
pub use crate::lab::made::Made;
pub(crate) use crate::lab::made::owed;
use crate::lab::noting::{Noted, Noting};
use crate::ledger::account::{Account, Late};
use crate::ledger::earn::asked_to_pay;
use crate::ledger::earning::PaymentTerms;
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash, Moves, Place};
use crate::ledger::event::{EventKey, Scene};
use crate::ledger::history::{ALL_EARLY, History};
use crate::ledger::invitation::Award;
use crate::ledger::merging::Brought;
use crate::ledger::posting::{Draft, Posting, TierChange};
use crate::ledger::refund::{Earned, PaymentEntry, asked_to_refund};
use crate::ledger::sink::{Recorder, Sink};
use crate::ledger::state::Early;
use crate::numbers::money::Money;
use crate::numbers::sorted::Sorted;
use crate::numbers::time::Moment;
use crate::refusal::Refusal;
use crate::rules::rule_set::Timeline;
use crate::rules::terms::EarnKind;

/// What of a member's history the entries do not say themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Entries that were posted behind due work of a later time, and when they count.
    pub late: Option<&'a BTreeMap<i64, Moment>>,
    /// How far the ledger was made when some rules meant something else.
    pub early: Option<Early>,
}

/// What later causes of a member refer to. Whoever makes one history after the other keeps it for the room that it has.
#[derive(Debug, Default)]
pub struct Notes {
    noted: Noted,
    /// By the entries' numbers as they were, as these rules make them.
    payments: Vec<(i64, PaymentEntry)>,
    awards: Sorted<i64, Award>,
    taken: Vec<(RedemptionId, Moves)>,
}

impl Notes {
    #[inline]
    fn clear(&mut self) {
        self.noted.clear();
        self.payments.clear();
        self.awards.clear();
        self.taken.clear();
    }
}

/// One member on their way through their history.
pub struct Replay<'a> {
    timeline: &'a Timeline,
    account: &'a mut Account,
    notes: &'a mut Notes,
    early: Option<Early>,
    late: Option<&'a BTreeMap<i64, Moment>>,
    /// Whom the account went over to.
    over: Option<(MemberId, Hash)>,
    /// Nothing is due before then; the least time where that is not known.
    quiet_until: Moment,
    /// Payments and refunds before then take the short way; the least time where that is not known.
    plain_until: Moment,
}

impl<'a> Replay<'a> {
    /// `account` is a new one ([`Account::unchained`]). It stays where it is: it has half a kilobyte, and to hand it on takes longer than
    /// some events.
    #[inline]
    pub fn new(account: &'a mut Account, notes: &'a mut Notes, timeline: &'a Timeline, beside: Beside<'a>) -> Replay<'a> {
        notes.clear();
        let Beside { late, early } = beside;
        let late = late.filter(|late| !late.is_empty());
        let member = account.member;
        account.early = early.map(|_| ALL_EARLY);
        account.history = late.map(|_| Box::new(History::new(member, early, timeline)));
        Replay { timeline, account, notes, early, late, over: None, quiet_until: Moment::MIN, plain_until: Moment::MIN }
    }

    pub fn account(&self) -> &Account {
        self.account
    }

    pub fn changes(&self) -> &[TierChange] {
        &self.notes.noted.changes
    }

    /// Posts the cause of the next entry as it was made; nothing if it was due, or made with another. `brought` is what a merged
    /// account would have brought under these rules, where that is known. What it makes goes to `sink`.
    ///
    /// Refused: [`Refusal::PointsOutOfRange`] where these rules make more points than can be held; [`Refusal::UnknownPayment`] for
    /// entries that contradict themselves.
    pub fn again<S: Sink>(&mut self, entry: &Entry, brought: Option<&Brought>, sink: &mut S) -> Result<(), Refusal> {
        let Entry { seq, kind, points, ref cause, .. } = *entry;
        let on = Posting::new(self.timeline, entry.occurred_at, entry.instant);
        self.post_again(Happened { seq, kind, points, cause }, on, brought, sink)
    }

    /// Likewise of what is no entry.
    pub(crate) fn post_again<S: Sink>(
        &mut self,
        what: Happened,
        on: Posting,
        brought: Option<&Brought>,
        sink: &mut S,
    ) -> Result<(), Refusal> {
        let is_made_with_another = match what.cause {
            Cause::Lapse { .. } | Cause::Activation { .. } | Cause::RefundOfLapsed { .. } => true,
            // the second entry of what was given back to a closed account
            Cause::Closing | Cause::MergedInto { .. } => self.account.closed,
            _ => false,
        };
        if is_made_with_another {
            return Ok(());
        }
        if self.early.is_some_and(|early| what.seq > early.seq) {
            self.leave_early(on.instant, sink)?;
        }
        self.catch_up(on.instant, sink)?;
        let late = self.late.and_then(|late| late.get(&what.seq)).copied();
        self.post(what, Posting { instant: late.unwrap_or(on.instant), ..on }, brought, sink)
    }

    /// [`Replay::again`], and what it made as entries.
    pub fn made_again(&mut self, entry: &Entry, brought: Option<&Brought>) -> Result<Made, Refusal> {
        let mut recorder = Recorder::of(self.account);
        self.again(entry, brought, &mut recorder)?;
        let (journal, main, _) = recorder.into_parts();
        Ok(Made { journal, main })
    }

    /// When a payment or a refund is posted, if the short way can be taken.
    #[inline(always)]
    fn plainly<'p>(&mut self, on: Posting<'p>) -> Option<Posting<'p>> {
        let on = Posting { instant: self.account.instant_of_history(on.instant), ..on };
        if on.instant >= self.plain_until {
            self.plain_until = self.account.plain_until(self.timeline);
        }
        (on.instant < self.plain_until).then_some(on)
    }

    /// What is due by then, once everything has been posted.
    pub fn finish<S: Sink>(&mut self, until: impl Into<Moment>, sink: &mut S) -> Result<(), Refusal> {
        let until = until.into();
        self.leave_early(until, sink)?;
        self.catch_up(until, sink)
    }

    /// [`Replay::finish`], and what it made as entries.
    pub fn made_at_last(&mut self, until: impl Into<Moment>) -> Result<Made, Refusal> {
        let mut recorder = Recorder::of(self.account);
        self.finish(until, &mut recorder)?;
        let (journal, main, _) = recorder.into_parts();
        Ok(Made { journal, main })
    }

    /// What was due when some rules still meant something else, by what they meant.
    fn leave_early<S: Sink>(&mut self, until: Moment, sink: &mut S) -> Result<(), Refusal> {
        let Some(early) = self.early.take() else { return Ok(()) };
        self.catch_up(until.min(early.last), sink)?;
        self.account.early = None;
        Ok(())
    }

    fn catch_up<S: Sink>(&mut self, until: Moment, sink: &mut S) -> Result<(), Refusal> {
        if until >= self.quiet_until {
            self.plain_until = Moment::MIN;
            let next =
                self.account.state.catch_up(self.timeline, until, &mut Noting { noted: &mut self.notes.noted, to: sink })?;
            self.quiet_until = next.unwrap_or(Moment::MAX);
        }
        Ok(())
    }

    /// Books what was drafted in view of everything that was due.
    fn book<S: Sink>(&mut self, on: Posting, drafts: &mut [Draft], sink: &mut S) -> Result<(), Refusal> {
        self.plain_until = Moment::MIN;
        let noting = &mut Noting { noted: &mut self.notes.noted, to: sink };
        let next = self.account.state.book_on_time(on, drafts, noting)?;
        self.quiet_until = next.unwrap_or(Moment::MAX);
        Ok(())
    }

    fn post<S: Sink>(&mut self, what: Happened, on: Posting, brought: Option<&Brought>, sink: &mut S) -> Result<(), Refusal> {
        if !matches!(what.cause, Cause::Payment { .. } | Cause::Refund { .. }) {
            self.plain_until = Moment::MIN;
        }
        match what.cause {
            Cause::Payment { event, amount, scene, .. } => {
                self.pay(on, *amount, *scene, Some(what.seq), || event.clone(), sink)?;
            }
            Cause::Refund { event, amount, payment } => {
                self.refund(on, *payment, *amount, || event.clone(), sink)?;
            }
            Cause::Referral { event, referee, completed_by, .. } => {
                self.quiet_until = Moment::MIN;
                let noting = &mut Noting { noted: &mut self.notes.noted, to: sink };
                self.account.refer_to(noting, on, || event.clone(), *referee, *completed_by)?;
                if let Some(completed_by) = *completed_by {
                    let (seq, rules, instant) = self.notes.noted.asked;
                    let earned = Earned { seq, kind: EarnKind::Referral, rules, occurred_at: on.occurred_at, instant };
                    let award = Award { earned, points: self.notes.noted.points, referee: *referee, completed_by };
                    self.notes.awards.insert(what.seq, award);
                }
            }
            _ => {
                self.quiet_until = Moment::MIN;
                self.post_other(what, on, brought, sink)?;
            }
        }
        Ok(())
    }

    /// Posts a payment; `seq` is the number that refunds of it will name, if any will.
    #[inline(always)]
    pub(crate) fn pay<S: Sink>(
        &mut self,
        on: Posting,
        amount: Money,
        scene: Scene,
        seq: Option<i64>,
        event: impl FnOnce() -> EventKey,
        sink: &mut S,
    ) -> Result<(), Refusal> {
        let terms = match self.plainly(on) {
            Some(on) => {
                let tier = self.account.tier_shown(on, &self.notes.noted.changes);
                let terms = PaymentTerms { scene, tier, cap_room: None };
                let noting = &mut Noting { noted: &mut self.notes.noted, to: sink };
                self.account.state.pay_plainly(noting, on, amount, terms, event)?;
                terms
            }
            None => self.pay_the_long_way(on, amount, scene, event, sink)?,
        };
        if let Some(named) = seq {
            let refunded = Money::from_minor(0, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
            let (seq, rules, instant) = self.notes.noted.asked;
            let paid = PaymentEntry { seq, amount, terms, rules, occurred_at: on.occurred_at, instant, refunded };
            self.notes.payments.push((named, paid));
        }
        Ok(())
    }

    /// Posts a refund of the payment that has that number.
    #[inline(always)]
    pub(crate) fn refund<S: Sink>(
        &mut self,
        on: Posting,
        payment: i64,
        amount: Money,
        event: impl FnOnce() -> EventKey,
        sink: &mut S,
    ) -> Result<(), Refusal> {
        // entries come by their numbers
        let at = self.notes.payments.binary_search_by_key(&payment, |(seq, _)| *seq).map_err(|_| Refusal::UnknownPayment)?;
        if let Some(on) = self.plainly(on) {
            let noting = &mut Noting { noted: &mut self.notes.noted, to: sink };
            let (earned, points) = asked_to_refund(noting, on, &self.notes.payments[at].1, amount, event)?;
            self.account.state.refund_plainly(on, &earned, points, amount.minor(), noting)?;
        } else {
            self.refund_the_long_way(on, at, amount, event, sink)?;
        }
        let paid = &mut self.notes.payments[at].1;
        let minor = paid.refunded.minor().saturating_add(amount.minor());
        paid.refunded = Money::from_minor(minor, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
        Ok(())
    }

    /// Apart, so that the short way has the registers for itself.
    #[inline(never)]
    fn pay_the_long_way<S: Sink>(
        &mut self,
        on: Posting,
        amount: Money,
        scene: Scene,
        event: impl FnOnce() -> EventKey,
        sink: &mut S,
    ) -> Result<PaymentTerms, Refusal> {
        if let Some(history) = &mut self.account.history {
            let tier = history.tier_before(on)?;
            self.catch_up(on.instant, sink)?;
            self.quiet_until = Moment::MIN;
            let terms = self.account.payment_terms_of(on, scene, tier);
            let noting = &mut Noting { noted: &mut self.notes.noted, to: sink };
            self.account.pay_to(noting, on, amount, terms, event)?;
            return Ok(terms);
        }
        let on = Posting { instant: self.account.instant_of_history(on.instant), ..on };
        self.catch_up(on.instant, sink)?;
        let tier = self.account.tier_shown(on, &self.notes.noted.changes);
        let terms = self.account.payment_terms_of(on, scene, tier);
        let noting = &mut Noting { noted: &mut self.notes.noted, to: sink };
        let gain = asked_to_pay(noting, on.timeline.at(on.occurred_at), amount, terms, event)?;
        let mut draft = self.account.earning(on, EarnKind::Payment, gain)?;
        self.book(on, from_mut(&mut draft), sink)?;
        Ok(terms)
    }

    /// Likewise. `at`: where its payment is.
    #[inline(never)]
    fn refund_the_long_way<S: Sink>(
        &mut self,
        on: Posting,
        at: usize,
        amount: Money,
        event: impl FnOnce() -> EventKey,
        sink: &mut S,
    ) -> Result<(), Refusal> {
        if self.account.history.is_some() {
            self.quiet_until = Moment::MIN;
            let noting = &mut Noting { noted: &mut self.notes.noted, to: sink };
            return self.account.refund_to(noting, on, event, &self.notes.payments[at].1, amount).map(drop);
        }
        let on = Posting { instant: self.account.instant_of_history(on.instant), ..on };
        self.catch_up(on.instant, sink)?;
        let paid = &self.notes.payments[at].1;
        let noting = &mut Noting { noted: &mut self.notes.noted, to: sink };
        let (earned, points) = asked_to_refund(noting, on, paid, amount, event)?;
        let mut drafts = self.account.refunding(on, paid, &earned, points, amount)?;
        self.book(on, &mut drafts, sink)
    }

    fn post_other<S: Sink>(
        &mut self,
        what: Happened,
        on: Posting,
        brought: Option<&Brought>,
        sink: &mut S,
    ) -> Result<Late, Refusal> {
        let noting = &mut Noting { noted: &mut self.notes.noted, to: sink };
        let account = &mut *self.account;
        match what.cause {
            Cause::ReferralTakenBack { award, refunded_by, .. } => {
                let award = self.notes.awards.get(award).ok_or(Refusal::UnknownPayment)?;
                account.take_back_to(noting, on, &award, *refunded_by)
            }
            Cause::Review { event, subject, .. } => account.review_to(noting, on, || event.clone(), *subject),
            Cause::Redemption { redemption } if what.kind == EntryKind::Redeem => {
                let late = account.take_regardless(noting, on, what.kind, what.cause, what.taken()?)?;
                let taken = std::mem::take(&mut self.notes.noted.moves);
                self.notes.taken.push((*redemption, taken));
                Ok(late)
            }
            Cause::Redemption { redemption } => self.restore(on, *redemption, sink),
            Cause::Staff { .. } if what.points.is_negative() => {
                account.take_regardless(noting, on, what.kind, what.cause, what.taken()?)
            }
            Cause::Staff { staff, reason } => account.adjust_to(noting, on, *staff, *reason, what.points),
            Cause::Closing => account.end_to(noting, on, Cause::Closing),
            Cause::MergedInto { member, head } => {
                self.over = Some((*member, *head));
                account.end_to(noting, on, what.cause.clone())
            }
            Cause::MergedFrom { member, head, brought: as_it_was } => {
                account.merge_from_to(noting, on, *member, *head, brought.unwrap_or(as_it_was))
            }
            _ => Err(Refusal::NotDue),
        }
    }

    fn restore<S: Sink>(&mut self, on: Posting, redemption: RedemptionId, sink: &mut S) -> Result<Late, Refusal> {
        let taken = self.notes.taken.iter().rfind(|(id, _)| *id == redemption).map(|(_, moves)| moves);
        let taken = taken.ok_or(Refusal::UnknownPayment)?;
        // what was owed for it has been repaid by points of other lots, nobody can say which: it comes back like what the staff gives
        let rules = on.timeline.at(on.instant);
        let day = rules.set.expiry.day(on.timeline.calendar(), on.instant);
        let lot = |place| if place == Place::Debt { Place::Lot { day } } else { place };
        let taken = taken.iter().fold(Moves::none(), |moves, m| moves.with(lot(m.place), m.points));
        let cleared_by = match self.over {
            Some((member, head)) if self.account.closed => Cause::MergedInto { member, head },
            _ => Cause::Closing,
        };
        let noting = &mut Noting { noted: &mut self.notes.noted, to: sink };
        self.account.restore_to(noting, on, redemption, &taken, cleared_by)
    }
}
