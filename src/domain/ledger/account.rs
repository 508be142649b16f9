//! A member's account: where their points lie, and the postings that change it. The core of the ledger.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::ids::{MemberId, RedemptionId, StaffId};
use crate::ledger::earning::{self, PaymentTerms, Worth};
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash, Moves, Place};
use crate::ledger::event::{Activity, Event, EventKey, Scene};
use crate::ledger::history::History;
use crate::ledger::posting::{Counted, Draft, Posted, Posting, TierChange};
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::refusal::{Fault, Refusal};
use crate::rewards::cash::{self, Quote};
use crate::rules::period::{Floor, Period};
use crate::rules::rule_set::{Rules, Timeline};
use crate::rules::terms::{CapKey, EarnKind};
use crate::rules::tier::TierRank;
use crate::rules::window::{Gain, Months};

/// Where a member stands. Everything here follows from their entries; tables keep it so that nobody has to add them up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub member: MemberId,
    /// What can be redeemed: all open lots.
    pub available: Points,
    pub pending: Points,
    /// Never below zero, and never beside open lots.
    pub debt: Points,
    /// Earned less clawed back: the default tier basis.
    pub earned: Points,
    /// Payments less refunds, in minor units.
    pub spent: i64,
    pub tier: TierRank,
    /// The last version of the rules that rated the member; later ones rate alike.
    pub rated_by: u32,
    /// How many entries there are.
    pub seq: i64,
    /// The hash of the last entry.
    pub head: Hash,
    /// The instant of the last entry, or of the last due work if that was later.
    pub last: Option<Timestamp>,
    pub closed: bool,
    /// The open lots that expire, by their last day. What else is available never does.
    pub lots: BTreeMap<Date, Points>,
    /// The pending points, by the entry that earned them.
    pub held: BTreeMap<i64, Held>,
    /// Kept from when a version of the rules needs it.
    pub months: Option<Months>,
    /// Only under rules with a validity.
    pub period: Option<Period>,
    /// After a demotion at the end of a period, until the rules have no validity any more.
    pub floor: Option<Floor>,
    /// What lapsed out of lots and was not restored for a refund; of the days that somebody has asked for.
    pub lapsed: BTreeMap<Date, Points>,
    /// What was earned gross through capped days and months; those that somebody has asked for.
    pub capped: BTreeMap<CapKey, Points>,
    /// What was earned gross in the same days and months under rules without that cap, where a version with it came into force
    /// in the middle; of those that somebody has asked for. See [`Timeline::is_partly_capped`].
    pub uncapped: BTreeMap<CapKey, Points>,
    /// Only while entries of the first meaning are made again.
    pub early: Option<Early>,
    /// Only where something may come late. See [`History`].
    pub history: Option<Box<History>>,
}

/// How far a member's ledger was made when some rules still meant something else: entries up to `seq`, and what was due by
/// `last`. They stand as they were made, so whoever makes them again goes by what the rules meant then:
/// a promotion after a demotion at a period's end went by the window alone; one ended the re-checking of the last period; what was
/// activated at the very end of a period counted in both; points restored for a refund repaid debt even when the rest was
/// forgiven; a cap counted only what was earned under rules that have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Early {
    pub seq: i64,
    pub last: Timestamp,
}

/// Points in their holding period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub points: Points,
    /// When they become available.
    pub until: Timestamp,
    /// The lot they go to.
    pub day: Option<Date>,
    /// The version that earned them.
    pub rules: u32,
}

/// What an event would earn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted {
    pub worth: Worth,
    /// Whose multiplier applies to a payment; of all else the member's tier.
    pub tier: TierRank,
    pub rules_version: u32,
}

impl Account {
    /// A new member's. `timeline` says what has to be kept of them.
    pub fn new(member: MemberId, timeline: &Timeline) -> Account {
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
            closed: false,
            lots: BTreeMap::new(),
            held: BTreeMap::new(),
            months: timeline.is_windowed().then(Months::default),
            period: None,
            floor: None,
            lapsed: BTreeMap::new(),
            capped: BTreeMap::new(),
            uncapped: BTreeMap::new(),
            early: None,
            history: None,
        }
    }

    /// Whether what is done now, as of `at`, was done under the first meaning of the rules.
    pub(crate) fn is_early(&self, at: Timestamp) -> bool {
        self.early.is_some_and(|early| self.seq < early.seq || (self.seq == early.seq && at <= early.last))
    }

    /// Likewise of the next entry.
    pub(crate) fn is_next_early(&self) -> bool {
        self.early.is_some_and(|early| self.seq < early.seq)
    }

    /// Available + pending − debt.
    pub fn balance(&self) -> Option<Points> {
        self.available.checked_add(self.pending)?.checked_sub(self.debt)
    }

    /// What the lot of that day holds; `None` is the one that never expires.
    pub fn lot(&self, day: Option<Date>) -> Points {
        match day {
            Some(day) => self.lots.get(&day).copied().unwrap_or(Points::ZERO),
            // the lots are parts of what is available, so this neither wraps nor falls below zero
            None => Points::from_hundredths(
                self.lots.values().fold(self.available.hundredths(), |rest, lot| rest - lot.hundredths()),
            ),
        }
    }

    /// The instant of a posting of history: the later of when it occurred and the last instant.
    pub fn instant_of_history(&self, occurred_at: Timestamp) -> Timestamp {
        self.last.map_or(occurred_at, |last| last.max(occurred_at))
    }

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
        let rules = on.timeline.at(on.occurred_at);
        let tier = self.tier_before(on, history)?;
        let cap_room = self.cap_room(rules, EarnKind::Payment, on);
        let points = earning::payment(rules, amount, PaymentTerms { scene, tier, cap_room })?.points;
        let cause = Cause::Payment { event, amount, scene, tier, cap_room };
        let gain = Gain { earned: points, spent: amount.minor() };
        self.post(on, |account, on| Ok(vec![account.earning(on, EarnKind::Payment, gain, cause.clone())?]))
    }

    /// The tier just before something occurred, with what is due done.
    fn tier_before(&self, on: Posting, history: &[TierChange]) -> Result<TierRank, Refusal> {
        let until = self.instant_of_history(on.instant);
        if let Some(history) = self.history.as_ref().filter(|_| !on.timeline.has_gone_by_balance(until)) {
            return history.tier_before(on);
        }
        let due = match self.is_due(on.timeline, until) {
            true => self.clone().catch_up(on.timeline, until)?.tier_changes,
            false => Vec::new(),
        };
        let earlier = |change: &&TierChange| change.at < on.occurred_at;
        Ok(match due.iter().rev().find(earlier) {
            Some(change) => change.to,
            None if self.last.is_none_or(|last| last < on.occurred_at) => self.tier,
            None => history.iter().rev().find(earlier).map_or(TierRank::FIRST, |change| change.to),
        })
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
        let rules = on.timeline.at(on.occurred_at);
        let cap_room = self.cap_room(rules, EarnKind::Referral, on);
        let gain = Gain::points(earning::referral(rules, cap_room)?.points);
        let cause = Cause::Referral { event, referee, completed_by, cap_room };
        self.post(on, |account, on| Ok(vec![account.earning(on, EarnKind::Referral, gain, cause.clone())?]))
    }

    /// A review earns γ. `subject` is the salted digest of what was reviewed.
    pub fn review(&mut self, on: Posting, event: EventKey, subject: Hash) -> Result<Posted, Refusal> {
        let rules = on.timeline.at(on.occurred_at);
        let cap_room = self.cap_room(rules, EarnKind::Review, on);
        let gain = Gain::points(earning::review(rules, cap_room)?.points);
        let cause = Cause::Review { event, subject, cap_room };
        self.post(on, |account, on| Ok(vec![account.earning(on, EarnKind::Review, gain, cause.clone())?]))
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

    /// What earlier postings left of the caps that apply; `None` when none does.
    fn cap_room(&self, rules: &Rules, kind: EarnKind, on: Posting) -> Option<Points> {
        let limits = rules.set.caps.of(kind).limits(kind, on.timeline.calendar(), on.occurred_at);
        limits.map(|(key, most)| self.left_of(key, most)).min()
    }

    /// The whole day or month counts, also what of it lies before the version that brought the cap.
    fn left_of(&self, key: CapKey, most: Points) -> Points {
        let of = |kept: &BTreeMap<CapKey, Points>| kept.get(&key).copied().unwrap_or(Points::ZERO);
        let uncapped = if self.is_next_early() { Points::ZERO } else { of(&self.uncapped) };
        let left = of(&self.capped).checked_add(uncapped).and_then(|used| most.checked_sub(used));
        left.filter(|left| left.is_positive()).unwrap_or(Points::ZERO)
    }

    /// Points that are earned: held back if the rules say so, else available at once.
    pub(crate) fn earning(&self, on: Posting, kind: EarnKind, gain: Gain, cause: Cause) -> Result<Draft, Refusal> {
        let calendar = on.timeline.calendar();
        let rules = on.timeline.at(on.occurred_at);
        let day = rules.set.expiry.day(calendar, on.occurred_at);
        let seq = self.seq + 1;
        let at = on.occurred_at.min(on.instant);
        let mut draft = Draft::new(EntryKind::Earn, rules.version, cause, on.occurred_at);
        let caps = rules.set.caps.of(kind).limits(kind, calendar, on.occurred_at);
        draft.capped = caps.map(|(key, _)| (key, gain.earned)).collect();
        let partly = on.timeline.uncapped_within_caps(kind, on.occurred_at);
        draft.uncapped = partly.into_iter().map(|key| (key, gain.earned)).collect();
        let mut counted = Counted { seq, at, occurred_at: on.occurred_at, gain };
        match rules.set.holding.of(kind) {
            days if days > 0 && gain.earned.is_positive() => {
                let until = calendar.days_after(on.occurred_at, days);
                draft.moves = Moves::none().with(Place::Pending { payment: seq }, gain.earned);
                draft.held = Some(Held { points: gain.earned, until, day, rules: rules.version });
                counted.gain.earned = Points::ZERO;
            }
            _ => draft.moves = self.entering(gain.earned, day)?,
        }
        draft.counted = vec![counted];
        Ok(draft)
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
        let quote = cash::quote(&rules.cash_terms(), points)?;
        // what was asked for is what the member must have, even where the cash costs a little less
        let posted = self.spend(on, redemption, quote.points, points)?;
        Ok((posted, quote))
    }

    /// Buys a reward at a fixed price.
    ///
    /// Refused: [`Refusal::NotEnoughPoints`], also with any debt.
    pub fn buy(&mut self, on: Posting, redemption: RedemptionId, price: Points) -> Result<Posted, Refusal> {
        self.spend(on, redemption, price, price)
    }

    fn spend(&mut self, on: Posting, redemption: RedemptionId, price: Points, wanted: Points) -> Result<Posted, Refusal> {
        self.post(on, |account, on| {
            if wanted > account.available {
                return Err(Refusal::NotEnoughPoints { available: account.available, wanted });
            }
            let rules = on.timeline.at(on.instant).version;
            let mut draft = Draft::new(EntryKind::Redeem, rules, Cause::Redemption { redemption }, on.occurred_at);
            draft.moves = account.drawing(price)?;
            Ok(vec![draft])
        })
    }

    /// Gives back what a redemption took: debt first, then the very lots it came from. `taken` are the moves of its entry.
    /// What the earliest lots gave repays the debt, as spending would have drawn them first.
    pub fn restore(&mut self, on: Posting, redemption: RedemptionId, taken: &Moves) -> Result<Posted, Refusal> {
        self.restore_to(on, redemption, taken, Cause::Closing)
    }

    /// [`Account::restore`], and what becomes of it if the account is closed.
    pub(crate) fn restore_to(
        &mut self,
        on: Posting,
        redemption: RedemptionId,
        taken: &Moves,
        cleared_by: Cause,
    ) -> Result<Posted, Refusal> {
        self.post(on, |account, on| {
            let rules = on.timeline.at(on.instant).version;
            let mut draft = Draft::new(EntryKind::Restore, rules, Cause::Redemption { redemption }, on.occurred_at);
            let total = checked(taken.total().and_then(Points::checked_neg))?;
            let mut repaid = account.debt.available_for(total);
            draft.moves = Moves::none().with(Place::Debt, repaid);
            // moves stand in the order in which they were drawn: what expires first, first
            for drawn in taken.iter() {
                let points = checked(drawn.points.checked_neg())?;
                let owed = repaid.available_for(points);
                repaid = checked(repaid.checked_sub(owed))?;
                draft.moves = std::mem::take(&mut draft.moves).with(drawn.place, checked(points.checked_sub(owed))?);
            }
            let mut drafts = vec![draft];
            if account.closed {
                // nobody can use them any more
                let mut after = account.clone();
                after.apply(on.timeline, &drafts[0])?;
                drafts.push(Draft { cause: cleared_by.clone(), ..after.clearing(on)? });
            }
            Ok(drafts)
        })
    }

    /// Gives or takes points for a reason that a member of the staff answers for. `reason` is its salted digest.
    ///
    /// Refused: [`Refusal::NotEnoughPoints`] beyond what is available; no points at all.
    pub fn adjust(&mut self, on: Posting, staff: StaffId, reason: Hash, points: Points) -> Result<Posted, Refusal> {
        self.post(on, |account, on| {
            let rules = on.timeline.at(on.instant);
            let mut draft = Draft::new(EntryKind::Adjust, rules.version, Cause::Staff { staff, reason }, on.occurred_at);
            draft.moves = match checked(points.checked_neg())? {
                _ if points.is_zero() => return Err(Refusal::field("points", Fault::NotZero)),
                taken if taken.is_positive() && taken > account.available => {
                    return Err(Refusal::NotEnoughPoints { available: account.available, wanted: taken });
                }
                taken if taken.is_positive() => account.drawing(taken)?,
                _ => account.entering(points, rules.set.expiry.day(on.timeline.calendar(), on.instant))?,
            };
            Ok(vec![draft])
        })
    }

    /// Closes the account: removes whatever is left, pending points and debt too.
    pub fn close(&mut self, on: Posting) -> Result<Posted, Refusal> {
        self.post(on, |account, on| Ok(vec![account.clearing(on)?]))
    }

    pub(crate) fn clearing(&self, on: Posting) -> Result<Draft, Refusal> {
        let rules = on.timeline.at(on.instant).version;
        let mut draft = Draft::new(EntryKind::Adjust, rules, Cause::Closing, on.occurred_at);
        let mut moves = self.drawing(self.available)?;
        for (seq, held) in &self.held {
            moves = moves.with(Place::Pending { payment: *seq }, checked(held.points.checked_neg())?);
        }
        draft.moves = moves.with(Place::Debt, self.debt);
        Ok(draft)
    }

    /// Where points that come in go: debt is repaid first, the rest enters a lot.
    pub(crate) fn entering(&self, points: Points, day: Option<Date>) -> Result<Moves, Refusal> {
        let repaid = self.debt.available_for(points);
        let rest = checked(points.checked_sub(repaid))?;
        Ok(Moves::none().with(Place::Debt, repaid).with(Place::Lot { day }, rest))
    }

    /// The moves of spending that much, which is there.
    fn drawing(&self, points: Points) -> Result<Moves, Refusal> {
        self.earliest(points)
            .into_iter()
            .try_fold(Moves::none(), |moves, (place, points)| Ok(moves.with(place, checked(points.checked_neg())?)))
    }

    /// Out of which lots so many points come, or as many as there are: the one that expires first, first.
    pub(crate) fn earliest(&self, wanted: Points) -> Vec<(Place, Points)> {
        let mut left = wanted.hundredths().max(0);
        let mut drawn = Vec::new();
        let days = self.lots.keys().map(|day| Some(*day)).chain([None]);
        for day in days {
            let points = self.lot(day).hundredths().min(left);
            left -= points;
            if points > 0 {
                drawn.push((Place::Lot { day }, Points::from_hundredths(points)));
            }
            if left == 0 {
                break;
            }
        }
        drawn
    }

    pub(crate) fn take(&mut self, place: Place, points: Points) -> Result<(), Refusal> {
        self.carry_out(&Moves::none().with(place, checked(points.checked_neg())?), None)
    }

    /// What a posting does to the account, save for its place in the chain and for the tier.
    pub(crate) fn apply(&mut self, timeline: &Timeline, draft: &Draft) -> Result<(), Refusal> {
        self.seq += 1;
        self.carry_out(&draft.moves, draft.held)?;
        for counted in &draft.counted {
            self.count(timeline, counted)?;
        }
        if let Some((day, points)) = draft.lapsed {
            add_to(&mut self.lapsed, day, points)?;
        }
        for (key, points) in &draft.capped {
            add_to(&mut self.capped, *key, *points)?;
        }
        for (key, points) in &draft.uncapped {
            add_to(&mut self.uncapped, *key, *points)?;
        }
        self.closed |= matches!(draft.cause, Cause::Closing | Cause::MergedInto { .. });
        Ok(())
    }

    fn carry_out(&mut self, moves: &Moves, held: Option<Held>) -> Result<(), Refusal> {
        for m in moves.iter() {
            match m.place {
                Place::Lot { day } => {
                    self.available = checked(self.available.checked_add(m.points))?;
                    if let Some(day) = day {
                        add_to(&mut self.lots, day, m.points)?;
                    }
                }
                Place::Pending { payment } => {
                    self.pending = checked(self.pending.checked_add(m.points))?;
                    match (self.held.get_mut(&payment), held) {
                        (Some(held), _) => held.points = checked(held.points.checked_add(m.points))?,
                        (None, Some(held)) => drop(self.held.insert(payment, held)),
                        (None, None) => return Err(Refusal::PointsOutOfRange),
                    }
                    self.held.retain(|_, held| !held.points.is_zero());
                }
                Place::Debt => self.debt = checked(self.debt.checked_sub(m.points))?,
            }
        }
        Ok(())
    }

    fn count(&mut self, timeline: &Timeline, counted: &Counted) -> Result<(), Refusal> {
        let Counted { seq, at, occurred_at, gain } = *counted;
        self.earned = checked(self.earned.checked_add(gain.earned))?;
        self.spent = self.spent.checked_add(gain.spent).ok_or(Refusal::PointsOutOfRange)?;
        if let Some(months) = &mut self.months {
            months.add(timeline.calendar().month(occurred_at), gain).ok_or(Refusal::PointsOutOfRange)?;
        }
        if let Some(period) = &mut self.period {
            period.count(seq, at, gain).ok_or(Refusal::PointsOutOfRange)?;
        }
        if let Some(floor) = &mut self.floor {
            floor.count(seq, at, gain).ok_or(Refusal::PointsOutOfRange)?;
        }
        Ok(())
    }
}

/// Adds to what is kept of something; nothing left is not kept.
fn add_to<K: Ord>(kept: &mut BTreeMap<K, Points>, key: K, points: Points) -> Result<(), Refusal> {
    let sum = kept.get(&key).copied().unwrap_or(Points::ZERO);
    let sum = checked(sum.checked_add(points))?;
    match sum.is_zero() {
        true => drop(kept.remove(&key)),
        false => drop(kept.insert(key, sum)),
    }
    Ok(())
}

pub(crate) fn checked(points: Option<Points>) -> Result<Points, Refusal> {
    points.ok_or(Refusal::PointsOutOfRange)
}
