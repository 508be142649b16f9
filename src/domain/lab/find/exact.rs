//! From estimates to proposals: each is simulated exactly before it is proposed. What then misses a goal after all is looked for
//! once more from there, a little further on; what still misses is not proposed.

use crate::lab::find::estimate::Estimate;
use crate::lab::find::goal::{Goal, Reading};
use crate::lab::find::search::{Search, missed};
use crate::lab::find::space::{Point, Space};
use crate::lab::find::tally::Tally;
use crate::rules::rule_set::RuleSet;

/// How many are proposed.
pub const MOST_PROPOSALS: usize = 3;
/// Simulations of the sample for the search as a whole, and for looking once more from one that missed.
pub const MOST_RUNS: u32 = 700;
const MOST_NEAR: u32 = 60;
/// Exact simulations of one candidate with what was looked for from there, and of all.
const MOST_TRIES: usize = 4;
pub const MOST_EXACT: u32 = 14;

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The rules it starts from, simulated exactly.
    pub start: Proposal,
    /// Rules that reach every goal, the least change first. The start itself where nothing needs to move.
    pub proposals: Vec<Proposal>,
    /// Where none does: what comes nearest.
    pub nearest: Option<Proposal>,
}

/// Rules, and what each goal asks about, simulated exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub set: RuleSet,
    pub readings: Vec<Reading>,
}

impl Proposal {
    pub fn reaches(&self, goals: &[Goal]) -> bool {
        goals.iter().zip(&self.readings).all(|(goal, reading)| goal.is_met(*reading))
    }

    fn missed(&self, goals: &[Goal]) -> f64 {
        let excess: Vec<f64> = goals.iter().zip(&self.readings).map(|(goal, reading)| goal.excess(reading.0 as f64)).collect();
        missed(&excess)
    }
}

/// A function that simulates; nothing if it was stopped.
pub type Simulate<'a> = &'a mut dyn FnMut(&RuleSet) -> Option<Tally>;

/// Looks for rules in `space` that reach `goals`. `first`: the first month that counts. Nothing if it was stopped.
pub fn find(space: &Space, goals: &[Goal], first: Option<i32>, sample: Simulate, exact: Simulate) -> Option<Found> {
    let mut finding = Finding { space, goals, first, sample, exact, left_out: 0, seen: Vec::new() };
    let tally = (finding.exact)(&space.start)?;
    finding.left_out = tally.left_out;
    let start = finding.note(&space.start, &tally);
    if start.reaches(goals) {
        return Some(Found { proposals: vec![start.clone()], start, nearest: None });
    }
    let (proposals, nearest) = finding.look(&tally)?;
    Some(Found { start, proposals, nearest })
}

struct Finding<'a, 'f> {
    space: &'a Space,
    goals: &'a [Goal],
    first: Option<i32>,
    sample: Simulate<'f>,
    exact: Simulate<'f>,
    /// Members who cannot be made at the start.
    left_out: u64,
    /// What was simulated exactly, the start first, and whether it may be proposed.
    seen: Vec<(Proposal, bool)>,
}

impl Finding<'_, '_> {
    fn look(&mut self, start: &Tally) -> Option<(Vec<Proposal>, Option<Proposal>)> {
        let of_sample = (self.sample)(&self.space.start)?;
        let estimate = Estimate::new(self.goals, self.first, &self.space.start, start, &of_sample);
        let sample = &mut *self.sample;
        let mut search = Search::new(self.space, MOST_RUNS, |set| Some(estimate.excess(set, &sample(set)?)));
        search.look();
        if search.is_stopped() {
            return None;
        }
        let (reached, nearest) = (search.reached(), search.nearest());
        let mut proposals: Vec<(Point, Proposal)> = Vec::new();
        let mut left = reached;
        while proposals.len() < MOST_PROPOSALS && !left.is_empty() && self.has_room() {
            let point = left.remove(self.most_different(&left, &proposals));
            if let Some(found) = self.confirm(&point)?
                && !proposals.iter().any(|(known, _)| *known == found.0)
            {
                // to move yet more things is no other proposal
                let moved = self.space.moved(&found.0);
                left.retain(|point| !moved.iter().all(|axis| self.space.moved(point).contains(axis)));
                proposals.push(found);
            }
        }
        proposals.sort_by(|one, other| self.space.distance(&one.0).total_cmp(&self.space.distance(&other.0)));
        let proposals: Vec<Proposal> = proposals.into_iter().map(|(_, proposal)| proposal).collect();
        if !proposals.is_empty() {
            return Some((proposals, None));
        }
        if let Some((point, _)) = nearest
            && let Some(set) = self.space.set(&point)
        {
            self.simulate(&set)?;
        }
        Some((proposals, self.nearest()))
    }

    fn has_room(&self) -> bool {
        self.seen.len() < MOST_EXACT as usize
    }

    /// The first of those that move nothing that is moved already, else the first.
    fn most_different(&self, left: &[Point], chosen: &[(Point, Proposal)]) -> usize {
        let taken: Vec<usize> = chosen.iter().flat_map(|(point, _)| self.space.moved(point)).collect();
        let is_apart = |point: &Point| !self.space.moved(point).iter().any(|axis| taken.contains(axis));
        left.iter().position(is_apart).unwrap_or(0)
    }

    /// Simulates a candidate exactly, and what lies a little further on where it misses.
    fn confirm(&mut self, point: &[usize]) -> Option<Option<(Point, Proposal)>> {
        let mut point = point.to_vec();
        for _ in 0..MOST_TRIES {
            let Some(set) = self.space.set(&point) else { return Some(None) };
            let (proposal, tally, may) = self.simulate(&set)?;
            if may && proposal.reaches(self.goals) {
                return Some(Some((point, proposal)));
            }
            if !self.has_room() {
                return Some(None);
            }
            let next = self.look_again(&point, &set, &tally)?;
            point = if next == point { self.further(&point) } else { next };
        }
        Some(None)
    }

    /// Looks once more near a point that has been simulated exactly, which estimates go by now.
    fn look_again(&mut self, point: &[usize], set: &RuleSet, exact: &Tally) -> Option<Point> {
        let of_sample = (self.sample)(set)?;
        let estimate = Estimate::new(self.goals, self.first, set, exact, &of_sample);
        let sample = &mut *self.sample;
        let mut search = Search::new(self.space, MOST_NEAR, |set| Some(estimate.excess(set, &sample(set)?)));
        search.look_near(point);
        if search.is_stopped() {
            return None;
        }
        let found = search.reached().into_iter().next();
        Some(found.or_else(|| search.nearest().map(|(point, _)| point)).unwrap_or_else(|| point.to_vec()))
    }

    /// A tenth further away from the start, at least a step, along every lever that is moved.
    fn further(&self, point: &[usize]) -> Point {
        let one = |(axis, at): (&crate::lab::find::space::Axis, &usize)| {
            let step = at.abs_diff(axis.home).div_ceil(10);
            match at.cmp(&axis.home) {
                std::cmp::Ordering::Less => at.saturating_sub(step),
                std::cmp::Ordering::Equal => *at,
                std::cmp::Ordering::Greater => (at + step).min(axis.len() - 1),
            }
        };
        self.space.axes.iter().zip(point).map(one).collect()
    }

    fn simulate(&mut self, set: &RuleSet) -> Option<(Proposal, Tally, bool)> {
        let tally = (self.exact)(set)?;
        let proposal = self.note(set, &tally);
        Some((proposal, tally.clone(), tally.left_out <= self.left_out))
    }

    fn note(&mut self, set: &RuleSet, tally: &Tally) -> Proposal {
        let readings = self.goals.iter().map(|goal| goal.read(tally, set, self.first)).collect();
        let proposal = Proposal { set: set.clone(), readings };
        self.seen.push((proposal.clone(), tally.left_out <= self.left_out));
        proposal
    }

    /// What missed least of all that was simulated exactly.
    fn nearest(&self) -> Option<Proposal> {
        let may = self.seen.iter().filter(|(_, may)| *may).map(|(proposal, _)| proposal);
        may.min_by(|one, other| one.missed(self.goals).total_cmp(&other.missed(self.goals))).cloned()
    }
}
