//! What counts for a tier and for how long: what was gathered, by months, and the window over them.

use serde::{Deserialize, Serialize};

use crate::numbers::calendar::Month;
use crate::numbers::points::Points;
use crate::numbers::sorted::Sorted;
use crate::refusal::{Fault, FieldFault};
use crate::rules::tier::Basis;

/// What an entry adds to the tier basis, or takes from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gain {
    /// Points earned less clawed back.
    pub earned: Points,
    /// Payments less refunds, in minor units.
    pub spent: i64,
}

impl Gain {
    pub const NONE: Gain = Gain { earned: Points::ZERO, spent: 0 };

    pub fn points(earned: Points) -> Gain {
        Gain { earned, spent: 0 }
    }

    pub fn checked_add(self, other: Gain) -> Option<Gain> {
        Some(Gain { earned: self.earned.checked_add(other.earned)?, spent: self.spent.checked_add(other.spent)? })
    }

    pub fn is_none(self) -> bool {
        self == Gain::NONE
    }

    /// In hundredths of a point or minor units. [`Basis::PointsBalance`] is not gathered and has nothing here.
    pub fn by(self, basis: Basis) -> i64 {
        match basis {
            Basis::PointsEarned => self.earned.hundredths(),
            Basis::AmountSpent => self.spent,
            Basis::PointsBalance => 0,
        }
    }
}

/// Over which months a basis counts, by when events occurred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Window {
    #[default]
    Lifetime,
    CalendarYear,
    /// The running month and the N − 1 before.
    Months(u16),
}

impl Window {
    pub const MOST_MONTHS: u16 = 60;

    /// The first month that counts while `month` runs, which is the last; `None` if all that ever was counts.
    pub fn first(self, month: Month) -> Option<Month> {
        match self {
            Window::Lifetime => None,
            Window::CalendarYear => Some(month.january()),
            Window::Months(months) => Some(month.plus(1 - i32::from(months))),
        }
    }

    pub fn faults(self) -> Vec<FieldFault> {
        match self {
            Window::Months(0) => vec![FieldFault::new("window.months", Fault::NotPositive)],
            Window::Months(months) if months > Window::MOST_MONTHS => {
                vec![FieldFault::new("window.months", Fault::TooLarge { most: Window::MOST_MONTHS.to_string() })]
            }
            _ => Vec::new(),
        }
    }
}

/// What a member gathered in each month, in their order: kept so that a window costs a few sums, whatever happened in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Months(Sorted<Month, Gain>);

impl Months {
    /// `None` if it does not fit.
    pub fn add(&mut self, month: Month, gain: Gain) -> Option<()> {
        let sum = self.get(month).unwrap_or_default().checked_add(gain)?;
        self.set(month, Some(sum));
        Some(())
    }

    #[inline]
    pub(crate) fn get(&self, month: Month) -> Option<Gain> {
        self.0.get(&month)
    }

    /// What it was before; a month in which nothing was gathered is not kept.
    #[inline]
    pub(crate) fn set(&mut self, month: Month, gain: Option<Gain>) -> Option<Gain> {
        self.0.set(month, gain.filter(|gain| !gain.is_none()))
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// How many months there are before one.
    #[inline]
    fn before(&self, month: Month) -> usize {
        let months = self.0.as_slice();
        match months.last() {
            Some((last, _)) if *last < month => months.len(),
            _ => months.partition_point(|(held, _)| *held < month),
        }
    }

    /// What the window holds while `month` runs.
    pub fn within(&self, window: Window, month: Month) -> Option<Gain> {
        let first = window.first(month).map_or(0, |first| self.before(first));
        let until = self.before(month.plus(1));
        sum(self.0.as_slice().get(first..until).unwrap_or_default())
    }

    /// What the window holds in the month after `running`, and in each later one in which it holds something else than in the one
    /// before, until it is empty for good. What does not fit ends it.
    pub fn after(&self, window: Window, running: Month) -> impl Iterator<Item = (Month, Gain)> {
        let place = move |month: Month| (window.first(month).map_or(0, |first| self.before(first)), self.before(month.plus(1)));
        let last = self.last();
        let (mut month, mut held, mut is_empty) = (running, None, false);
        std::iter::from_fn(move || {
            let last = last?;
            while !is_empty {
                month = month.plus(1);
                is_empty = window.first(month).is_none_or(|first| first > last);
                let (from, until) = place(month);
                if held.replace((from, until)) != Some((from, until)) {
                    return Some((month, sum(self.0.as_slice().get(from..until).unwrap_or_default())?));
                }
            }
            None
        })
    }

    pub fn last(&self) -> Option<Month> {
        self.0.last().map(|(month, _)| month)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Month, Gain)> {
        self.0.iter()
    }
}

fn sum(months: &[(Month, Gain)]) -> Option<Gain> {
    months.iter().try_fold(Gain::NONE, |sum, (_, gain)| sum.checked_add(*gain))
}

impl FromIterator<(Month, Gain)> for Months {
    fn from_iter<I: IntoIterator<Item = (Month, Gain)>>(months: I) -> Months {
        Months(months.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn month(text: &str) -> Month {
        Month::of(format!("{text}-01").parse().unwrap())
    }

    #[test]
    fn a_window_holds_the_running_month_and_those_before() {
        let mut months = Months::default();
        for (at, points) in [("2026-01", 1), ("2026-06", 10), ("2026-12", 100), ("2027-01", 1000)] {
            months.add(month(at), Gain::points(Points::from_hundredths(points))).unwrap();
        }
        let within = |window, at| months.within(window, month(at)).unwrap().earned.hundredths();
        assert_eq!(within(Window::Months(1), "2026-12"), 100);
        assert_eq!(within(Window::Months(7), "2026-12"), 110);
        assert_eq!(within(Window::Months(12), "2026-12"), 111);
        assert_eq!(within(Window::Months(12), "2027-01"), 1110);
        assert_eq!(within(Window::CalendarYear, "2026-11"), 11);
        assert_eq!(within(Window::CalendarYear, "2027-03"), 1000);
        assert_eq!(within(Window::Lifetime, "2027-01"), 1111);
    }

    proptest! {
        #[test]
        fn a_window_holds_what_a_map_of_months_would_sum_up(
            gains in prop::collection::vec((24_300..24_340_i32, -3..20_i64), 0..30), size in 0..14_u16, running in 24_290..24_350_i32,
        ) {
            let window = match size {
                0 => Window::CalendarYear,
                13 => Window::Lifetime,
                months => Window::Months(months),
            };
            let (mut months, mut map) = (Months::default(), BTreeMap::new());
            for (month, points) in gains {
                months.add(Month::from_number(month), Gain::points(Points::from_hundredths(points))).unwrap();
                *map.entry(month).or_insert(0) += points;
            }
            map.retain(|_, points| *points != 0);
            prop_assert_eq!(months.iter().map(|(month, gain)| (month.number(), gain.earned.hundredths())).collect::<BTreeMap<_, _>>(), map.clone());
            let within = |month: i32| -> i64 {
                let first = window.first(Month::from_number(month)).map_or(i32::MIN, Month::number);
                map.range(first..=month).map(|(_, points)| points).sum()
            };
            let found = months.within(window, Month::from_number(running)).unwrap();
            prop_assert_eq!(found.earned.hundredths(), within(running));
            // whatever is looked for in the months to come is found in the same one
            for wanted in (-5..60_i64).filter(|_| window != Window::Lifetime) {
                let is_it = |points: i64| points > wanted;
                let found = months.after(window, Month::from_number(running)).find(|(_, gain)| is_it(gain.earned.hundredths()));
                let end = map.keys().next_back().map_or(running, |last| last.max(&running) + 30);
                let expected = (running + 1..=end).filter(|_| !map.is_empty()).find(|month| is_it(within(*month)));
                prop_assert_eq!(found.map(|(month, _)| month.number()), expected);
            }
        }
    }

    #[test]
    fn a_month_that_was_taken_back_whole_leaves_nothing() {
        let mut months = Months::default();
        months.add(month("2026-01"), Gain { earned: Points::from_hundredths(5), spent: 7 }).unwrap();
        months.add(month("2026-01"), Gain { earned: Points::from_hundredths(-5), spent: -7 }).unwrap();
        assert_eq!(months, Months::default());
    }
}
