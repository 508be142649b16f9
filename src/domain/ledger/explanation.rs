//! Why an entry has the points it has: recomputed from its cause and its version of the rules, never stored.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::ledger::earning::{self, PaymentTerms};
use crate::ledger::entry::{Cause, Entry, EntryKind, Place};
use crate::ledger::event::Scene;
use crate::ledger::invitation::Award;
use crate::ledger::refund::PaymentEntry;
use crate::numbers::factor::Factor;
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::numbers::time::Day;
use crate::rewards::cash;
use crate::rules::rule_set::{Rules, Timeline};
use crate::rules::terms::EarnKind;
use crate::rules::tier::TierRank;

/// How a term of the formula came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub weight: Factor,
    /// The product to its last digit.
    pub exact: String,
    /// What rounding did to it, signed: `-0.0012`.
    pub rounding: String,
    /// After rounding.
    pub rounded: Points,
    /// What a cap cut off.
    pub cut: Points,
    /// How much of it repaid debt.
    pub repaid: Points,
    pub points: Points,
    /// Until when they are held back.
    pub held_until: Option<Timestamp>,
    /// The last day on which they can be redeemed; `None` is for ever.
    pub expires: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explanation {
    Payment {
        amount: Money,
        scene: Scene,
        scene_multiplier: Factor,
        tier: TierRank,
        tier_multiplier: Factor,
        term: Term,
    },
    Referral {
        term: Term,
    },
    Review {
        term: Term,
    },
    /// `points` were earned by what was left of the payment and are not by what is left now.
    Refund {
        paid: Money,
        refunded_before: Money,
        amount: Money,
        points: Points,
        /// Out of the payment's own pending points.
        pending: Points,
        owed: Points,
        forgiven: Points,
    },
    /// What an award for an invitation had earned is taken back, because its payment was refunded.
    ReferralTakenBack {
        earned: Points,
        /// Out of the award's own pending points.
        pending: Points,
        owed: Points,
        forgiven: Points,
    },
    /// So many points had lapsed out of the payment's own lot and came back for its refund.
    LapsedRestored {
        points: Points,
    },
    /// Cash at the rate of its version.
    Cash {
        cash: Money,
        rate: Factor,
        cost: Points,
    },
    /// A reward at its price.
    Reward {
        price: Points,
        quantity: u32,
        cost: Points,
    },
    /// What a redemption took comes back: `repaid` of it to debt, the rest to the lots it came from.
    Restored {
        taken: Points,
        repaid: Points,
    },
    /// The holding period ended.
    Activated {
        points: Points,
        repaid: Points,
        expires: Option<Date>,
    },
    /// The lot of that day lapsed.
    Lapsed {
        day: Date,
        points: Points,
    },
    /// What a member of the staff gave or took.
    Adjusted {
        points: Points,
    },
    /// What was left when the account was closed.
    Closed {
        available: Points,
        pending: Points,
        debt: Points,
    },
    /// What went over to another account, or came from one.
    Merged {
        points: Points,
        debt: Points,
    },
}

/// What a redemption costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    Cash(Money),
    Reward { price: Points, quantity: u32 },
}

/// What an entry refers to and does not hold itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Of a refund: its payment, with what had been refunded before.
    pub payment: Option<PaymentEntry>,
    /// Of an award that is taken back.
    pub award: Option<Award>,
    /// Of a redemption, taken or given back.
    pub cost: Option<Cost>,
}

impl Explanation {
    /// The points that it comes to. The caller compares with the entry's: a difference is a fault of the ledger.
    pub fn points(&self) -> Option<Points> {
        match self {
            Explanation::Payment { term, .. } | Explanation::Referral { term } | Explanation::Review { term } => {
                Some(term.points)
            }
            Explanation::ReferralTakenBack { earned, forgiven, .. } => earned.checked_sub(*forgiven)?.checked_neg(),
            Explanation::Refund { points, forgiven, .. } => points.checked_sub(*forgiven)?.checked_neg(),
            Explanation::LapsedRestored { points } => Some(*points),
            Explanation::Cash { cost, .. } | Explanation::Reward { cost, .. } => cost.checked_neg(),
            Explanation::Restored { taken, .. } => Some(*taken),
            Explanation::Activated { .. } => Some(Points::ZERO),
            Explanation::Lapsed { points, .. } => points.checked_neg(),
            Explanation::Adjusted { points } => Some(*points),
            Explanation::Merged { points, debt } => points.checked_add(*debt),
            Explanation::Closed { available, pending, debt } => debt.checked_sub(*available)?.checked_sub(*pending),
        }
    }
}

/// Recomputes an entry; `None` if it cannot be, because something it refers to is missing or its kind and cause contradict.
pub fn explain(entry: &Entry, timeline: &Timeline, context: &Context) -> Option<Explanation> {
    let rules = timeline.version(entry.rules)?;
    let debt = moved(entry, owed)?;
    Some(match &entry.cause {
        Cause::Payment { amount, scene, tier, cap_room, .. } => {
            let terms = PaymentTerms { scene: *scene, tier: *tier, cap_room: *cap_room };
            paid(entry, timeline, rules, *amount, terms)?
        }
        Cause::Referral { cap_room, .. } => {
            let worth = earning::referral(rules, *cap_room).ok()?;
            Explanation::Referral { term: term(entry, timeline, rules, EarnKind::Referral, rules.set.beta, worth)? }
        }
        Cause::Review { cap_room, .. } => {
            let worth = earning::review(rules, *cap_room).ok()?;
            Explanation::Review { term: term(entry, timeline, rules, EarnKind::Review, rules.set.gamma, worth)? }
        }
        Cause::Refund { amount, .. } => refunded(entry, rules, *amount, context.payment.as_ref()?)?,
        Cause::ReferralTakenBack { award, .. } => {
            let award = context.award.as_ref().filter(|made| made.earned.seq == *award)?;
            Explanation::ReferralTakenBack {
                earned: award.points,
                pending: moved(entry, held)?.checked_neg()?,
                owed: debt.checked_neg()?,
                forgiven: award.points.checked_add(entry.points)?,
            }
        }
        Cause::RefundOfLapsed { .. } => Explanation::LapsedRestored { points: moved(entry, lots)?.checked_add(debt)? },
        Cause::Redemption { .. } if entry.kind == EntryKind::Redeem => redeemed(entry, rules, context.cost)?,
        Cause::Redemption { .. } => {
            let taken = moved(entry, lots)?.checked_add(debt)?;
            Explanation::Restored { taken, repaid: debt }
        }
        Cause::Activation { .. } => {
            let expires = entry.moves.iter().find_map(|m| match m.place {
                Place::Lot { day } => day.map(Day::date),
                _ => None,
            });
            Explanation::Activated { points: moved(entry, held)?.checked_neg()?, repaid: debt, expires }
        }
        Cause::Lapse { day } => Explanation::Lapsed { day: *day, points: moved(entry, lots)?.checked_neg()? },
        Cause::Staff { .. } => Explanation::Adjusted { points: moved(entry, lots)?.checked_add(debt)? },
        Cause::MergedInto { .. } | Cause::MergedFrom { .. } => {
            Explanation::Merged { points: moved(entry, |place| place != Place::Debt)?, debt }
        }
        Cause::Closing => Explanation::Closed {
            available: moved(entry, lots)?.checked_neg()?,
            pending: moved(entry, held)?.checked_neg()?,
            debt,
        },
    })
}

fn paid(entry: &Entry, timeline: &Timeline, rules: &Rules, amount: Money, terms: PaymentTerms) -> Option<Explanation> {
    let worth = earning::payment(rules, amount, terms).ok()?;
    Some(Explanation::Payment {
        amount,
        scene: terms.scene,
        scene_multiplier: rules.set.scenes.of(terms.scene),
        tier: terms.tier,
        tier_multiplier: rules.tier(terms.tier).multiplier,
        term: term(entry, timeline, rules, EarnKind::Payment, rules.set.alpha, worth)?,
    })
}

fn refunded(entry: &Entry, rules: &Rules, amount: Money, payment: &PaymentEntry) -> Option<Explanation> {
    let points = earning::taken_back(rules, payment.amount, payment.terms, payment.refunded, amount).ok()?;
    Some(Explanation::Refund {
        paid: payment.amount,
        refunded_before: payment.refunded,
        amount,
        points,
        pending: moved(entry, held)?.checked_neg()?,
        owed: moved(entry, owed)?.checked_neg()?,
        forgiven: points.checked_add(entry.points)?,
    })
}

fn lots(place: Place) -> bool {
    matches!(place, Place::Lot { .. })
}

fn held(place: Place) -> bool {
    matches!(place, Place::Pending { .. })
}

fn owed(place: Place) -> bool {
    place == Place::Debt
}

/// What an entry's moves add up to in some places.
fn moved(entry: &Entry, there: impl Fn(Place) -> bool) -> Option<Points> {
    let moves = entry.moves.iter().filter(|m| there(m.place));
    moves.map(|m| m.points).try_fold(Points::ZERO, Points::checked_add)
}

fn term(
    entry: &Entry,
    timeline: &Timeline,
    rules: &Rules,
    kind: EarnKind,
    weight: Factor,
    worth: earning::Worth,
) -> Option<Term> {
    let days = rules.set.holding.of(kind);
    let is_held = days > 0 && worth.points.is_positive();
    Some(Term {
        weight,
        exact: worth.exact(),
        rounding: worth.rounding(),
        rounded: worth.rounded,
        cut: worth.rounded.checked_sub(worth.points)?,
        repaid: moved(entry, owed)?,
        points: worth.points,
        held_until: is_held.then(|| timeline.calendar().days_after(entry.occurred_at, days).time()),
        expires: rules.set.expiry.day(timeline.calendar(), entry.occurred_at).map(Day::date),
    })
}

fn redeemed(entry: &Entry, rules: &Rules, cost: Option<Cost>) -> Option<Explanation> {
    Some(match cost {
        Some(Cost::Cash(cash)) => {
            Explanation::Cash { cash, rate: rules.set.rate, cost: cash::cost_of(&rules.cash_terms(), cash)? }
        }
        Some(Cost::Reward { price, quantity }) => {
            let cost = price.hundredths().checked_mul(i64::from(quantity)).map(Points::from_hundredths)?;
            Explanation::Reward { price, quantity, cost }
        }
        // without knowing what for, as many points as left the lots
        None => {
            let cost = moved(entry, lots)?.checked_neg()?;
            Explanation::Reward { price: cost, quantity: 1, cost }
        }
    })
}
