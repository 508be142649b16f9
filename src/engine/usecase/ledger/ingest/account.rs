//! An account as a batch has loaded it: what was read of it, and what the batch has posted to it so far.
//!
//! Postings go through here. Each insists that what it decides on was loaded; what was not is an error, never a zero.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::entry::{Cause, Entry, Hash};
use laurel_domain::ledger::event::{EventKey, Scene};
use laurel_domain::ledger::history::History;
use laurel_domain::ledger::invitation::Award;
use laurel_domain::ledger::posting::{Posted, Posting, TierChange};
use laurel_domain::ledger::refund::PaymentEntry;
use laurel_domain::member::Status;
use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::points::Points;
use laurel_domain::numbers::time::{Day, Moment};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::Timeline;
use laurel_domain::rules::terms::{CapKey, EarnKind};
use laurel_domain::text::{ExternalId, Subject};

use crate::store::StoreError;
use crate::store::ledger::accounts::Change;
use crate::store::ledger::caps::Used;
use crate::store::ledger::referrals::Referral;
use crate::store::members::member::Member;
use crate::store::members::sums::Indexed;

/// Why an event was not posted: the rules refuse it, or the batch cannot go on.
#[derive(Debug)]
pub(super) enum Stop {
    Refused(Refusal),
    Failed(StoreError),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

fn insist(loaded: bool, what: &'static str) -> Result<(), Stop> {
    if loaded { Ok(()) } else { Err(Stop::Failed(StoreError::NotLoaded(what))) }
}

/// Who referred a member: somebody with a number, or an account of this batch that has none yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Referrer {
    No(i64),
    Newcomer(usize),
}

/// The last award for referring a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Awarded {
    pub(super) by: Referrer,
    /// The referrer's entry.
    pub(super) seq: i64,
    /// The member's entry of the payment that brought it, where a refund takes it back.
    pub(super) payment: Option<i64>,
    /// The referrer's entry that took it back.
    pub(super) taken_back: Option<i64>,
    /// How many awards there have been for the member.
    pub(super) times: i64,
}

/// What has been read beside the row and its books.
enum Parts {
    /// A newcomer: there is nothing to read.
    All,
    Some {
        history: bool,
        referral: bool,
        caps: HashSet<CapKey>,
        lots: HashSet<Day>,
        subjects: HashSet<String>,
    },
}

pub(super) struct LoadedAccount {
    /// `None` until the batch is written, for those whom it enrols.
    pub(super) no: Option<i64>,
    pub(super) external: Option<ExternalId>,
    pub(super) status: Status,
    pub(super) registered_at: Timestamp,
    pub(super) is_erased: bool,
    /// Who invited them at the portal.
    pub(super) invited_by: Option<i64>,
    account: Account,
    /// The account as it was loaded.
    before: Account,
    /// The tier history: as far as it was loaded, and what the batch adds to it.
    history: Vec<TierChange>,
    loaded_history: usize,
    awarded: Option<Awarded>,
    /// As it was loaded.
    awarded_before: Option<Awarded>,
    reviewed: HashSet<String>,
    /// How much has been refunded of payments, in minor units, by their sequence numbers; and how much of that by this batch.
    refunded: HashMap<i64, (i64, i64)>,
    parts: Parts,
    indexed: Indexed,
}

impl LoadedAccount {
    pub(super) fn of(member: Member, timeline: &Timeline) -> LoadedAccount {
        let mut account = member.account;
        if account.seq == 0 && !timeline.is_windowed() {
            // nothing needs their months, so nobody keeps them
            account.months = None;
        }
        LoadedAccount {
            no: Some(member.no),
            indexed: member.indexed,
            external: member.external_id,
            status: member.status,
            registered_at: member.registered_at,
            is_erased: member.erased_at.is_some(),
            invited_by: member.invited_by,
            before: account.clone(),
            account,
            history: Vec::new(),
            loaded_history: 0,
            awarded: None,
            awarded_before: None,
            reviewed: HashSet::new(),
            refunded: HashMap::new(),
            parts: Parts::Some {
                history: false,
                referral: false,
                caps: HashSet::new(),
                lots: HashSet::new(),
                subjects: HashSet::new(),
            },
        }
    }

    pub(super) fn new(external: ExternalId, id: MemberId, registered_at: Timestamp, timeline: &Timeline) -> LoadedAccount {
        let account = Account::new(id, timeline);
        LoadedAccount {
            no: None,
            indexed: Indexed::NEW,
            external: Some(external),
            status: Status::Active,
            registered_at,
            is_erased: false,
            invited_by: None,
            before: account.clone(),
            account,
            history: Vec::new(),
            loaded_history: 0,
            awarded: None,
            awarded_before: None,
            reviewed: HashSet::new(),
            refunded: HashMap::new(),
            parts: Parts::All,
        }
    }

    pub(super) fn member(&self) -> MemberId {
        self.account.member
    }

    pub(super) fn last(&self) -> Option<Timestamp> {
        self.account.last.map(Moment::time)
    }

    pub(super) fn pay(&mut self, on: Posting, key: EventKey, amount: Money, scene: Scene) -> Result<Posted, Stop> {
        self.check(on, EarnKind::Payment)?;
        let is_late = self.account.last.is_some_and(|last| last >= on.occurred_at);
        insist(!is_late || self.has_history(), "a tier history")?;
        let posted = self.account.pay(on, key, amount, scene, &self.history)?;
        self.refunded.insert(posted.entry().seq, (0, 0));
        Ok(self.note(posted))
    }

    /// `completed_by` is the hash of the entry of the payment that brings the award, where a refund takes it back.
    pub(super) fn refer(
        &mut self,
        on: Posting,
        key: EventKey,
        referee: MemberId,
        completed_by: Option<Hash>,
    ) -> Result<Posted, Stop> {
        self.check(on, EarnKind::Referral)?;
        let posted = self.account.refer(on, key, referee, completed_by)?;
        Ok(self.note(posted))
    }

    /// Takes back an award of this account's. `refunded_by` is the hash of the refund's entry.
    pub(super) fn take_back(&mut self, on: Posting, award: &Award, refunded_by: Hash) -> Result<Posted, Stop> {
        self.check_whole()?;
        self.check_lot(award.earned.day(on.timeline))?;
        let posted = self.account.take_back(on, award, refunded_by)?;
        Ok(self.note(posted))
    }

    /// `digest` is the subject's, with its salt.
    pub(super) fn review(&mut self, on: Posting, key: EventKey, subject: &Subject, digest: Hash) -> Result<Posted, Stop> {
        self.check(on, EarnKind::Review)?;
        let loaded = match &self.parts {
            Parts::All => true,
            Parts::Some { subjects, .. } => subjects.contains(subject.as_str()),
        };
        insist(loaded, "a review")?;
        if self.reviewed.contains(subject.as_str()) {
            return Err(Refusal::AlreadyReviewed.into());
        }
        let posted = self.account.review(on, key, digest)?;
        self.reviewed.insert(subject.as_str().to_owned());
        Ok(self.note(posted))
    }

    /// `payment` is the entry of a payment of this member's.
    pub(super) fn refund(&mut self, on: Posting, key: EventKey, payment: &Entry, amount: Money) -> Result<Posted, Stop> {
        self.check_whole()?;
        let (total, by_batch) =
            *self.refunded.get(&payment.seq).ok_or(Stop::Failed(StoreError::NotLoaded("a refund total")))?;
        let so_far = Money::from_minor(total, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
        let payment = PaymentEntry::of(payment, so_far).ok_or(Refusal::UnknownPayment)?;
        self.check_lot(payment.day(on.timeline))?;
        let posted = self.account.refund(on, key, &payment, amount)?;
        self.refunded.insert(payment.seq, (total + amount.minor(), by_batch + amount.minor()));
        Ok(self.note(posted))
    }

    /// What is left of a payment of this member's. Asked after a refund of it.
    pub(super) fn left_of(&self, payment: &Entry) -> Result<Money, Stop> {
        let Cause::Payment { amount, .. } = &payment.cause else { return Err(Refusal::UnknownPayment.into()) };
        let refunded = self.refunded.get(&payment.seq).map_or(0, |(total, _)| *total);
        Ok(Money::from_minor(amount.minor() - refunded, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?)
    }

    /// Who has referred the member, where an award for it stands.
    pub(super) fn referred_by(&self) -> Result<Option<Referrer>, Stop> {
        Ok(self.awarded()?.filter(|award| award.taken_back.is_none()).map(|award| award.by))
    }

    /// The last award for referring the member, whether it stands or not.
    pub(super) fn awarded(&self) -> Result<Option<Awarded>, Stop> {
        insist(matches!(self.parts, Parts::All | Parts::Some { referral: true, .. }), "a referral")?;
        Ok(self.awarded)
    }

    /// `payment` is the entry of the member's payment that brought it, where a refund takes it back.
    pub(super) fn set_awarded(&mut self, by: Referrer, seq: i64, payment: Option<i64>) {
        let times = self.awarded.map_or(0, |before| before.times) + 1;
        self.awarded = Some(Awarded { by, seq, payment, taken_back: None, times });
    }

    pub(super) fn set_taken_back(&mut self, seq: i64) {
        self.awarded = self.awarded.map(|award| Awarded { taken_back: Some(seq), ..award });
    }

    /// No later refund takes the award back, and no later payment brings another.
    pub(super) fn keep_award_for_good(&mut self) {
        self.awarded = self.awarded.map(|award| Awarded { payment: None, ..award });
    }

    /// The award that stands and can be taken back: whose it is, and which of their entries.
    pub(super) fn award_that_can_go(&self) -> Option<(i64, i64)> {
        let award = self.awarded.filter(|award| award.taken_back.is_none() && award.payment.is_some())?;
        match award.by {
            Referrer::No(no) => Some((no, award.seq)),
            Referrer::Newcomer(_) => None,
        }
    }

    /// What the batch has changed about awards for the member, and whether there was none before.
    pub(super) fn new_award(&self) -> Option<(Awarded, bool)> {
        let award = self.awarded.filter(|_| self.awarded != self.awarded_before)?;
        Some((award, self.awarded_before.is_none()))
    }

    fn has_history(&self) -> bool {
        matches!(self.parts, Parts::All | Parts::Some { history: true, .. })
    }

    /// That what caps this kind of earning is loaded, and that there is an account to post to.
    fn check(&self, on: Posting, kind: EarnKind) -> Result<(), Stop> {
        self.check_whole()?;
        let Parts::Some { caps, .. } = &self.parts else { return Ok(()) };
        let loaded = caps_of(on.timeline, kind, on.occurred_at).all(|key| caps.contains(&key));
        insist(loaded, "a cap")
    }

    /// That what lapsed out of a lot is loaded.
    fn check_lot(&self, day: Option<Day>) -> Result<(), Stop> {
        match (day, &self.parts) {
            (Some(day), Parts::Some { lots, .. }) => insist(lots.contains(&day), "what lapsed out of a lot"),
            _ => Ok(()),
        }
    }

    fn check_whole(&self) -> Result<(), Stop> {
        if self.account.is_sound() { Ok(()) } else { Err(Refusal::AccountDamaged.into()) }
    }

    fn note(&mut self, posted: Posted) -> Posted {
        self.history.extend(posted.journal.tier_changes.iter().copied());
        posted
    }

    /// How the batch has changed the account, if it has.
    pub(super) fn change(&self) -> Option<Change<'_>> {
        let no = self.no.filter(|_| self.account.seq != self.before.seq)?;
        Some(Change { no, before: &self.before, after: &self.account, indexed: self.indexed })
    }

    /// What the batch adds to the tier history.
    pub(super) fn new_changes(&self) -> &[TierChange] {
        &self.history[self.loaded_history..]
    }

    /// What the batch adds to what has been refunded of payments: (sequence number, minor units).
    pub(super) fn new_refunds(&self) -> impl Iterator<Item = (i64, i64)> {
        self.refunded.iter().filter(|(_, (_, by_batch))| *by_batch != 0).map(|(seq, (_, by_batch))| (*seq, *by_batch))
    }

    pub(super) fn learn_history(&mut self, changes: Vec<TierChange>) {
        (self.loaded_history, self.history) = (changes.len(), changes);
        if let Parts::Some { history, .. } = &mut self.parts {
            *history = true;
        }
    }

    /// The tier history made out of all entries, for what is posted late.
    pub(super) fn learn_late(&mut self, history: Box<History>) {
        self.account.history = Some(history);
    }

    pub(super) fn learn_referral(&mut self, row: Option<&Referral>) {
        self.awarded = row.map(|row| Awarded {
            by: Referrer::No(row.referrer_no),
            seq: row.seq,
            payment: row.payment,
            taken_back: row.taken_back,
            times: row.times,
        });
        self.awarded_before = self.awarded;
        if let Parts::Some { referral, .. } = &mut self.parts {
            *referral = true;
        }
    }

    pub(super) fn learn_cap(&mut self, key: CapKey, used: Option<Used>) {
        if let Parts::Some { caps, .. } = &mut self.parts {
            caps.insert(key);
        }
        for account in [&mut self.before, &mut self.account] {
            if let Some(used) = used {
                account.capped.insert(key, used.capped);
                account.uncapped.insert(key, used.uncapped);
            }
        }
    }

    pub(super) fn learn_lot(&mut self, day: Day, lapsed: Option<Points>) {
        if let Parts::Some { lots, .. } = &mut self.parts {
            lots.insert(day);
        }
        for account in [&mut self.before, &mut self.account] {
            lapsed.map(|points| account.lapsed.insert(day, points));
        }
    }

    pub(super) fn learn_review(&mut self, subject: &str, reviewed: bool) {
        if let Parts::Some { subjects, .. } = &mut self.parts {
            subjects.insert(subject.to_owned());
        }
        if reviewed {
            self.reviewed.insert(subject.to_owned());
        }
    }

    pub(super) fn learn_refunded(&mut self, payment: i64, minor: i64) {
        self.refunded.insert(payment, (minor, 0));
    }
}

/// The caps that such an event comes under.
pub(super) fn caps_of(timeline: &Timeline, kind: EarnKind, occurred_at: impl Into<Moment>) -> impl Iterator<Item = CapKey> {
    let occurred_at = occurred_at.into();
    let caps = timeline.at(occurred_at).set.caps.of(kind);
    caps.limits(kind, timeline.calendar(), occurred_at).map(|(key, _)| key)
}
