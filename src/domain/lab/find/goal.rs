//! What is wanted of a rule set, each with a number, and how far a simulation is from it.

use serde::{Deserialize, Serialize};

use crate::lab::find::tally::Tally;
use crate::numbers::factor::Factor;
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::rules::rule_set::RuleSet;
use crate::text::Key;

/// A goal. Percentages are of all members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "goal", rename_all = "snake_case")]
pub enum Goal {
    /// Points outstanding at the end, at most.
    Outstanding { most: Points },
    /// Points issued in the months that are counted, at most.
    Issued { most: Points },
    /// What is issued less what is clawed back, in money at the redemption rate of the draft, a month on average; at most.
    Cost { most: Money },
    /// Members in that tier or a higher one, at least.
    AtLeast { tier: Key, percent: Factor },
    /// The same, at most.
    AtMost { tier: Key, percent: Factor },
    /// Members in a lower tier than under the rules that were, at most.
    Lowered { percent: Factor },
}

/// What a number is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Hundredths of a point.
    Points,
    /// Minor units of the programme's currency.
    Money,
    /// Millionths of a percent.
    Percent,
}

/// What a goal asks about, as it is in a simulation; in whole [`Unit`]s, rounded so that a goal is not met by rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading(pub i64);

impl Goal {
    pub const fn unit(&self) -> Unit {
        match self {
            Goal::Outstanding { .. } | Goal::Issued { .. } => Unit::Points,
            Goal::Cost { .. } => Unit::Money,
            Goal::AtLeast { .. } | Goal::AtMost { .. } | Goal::Lowered { .. } => Unit::Percent,
        }
    }

    /// Its number, in its unit.
    pub fn limit(&self) -> i64 {
        match self {
            Goal::Outstanding { most } | Goal::Issued { most } => most.hundredths(),
            Goal::Cost { most } => most.minor(),
            Goal::AtLeast { percent, .. } | Goal::AtMost { percent, .. } | Goal::Lowered { percent } => {
                i64::try_from(percent.millionths()).unwrap_or(i64::MAX)
            }
        }
    }

    const fn is_least(&self) -> bool {
        matches!(self, Goal::AtLeast { .. })
    }

    /// Reads a simulation of `set`. `first`: the first month that counts for what is issued and what it costs.
    pub fn read(&self, tally: &Tally, set: &RuleSet, first: Option<i32>) -> Reading {
        let share = |members: u64| {
            let (part, of) = (i128::from(members) * 100 * i128::from(Factor::UNIT), i128::from(tally.members.max(1)));
            if self.is_least() { part.div_euclid(of) } else { ceil(part, of) }
        };
        let value = match self {
            Goal::Outstanding { .. } => tally.outstanding.hundredths(),
            Goal::Issued { .. } => tally.earned_from(first).0.issued.hundredths(),
            Goal::Cost { most } => {
                let (earned, months) = tally.earned_from(first);
                let net = (earned.issued - earned.clawed_back).hundredths();
                let worth = net.saturating_mul(most.currency().minor_per_unit()).saturating_mul(i128::from(Factor::UNIT));
                let rate = set.rate.millionths().max(1).saturating_mul(100);
                ceil(worth, rate.saturating_mul(i128::from(months)))
            }
            Goal::AtLeast { tier, .. } | Goal::AtMost { tier, .. } => {
                let from = set.ladder.tiers.iter().position(|known| known.key == *tier).unwrap_or(usize::MAX);
                share(tally.tiers.iter().skip(from).sum())
            }
            Goal::Lowered { .. } => share(tally.lowered),
        };
        Reading(i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX }))
    }

    pub fn is_met(&self, reading: Reading) -> bool {
        if self.is_least() { reading.0 >= self.limit() } else { reading.0 <= self.limit() }
    }

    /// How far a number, also an estimated one, is beyond the goal: as a share of the goal, or of all members; negative with room to
    /// spare. Goals of different kinds are added up by it.
    pub fn excess(&self, value: f64) -> f64 {
        let limit = self.limit() as f64;
        let beyond = if self.is_least() { limit - value } else { value - limit };
        match self.unit() {
            Unit::Percent => beyond / (100.0 * Factor::UNIT as f64),
            Unit::Points | Unit::Money => beyond / limit.abs().max(100.0),
        }
    }
}

fn ceil(part: i128, of: i128) -> i128 {
    -(-part).div_euclid(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::flows::Earnings;
    use crate::lab::sum::Sum;

    fn tally() -> Tally {
        let mut tally = Tally { members: 3, lowered: 1, outstanding: Sum(25_050), ..Tally::new() };
        (tally.tiers[0], tally.tiers[2]) = (2, 1);
        let earned = |issued, clawed_back| Earnings { issued: Sum(issued), clawed_back: Sum(clawed_back) };
        tally.months = [(24_000, earned(10_000, 0)), (24_002, earned(20_001, 1_000))].into();
        tally
    }

    fn read(goal: &Goal, first: Option<i32>) -> i64 {
        goal.read(&tally(), &RuleSet::default(), first).0
    }

    #[test]
    fn a_cost_is_what_is_issued_less_what_is_clawed_back_by_the_rate_a_month() {
        let cost = Goal::Cost { most: Money::parse("1", "CNY".parse().unwrap()).unwrap() };
        // 290.01 points at 100 a yuan are 2.9001; over three months, one of them with nothing, 0.9667, not less
        assert_eq!(read(&cost, None), 97);
        // from the second month on: 190.01 points over two months
        assert_eq!(read(&cost, Some(24_001)), 96);
        let issued = Goal::Issued { most: Points::from_hundredths(0) };
        assert_eq!((read(&issued, None), read(&issued, Some(24_001))), (30_001, 20_001));
    }

    #[test]
    fn a_share_is_never_met_by_rounding() {
        let percent: Factor = "33.333333".parse().unwrap();
        let least = Goal::AtLeast { tier: Key::new("gold").unwrap(), percent };
        let most = Goal::AtMost { tier: Key::new("gold").unwrap(), percent };
        assert_eq!((read(&least, None), read(&most, None)), (33_333_333, 33_333_334));
        assert!(least.is_met(Reading(read(&least, None))) && !most.is_met(Reading(read(&most, None))));
        assert_eq!(read(&Goal::Lowered { percent }, None), 33_333_334);
        assert_eq!(read(&Goal::AtLeast { tier: Key::new("vip").unwrap(), percent }, None), 0);
    }

    #[test]
    fn an_excess_is_positive_beyond_the_goal_whichever_way_it_goes() {
        let most = Goal::Outstanding { most: Points::from_hundredths(20_000) };
        assert!((most.excess(25_000.0) - 0.25).abs() < 1e-9 && most.excess(19_000.0) < 0.0);
        let least = Goal::AtLeast { tier: Key::new("vip").unwrap(), percent: Factor::whole(15) };
        assert!((least.excess(10_000_000.0) - 0.05).abs() < 1e-9 && least.excess(15_000_000.0) <= 0.0);
    }
}
