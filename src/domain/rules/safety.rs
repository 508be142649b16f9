//! What publishing a version does to members there and then, and what of it one person may decide alone.

use serde::{Deserialize, Serialize};

use crate::numbers::money::{Currency, Money};
use crate::numbers::points::Points;
use crate::refusal::Refusal;
use crate::rewards::cash::{CashTerms, cash_for};
use crate::rules::tier::TierRank;

/// Members who go from one tier to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// In the ladder in force.
    pub from: TierRank,
    /// In the draft's.
    pub to: TierRank,
    pub members: u64,
}

/// What a draft would do if it came into force now. Points that have been earned stay as they are: what changes is tiers, and what
/// points are worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// Who is not closed.
    pub members: u64,
    /// By `from`, then `to`; also those who stay.
    pub moves: Vec<Move>,
    pub risen: u64,
    pub fallen: u64,
    /// All that members hold, pending points included and debt taken off.
    pub outstanding: Points,
    pub worth_before: Money,
    pub worth_after: Money,
}

impl Effect {
    /// By how much what members hold becomes worth more, in minor units; negative if less.
    pub fn worth_change(&self) -> i64 {
        self.worth_after.minor().saturating_sub(self.worth_before.minor())
    }
}

/// What so many points are worth at a rate; nothing for a debt, and the most there can be beyond that.
pub fn worth(terms: &CashTerms, points: Points) -> Money {
    let nothing = || Money::from_minor(0, terms.currency);
    let most = || Money::from_minor(Money::MOST_MINOR, terms.currency);
    let worth = match points.is_positive() {
        true => cash_for(terms, points).map_or_else(most, Ok),
        false => nothing(),
    };
    worth.unwrap_or_else(|_| unreachable!("within the bounds of money"))
}

/// What one person may publish alone. What is not set is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// How many members may lose a tier.
    pub members: Option<i64>,
    /// By how much what points are worth may change either way, in minor units.
    pub worth: Option<i64>,
}

impl Limits {
    /// Why a publication needs a second person, if it does. One whose effect nobody has measured is as stale as its draft.
    pub fn refusal(&self, effect: Option<&Effect>, currency: Currency) -> Option<Refusal> {
        if *self == Limits::default() {
            return None;
        }
        let Some(effect) = effect else { return Some(Refusal::StaleDraft) };
        let fallen = i64::try_from(effect.fallen).unwrap_or(i64::MAX);
        let worth = effect.worth_change().saturating_abs();
        let beyond = |value: i64, limit: Option<i64>| limit.is_some_and(|most| value > most);
        let needs = beyond(fallen, self.members) || beyond(worth, self.worth);
        let worth = Money::from_minor(worth, currency).ok()?;
        needs.then_some(Refusal::NeedsSecondPerson { fallen: effect.fallen, worth })
    }

    /// Whether it allows anything that the other does not.
    pub fn is_looser_than(&self, other: Limits) -> bool {
        let looser = |to: Option<i64>, from: Option<i64>| match (to, from) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(to), Some(from)) => to > from,
        };
        looser(self.members, other.members) || looser(self.worth, other.worth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::rule_set::{RuleSet, Rules};

    fn cny(minor: i64) -> Money {
        Money::from_minor(minor, "CNY".parse().unwrap()).unwrap()
    }

    fn effect(fallen: u64, before: i64, after: i64) -> Effect {
        let (worth_before, worth_after) = (cny(before), cny(after));
        Effect { members: 10, moves: vec![], risen: 0, fallen, outstanding: Points::ZERO, worth_before, worth_after }
    }

    #[test]
    fn a_second_person_is_needed_beyond_either_limit_and_not_at_it() {
        let limits = Limits { members: Some(5), worth: Some(100) };
        let needs = |effect: Effect| limits.refusal(Some(&effect), cny(0).currency()).is_some();
        assert!(!needs(effect(5, 1000, 1100)));
        assert!(needs(effect(6, 1000, 1000)));
        assert!(needs(effect(0, 1000, 1101)));
        assert!(needs(effect(0, 1000, 899)), "less is a change as well");
        assert_eq!(Limits::default().refusal(None, cny(0).currency()), None);
        assert_eq!(limits.refusal(None, cny(0).currency()), Some(Refusal::StaleDraft));
    }

    #[test]
    fn taking_a_limit_away_is_looser_and_setting_one_is_not() {
        let (none, five) = (Limits::default(), Limits { members: Some(5), worth: None });
        assert!(none.is_looser_than(five) && !five.is_looser_than(none));
        assert!(Limits { members: Some(6), worth: Some(1) }.is_looser_than(five));
        assert!(!Limits { members: Some(4), worth: Some(1) }.is_looser_than(five));
    }

    #[test]
    fn points_are_worth_what_the_rate_pays_and_debt_nothing() {
        let terms = Rules::compile(RuleSet::default(), 1, jiff::Timestamp::MIN, cny(0).currency()).unwrap().cash_terms();
        assert_eq!(worth(&terms, "250".parse().unwrap()), cny(250));
        assert_eq!(worth(&terms, "-250".parse().unwrap()), cny(0));
    }
}
