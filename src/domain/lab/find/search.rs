//! Looking through a space for rules that reach the goals, with a function that says of a rule set how far beyond each goal it is.
//!
//! The method is coordinate search with pattern steps (Hooke and Jeeves) from several starts. What is minimised is first by how much
//! goals are missed, then how far the rules are from where they start. Each lever is tried alone, on a coarse grid that is halved
//! around the best; then, beginning where a lever alone meets what was missed, all levers one after the other; at last every lever
//! goes back towards the start as far as the goals allow. The same question has the same answer, after a bounded number of runs.

use std::collections::{BTreeMap, HashMap};

use crate::lab::find::space::{Point, Space};
use crate::rules::rule_set::RuleSet;

/// Values of a lever that are tried before looking closer.
const COARSE: usize = 6;
/// How often all levers are gone through from one start.
const SWEEPS: usize = 3;
/// Levers that are started from.
const STARTS: usize = 4;

/// How good a point is: less is better, first by what is missed.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Score {
    pub missed: f64,
    pub distance: f64,
}

impl Score {
    const WORST: Score = Score { missed: f64::INFINITY, distance: f64::INFINITY };

    pub fn is_reached(self) -> bool {
        self.missed == 0.0
    }

    fn is_better_than(self, other: Score) -> bool {
        self < other
    }
}

/// By how much goals are missed together.
pub fn missed(excess: &[f64]) -> f64 {
    excess.iter().map(|excess| excess.max(0.0)).sum()
}

pub struct Search<'a, F> {
    space: &'a Space,
    /// By how much each goal is exceeded; nothing if looking is to stop.
    excess: F,
    seen: HashMap<Point, (Score, Vec<f64>)>,
    runs: u32,
    most_runs: u32,
    is_stopped: bool,
}

impl<'a, F: FnMut(&RuleSet) -> Option<Vec<f64>>> Search<'a, F> {
    pub fn new(space: &'a Space, most_runs: u32, excess: F) -> Search<'a, F> {
        Search { space, excess, seen: HashMap::new(), runs: 0, most_runs, is_stopped: false }
    }

    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Looks through the whole space.
    pub fn look(&mut self) {
        let home = self.space.home();
        if self.score(&home).is_reached() {
            return;
        }
        let alone: Vec<usize> = (0..self.space.axes.len()).collect();
        for axis in &alone {
            self.along(&home, *axis);
        }
        let levers = self.effective(&home);
        // what a lever alone has met is kept until the others have been tried
        for first in levers.iter().take(STARTS) {
            let start = self.meeting_what_was_missed(&home, *first);
            let others = levers.iter().filter(|axis| *axis != first).chain([first]);
            self.descend(start, &others.copied().collect::<Vec<usize>>());
        }
        if let Some((start, _)) = self.nearest() {
            self.descend(start, &levers);
        }
        for point in self.reached().into_iter().take(2 * STARTS) {
            self.draw_back(point);
        }
    }

    /// Looks near a point, along the levers that it has moved.
    pub fn look_near(&mut self, point: &[usize]) {
        let moved = self.space.moved(point);
        self.descend(point.to_vec(), &moved);
        for point in self.reached().into_iter().take(1) {
            self.draw_back(point);
        }
    }

    /// The points that reach all goals, the least change first: of those that move the same levers, the best.
    pub fn reached(&self) -> Vec<Point> {
        let mut best: BTreeMap<Vec<usize>, (f64, &Point)> = BTreeMap::new();
        for (point, (score, _)) in self.seen.iter().filter(|(_, (score, _))| score.is_reached()) {
            let known = best.entry(self.space.moved(point)).or_insert((score.distance, point));
            if (score.distance, point) < *known {
                *known = (score.distance, point);
            }
        }
        let mut best: Vec<(f64, &Point)> = best.into_values().collect();
        best.sort_by(|one, other| one.0.total_cmp(&other.0).then_with(|| one.1.cmp(other.1)));
        best.into_iter().map(|(_, point)| point.clone()).collect()
    }

    /// The point that misses least.
    pub fn nearest(&self) -> Option<(Point, Score)> {
        let order = |one: &(&Point, &Score), other: &(&Point, &Score)| {
            one.1.missed.total_cmp(&other.1.missed).then(one.1.distance.total_cmp(&other.1.distance)).then(one.0.cmp(other.0))
        };
        let seen = self.seen.iter().map(|(point, (score, _))| (point, score)).filter(|(_, score)| score.missed.is_finite());
        seen.min_by(order).map(|(point, score)| (point.clone(), *score))
    }

    pub fn score(&mut self, point: &[usize]) -> Score {
        if let Some((score, _)) = self.seen.get(point) {
            return *score;
        }
        let Some(set) = self.space.set(point) else { return Score::WORST };
        if self.is_stopped || self.runs >= self.most_runs {
            return Score::WORST;
        }
        self.runs += 1;
        let Some(excess) = (self.excess)(&set) else {
            self.is_stopped = true;
            return Score::WORST;
        };
        let score = Score { missed: missed(&excess), distance: self.space.distance(point) };
        self.seen.insert(point.to_vec(), (score, excess));
        score
    }

    /// The best along one lever, the others as they are.
    fn along(&mut self, from: &[usize], axis: usize) -> Point {
        let last = self.space.axes[axis].len() - 1;
        let mut tried: Vec<usize> = (0..=COARSE).map(|n| n * last / COARSE).collect();
        tried.extend([self.space.axes[axis].home, from[axis]]);
        tried.sort_unstable();
        tried.dedup();
        let at = |value: usize| -> Point {
            let mut point = from.to_vec();
            point[axis] = value;
            point
        };
        let scores: Vec<Score> = tried.iter().map(|value| self.score(&at(*value))).collect();
        if scores.iter().filter(|score| score.missed.is_finite()).all(|score| score.missed == scores[0].missed)
            && !scores[0].is_reached()
        {
            return from.to_vec();
        }
        let best =
            (0..tried.len()).reduce(|best, n| if scores[n].is_better_than(scores[best]) { n } else { best }).unwrap_or(0);
        let (mut value, mut score) = (tried[best], scores[best]);
        let mut low = if best > 0 { tried[best - 1] } else { value };
        let mut high = tried.get(best + 1).copied().unwrap_or(value);
        // halves the gaps on both sides of the best
        while value - low > 1 || high - value > 1 {
            let (left, right) = (usize::midpoint(low, value), usize::midpoint(value, high));
            let (of_left, of_right) = (self.score(&at(left)), self.score(&at(right)));
            if of_left.is_better_than(score) && !of_right.is_better_than(of_left) {
                (high, value, score) = (value, left, of_left);
            } else if of_right.is_better_than(score) {
                (low, value, score) = (value, right, of_right);
            } else {
                (low, high) = (left, right);
            }
        }
        at(value)
    }

    /// The levers that change anything when moved alone, those first that help most with what is missed at the start.
    fn effective(&self, home: &Point) -> Vec<usize> {
        let Some((_, start)) = self.seen.get(home) else { return Vec::new() };
        let mut found: Vec<(f64, usize)> = Vec::new();
        for axis in 0..self.space.axes.len() {
            let alone = self.seen.iter().filter(|(point, _)| self.space.moved(point) == [axis]);
            let all: Vec<&Vec<f64>> = alone.map(|(_, (_, excess))| excess).collect();
            if all.iter().all(|excess| *excess == start) {
                continue;
            }
            let help = |(goal, was): (usize, &f64)| {
                let least = all.iter().map(|excess| excess[goal].max(0.0)).fold(f64::INFINITY, f64::min);
                (was.max(0.0) - least).max(0.0)
            };
            found.push((start.iter().enumerate().map(help).sum(), axis));
        }
        found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        found.into_iter().map(|(_, axis)| axis).collect()
    }

    /// Where a lever alone comes nearest to the goals that are missed at the start, whatever becomes of the others.
    fn meeting_what_was_missed(&self, home: &Point, axis: usize) -> Point {
        let start = self.seen.get(home).map(|(_, excess)| excess.clone()).unwrap_or_default();
        let missed = |excess: &[f64]| -> f64 {
            excess.iter().zip(&start).filter(|(_, was)| **was > 0.0).map(|(excess, _)| excess.max(0.0)).sum()
        };
        let alone = self.seen.iter().filter(|(point, _)| self.space.moved(point) == [axis]);
        let best = alone.min_by(|(one, (score, excess)), (other, (than, others))| {
            let by_missed = missed(excess).total_cmp(&missed(others));
            by_missed.then(score.distance.total_cmp(&than.distance)).then_with(|| one.cmp(other))
        });
        best.map_or_else(|| home.clone(), |(point, _)| point.clone())
    }

    /// Goes along all levers one after the other as long as it gets better, and then as far again in the direction it went.
    fn descend(&mut self, from: Point, levers: &[usize]) {
        let (mut point, mut score) = (from.clone(), self.score(&from));
        for _ in 0..SWEEPS {
            let before = point.clone();
            for axis in levers {
                let next = self.along(&point, *axis);
                let reached = self.score(&next);
                // going back for the sake of distance is for when goals are reached
                if reached.missed < score.missed {
                    (point, score) = (next, reached);
                }
            }
            if score.is_reached() || point == before {
                return;
            }
            let further = self.further(&before, &point);
            let reached = self.score(&further);
            if reached.is_better_than(score) {
                (point, score) = (further, reached);
            }
        }
    }

    fn further(&self, from: &[usize], to: &[usize]) -> Point {
        let ends = self.space.axes.iter().map(|axis| axis.len() - 1);
        from.iter().zip(to).zip(ends).map(|((from, to), end)| (2 * to).saturating_sub(*from).min(end)).collect()
    }

    /// Every lever goes back towards the start as far as the goals stay reached.
    fn draw_back(&mut self, mut point: Point) {
        for _ in 0..2 {
            let before = point.clone();
            for axis in self.space.moved(&point) {
                let home = self.space.axes[axis].home;
                let at = |value: usize| -> Point {
                    let mut point = point.clone();
                    point[axis] = value;
                    point
                };
                let (mut missing, mut reached) = (home, point[axis]);
                if self.score(&at(home)).is_reached() {
                    reached = home;
                }
                while reached.abs_diff(missing) > 1 {
                    let middle = usize::midpoint(reached, missing);
                    if self.score(&at(middle)).is_reached() { reached = middle } else { missing = middle }
                }
                point[axis] = reached;
            }
            if point == before {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::find::lever::{Lever, Range};

    fn space(moving: &[(&str, &str, &str, &str)]) -> Space {
        let start = RuleSet::default();
        let read = |text: &str| text.parse().unwrap();
        let moving: Vec<(Lever, Range)> = moving
            .iter()
            .map(|(name, least, most, step)| {
                let lever = Lever::all(&start).into_iter().find(|lever| lever.name() == *name).unwrap();
                (lever, Range { least: read(least), most: read(most), step: read(step) })
            })
            .collect();
        Space::new(start, "CNY".parse().unwrap(), &moving)
    }

    fn value(set: &RuleSet, name: &str) -> f64 {
        let lever = Lever::all(set).into_iter().find(|lever| lever.name() == name).unwrap();
        lever.value(set).unwrap().to_string().parse().unwrap()
    }

    fn reached(space: &Space, most: u32, excess: impl Fn(&RuleSet) -> Vec<f64>) -> (Vec<RuleSet>, u32) {
        let mut search = Search::new(space, most, |set| Some(excess(set)));
        search.look();
        (search.reached().iter().map(|point| space.set(point).unwrap()).collect(), search.runs)
    }

    #[test]
    fn the_least_change_of_each_lever_that_reaches_the_goal_is_found_to_the_step() {
        let space = space(&[("alpha", "0.5", "2", "0.01"), ("beta", "5", "20", "0.5")]);
        let (sets, runs) = reached(&space, 500, |set| vec![value(set, "alpha") - 0.87]);
        assert_eq!(value(&sets[0], "alpha"), 0.87);
        assert_eq!(sets.len(), 1, "what changes nothing is left alone");
        assert!(runs < 60, "{runs}");
    }

    #[test]
    fn goals_that_pull_against_each_other_are_reached_by_moving_several() {
        let moving = [("alpha", "0.5", "2", "0.05"), ("tiers.gold.from", "10", "200", "1"), ("gamma", "0", "10", "1")];
        let space = space(&moving);
        // less to issue, and as many members in a tier as earn enough for it
        let goals = |set: &RuleSet| {
            let (alpha, from) = (value(set, "alpha"), value(set, "tiers.gold.from"));
            vec![alpha * 100.0 - 80.0, (0.4 - 40.0 * alpha / from).max(-1.0)]
        };
        let (sets, _) = reached(&space, 1_000, goals);
        assert!(!sets.is_empty());
        let (alpha, from) = (value(&sets[0], "alpha"), value(&sets[0], "tiers.gold.from"));
        assert_eq!((alpha, from), (0.8, 80.0), "no further than needed");
    }

    #[test]
    fn what_cannot_be_reached_is_missed_by_as_little_as_can_be() {
        let space = space(&[("alpha", "0.5", "2", "0.05"), ("beta", "5", "20", "1")]);
        let mut search = Search::new(&space, 500, |set| Some(vec![value(set, "alpha") - 0.3 + value(set, "beta") / 100.0]));
        search.look();
        assert_eq!(search.reached(), Vec::<Point>::new());
        let (point, score) = search.nearest().unwrap();
        assert!((score.missed - 0.25).abs() < 1e-9);
        assert_eq!(space.set(&point).map(|set| (value(&set, "alpha"), value(&set, "beta"))), Some((0.5, 5.0)));
    }

    #[test]
    fn it_ends_after_as_many_runs_as_it_may_have_and_when_it_is_stopped() {
        let space = space(&[("alpha", "0", "100", "0.1"), ("beta", "0", "100", "0.1"), ("rate", "1", "1000", "1")]);
        let hard = |set: &RuleSet| vec![(value(set, "alpha") - 37.3).abs() + (value(set, "beta") - 61.1).abs() + 1.0];
        assert_eq!(reached(&space, 40, hard).1, 40);
        let mut left = 10;
        let mut search = Search::new(&space, 500, |set| {
            left -= 1;
            (left >= 0).then(|| hard(set))
        });
        search.look();
        assert!(search.is_stopped() && search.runs == 11);
    }

    #[test]
    fn the_same_question_has_the_same_answer() {
        let moving = [("alpha", "0.5", "2", "0.05"), ("tiers.gold.from", "10", "200", "1"), ("rate", "50", "200", "5")];
        let space = space(&moving);
        let goals = |set: &RuleSet| {
            vec![
                value(set, "alpha") * 100.0 / value(set, "rate") - 0.8,
                0.4 - 40.0 * value(set, "alpha") / value(set, "tiers.gold.from"),
            ]
        };
        let first = reached(&space, 800, goals);
        assert!(first.0.len() > 1 && (0..3).all(|_| reached(&space, 800, goals) == first));
    }
}
