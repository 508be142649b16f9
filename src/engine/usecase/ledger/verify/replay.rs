//! Posting every cause of a member again: the entries that come of it have to be those that are there.

use std::collections::{HashMap, VecDeque};

use laurel_domain::ids::{MemberId, RedemptionId, StaffId};
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::entry::{Cause, Entry, EntryKind, Hash};
use laurel_domain::ledger::history::History;
use laurel_domain::ledger::invitation::Award;
use laurel_domain::ledger::posting::{Posted, Posting, TierChange};
use laurel_domain::ledger::refund::PaymentEntry;
use laurel_domain::ledger::sink::Journal;
use laurel_domain::ledger::state::Early;
use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::Timeline;

use super::sums::SoFar;
use super::{Difference, MOST, Verdict};
use crate::store::ledger::late::Late;
use crate::store::members::member::Member;

/// One member's entries on their way through the check.
pub(super) struct Replay<'a> {
    pub(super) member: &'a Member,
    pub(super) timeline: &'a Timeline,
    pub(super) verdict: &'a mut Verdict,
    pub(super) so_far: SoFar,
    pub(super) account: Account,
    /// What causes have made and no entry has been held against yet.
    expected: VecDeque<Entry>,
    /// From the first entry on that was to be another, nothing can be told of the rest.
    has_stopped: bool,
    pub(super) changes: Vec<TierChange>,
    /// When late entries count, until they have been made again.
    pub(super) late: Late,
    pub(super) payments: HashMap<i64, PaymentEntry>,
    /// The entry that each redemption took its points by, and whether they were given back.
    pub(super) redeemed: HashMap<RedemptionId, (Entry, bool)>,
    pub(super) reviews: HashMap<i64, Hash>,
    /// Who answers for what the staff gave or took, and the digest of their reason.
    pub(super) adjustments: HashMap<i64, (StaffId, Hash, Points)>,
    /// The awards that stand, each with the payment that it goes by.
    pub(super) referrals: HashMap<i64, (MemberId, Option<Hash>)>,
    pub(super) awards: HashMap<i64, Award>,
    /// Whom the next entry hands everything over to.
    pub(super) over: Option<(MemberId, Hash)>,
}

impl<'a> Replay<'a> {
    pub(super) fn new(member: &'a Member, timeline: &'a Timeline, verdict: &'a mut Verdict) -> Replay<'a> {
        verdict.members += 1;
        let mut account = Account::new(member.id(), timeline);
        // kept for some although the rules need it not, and then it has to be right
        account.months = member.account.months.as_ref().map(|_| Default::default());
        Replay {
            member,
            timeline,
            verdict,
            so_far: SoFar::nothing(),
            account,
            expected: VecDeque::new(),
            has_stopped: false,
            changes: vec![],
            late: Late::new(),
            payments: HashMap::new(),
            redeemed: HashMap::new(),
            reviews: HashMap::new(),
            adjustments: HashMap::new(),
            referrals: HashMap::new(),
            awards: HashMap::new(),
            over: None,
        }
    }

    /// What the entries do not hold themselves: which of them were late, and what the rules meant.
    pub(super) fn look_back(&mut self, early: Option<Early>, late: Late) {
        self.account.early = early;
        let history = || Box::new(History::new(self.member.id(), early, self.timeline));
        self.account.history = (!late.is_empty()).then(history);
        self.late = late;
    }

    pub(super) fn differ(&mut self, seq: impl Into<Option<i64>>, what: impl Into<String>) {
        if self.verdict.differences.len() < MOST {
            let member = self.member.id().to_string();
            self.verdict.differences.push(Difference { member, seq: seq.into(), what: what.into() });
        }
    }

    /// Posts every cause again, with its instant, to the account as the causes before it left it. Of entries that are not all, the
    /// last is left for the next time, as what follows may belong to it. How many were done with.
    pub(super) fn make_again(&mut self, entries: &[Entry], are_all: bool) -> usize {
        let mut at = 0;
        while !self.has_stopped {
            while let Some(made) = self.expected.pop_front() {
                match entries.get(at) {
                    Some(stored) if stored.kind == made.kind && stored.cause == made.cause => self.take(stored, &made),
                    None if !are_all => {
                        self.expected.push_front(made);
                        return at;
                    }
                    _ => {
                        let (kind, points) = (made.kind.name(), made.points);
                        self.differ(made.seq, format!("should be: {kind}, {points} points ({})", made.moves));
                        self.has_stopped = true;
                        return entries.len();
                    }
                }
                at += 1;
            }
            let is_there = if are_all { at < entries.len() } else { at + 1 < entries.len() };
            if !is_there {
                return at;
            }
            match self.again(entries, at) {
                Ok(made) => {
                    self.changes.extend(&made.tier_changes);
                    self.expected.extend(made.entries);
                }
                Err(refusal) => {
                    self.differ(entries[at].seq, format!("cannot have been posted: {refusal}"));
                    self.has_stopped = true;
                }
            }
        }
        entries.len()
    }

    fn take(&mut self, stored: &Entry, made: &Entry) {
        self.compare(stored, made);
        let nothing = Money::from_minor(0, self.timeline.latest().currency).ok();
        if let Some(payment) = nothing.and_then(|nothing| PaymentEntry::of(stored, nothing)) {
            self.payments.insert(stored.seq, payment);
        }
        // what follows is judged by the entries as they stand, so that one fault is not told of every later entry
        self.account.head = stored.hash;
    }

    /// What is due before the entry; if nothing is, what its own cause makes.
    fn again(&mut self, entries: &[Entry], at: usize) -> Result<Journal, Refusal> {
        let entry = &entries[at];
        let timeline = self.timeline;
        let due = self.account.catch_up(timeline, entry.instant)?;
        if !due.entries.is_empty() {
            return Ok(due);
        }
        self.changes.extend(due.tier_changes);
        // of two entries of one posting, the second has the event
        let main = match &entry.cause {
            Cause::RefundOfLapsed { .. } => entries.get(at + 1).ok_or(Refusal::UnknownPayment)?,
            _ => entry,
        };
        self.over = match entries.get(at + 1).map(|next| &next.cause) {
            Some(Cause::MergedInto { member, head }) => Some((*member, *head)),
            _ => None,
        };
        let late = self.late.remove(&main.seq);
        let on = Posting::new(timeline, main.occurred_at, late.unwrap_or(main.instant.into()));
        let posted = self.post(main, on)?;
        if posted.late() != late {
            self.differ(main.seq, "is noted to count at another time than it does");
        }
        Ok(posted.journal)
    }

    fn post(&mut self, entry: &Entry, on: Posting) -> Result<Posted, Refusal> {
        match entry.cause.clone() {
            Cause::Payment { event, amount, scene, .. } => self.account.pay(on, event, amount, scene, &self.changes),
            Cause::Refund { event, amount, payment } => {
                let paid = self.payments.get_mut(&payment).ok_or(Refusal::UnknownPayment)?;
                let posted = self.account.refund(on, event, paid, amount)?;
                let minor = paid.refunded.minor() + amount.minor();
                paid.refunded = Money::from_minor(minor, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
                Ok(posted)
            }
            Cause::Referral { event, referee, completed_by, .. } => {
                self.referrals.insert(entry.seq, (referee, completed_by));
                self.awards.extend(Award::of(entry).map(|award| (entry.seq, award)));
                self.account.refer(on, event, referee, completed_by)
            }
            Cause::ReferralTakenBack { referee, award, refunded_by } => {
                // a closed account has nothing to take, so there the award stands for good
                match self.account.closed {
                    true => self.referrals.insert(award, (referee, None)),
                    false => self.referrals.remove(&award),
                };
                let award = self.awards.remove(&award).filter(|award| award.referee == referee);
                self.account.take_back(on, &award.ok_or(Refusal::UnknownPayment)?, refunded_by)
            }
            Cause::Review { event, subject, .. } => {
                self.reviews.insert(entry.seq, subject);
                self.account.review(on, event, subject)
            }
            Cause::Redemption { redemption } if entry.kind == EntryKind::Redeem => {
                let taken = entry.points.checked_neg().ok_or(Refusal::PointsOutOfRange)?;
                if self.redeemed.insert(redemption, (entry.clone(), false)).is_some() {
                    self.differ(entry.seq, "redeems what was redeemed before");
                }
                self.account.buy(on, redemption, taken)
            }
            Cause::Redemption { redemption } => {
                let (taken, restored) = self.redeemed.get_mut(&redemption).ok_or(Refusal::UnknownPayment)?;
                let again = std::mem::replace(restored, true);
                let taken = taken.moves.clone();
                if again {
                    self.differ(entry.seq, "gives back what was given back before");
                }
                match self.over {
                    // an account that ended by a merge hands on what comes back
                    Some((member, head)) => self.account.restore_over(on, redemption, &taken, member, head),
                    None => self.account.restore(on, redemption, &taken),
                }
            }
            Cause::Staff { staff, reason } => {
                self.adjustments.insert(entry.seq, (staff, reason, entry.points));
                self.account.adjust(on, staff, reason, entry.points)
            }
            // the second of two entries of one posting clears what was given back to a closed account
            Cause::Closing => self.account.close(on),
            Cause::MergedInto { member, head } => self.account.merge_into(on, member, head),
            Cause::MergedFrom { member, head, brought } => self.account.merge_from(on, member, head, brought),
            Cause::Lapse { .. } | Cause::Activation { .. } | Cause::RefundOfLapsed { .. } => Err(Refusal::NotDue),
        }
    }

    fn compare(&mut self, stored: &Entry, made: &Entry) {
        let seq = stored.seq;
        if (stored.seq, stored.rules, stored.instant, stored.occurred_at)
            != (made.seq, made.rules, made.instant, made.occurred_at)
        {
            let of = |e: &Entry| format!("entry {} of version {} at {}", e.seq, e.rules, e.instant);
            self.differ(seq, format!("is {}, its cause makes {}", of(stored), of(made)));
        }
        if stored.points != made.points || stored.moves != made.moves {
            self.differ(
                seq,
                format!("has {} points ({}), its cause gives {} ({})", stored.points, stored.moves, made.points, made.moves),
            );
        }
        if stored.tier != made.tier {
            self.differ(seq, format!("leaves tier {}, not {}", stored.tier.get(), made.tier.get()));
        }
    }
}
