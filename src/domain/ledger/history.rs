//! What a member's tier goes by when history comes late.
//!
//! An import posts events of the past, each when it occurred or right after what was posted before it. Due work may have been
//! posted meanwhile as of a later time (a lot lapsed, new rules rated, a period ended), and nothing is ever posted before that.
//! What the events earn must not depend on it, so the tier is made from the causes alone: here they are posted once more, each in
//! the time that it would have had without that due work, and what is due in between at its own time. The multiplier of a late
//! payment is that of the tier just before it here, and a late event leaves the account with the tier, period and floor that it
//! has here. It costs a look at all entries of the member, so it is done only for members with such events; for all others the
//! account itself is the same.
//!
//! Whatever is due or not, and however an import is cut, the causes and their times are the same, hence what they earn. One thing
//! is not made up for: what had lapsed is not there for a late refund to take, so it may be owed.

use std::collections::{BTreeMap, HashMap};

use crate::ids::{MemberId, RedemptionId};
use crate::ledger::account::{Account, Drafting};
use crate::ledger::entry::{Cause, Entry, EntryKind, Moves};
use crate::ledger::invitation::Award;
use crate::ledger::posting::{Posting, TierChange};
use crate::ledger::refund::PaymentEntry;
use crate::ledger::state::{Early, State};
use crate::ledger::undo;
use crate::numbers::money::Money;
use crate::numbers::time::Moment;
use crate::refusal::Refusal;
use crate::rules::period::{Floor, Kept, Period};
use crate::rules::rule_set::Timeline;
use crate::rules::terms::EarnKind;
use crate::rules::tier::TierRank;
use crate::rules::window::Gain;

/// A member's causes, each posted in its own time. Its sums of points are by the way; what counts is the tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    account: Account,
    changes: Vec<TierChange>,
    /// How far the ledger was made when some rules meant something else.
    early: Option<Early>,
}

/// While everything that is made again was made under the first meaning of the rules.
pub(crate) const ALL_EARLY: Early = Early { seq: i64::MAX, last: Moment::MAX };

impl History {
    pub fn new(member: MemberId, early: Option<Early>, timeline: &Timeline) -> History {
        let mut account = Account::unchained(member, timeline);
        account.early = early.map(|_| ALL_EARLY);
        History { account, changes: Vec::new(), early }
    }

    /// Out of all entries of a member, oldest first. `late` has those that were posted behind later due work, and when they count.
    ///
    /// Refused: what posting refuses, and [`Refusal::UnknownPayment`]; a ledger that proves itself is not.
    pub fn of(
        member: MemberId,
        entries: &[Entry],
        late: &BTreeMap<i64, Moment>,
        early: Option<Early>,
        timeline: &Timeline,
    ) -> Result<History, Refusal> {
        let mut history = History::new(member, early, timeline);
        let mut before = Before::default();
        for entry in entries {
            let instant = late.get(&entry.seq).copied().unwrap_or(entry.instant.into());
            history.again(entry, Posting::new(timeline, entry.occurred_at, instant), &mut before)?;
        }
        Ok(history)
    }

    /// Posts the cause of an entry; what was due is posted by itself.
    fn again(&mut self, entry: &Entry, on: Posting, before: &mut Before) -> Result<(), Refusal> {
        let gain = |spent| Gain { earned: entry.points, spent };
        let earn = |history: &mut History, kind, gain| {
            history.post(entry.seq, on, &|state, on| Ok(state.earning(on, kind, gain)?.alone()))
        };
        match &entry.cause {
            Cause::Lapse { .. } | Cause::Activation { .. } | Cause::RefundOfLapsed { .. } => Ok(()),
            Cause::Payment { amount, .. } => {
                before.payments.extend(PaymentEntry::of(entry, nothing(*amount)?).map(|paid| (entry.seq, paid)));
                earn(self, EarnKind::Payment, gain(amount.minor()))
            }
            Cause::Referral { .. } => {
                before.awards.extend(Award::of(entry).map(|award| (entry.seq, award)));
                earn(self, EarnKind::Referral, gain(0))
            }
            Cause::Review { .. } => earn(self, EarnKind::Review, gain(0)),
            Cause::Refund { event, amount, payment } => {
                let paid = before.payments.get_mut(payment).ok_or(Refusal::UnknownPayment)?;
                self.prepare(entry.seq, on)?;
                self.account.refund_to(&mut self.changes, on, || event.clone(), paid, *amount)?;
                let refunded = paid.refunded.minor().saturating_add(amount.minor());
                paid.refunded = Money::from_minor(refunded, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
                Ok(())
            }
            // the second entry of a restoration to a closed account is made with the first
            Cause::Closing | Cause::MergedInto { .. } if self.account.closed => Ok(()),
            cause => {
                self.prepare(entry.seq, on)?;
                self.make_again(entry, cause, on, before)
            }
        }
    }

    /// Posts whatever does not earn.
    fn make_again(&mut self, entry: &Entry, cause: &Cause, on: Posting, before: &mut Before) -> Result<(), Refusal> {
        let (account, changes) = (&mut self.account, &mut self.changes);
        match cause {
            Cause::Redemption { redemption } if entry.kind == EntryKind::Redeem => {
                before.taken.insert(*redemption, entry.moves.clone());
                let price = entry.points.checked_neg().ok_or(Refusal::PointsOutOfRange)?;
                account.spend_to(changes, on, *redemption, price, price)?
            }
            Cause::Redemption { redemption } => {
                let taken = before.taken.get(redemption).ok_or(Refusal::UnknownPayment)?;
                account.restore_to(changes, on, *redemption, taken, Cause::Closing)?
            }
            Cause::Staff { staff, reason } => account.adjust_to(changes, on, *staff, *reason, entry.points)?,
            Cause::ReferralTakenBack { award, refunded_by, .. } => {
                let award = before.awards.get(award).ok_or(Refusal::UnknownPayment)?;
                account.take_back_to(changes, on, award, *refunded_by)?
            }
            Cause::MergedFrom { member, head, brought } => account.merge_from_to(changes, on, *member, *head, brought)?,
            _ => account.end_to(changes, on, Cause::Closing)?,
        };
        Ok(())
    }

    /// When something wanted then is posted here.
    pub(crate) fn instant(&self, wanted: Moment) -> Moment {
        self.account.instant_of_history(wanted)
    }

    /// Posts what `make` drafts as the member's entry `seq`, here too.
    pub(crate) fn post(&mut self, seq: i64, on: Posting, make: &Drafting) -> Result<(), Refusal> {
        self.prepare(seq, on)?;
        self.account.post(on, &mut self.changes, make).map(drop)
    }

    /// What is due before it; and entries have here the numbers that the ledger gives them.
    fn prepare(&mut self, seq: i64, on: Posting) -> Result<(), Refusal> {
        let until = self.instant(on.instant);
        if let Some(early) = self.early.filter(|early| seq > early.seq) {
            self.catch_up(on.timeline, until.min(early.last))?;
            (self.early, self.account.early) = (None, None);
        }
        self.catch_up(on.timeline, until)?;
        self.account.seq = seq - 1;
        Ok(())
    }

    fn catch_up(&mut self, timeline: &Timeline, until: Moment) -> Result<(), Refusal> {
        self.account.state.catch_up(timeline, until, &mut self.changes).map(drop)
    }

    /// The tier just before something occurred that is about to be the member's next entry.
    pub(crate) fn tier_before(&mut self, on: Posting) -> Result<TierRank, Refusal> {
        let before = self.tries();
        let prepared = self.prepare(i64::MAX, on);
        let earlier = self.changes.iter().rev().find(|change| change.at < on.occurred_at);
        let tier = earlier.map_or(TierRank::FIRST, |change| change.to);
        self.take_back(before);
        prepared.map(|()| tier)
    }

    /// How the account stands with what is due by then done, too.
    pub(crate) fn standing(&mut self, timeline: &Timeline, until: Moment) -> Result<Standing, Refusal> {
        let before = self.tries();
        let done = self.account.state.catch_up(timeline, until, &mut ());
        let State { tier, period, floor, kept, .. } = self.account.state;
        self.take_back(before);
        done.map(|_| Standing { tier, period, floor, kept })
    }

    /// From here on what changes can be taken back, until that or [`History::stands`].
    pub(crate) fn tries(&mut self) -> Tried {
        Tried { state: self.account.state.tries(), changes: self.changes.len(), early: self.early }
    }

    pub(crate) fn stands(&mut self) {
        self.account.state.stands();
    }

    pub(crate) fn take_back(&mut self, tried: Tried) {
        self.changes.truncate(tried.changes);
        self.early = tried.early;
        self.account.state.take_back(tried.state);
    }
}

/// A history before something is tried.
#[must_use]
pub(crate) struct Tried {
    state: undo::Before,
    changes: usize,
    early: Option<Early>,
}

/// What of an account its history decides.
pub(crate) struct Standing {
    pub tier: TierRank,
    pub period: Option<Period>,
    pub floor: Option<Floor>,
    pub kept: Option<Kept>,
}

/// What later entries refer to.
#[derive(Default)]
struct Before {
    payments: HashMap<i64, PaymentEntry>,
    awards: HashMap<i64, Award>,
    taken: HashMap<RedemptionId, Moves>,
}

fn nothing(like: Money) -> Result<Money, Refusal> {
    Money::from_minor(0, like.currency()).map_err(|_| Refusal::PointsOutOfRange)
}
