//! All rule sets that can be reached by moving what may move.

use crate::lab::find::lever::{Lever, Range};
use crate::numbers::factor::Factor;
use crate::numbers::money::Currency;
use crate::rules::rule_set::RuleSet;

/// Where each lever stands, along its axis.
pub type Point = Vec<usize>;

/// What moving one thing more counts beside how far things move, as a share of what they were: of equal changes the simpler one is
/// preferred.
const A_MOVE: f64 = 0.01;

/// The values a lever can have, lowest first; a cap that there is not comes last.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    pub lever: Lever,
    values: Vec<Option<Factor>>,
    /// Where it stands at the start.
    pub home: usize,
    /// What a change of it is measured by.
    size: f64,
}

impl Axis {
    fn new(lever: Lever, range: Range, start: &RuleSet) -> Axis {
        let (least, most, step) = (range.least.millionths(), range.most.millionths(), range.step.millionths().max(1));
        let count = (most - least).div_euclid(step);
        let value = |n: i128| i64::try_from(least + n * step).ok().map(Factor::from_millionths);
        let mut values: Vec<Option<Factor>> = (0..=count).filter_map(value).map(Some).collect();
        let home = lever.value(start);
        if !values.contains(&home) {
            values.push(home);
        }
        values.sort_by_key(|value| value.map_or(i128::MAX, Factor::millionths));
        let at = values.iter().position(|value| *value == home).unwrap_or(0);
        let size = match home {
            Some(home) if home > Factor::ZERO => home.millionths(),
            _ => most.max(step),
        };
        Axis { lever, values, home: at, size: size as f64 }
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How much of what it was it moves by.
    fn change(&self, at: usize) -> f64 {
        // no cap is as far from the highest as one step more would be
        let end = self.values.iter().flatten().next_back().map_or(0, |value| value.millionths()) as f64;
        let of = |at: usize| self.values[at].map_or(end * 1.05, |value| value.millionths() as f64);
        (of(at) - of(self.home)).abs() / self.size
    }
}

/// A rule set to start from, and the axes along which it may be moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    pub start: RuleSet,
    pub currency: Currency,
    pub axes: Vec<Axis>,
}

impl Space {
    pub fn new(start: RuleSet, currency: Currency, moving: &[(Lever, Range)]) -> Space {
        let axes = moving.iter().map(|(lever, range)| Axis::new(lever.clone(), *range, &start)).collect();
        Space { start, currency, axes }
    }

    pub fn home(&self) -> Point {
        self.axes.iter().map(|axis| axis.home).collect()
    }

    /// The rules there; `None` where they are not valid, as where tiers do not rise.
    pub fn set(&self, point: &[usize]) -> Option<RuleSet> {
        let mut set = self.start.clone();
        for (axis, at) in self.axes.iter().zip(point) {
            axis.lever.put(&mut set, axis.values[*at]);
        }
        set.faults(self.currency).is_empty().then_some(set)
    }

    /// How far it is from the start: the sum of what each lever moves by, as shares of what they were.
    pub fn distance(&self, point: &[usize]) -> f64 {
        let moved = self.axes.iter().zip(point).filter(|(axis, at)| axis.home != **at);
        moved.map(|(axis, at)| axis.change(*at) + A_MOVE).sum()
    }

    /// Which levers stand elsewhere than at the start.
    pub fn moved(&self, point: &[usize]) -> Vec<usize> {
        (0..self.axes.len()).filter(|at| self.axes[*at].home != point[*at]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::terms::EarnKind;
    use crate::text::Key;

    fn range(least: &str, most: &str, step: &str) -> Range {
        let read = |text: &str| text.parse().unwrap();
        Range { least: read(least), most: read(most), step: read(step) }
    }

    fn space(moving: &[(Lever, Range)]) -> Space {
        Space::new(RuleSet::default(), "CNY".parse().unwrap(), moving)
    }

    #[test]
    fn an_axis_goes_in_steps_and_has_where_it_starts() {
        let values = |lever: Lever, of: Range| {
            let axis = space(&[(lever, of)]).axes.remove(0);
            let told: Vec<String> = axis.values.iter().map(|v| v.map_or("-".to_owned(), |v| v.to_string())).collect();
            format!("{} @{}", told.join(" "), axis.home)
        };
        assert_eq!(values(Lever::Alpha, range("0.5", "1.6", "0.5")), "0.5 1 1.5 @1");
        assert_eq!(values(Lever::Alpha, range("0.4", "1.6", "0.5")), "0.4 0.9 1 1.4 @2");
        assert_eq!(values(Lever::Alpha, range("2", "3", "1")), "1 2 3 @0");
        assert_eq!(values(Lever::CapDay(EarnKind::Payment), range("50", "100", "50")), "50 100 - @2");
    }

    #[test]
    fn tiers_that_do_not_rise_are_no_rules_and_the_nearest_moves_least() {
        let gold = Lever::From(Key::new("gold").unwrap());
        let space = space(&[(Lever::Alpha, range("0.5", "1.5", "0.25")), (gold, range("100", "600", "250"))]);
        assert_eq!(space.home(), [2, 0]);
        assert!(space.set(&[2, 1]).is_some() && space.set(&[2, 2]).is_none());
        assert_eq!((space.distance(&[2, 0]), space.moved(&[1, 0])), (0.0, vec![0]));
        assert!(space.distance(&[1, 0]) < space.distance(&[0, 0]));
        assert!(space.distance(&[0, 0]) < space.distance(&[2, 1]));
    }
}
