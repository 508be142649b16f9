//! Members by what tiers go by, beside the thresholds that it is held against: under the rules that were, and under the draft.

use serde::Serialize;

use crate::lab::flows::Pair;
use crate::lab::gathered::Gathered;
use crate::lab::outcome::Outcome;
use crate::lab::sum::Amount;
use crate::rules::rule_set::Rules;
use crate::rules::tier::Basis;
use crate::rules::window::Window;
use crate::text::Both;

/// One of the two sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LadderSide {
    pub basis: Basis,
    pub window: Window,
    /// Whether tiers last for a period, so that some are in a higher one than the figure says.
    pub has_validity: bool,
    /// Lowest first.
    pub thresholds: Vec<Threshold>,
    /// Members with nothing or less.
    pub none: u64,
    /// The others, from the first range that holds anybody on either side to the last, without gaps.
    pub ranges: Vec<LadderRange>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Threshold {
    pub name: Both,
    pub from: Amount,
}

/// Members whose figure is from `from` to before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LadderRange {
    pub from: Amount,
    pub to: Amount,
    pub members: u64,
}

/// Nothing of a run that was kept before this was counted.
pub(super) fn ladder(outcome: &Outcome, rules: Pair<&Rules>) -> Option<Pair<LadderSide>> {
    let Pair { baseline, draft } = &outcome.gathered;
    let counts = baseline.0.iter().chain(&draft.0);
    if counts.sum::<u64>() == 0 && outcome.members > 0 {
        return None;
    }
    let held = |range: &usize| [baseline, draft].iter().any(|side| side.0.get(*range).is_some_and(|members| *members > 0));
    let last = (1..baseline.0.len().max(draft.0.len())).rfind(held).unwrap_or(0);
    let first = (1..=last).find(held).unwrap_or(1);
    Some(Pair { baseline: side(baseline, rules.baseline, first..=last), draft: side(draft, rules.draft, first..=last) })
}

fn side(gathered: &Gathered, rules: &Rules, ranges: std::ops::RangeInclusive<usize>) -> LadderSide {
    let ladder = &rules.set.ladder;
    let exponent = match ladder.basis {
        Basis::AmountSpent => rules.currency.exponent(),
        Basis::PointsEarned | Basis::PointsBalance => 2,
    };
    let amount = |units: i64| Amount { minor: units.into(), exponent };
    let members = |range: usize| gathered.0.get(range).copied().unwrap_or(0);
    let bound = |range: usize| amount(Gathered::from(range).unwrap_or(0));
    let range = |range: usize| LadderRange { from: bound(range), to: bound(range + 1), members: members(range) };
    let thresholds = ladder.tiers.iter().zip(ladder.thresholds(rules.currency));
    LadderSide {
        basis: ladder.basis,
        window: ladder.window,
        has_validity: ladder.validity.is_some(),
        thresholds: thresholds.map(|(tier, from)| Threshold { name: tier.name.clone(), from: amount(from) }).collect(),
        none: members(0),
        ranges: ranges.map(range).collect(),
    }
}
