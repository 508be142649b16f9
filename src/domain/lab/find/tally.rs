//! What goals are measured by: the sums of a simulation that they ask about. Tallies of parts add up to that of the whole.

use std::collections::BTreeMap;

use crate::lab::estimate::Weights;
use crate::lab::flows::{Earnings, Pair};
use crate::lab::outcome::{Outcome, Side};
use crate::lab::report::same_tiers;
use crate::lab::sum::Sum;
use crate::rules::rule_set::Rules;
use crate::rules::tier::{Ladder, TierRank};

/// Sums of members under a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub members: u64,
    /// How many are in which tier, by index.
    pub tiers: Vec<u64>,
    /// How many are in a lower tier than under the rules that were.
    pub lowered: u64,
    pub outstanding: Sum,
    /// What was earned, by the numbers of months.
    pub months: BTreeMap<i32, Earnings>,
    /// Members whose history cannot be made under the draft; they are in no other sum.
    pub left_out: u64,
}

/// For each tier of the rules that were, the place of the same tier in the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameTiers(Vec<usize>);

impl SameTiers {
    pub fn of(before: &Rules, draft: &Rules) -> SameTiers {
        SameTiers(same_tiers(Pair { baseline: before, draft }))
    }

    fn is_lower(&self, was: usize, is: usize) -> bool {
        self.0.get(was).is_some_and(|same| is < *same)
    }
}

impl Tally {
    pub fn new() -> Tally {
        Tally { tiers: vec![0; Ladder::MOST_TIERS], ..Tally::default() }
    }

    /// Out of a simulation of everybody.
    pub fn of(outcome: &Outcome, same: &SameTiers) -> Tally {
        let mut tally = Tally {
            members: outcome.members,
            outstanding: outcome.flows.draft.outstanding(),
            left_out: outcome.left_out.members,
            ..Tally::new()
        };
        for (was, row) in outcome.tiers.iter().enumerate() {
            for (is, members) in row.iter().enumerate() {
                tally.tiers[is] += members;
                tally.lowered += if same.is_lower(was, is) { *members } else { 0 };
            }
        }
        for (month, flows) in &outcome.months {
            let earned = Earnings { issued: flows.draft.issued, clawed_back: flows.draft.clawed_back };
            tally.months.insert(*month, earned);
        }
        tally
    }

    /// Adds a member who was in that tier, made again under the draft.
    pub fn add_member(&mut self, was: TierRank, draft: &Side, same: &SameTiers) {
        let is = draft.account.tier.index().min(Ladder::MOST_TIERS - 1);
        self.members += 1;
        self.tiers[is] += 1;
        self.lowered += u64::from(same.is_lower(was.index(), is));
        self.outstanding += draft.flows().outstanding();
        for (month, flows) in draft.months() {
            *self.months.entry(month.number()).or_default() +=
                Earnings { issued: flows.issued, clawed_back: flows.clawed_back };
        }
    }

    /// Adds those who were drawn of some members, each standing for several of them.
    pub fn add_drawn(&mut self, drawn: &Tally, weights: Weights) {
        self.add(Tally {
            members: weights.count(drawn.members),
            tiers: drawn.tiers.iter().map(|members| weights.count(*members)).collect(),
            lowered: weights.count(drawn.lowered),
            outstanding: weights.sum(drawn.outstanding),
            months: drawn.months.iter().map(|(month, earned)| (*month, weights.earnings(earned))).collect(),
            left_out: weights.count(drawn.left_out),
        });
    }

    pub fn add(&mut self, other: Tally) {
        self.members += other.members;
        self.tiers.iter_mut().zip(other.tiers).for_each(|(sum, more)| *sum += more);
        self.lowered += other.lowered;
        self.outstanding += other.outstanding;
        for (month, earned) in other.months {
            *self.months.entry(month).or_default() += earned;
        }
        self.left_out += other.left_out;
    }

    /// What was earned from a month on, and in how many months that was, the first to the last.
    pub fn earned_from(&self, first: Option<i32>) -> (Earnings, u32) {
        let mut earned = Earnings::default();
        let counted = self.months.range(first.unwrap_or(i32::MIN)..);
        counted.clone().for_each(|(_, more)| earned += *more);
        let (from, to) = (counted.clone().next(), counted.clone().next_back());
        let months = from.zip(to).map_or(1, |((from, _), (to, _))| to - first.unwrap_or(*from) + 1);
        (earned, u32::try_from(months).unwrap_or(1).max(1))
    }
}
