//! Tiers: half-open ranges over a basis, and what each gives.

use serde::{Deserialize, Serialize};

use crate::benefits::benefit::Benefit;
use crate::numbers::factor::Factor;
use crate::numbers::money::Currency;
use crate::refusal::{Fault, FieldFault};
use crate::rules::period::Validity;
use crate::rules::window::Window;
use crate::text::{Both, Key};

/// The place of a tier in its ladder, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct TierRank(u16);

impl TierRank {
    pub const FIRST: TierRank = TierRank(1);

    pub fn new(rank: u16) -> Option<TierRank> {
        (rank > 0).then_some(TierRank(rank))
    }

    pub const fn get(self) -> u16 {
        self.0
    }

    #[inline]
    pub fn index(self) -> usize {
        usize::from(self.0) - 1
    }
}

impl TryFrom<u16> for TierRank {
    type Error = &'static str;
    fn try_from(rank: u16) -> Result<TierRank, &'static str> {
        TierRank::new(rank).ok_or("ranks begin at 1")
    }
}

impl From<TierRank> for u16 {
    fn from(rank: TierRank) -> u16 {
        rank.0
    }
}

/// What a member's tier goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Earned less clawed back. Neither spending nor adjusting changes it.
    #[default]
    PointsEarned,
    /// Available less debt.
    PointsBalance,
    /// Payments less their refunds.
    AmountSpent,
}

impl Basis {
    pub const ALL: [Basis; 3] = [Basis::PointsEarned, Basis::PointsBalance, Basis::AmountSpent];

    pub const fn name(self) -> &'static str {
        match self {
            Basis::PointsEarned => "points_earned",
            Basis::PointsBalance => "points_balance",
            Basis::AmountSpent => "amount_spent",
        }
    }

    /// The decimals of what the basis is counted in: minor units, or hundredths of a point.
    fn places(self, currency: Currency) -> u32 {
        match self {
            Basis::AmountSpent => currency.exponent(),
            Basis::PointsEarned | Basis::PointsBalance => 2,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    pub key: Key,
    pub name: Both,
    /// Where the tier starts, in points or units of currency as the basis says.
    pub from: Factor,
    /// What a payment's points are multiplied by in this tier.
    #[serde(default = "one")]
    pub multiplier: Factor,
    #[serde(default)]
    pub benefits: Vec<Benefit>,
}

fn one() -> Factor {
    Factor::ONE
}

/// The tiers of a rule set, lowest first, and what they go by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    pub basis: Basis,
    #[serde(default)]
    pub window: Window,
    /// `None`: the tier follows every change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<Validity>,
    pub tiers: Vec<Tier>,
}

impl Ladder {
    pub const MOST_TIERS: usize = 20;
    pub const MOST_BENEFITS: usize = 20;

    /// Everything that is wrong with the ladder, by field.
    pub fn faults(&self, currency: Currency) -> Vec<FieldFault> {
        let mut faults = self.window.faults();
        faults.extend(self.validity.map(Validity::faults).unwrap_or_default());
        if self.basis == Basis::PointsBalance && self.window != Window::Lifetime {
            faults.push(FieldFault::new("window.kind", Fault::NotExpected));
        }
        if self.tiers.is_empty() || self.tiers.len() > Ladder::MOST_TIERS {
            faults.push(FieldFault::new("tiers", Fault::Count { least: 1, most: Ladder::MOST_TIERS }));
        }
        for (i, tier) in self.tiers.iter().enumerate() {
            let at = |field: &str| format!("tiers.{i}.{field}");
            faults.extend(tier.name.faults(&at("name"), 40));
            faults.extend(tier.multiplier.fault(&at("multiplier"), Factor::MOST_MULTIPLIER));
            faults.extend(self.threshold_fault(i, currency).map(|fault| FieldFault::new(at("from"), fault)));
            if self.tiers[..i].iter().any(|earlier| earlier.key == tier.key) {
                faults.push(FieldFault::new(at("key"), Fault::Twice));
            }
            if tier.benefits.len() > Ladder::MOST_BENEFITS {
                faults.push(FieldFault::new(at("benefits"), Fault::Count { least: 0, most: Ladder::MOST_BENEFITS }));
            }
            for (j, benefit) in tier.benefits.iter().enumerate() {
                faults.extend(benefit.faults(&at(&format!("benefits.{j}"))));
                if tier.benefits[..j].iter().any(|earlier| earlier.key == benefit.key) {
                    faults.push(FieldFault::new(at(&format!("benefits.{j}.key")), Fault::Twice));
                }
            }
        }
        faults
    }

    fn threshold_fault(&self, i: usize, currency: Currency) -> Option<Fault> {
        let from = self.tiers[i].from;
        let most = self.basis.places(currency);
        if from < Factor::ZERO {
            return Some(Fault::Negative);
        }
        if i == 0 && from != Factor::ZERO {
            return Some(Fault::FirstTierNotZero);
        }
        if i > 0 && from <= self.tiers[i - 1].from {
            return Some(Fault::NotIncreasing);
        }
        if from.decimal().scale() > most {
            return Some(Fault::from(crate::refusal::NumberError::TooManyDecimals { most }));
        }
        None
    }

    /// Whether going from `before` to this ladder can change anybody's tier.
    pub fn rates_otherwise_than(&self, before: &Ladder) -> bool {
        let rungs = |ladder: &Ladder| ladder.tiers.iter().map(|tier| (tier.key.clone(), tier.from)).collect::<Vec<_>>();
        (self.basis, self.window, self.validity) != (before.basis, before.window, before.validity)
            || rungs(self) != rungs(before)
    }

    /// The thresholds in hundredths of a point or minor units, as [`crate::rules::window::Gain::by`] counts them.
    pub fn thresholds(&self, currency: Currency) -> Vec<i64> {
        let places = self.basis.places(currency);
        self.tiers.iter().map(|tier| tier.from.in_units(places).unwrap_or(i64::MAX)).collect()
    }
}

/// The tier whose half-open range holds `gathered`; whoever is below 0 is in the first.
#[inline]
pub fn rank_of(thresholds: &[i64], gathered: i64) -> TierRank {
    let reached = thresholds.iter().filter(|from| **from <= gathered).count();
    TierRank(u16::try_from(reached.max(1)).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::points::Points;
    use crate::rules::rule_set::RuleSet;

    fn cny() -> Currency {
        "CNY".parse().unwrap()
    }

    #[test]
    fn a_tier_begins_at_its_threshold_and_ends_just_before_the_next() {
        let thresholds = RuleSet::default().ladder.thresholds(cny());
        let ranks = ["-70", "0", "99.99", "100", "499.99", "500", "999.99", "1000", "1000000"]
            .map(|points| rank_of(&thresholds, points.parse::<Points>().unwrap().hundredths()).get());
        assert_eq!(ranks, [1, 1, 1, 2, 2, 3, 3, 4, 4]);
    }

    #[test]
    fn a_ladder_must_start_at_zero_and_rise_strictly() {
        let mut ladder = RuleSet::default().ladder;
        assert_eq!(ladder.faults(cny()), []);
        ladder.tiers[0].from = Factor::ONE;
        ladder.tiers[2].from = ladder.tiers[1].from;
        ladder.tiers[3].from = "1000.001".parse().unwrap();
        let faults: Vec<String> = ladder.faults(cny()).iter().map(|f| f.field.clone()).collect();
        assert_eq!(faults, ["tiers.0.from", "tiers.2.from", "tiers.3.from"]);
    }

    #[test]
    fn a_ladder_over_yen_spent_has_whole_thresholds() {
        let mut ladder = RuleSet::default().ladder;
        ladder.basis = Basis::AmountSpent;
        ladder.tiers[1].from = "100.50".parse().unwrap();
        let yen = "JPY".parse().unwrap();
        assert_eq!(
            ladder.faults(yen),
            [FieldFault::new("tiers.1.from", crate::refusal::NumberError::TooManyDecimals { most: 0 })]
        );
        assert_eq!(ladder.thresholds(cny()), [0, 10050, 50000, 100000]);
    }
}
