//! What counts for a tier and for how long: what was gathered, by months, and the window over them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::numbers::calendar::Month;
use crate::numbers::points::Points;
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
#[serde(rename_all = "snake_case")]
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

/// What a member gathered in each month: kept so that a window costs a few sums, whatever happened in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Months(BTreeMap<Month, Gain>);

impl Months {
    /// `None` if it does not fit.
    pub fn add(&mut self, month: Month, gain: Gain) -> Option<()> {
        if gain.is_none() {
            return Some(());
        }
        let held = self.0.entry(month).or_default();
        *held = held.checked_add(gain)?;
        if held.is_none() {
            self.0.remove(&month);
        }
        Some(())
    }

    /// What the window holds while `month` runs.
    pub fn within(&self, window: Window, month: Month) -> Option<Gain> {
        let first = window.first(month).unwrap_or(Month::from_number(i32::MIN));
        self.0.range(first..=month).try_fold(Gain::NONE, |sum, (_, gain)| sum.checked_add(*gain))
    }

    pub fn last(&self) -> Option<Month> {
        self.0.keys().next_back().copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = (Month, Gain)> {
        self.0.iter().map(|(month, gain)| (*month, *gain))
    }
}

impl FromIterator<(Month, Gain)> for Months {
    fn from_iter<I: IntoIterator<Item = (Month, Gain)>>(months: I) -> Months {
        Months(months.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_month_that_was_taken_back_whole_leaves_nothing() {
        let mut months = Months::default();
        months.add(month("2026-01"), Gain { earned: Points::from_hundredths(5), spent: 7 }).unwrap();
        months.add(month("2026-01"), Gain { earned: Points::from_hundredths(-5), spent: -7 }).unwrap();
        assert_eq!(months, Months::default());
    }
}
