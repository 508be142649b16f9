//! A member's account: where their points lie, and how postings change it. The core of the ledger.

use jiff::Timestamp;

use crate::earn::{self, PaymentTerms};
use crate::event::{EventKey, Scene};
use crate::ids::{MemberId, RedemptionId};
use crate::ledger::{Cause, Entry, EntryKind, Hash, Moves, Place};
use crate::money::Money;
use crate::points::Points;
use crate::redeem::{self, Quote};
use crate::refusal::Refusal;
use crate::rules::{Rules, Shortfall, Timeline};
use crate::tier::{Gathered, TierRank};

/// Where a member stands. Everything here follows from their entries; tables keep it so that nobody has to add them up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub member: MemberId,
    pub available: Points,
    pub pending: Points,
    /// Never below zero, and never beside open lots.
    pub debt: Points,
    /// Earned less clawed back: the default tier basis.
    pub earned: Points,
    /// Payments less refunds, in minor units.
    pub spent: i64,
    pub tier: TierRank,
    /// The version of the rules whose ladder gave the tier.
    pub rated_by: u32,
    /// How many entries there are.
    pub seq: i64,
    /// The hash of the last entry.
    pub head: Hash,
    /// The instant of the last entry.
    pub last: Option<Timestamp>,
}

/// A tier that became another, when and by what: an entry, or a version of the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierChange {
    pub at: Timestamp,
    pub from: TierRank,
    pub to: TierRank,
    pub by: ChangedBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangedBy {
    Entry { seq: i64 },
    Rules { version: u32 },
}

/// An entry with what it did to the tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    pub entry: Entry,
    /// Re-rating that was due before, and the change by the entry itself.
    pub tier_changes: Vec<TierChange>,
}

/// When something is posted, under which rules and in which history.
#[derive(Clone, Copy)]
pub struct Posting<'a> {
    pub timeline: &'a Timeline,
    pub occurred_at: Timestamp,
    pub instant: Timestamp,
}

/// What a posting is made of before it has a place in the chain.
struct Draft {
    kind: EntryKind,
    moves: Moves,
    /// By how much the tier basis changes: points earned, and minor units spent.
    earned: Points,
    spent: i64,
    rules: u32,
    cause: Cause,
}

/// What a payment's entry records, as a refund of it needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentEntry {
    pub seq: i64,
    pub amount: Money,
    pub terms: PaymentTerms,
    pub rules: u32,
    /// How much of it has been refunded so far.
    pub refunded: Money,
}

impl Account {
    pub fn new(member: MemberId) -> Account {
        Account {
            member,
            available: Points::ZERO,
            pending: Points::ZERO,
            debt: Points::ZERO,
            earned: Points::ZERO,
            spent: 0,
            tier: TierRank::FIRST,
            rated_by: 1,
            seq: 0,
            head: Hash::NONE,
            last: None,
        }
    }

    /// Available + pending − debt.
    pub fn balance(&self) -> Option<Points> {
        self.available.checked_add(self.pending)?.checked_sub(self.debt)
    }

    pub fn gathered(&self) -> Option<Gathered> {
        let balance = self.available.checked_sub(self.debt)?;
        Some(Gathered { earned: self.earned, balance, spent: self.spent })
    }

    /// The instant of a posting of history: the later of when it occurred and the last instant.
    pub fn instant_of_history(&self, occurred_at: Timestamp) -> Timestamp {
        self.last.map_or(occurred_at, |last| last.max(occurred_at))
    }

    /// The tier that the history posted so far shows just before `at`: whose multiplier a payment at that time gets.
    /// `history` is the member's, oldest first, and the account has caught up with it.
    pub fn tier_before<'h>(&self, history: impl DoubleEndedIterator<Item = &'h TierChange>, at: Timestamp) -> TierRank {
        if self.last.is_none_or(|last| last < at) {
            return self.tier;
        }
        history.rev().find(|change| change.at < at).map_or(TierRank::FIRST, |change| change.to)
    }

    /// Posts everything that is due by `until`: re-rating by each version of the rules that has come into force since.
    pub fn catch_up(&mut self, timeline: &Timeline, until: Timestamp) -> Result<Vec<TierChange>, Refusal> {
        let mut changes = Vec::new();
        for rules in timeline.all() {
            if rules.version > self.rated_by && rules.from <= until {
                self.rated_by = rules.version;
                self.last = Some(self.instant_of_history(rules.from));
                changes.extend(self.rate(rules, rules.from, ChangedBy::Rules { version: rules.version })?);
            }
        }
        Ok(changes)
    }

    /// A payment earns `α × amount × multipliers` under the rules in force when it occurred.
    ///
    /// `tier` is what the history posted so far shows just before `occurred_at`.
    pub fn pay(
        &mut self,
        on: Posting,
        event: EventKey,
        amount: Money,
        scene: Scene,
        tier: TierRank,
    ) -> Result<Posted, Refusal> {
        let rules = on.timeline.at(on.occurred_at);
        let terms = PaymentTerms { scene, tier, cap_room: None };
        let points = earn::payment(rules, amount, terms)?.points;
        let cause = Cause::Payment { event, amount, scene, tier, cap_room: terms.cap_room };
        let (rules, spent) = (rules.version, amount.minor());
        self.post(on, Draft { kind: EntryKind::Earn, moves: self.entering(points)?, earned: points, spent, rules, cause })
    }

    /// A referral earns β.
    pub fn refer(&mut self, on: Posting, event: EventKey, referee: MemberId) -> Result<Posted, Refusal> {
        let rules = on.timeline.at(on.occurred_at);
        let points = earn::referral(rules, None)?.points;
        let cause = Cause::Referral { event, referee, cap_room: None };
        let rules = rules.version;
        self.post(on, Draft { kind: EntryKind::Earn, moves: self.entering(points)?, earned: points, spent: 0, rules, cause })
    }

    /// A review earns γ. `subject` is the salted digest of what was reviewed.
    pub fn review(&mut self, on: Posting, event: EventKey, subject: Hash) -> Result<Posted, Refusal> {
        let rules = on.timeline.at(on.occurred_at);
        let points = earn::review(rules, None)?.points;
        let cause = Cause::Review { event, subject, cap_room: None };
        let rules = rules.version;
        self.post(on, Draft { kind: EntryKind::Earn, moves: self.entering(points)?, earned: points, spent: 0, rules, cause })
    }

    /// A refund takes back what its part of the payment earned: out of the lots, the rest as debt or forgiven.
    ///
    /// Refused: [`Refusal::RefundBeyondPayment`].
    pub fn refund(&mut self, on: Posting, event: EventKey, payment: &PaymentEntry, amount: Money) -> Result<Posted, Refusal> {
        let rules = on.timeline.version(payment.rules).unwrap_or(on.timeline.latest());
        let points = earn::taken_back(rules, payment.amount, payment.terms, payment.refunded, amount)?;
        let drawn = self.available.available_for(points);
        let short = checked(points.checked_sub(drawn))?;
        let owed = match rules.set.shortfall {
            Shortfall::Debt => short,
            Shortfall::Forgive => Points::ZERO,
        };
        let never = Place::Lot { day: None };
        let moves = Moves::none().with(never, checked(drawn.checked_neg())?).with(Place::Debt, checked(owed.checked_neg())?);
        let cause = Cause::Refund { event, amount, payment: payment.seq };
        let (earned, spent, rules) = (checked(points.checked_neg())?, -amount.minor(), rules.version);
        self.post(on, Draft { kind: EntryKind::Clawback, moves, earned, spent, rules, cause })
    }

    /// Redeems points to cash by the rules in force.
    ///
    /// Refused: [`Refusal::StaleQuote`] when `quoted` is another version, [`Refusal::NotEnoughPoints`] (also with any debt),
    /// [`Refusal::NothingToPay`].
    pub fn redeem(
        &mut self,
        on: Posting,
        redemption: RedemptionId,
        points: Points,
        quoted: Option<u32>,
    ) -> Result<(Posted, Quote), Refusal> {
        let rules = on.timeline.at(on.instant);
        if let Some(quoted) = quoted.filter(|quoted| *quoted != rules.version) {
            return Err(Refusal::StaleQuote { quoted, in_force: rules.version });
        }
        let quote = redeem::quote(&rules.cash_terms(), points)?;
        // what was asked for is what the member must have, even where the cash costs a little less
        if points > self.available {
            return Err(Refusal::NotEnoughPoints { available: self.available, wanted: points });
        }
        let moves = Moves::plain(checked(quote.points.checked_neg())?);
        let draft = Draft {
            kind: EntryKind::Redeem,
            moves,
            earned: Points::ZERO,
            spent: 0,
            rules: rules.version,
            cause: Cause::Redemption { redemption },
        };
        Ok((self.post(on, draft)?, quote))
    }

    /// Takes a fixed price for a reward.
    ///
    /// Refused: [`Refusal::NotEnoughPoints`] (also with any debt).
    pub fn buy(&mut self, on: Posting, redemption: RedemptionId, price: Points) -> Result<Posted, Refusal> {
        if price > self.available {
            return Err(Refusal::NotEnoughPoints { available: self.available, wanted: price });
        }
        let draft = Draft {
            kind: EntryKind::Redeem,
            moves: Moves::plain(checked(price.checked_neg())?),
            earned: Points::ZERO,
            spent: 0,
            rules: on.timeline.at(on.instant).version,
            cause: Cause::Redemption { redemption },
        };
        self.post(on, draft)
    }

    /// Gives back what a failed or cancelled redemption took: debt first, then the lots.
    pub fn restore(&mut self, on: Posting, redemption: RedemptionId, points: Points) -> Result<Posted, Refusal> {
        let draft = Draft {
            kind: EntryKind::Restore,
            moves: self.entering(points)?,
            earned: Points::ZERO,
            spent: 0,
            rules: on.timeline.at(on.instant).version,
            cause: Cause::Redemption { redemption },
        };
        self.post(on, draft)
    }

    /// Where points that come in go: debt is repaid first.
    fn entering(&self, points: Points) -> Result<Moves, Refusal> {
        let repaid = self.debt.available_for(points);
        let rest = checked(points.checked_sub(repaid))?;
        Ok(Moves::none().with(Place::Debt, repaid).with(Place::Lot { day: None }, rest))
    }

    fn post(&mut self, on: Posting, draft: Draft) -> Result<Posted, Refusal> {
        let mut next = self.clone();
        let mut tier_changes = next.catch_up(on.timeline, on.instant)?;
        for m in draft.moves.iter() {
            let held = match m.place {
                Place::Lot { .. } => &mut next.available,
                Place::Pending { .. } => &mut next.pending,
                Place::Debt => {
                    next.debt = checked(next.debt.checked_sub(m.points))?;
                    continue;
                }
            };
            *held = checked(held.checked_add(m.points))?;
        }
        next.earned = checked(next.earned.checked_add(draft.earned))?;
        next.spent = next.spent.checked_add(draft.spent).ok_or(Refusal::PointsOutOfRange)?;
        let balance = checked(next.balance())?;
        next.seq += 1;
        next.last = Some(on.instant);
        let rules = on.timeline.at(on.instant);
        tier_changes.extend(next.rate(rules, on.instant, ChangedBy::Entry { seq: next.seq })?);
        let mut entry = Entry {
            member: next.member,
            seq: next.seq,
            kind: draft.kind,
            points: checked(draft.moves.total())?,
            balance,
            tier: next.tier,
            moves: draft.moves,
            occurred_at: on.occurred_at,
            instant: on.instant,
            rules: draft.rules,
            cause: draft.cause,
            hash: Hash::NONE,
        };
        entry.hash = entry.chained(&next.head);
        next.head = entry.hash;
        assert!(!next.available.is_negative() && !next.debt.is_negative(), "a posting drew what was not there");
        *self = next;
        Ok(Posted { entry, tier_changes })
    }

    fn rate(&mut self, rules: &Rules, at: Timestamp, by: ChangedBy) -> Result<Option<TierChange>, Refusal> {
        let rank = rules.rank(self.gathered().ok_or(Refusal::PointsOutOfRange)?);
        if rank == self.tier {
            return Ok(None);
        }
        let change = TierChange { at, from: self.tier, to: rank, by };
        self.tier = rank;
        Ok(Some(change))
    }
}

fn checked(points: Option<Points>) -> Result<Points, Refusal> {
    points.ok_or(Refusal::PointsOutOfRange)
}
