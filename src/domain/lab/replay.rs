//! A member's ledger made again out of its causes, under whatever rules.
//!
//! Causes are what happened: payments, refunds, referrals, reviews, redemptions and what they gave back, decisions of the staff.
//! Each is posted at the instant it was; what is due in between comes of the rules. What was redeemed and taken stays as it happened:
//! a member who could not have afforded it under these rules owes what is missing.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::ids::{MemberId, RedemptionId};
use crate::ledger::account::{Account, Late};
use crate::ledger::earn::asked_to_pay;
use crate::ledger::earning::PaymentTerms;
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash, Moves, Place};
use crate::ledger::event::{EventKey, Scene};
use crate::ledger::history::{ALL_EARLY, History};
use crate::ledger::invitation::Award;
use crate::ledger::merging::Brought;
use crate::ledger::posting::{Drafts, Posting, TierChange};
use crate::ledger::refund::{Earned, PaymentEntry, asked_to_refund};
use crate::ledger::sink::{About, Booked, Journal, Of, Recorder, Sink};
use crate::ledger::state::Early;
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::refusal::Refusal;
use crate::rules::rule_set::Timeline;
use crate::rules::terms::EarnKind;

/// What of a member's history the entries do not say themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Entries that were posted behind due work of a later time, and when they count.
    pub late: Option<&'a BTreeMap<i64, Timestamp>>,
    /// How far the ledger was made when some rules meant something else.
    pub early: Option<Early>,
}

/// What a cause made under these rules, and what was due before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    pub journal: Journal,
    /// Where in the journal the entry of the cause itself stands, if it has made one.
    pub main: Option<usize>,
}

impl Made {
    /// How many points were not there that a redemption or the staff took.
    pub fn short(&self) -> Points {
        let entry = self.main.map(|at| &self.journal.entries[at]);
        let taken = entry.filter(|entry| match entry.cause {
            Cause::Redemption { .. } => entry.kind == EntryKind::Redeem,
            Cause::Staff { .. } => entry.points.is_negative(),
            _ => false,
        });
        taken.map_or(Points::ZERO, |entry| owed(&entry.moves))
    }
}

/// How many points these moves leave owed.
pub(crate) fn owed(moves: &Moves) -> Points {
    let owed = moves.iter().filter(|m| m.place == Place::Debt);
    owed.fold(Points::ZERO, |sum, m| sum.checked_sub(m.points).unwrap_or(sum))
}

/// One member on their way through their history.
pub struct Replay<'a> {
    timeline: &'a Timeline,
    account: Account,
    noted: Noted,
    early: Option<Early>,
    late: Option<&'a BTreeMap<i64, Timestamp>>,
    /// By the entries' numbers as they were, as these rules make them.
    payments: Vec<(i64, PaymentEntry)>,
    awards: HashMap<i64, Award>,
    taken: HashMap<RedemptionId, Moves>,
    /// Whom the account went over to.
    over: Option<(MemberId, Hash)>,
    /// Nothing is due before then; the least time where that is not known.
    quiet_until: Timestamp,
}

/// What later causes need to know of what was made.
#[derive(Default)]
struct Noted {
    changes: Vec<TierChange>,
    /// The number, the rules and the instant of the last entry that was asked for.
    asked: (i64, u32, Timestamp),
    points: Points,
    /// The moves of what was redeemed last.
    moves: Moves,
}

/// Notes what goes on to another.
struct Noting<'n, S> {
    noted: &'n mut Noted,
    to: &'n mut S,
}

impl<S: Sink> Sink for Noting<'_, S> {
    fn asked(&mut self, about: About, cause: impl FnOnce() -> Cause) {
        self.to.asked(about, cause);
    }

    fn cleared_by(&mut self, cause: impl FnOnce() -> Cause) {
        self.to.cleared_by(cause);
    }

    #[inline]
    fn booked(&mut self, booked: Booked, moves: impl FnOnce() -> Moves) {
        if booked.of == Of::Asked {
            self.noted.asked = (booked.seq, booked.rules, booked.instant);
            self.noted.points = booked.points;
        }
        if booked.kind != EntryKind::Redeem {
            return self.to.booked(booked, moves);
        }
        self.noted.moves = moves();
        self.to.booked(booked, || self.noted.moves.clone());
    }

    fn tier_changed(&mut self, change: TierChange) {
        self.noted.changes.push(change);
        self.to.tier_changed(change);
    }
}

impl<'a> Replay<'a> {
    pub fn new(member: MemberId, timeline: &'a Timeline, beside: Beside<'a>) -> Replay<'a> {
        let Beside { late, early } = beside;
        let late = late.filter(|late| !late.is_empty());
        let mut account = Account::unchained(member, timeline);
        account.early = early.map(|_| ALL_EARLY);
        account.history = late.map(|_| Box::new(History::new(member, early, timeline)));
        Replay {
            timeline,
            account,
            // most members reach a few tiers
            noted: Noted { changes: Vec::with_capacity(4), ..Noted::default() },
            early,
            late,
            payments: Vec::new(),
            awards: HashMap::new(),
            taken: HashMap::new(),
            over: None,
            quiet_until: Timestamp::MIN,
        }
    }

    pub fn account(&self) -> &Account {
        &self.account
    }

    pub fn into_account(self) -> Account {
        self.account
    }

    pub fn changes(&self) -> &[TierChange] {
        &self.noted.changes
    }

    /// Posts the cause of the next entry as it was made; nothing if it was due, or made with another. `brought` is what a merged
    /// account would have brought under these rules, where that is known. What it makes goes to `sink`.
    ///
    /// Refused: [`Refusal::PointsOutOfRange`] where these rules make more points than can be held; [`Refusal::UnknownPayment`] for
    /// entries that contradict themselves.
    pub fn again<S: Sink>(&mut self, entry: &Entry, brought: Option<&Brought>, sink: &mut S) -> Result<(), Refusal> {
        let is_made_with_another = match entry.cause {
            Cause::Lapse { .. } | Cause::Activation { .. } | Cause::RefundOfLapsed { .. } => true,
            // the second entry of what was given back to a closed account
            Cause::Closing | Cause::MergedInto { .. } => self.account.closed,
            _ => false,
        };
        if is_made_with_another {
            return Ok(());
        }
        if self.early.is_some_and(|early| entry.seq > early.seq) {
            self.leave_early(entry.instant, sink)?;
        }
        self.catch_up(entry.instant, sink)?;
        let late = self.late.and_then(|late| late.get(&entry.seq)).copied();
        let on = Posting { timeline: self.timeline, occurred_at: entry.occurred_at, instant: late.unwrap_or(entry.instant) };
        self.post(entry, on, brought, sink)
    }

    /// [`Replay::again`], and what it made as entries.
    pub fn made_again(&mut self, entry: &Entry, brought: Option<&Brought>) -> Result<Made, Refusal> {
        let mut recorder = Recorder::of(&self.account);
        self.again(entry, brought, &mut recorder)?;
        let (journal, main, _) = recorder.into_parts();
        Ok(Made { journal, main })
    }

    /// What is due by then, once everything has been posted.
    pub fn finish<S: Sink>(&mut self, until: Timestamp, sink: &mut S) -> Result<(), Refusal> {
        self.leave_early(until, sink)?;
        self.catch_up(until, sink)
    }

    /// [`Replay::finish`], and what it made as entries.
    pub fn made_at_last(&mut self, until: Timestamp) -> Result<Made, Refusal> {
        let mut recorder = Recorder::of(&self.account);
        self.finish(until, &mut recorder)?;
        let (journal, main, _) = recorder.into_parts();
        Ok(Made { journal, main })
    }

    /// What was due when some rules still meant something else, by what they meant.
    fn leave_early<S: Sink>(&mut self, until: Timestamp, sink: &mut S) -> Result<(), Refusal> {
        let Some(early) = self.early.take() else { return Ok(()) };
        self.catch_up(until.min(early.last), sink)?;
        self.account.early = None;
        Ok(())
    }

    fn catch_up<S: Sink>(&mut self, until: Timestamp, sink: &mut S) -> Result<(), Refusal> {
        if until >= self.quiet_until {
            let next = self.account.state.catch_up(self.timeline, until, &mut Noting { noted: &mut self.noted, to: sink })?;
            self.quiet_until = next.unwrap_or(Timestamp::MAX);
        }
        Ok(())
    }

    /// Books what was drafted in view of everything that was due.
    fn book<S: Sink>(&mut self, on: Posting, drafts: Drafts, sink: &mut S) -> Result<(), Refusal> {
        let noting = &mut Noting { noted: &mut self.noted, to: sink };
        let next = self.account.state.book_on_time(on, drafts, noting)?;
        self.quiet_until = next.unwrap_or(Timestamp::MAX);
        Ok(())
    }

    fn post<S: Sink>(&mut self, entry: &Entry, on: Posting, brought: Option<&Brought>, sink: &mut S) -> Result<(), Refusal> {
        match &entry.cause {
            Cause::Payment { event, amount, scene, .. } => {
                self.pay(on, *amount, *scene, Some(entry.seq), || event.clone(), sink)?;
            }
            Cause::Refund { event, amount, payment } => {
                self.refund(on, *payment, *amount, || event.clone(), sink)?;
            }
            Cause::Referral { event, referee, completed_by, .. } => {
                self.quiet_until = Timestamp::MIN;
                let noting = &mut Noting { noted: &mut self.noted, to: sink };
                self.account.refer_to(noting, on, || event.clone(), *referee, *completed_by)?;
                if let Some(completed_by) = *completed_by {
                    let (seq, rules, instant) = self.noted.asked;
                    let earned = Earned { seq, kind: EarnKind::Referral, rules, occurred_at: on.occurred_at, instant };
                    let award = Award { earned, points: self.noted.points, referee: *referee, completed_by };
                    self.awards.insert(entry.seq, award);
                }
            }
            _ => {
                self.quiet_until = Timestamp::MIN;
                self.post_other(entry, on, brought, sink)?;
            }
        }
        Ok(())
    }

    /// Posts a payment; `seq` is the number that refunds of it will name, if any will.
    #[inline]
    pub(crate) fn pay<S: Sink>(
        &mut self,
        on: Posting,
        amount: Money,
        scene: Scene,
        seq: Option<i64>,
        event: impl FnOnce() -> EventKey,
        sink: &mut S,
    ) -> Result<(), Refusal> {
        let terms = match self.account.plainly(on) {
            Some(on) => {
                let tier = self.account.tier_shown(on, &[], &self.noted.changes);
                let terms = PaymentTerms { scene, tier, cap_room: None };
                let noting = &mut Noting { noted: &mut self.noted, to: sink };
                self.account.state.pay_plainly(noting, on, amount, terms, event)?;
                terms
            }
            None if self.account.history.is_some() => {
                self.catch_up(on.instant, sink)?;
                self.quiet_until = Timestamp::MIN;
                let terms = self.account.payment_terms(on, scene, &self.noted.changes)?;
                let noting = &mut Noting { noted: &mut self.noted, to: sink };
                self.account.pay_to(noting, on, amount, terms, event)?;
                terms
            }
            None => {
                let on = Posting { instant: self.account.instant_of_history(on.instant), ..on };
                self.catch_up(on.instant, sink)?;
                let tier = self.account.tier_shown(on, &[], &self.noted.changes);
                let terms = self.account.payment_terms_of(on, scene, tier);
                let noting = &mut Noting { noted: &mut self.noted, to: sink };
                let gain = asked_to_pay(noting, on, amount, terms, event)?;
                let drafts = self.account.earning(on, EarnKind::Payment, gain)?.alone();
                self.book(on, drafts, sink)?;
                terms
            }
        };
        if let Some(named) = seq {
            let refunded = Money::from_minor(0, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
            let (seq, rules, instant) = self.noted.asked;
            let paid = PaymentEntry { seq, amount, terms, rules, occurred_at: on.occurred_at, instant, refunded };
            self.payments.push((named, paid));
        }
        Ok(())
    }

    /// Posts a refund of the payment that has that number.
    #[inline]
    pub(crate) fn refund<S: Sink>(
        &mut self,
        on: Posting,
        payment: i64,
        amount: Money,
        event: impl FnOnce() -> EventKey,
        sink: &mut S,
    ) -> Result<(), Refusal> {
        // entries come by their numbers
        let at = self.payments.binary_search_by_key(&payment, |(seq, _)| *seq).map_err(|_| Refusal::UnknownPayment)?;
        if self.account.history.is_some() || self.account.plainly(on).is_some() {
            self.quiet_until = Timestamp::MIN;
            let noting = &mut Noting { noted: &mut self.noted, to: sink };
            self.account.refund_to(noting, on, event, &self.payments[at].1, amount)?;
        } else {
            let on = Posting { instant: self.account.instant_of_history(on.instant), ..on };
            self.catch_up(on.instant, sink)?;
            let paid = &self.payments[at].1;
            let noting = &mut Noting { noted: &mut self.noted, to: sink };
            let (earned, points) = asked_to_refund(noting, on, paid, amount, event)?;
            let drafts = self.account.refunding(on, paid, &earned, points, amount)?;
            self.book(on, drafts, sink)?;
        }
        let paid = &mut self.payments[at].1;
        let minor = paid.refunded.minor().saturating_add(amount.minor());
        paid.refunded = Money::from_minor(minor, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
        Ok(())
    }

    fn post_other<S: Sink>(
        &mut self,
        entry: &Entry,
        on: Posting,
        brought: Option<&Brought>,
        sink: &mut S,
    ) -> Result<Late, Refusal> {
        let noting = &mut Noting { noted: &mut self.noted, to: sink };
        let account = &mut self.account;
        match &entry.cause {
            Cause::ReferralTakenBack { award, refunded_by, .. } => {
                let award = self.awards.get(award).ok_or(Refusal::UnknownPayment)?;
                account.take_back_to(noting, on, award, *refunded_by)
            }
            Cause::Review { event, subject, .. } => account.review_to(noting, on, || event.clone(), *subject),
            Cause::Redemption { redemption } if entry.kind == EntryKind::Redeem => {
                let late = account.take_regardless(noting, on, entry.kind, &entry.cause, taken_by(entry)?)?;
                self.taken.insert(*redemption, std::mem::take(&mut self.noted.moves));
                Ok(late)
            }
            Cause::Redemption { redemption } => self.restore(on, *redemption, sink),
            Cause::Staff { .. } if entry.points.is_negative() => {
                account.take_regardless(noting, on, entry.kind, &entry.cause, taken_by(entry)?)
            }
            Cause::Staff { staff, reason } => account.adjust_to(noting, on, *staff, *reason, entry.points),
            Cause::Closing => account.end_to(noting, on, Cause::Closing),
            Cause::MergedInto { member, head } => {
                self.over = Some((*member, *head));
                account.end_to(noting, on, entry.cause.clone())
            }
            Cause::MergedFrom { member, head, brought: as_it_was } => {
                account.merge_from_to(noting, on, *member, *head, brought.unwrap_or(as_it_was))
            }
            _ => Err(Refusal::NotDue),
        }
    }

    fn restore<S: Sink>(&mut self, on: Posting, redemption: RedemptionId, sink: &mut S) -> Result<Late, Refusal> {
        let taken = self.taken.get(&redemption).ok_or(Refusal::UnknownPayment)?;
        // what was owed for it has been repaid by points of other lots, nobody can say which: it comes back like what the staff gives
        let rules = on.timeline.at(on.instant);
        let day = rules.set.expiry.day(on.timeline.calendar(), on.instant);
        let lot = |place| if place == Place::Debt { Place::Lot { day } } else { place };
        let taken = taken.iter().fold(Moves::none(), |moves, m| moves.with(lot(m.place), m.points));
        let cleared_by = match self.over {
            Some((member, head)) if self.account.closed => Cause::MergedInto { member, head },
            _ => Cause::Closing,
        };
        let noting = &mut Noting { noted: &mut self.noted, to: sink };
        self.account.restore_to(noting, on, redemption, &taken, cleared_by)
    }
}

fn taken_by(entry: &Entry) -> Result<Points, Refusal> {
    entry.points.checked_neg().ok_or(Refusal::PointsOutOfRange)
}
