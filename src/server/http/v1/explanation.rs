//! Why an entry has the points it has, for programs: a kind, and the figures of its sum as decimal strings.

use jiff::Timestamp;
use jiff::civil::Date;
use laurel_domain::ledger::explanation::{Explanation, Term};
use laurel_domain::numbers::factor::Factor;
use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::tier::TierRank;
use serde::Serialize;

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Explained {
    Payment {
        amount: Money,
        scene: &'static str,
        scene_multiplier: Factor,
        tier: TierRank,
        tier_multiplier: Factor,
        #[serde(flatten)]
        term: Sum,
    },
    Referral(Sum),
    Review(Sum),
    Refund {
        paid: Money,
        refunded_before: Money,
        amount: Money,
        earned: Points,
        from_pending: Points,
        owed: Points,
        forgiven: Points,
    },
    ReferralTakenBack {
        earned: Points,
        from_pending: Points,
        owed: Points,
        forgiven: Points,
    },
    LapsedRestored {
        points: Points,
    },
    Cash {
        cash: Money,
        rate: Factor,
        cost: Points,
    },
    Reward {
        price: Points,
        quantity: u32,
        cost: Points,
    },
    Restored {
        points: Points,
        repaid: Points,
    },
    Activated {
        points: Points,
        repaid: Points,
        expires: Option<Date>,
    },
    Lapsed {
        day: Date,
        points: Points,
    },
    Adjusted {
        points: Points,
    },
    Merged {
        points: Points,
        debt: Points,
    },
    Closed {
        available: Points,
        pending: Points,
        debt: Points,
    },
}

/// One term of the formula.
#[derive(Serialize)]
pub struct Sum {
    weight: Factor,
    exact: String,
    rounding: String,
    rounded: Points,
    cut_by_cap: Points,
    points: Points,
    repaid: Points,
    held_until: Option<Timestamp>,
    expires: Option<Date>,
}

impl From<Term> for Sum {
    fn from(term: Term) -> Sum {
        Sum {
            weight: term.weight,
            exact: term.exact,
            rounding: term.rounding,
            rounded: term.rounded,
            cut_by_cap: term.cut,
            points: term.points,
            repaid: term.repaid,
            held_until: term.held_until,
            expires: term.expires,
        }
    }
}

impl From<Explanation> for Explained {
    fn from(explanation: Explanation) -> Explained {
        match explanation {
            Explanation::Payment { amount, scene, scene_multiplier, tier, tier_multiplier, term } => {
                Explained::Payment { amount, scene: scene.name(), scene_multiplier, tier, tier_multiplier, term: term.into() }
            }
            Explanation::Referral { term } => Explained::Referral(term.into()),
            Explanation::Review { term } => Explained::Review(term.into()),
            Explanation::Refund { paid, refunded_before, amount, points, pending, owed, forgiven } => {
                Explained::Refund { paid, refunded_before, amount, earned: points, from_pending: pending, owed, forgiven }
            }
            Explanation::ReferralTakenBack { earned, pending, owed, forgiven } => {
                Explained::ReferralTakenBack { earned, from_pending: pending, owed, forgiven }
            }
            Explanation::LapsedRestored { points } => Explained::LapsedRestored { points },
            Explanation::Cash { cash, rate, cost } => Explained::Cash { cash, rate, cost },
            Explanation::Reward { price, quantity, cost } => Explained::Reward { price, quantity, cost },
            Explanation::Restored { taken, repaid } => Explained::Restored { points: taken, repaid },
            Explanation::Activated { points, repaid, expires } => Explained::Activated { points, repaid, expires },
            Explanation::Lapsed { day, points } => Explained::Lapsed { day, points },
            Explanation::Adjusted { points } => Explained::Adjusted { points },
            Explanation::Merged { points, debt } => Explained::Merged { points, debt },
            Explanation::Closed { available, pending, debt } => Explained::Closed { available, pending, debt },
        }
    }
}
