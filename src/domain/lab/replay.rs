//! A member's ledger made again out of its causes, under whatever rules.
//!
//! Causes are what happened: payments, refunds, referrals, reviews, redemptions and what they gave back, decisions of the staff.
//! Each is posted at the instant it was; what is due in between comes of the rules. What was redeemed and taken stays as it happened:
//! a member who could not have afforded it under these rules owes what is missing.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::ids::{MemberId, RedemptionId};
use crate::ledger::account::{Account, Early};
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash, Moves, Place};
use crate::ledger::event::Scene;
use crate::ledger::history::{ALL_EARLY, History};
use crate::ledger::invitation::Award;
use crate::ledger::merging::Brought;
use crate::ledger::posting::{Journal, Posted, Posting, TierChange};
use crate::ledger::refund::PaymentEntry;
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
    /// What the cause is about: earned by what, and where it was paid.
    pub kind: Option<EarnKind>,
    pub scene: Option<Scene>,
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
        let owed = taken.into_iter().flat_map(|entry| entry.moves.iter()).filter(|m| m.place == Place::Debt);
        owed.fold(Points::ZERO, |sum, m| sum.checked_sub(m.points).unwrap_or(sum))
    }
}

/// One member on their way through their history.
pub struct Replay<'a> {
    timeline: &'a Timeline,
    account: Account,
    changes: Vec<TierChange>,
    early: Option<Early>,
    late: Option<&'a BTreeMap<i64, Timestamp>>,
    /// By the entries' numbers as they were, as these rules make them.
    payments: Vec<(i64, PaymentEntry)>,
    awards: HashMap<i64, Award>,
    taken: HashMap<RedemptionId, Moves>,
    /// Whom the account went over to.
    over: Option<(MemberId, Hash)>,
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
            changes: Vec::new(),
            early,
            late,
            payments: Vec::new(),
            awards: HashMap::new(),
            taken: HashMap::new(),
            over: None,
        }
    }

    pub fn account(&self) -> &Account {
        &self.account
    }

    pub fn changes(&self) -> &[TierChange] {
        &self.changes
    }

    /// Posts the cause of the next entry as it was made; nothing if it was due, or made with another. `brought` is what a merged
    /// account would have brought under these rules, where that is known.
    ///
    /// Refused: [`Refusal::PointsOutOfRange`] where these rules make more points than can be held; [`Refusal::UnknownPayment`] for
    /// entries that contradict themselves.
    pub fn again(&mut self, entry: &Entry, brought: Option<&Brought>) -> Result<Made, Refusal> {
        let is_made_with_another = match entry.cause {
            Cause::Lapse { .. } | Cause::Activation { .. } | Cause::RefundOfLapsed { .. } => true,
            // the second entry of what was given back to a closed account
            Cause::Closing | Cause::MergedInto { .. } => self.account.closed,
            _ => false,
        };
        if is_made_with_another {
            return Ok(Made::default());
        }
        let mut made = Made { journal: self.prepare(entry)?, ..Made::default() };
        let late = self.late.and_then(|late| late.get(&entry.seq)).copied();
        let on = Posting { timeline: self.timeline, occurred_at: entry.occurred_at, instant: late.unwrap_or(entry.instant) };
        let posted = self.post(entry, on, brought, &mut made)?;
        self.changes.extend(&posted.journal.tier_changes);
        made.main = Some(made.journal.entries.len() + posted.place());
        made.journal.entries.extend(posted.journal.entries);
        made.journal.tier_changes.extend(posted.journal.tier_changes);
        Ok(made)
    }

    /// What is due by then, once everything has been posted.
    pub fn finish(&mut self, until: Timestamp) -> Result<Made, Refusal> {
        let mut journal = self.leave_early(until)?;
        append(&mut journal, self.catch_up(until)?);
        Ok(Made { journal, ..Made::default() })
    }

    fn prepare(&mut self, entry: &Entry) -> Result<Journal, Refusal> {
        let mut journal = match self.early {
            Some(early) if entry.seq > early.seq => self.leave_early(entry.instant)?,
            _ => Journal::default(),
        };
        append(&mut journal, self.catch_up(entry.instant)?);
        Ok(journal)
    }

    /// What was due when some rules still meant something else, by what they meant.
    fn leave_early(&mut self, until: Timestamp) -> Result<Journal, Refusal> {
        let Some(early) = self.early.take() else { return Ok(Journal::default()) };
        let due = self.catch_up(until.min(early.last))?;
        self.account.early = None;
        Ok(due)
    }

    fn catch_up(&mut self, until: Timestamp) -> Result<Journal, Refusal> {
        let due = self.account.catch_up(self.timeline, until)?;
        self.changes.extend(&due.tier_changes);
        Ok(due)
    }

    fn post(&mut self, entry: &Entry, on: Posting, brought: Option<&Brought>, made: &mut Made) -> Result<Posted, Refusal> {
        match entry.cause.clone() {
            Cause::Payment { event, amount, scene, .. } => {
                (made.kind, made.scene) = (Some(EarnKind::Payment), Some(scene));
                let posted = self.account.pay(on, event, amount, scene, &self.changes)?;
                let nothing = Money::from_minor(0, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
                let paid = PaymentEntry::of(posted.entry(), nothing);
                self.payments.extend(paid.map(|paid| (entry.seq, paid)));
                Ok(posted)
            }
            Cause::Refund { event, amount, payment } => {
                // entries come by their numbers
                let at = self.payments.binary_search_by_key(&payment, |(seq, _)| *seq).map_err(|_| Refusal::UnknownPayment)?;
                let paid = &mut self.payments[at].1;
                (made.kind, made.scene) = (Some(EarnKind::Payment), Some(paid.terms.scene));
                let posted = self.account.refund(on, event, paid, amount)?;
                let minor = paid.refunded.minor().saturating_add(amount.minor());
                paid.refunded = Money::from_minor(minor, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
                Ok(posted)
            }
            Cause::Referral { event, referee, completed_by, .. } => {
                made.kind = Some(EarnKind::Referral);
                let posted = self.account.refer(on, event, referee, completed_by)?;
                self.awards.extend(Award::of(posted.entry()).map(|award| (entry.seq, award)));
                Ok(posted)
            }
            Cause::ReferralTakenBack { award, refunded_by, .. } => {
                made.kind = Some(EarnKind::Referral);
                let award = self.awards.get(&award).ok_or(Refusal::UnknownPayment)?;
                self.account.take_back(on, award, refunded_by)
            }
            Cause::Review { event, subject, .. } => {
                made.kind = Some(EarnKind::Review);
                self.account.review(on, event, subject)
            }
            Cause::Redemption { redemption } => self.redemption(entry, on, redemption),
            Cause::Staff { .. } if entry.points.is_negative() => self.take_as_it_was(entry, on),
            Cause::Staff { staff, reason } => self.account.adjust(on, staff, reason, entry.points),
            Cause::Closing => self.account.close(on),
            Cause::MergedInto { member, head } => {
                self.over = Some((member, head));
                self.account.merge_into(on, member, head)
            }
            Cause::MergedFrom { member, head, brought: as_it_was } => {
                self.account.merge_from(on, member, head, brought.cloned().unwrap_or(as_it_was))
            }
            Cause::Lapse { .. } | Cause::Activation { .. } | Cause::RefundOfLapsed { .. } => Err(Refusal::NotDue),
        }
    }

    fn redemption(&mut self, entry: &Entry, on: Posting, redemption: RedemptionId) -> Result<Posted, Refusal> {
        if entry.kind == EntryKind::Redeem {
            let posted = self.take_as_it_was(entry, on)?;
            self.taken.insert(redemption, posted.entry().moves.clone());
            return Ok(posted);
        }
        let taken = self.taken.get(&redemption).ok_or(Refusal::UnknownPayment)?;
        // what was owed for it has been repaid by points of other lots, nobody can say which: it comes back like what the staff gives
        let rules = on.timeline.at(on.instant);
        let day = rules.set.expiry.day(on.timeline.calendar(), on.instant);
        let lot = |place| if place == Place::Debt { Place::Lot { day } } else { place };
        let taken = taken.iter().fold(Moves::none(), |moves, m| moves.with(lot(m.place), m.points));
        match self.over {
            Some((member, head)) if self.account.closed => self.account.restore_over(on, redemption, &taken, member, head),
            _ => self.account.restore(on, redemption, &taken),
        }
    }

    fn take_as_it_was(&mut self, entry: &Entry, on: Posting) -> Result<Posted, Refusal> {
        let taken = entry.points.checked_neg().ok_or(Refusal::PointsOutOfRange)?;
        self.account.take_regardless(on, entry.kind, &entry.cause, taken)
    }
}

fn append(journal: &mut Journal, more: Journal) {
    journal.entries.extend(more.entries);
    journal.tier_changes.extend(more.tier_changes);
}
