//! Why an entry has the points it has: recomputed from its cause and its version of the rules, never stored.

use crate::account::PaymentEntry;
use crate::earn::{self, PaymentTerms};
use crate::event::Scene;
use crate::factor::Factor;
use crate::ledger::{Cause, Entry, Place};
use crate::money::Money;
use crate::points::Points;
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::tier::TierRank;

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
        owed: Points,
        forgiven: Points,
    },
    /// Nothing to compute: the cause says it all.
    Given,
}

/// Recomputes an entry. `rules` is the version it names; `payment`, for a refund, is what it refunds with what had been
/// refunded before it.
///
/// The caller compares with the entry's points: a difference is a fault of the ledger.
pub fn explain(entry: &Entry, rules: &Rules, payment: Option<&PaymentEntry>) -> Result<Explanation, Refusal> {
    let repaid = entry.moves.iter().filter(|m| m.place == Place::Debt).map(|m| m.points).next().unwrap_or(Points::ZERO);
    let term = |weight: Factor, worth: earn::Worth| Term {
        weight,
        exact: worth.exact(),
        rounding: worth.rounding(),
        rounded: worth.rounded,
        cut: worth.rounded.checked_sub(worth.points).unwrap_or(Points::ZERO),
        repaid,
        points: worth.points,
    };
    Ok(match &entry.cause {
        Cause::Payment { amount, scene, tier, cap_room, .. } => {
            let terms = PaymentTerms { scene: *scene, tier: *tier, cap_room: *cap_room };
            Explanation::Payment {
                amount: *amount,
                scene: *scene,
                scene_multiplier: rules.set.scenes.of(*scene),
                tier: *tier,
                tier_multiplier: rules.tier(*tier).multiplier,
                term: term(rules.set.alpha, earn::payment(rules, *amount, terms)?),
            }
        }
        Cause::Referral { cap_room, .. } => {
            Explanation::Referral { term: term(rules.set.beta, earn::referral(rules, *cap_room)?) }
        }
        Cause::Review { cap_room, .. } => Explanation::Review { term: term(rules.set.gamma, earn::review(rules, *cap_room)?) },
        Cause::Refund { amount, .. } => {
            let payment = payment.ok_or(Refusal::UnknownPayment)?;
            let points = earn::taken_back(rules, payment.amount, payment.terms, payment.refunded, *amount)?;
            let taken = entry.points.checked_neg().ok_or(Refusal::PointsOutOfRange)?;
            Explanation::Refund {
                paid: payment.amount,
                refunded_before: payment.refunded,
                amount: *amount,
                points,
                owed: repaid.checked_neg().ok_or(Refusal::PointsOutOfRange)?,
                forgiven: points.checked_sub(taken).ok_or(Refusal::PointsOutOfRange)?,
            }
        }
        Cause::Redemption { .. } | Cause::Lapse { .. } | Cause::Activation { .. } | Cause::Staff { .. } => Explanation::Given,
    })
}
