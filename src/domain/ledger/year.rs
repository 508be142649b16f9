//! A member's last twelve months in a few sums: what came in and what went, month by month.

use std::collections::BTreeMap;

use crate::numbers::calendar::Month;
use crate::numbers::points::Points;

/// How many months a year's picture has; the running one is the last.
pub const MONTHS: i32 = 12;

/// What came in and what went in one month. `went` is not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthSum {
    pub month: Month,
    pub came: Points,
    pub went: Points,
}

/// Sums changes by month, oldest first, up to the running month. Months before the first whole one that is known are left out:
/// where `known_from` is a month, only those after it are known to be whole. `None` if a sum does not fit.
pub fn year(
    changes: impl IntoIterator<Item = (Month, Points)>,
    running: Month,
    known_from: Option<Month>,
) -> Option<Vec<MonthSum>> {
    let first = running.plus(1 - MONTHS);
    let first = known_from.map_or(first, |partial| first.max(partial.plus(1)));
    let mut sums: BTreeMap<Month, (Points, Points)> = BTreeMap::new();
    for (month, change) in changes {
        if month < first || month > running {
            continue;
        }
        let (came, went) = sums.entry(month).or_insert((Points::ZERO, Points::ZERO));
        if change.is_positive() {
            *came = came.checked_add(change)?;
        } else {
            *went = went.checked_sub(change)?;
        }
    }
    let months = (first.number()..=running.number()).map(Month::from_number);
    let sum = |month: Month| {
        let (came, went) = sums.get(&month).copied().unwrap_or((Points::ZERO, Points::ZERO));
        MonthSum { month, came, went }
    };
    Some(months.map(sum).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNNING: Month = Month::from_number(2026 * 12 + 10);

    fn change(back: i32, points: &str) -> (Month, Points) {
        (RUNNING.plus(-back), points.parse().expect("points"))
    }

    #[test]
    fn a_year_is_twelve_months_with_what_came_apart_from_what_went() {
        let changes =
            [change(0, "10"), change(0, "-4"), change(0, "2.50"), change(11, "1"), change(12, "99"), change(-1, "99")];
        let year = year(changes, RUNNING, None).unwrap();
        assert_eq!(year.len(), 12);
        let shown = |sum: &MonthSum| format!("{}/{}", sum.came, sum.went);
        assert_eq!(
            (shown(&year[0]), shown(&year[5]), shown(&year[11])),
            ("1.00/0.00".into(), "0.00/0.00".into(), "12.50/4.00".into())
        );
    }

    #[test]
    fn a_month_that_is_known_in_part_only_is_left_out() {
        let year = year([change(3, "5"), change(2, "7")], RUNNING, Some(RUNNING.plus(-3))).unwrap();
        assert_eq!(year.iter().map(|sum| sum.came.hundredths()).collect::<Vec<_>>(), [700, 0, 0]);
        assert!(super::year([], RUNNING, Some(RUNNING)).unwrap().is_empty());
    }
}
