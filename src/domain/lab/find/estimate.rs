//! What a simulation of some members says about all of them: by how much their figures change from a rule set that was also
//! simulated exactly. So an estimate is right where it begins, and errs only in how much moving changes.

use crate::lab::find::goal::{Goal, Unit};
use crate::lab::find::tally::Tally;
use crate::rules::rule_set::RuleSet;

/// Goals, and one rule set simulated both ways.
#[derive(Clone, Debug)]
pub struct Estimate<'a> {
    goals: &'a [Goal],
    first: Option<i32>,
    /// Of each goal: exactly, and of the sample.
    known: Vec<(f64, f64)>,
    /// How many members one of the sample stands for.
    stands_for: f64,
    left_out: u64,
}

impl<'a> Estimate<'a> {
    pub fn new(goals: &'a [Goal], first: Option<i32>, set: &RuleSet, exact: &Tally, sample: &Tally) -> Estimate<'a> {
        let read = |goal: &Goal, tally: &Tally| goal.read(tally, set, first).0 as f64;
        let known = goals.iter().map(|goal| (read(goal, exact), read(goal, sample))).collect();
        let stands_for = exact.members.max(1) as f64 / sample.members.max(1) as f64;
        Estimate { goals, first, known, stands_for, left_out: sample.left_out }
    }

    /// By how much each goal is exceeded, as estimated; at last how many members cannot be made who could before.
    pub fn excess(&self, set: &RuleSet, sample: &Tally) -> Vec<f64> {
        let of = |(goal, (exact, was)): (&Goal, &(f64, f64))| {
            let is = goal.read(sample, set, self.first).0 as f64;
            let scale = match goal.unit() {
                Unit::Percent => 1.0,
                Unit::Points | Unit::Money if *was > 0.0 && *exact > 0.0 => exact / was,
                Unit::Points | Unit::Money => self.stands_for,
            };
            goal.excess(exact + (is - was) * scale)
        };
        let left_out = sample.left_out.saturating_sub(self.left_out) as f64;
        self.goals.iter().zip(&self.known).map(of).chain([left_out]).collect()
    }
}
