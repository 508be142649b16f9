//! Days of the Gregorian calendar by their number since 1 January 1970, as Howard Hinnant's "chrono-Compatible Low-Level Date
//! Algorithms" has them: years begin in March, so that the leap day is their last.

use jiff::civil::Date;

/// Days from 1 March of year 0 to 1 January 1970.
const EPOCH: i32 = 719_468;
const DAYS_OF_400_YEARS: i32 = 146_097;
/// The first month beyond the calendar, counted through from January of year 0, and its first day.
pub(crate) const END: (i32, i32) = (10_000 * 12, 2_932_897);

pub(crate) fn number_of(day: Date) -> i32 {
    number_of_parts(day.year().into(), day.month().into(), day.day().into())
}

#[inline]
fn number_of_parts(year: i32, month: i32, of_month: i32) -> i32 {
    let year = year - i32::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + of_month - 1;
    era * DAYS_OF_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH
}

/// Year, month and day.
#[inline]
fn parts_of(number: i32) -> (i32, i32, i32) {
    let days = number.saturating_add(EPOCH);
    let (era, of_era) = (days.div_euclid(DAYS_OF_400_YEARS), days.rem_euclid(DAYS_OF_400_YEARS));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year + i32::from(month <= 2), month, of_year - (153 * from_march + 2) / 5 + 1)
}

/// `None` beyond the calendar.
pub(crate) fn date_of(number: i32) -> Option<Date> {
    let (year, month, day) = parts_of(number);
    Date::new(i16::try_from(year).ok()?, month as i8, day as i8).ok()
}

/// The month of a day, counted through from January of year 0.
#[inline]
pub(crate) fn month_of(number: i32) -> i32 {
    let (year, month, _) = parts_of(number);
    year * 12 + month - 1
}

/// The number of a month's first day; months are counted through from January of year 0.
pub(crate) fn first_of_month(month: i32) -> i32 {
    number_of_parts(month.div_euclid(12), month.rem_euclid(12) + 1, 1)
}

#[inline]
fn days_of(year: i32, month: i32) -> i32 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The same day so many months later, or the last of a month that has no such day.
#[inline]
pub(crate) fn months_after(number: i32, months: u16) -> i32 {
    let (year, month, day) = parts_months_after(number, months);
    number_of_parts(year, month, day)
}

/// That day of the year that is so many years after a day's, or the last of a month that has no such day.
pub(crate) fn day_of_year_after(number: i32, years: u16, month: i8, of_month: i8) -> i32 {
    let (year, month) = (parts_of(number).0 + i32::from(years), i32::from(month));
    number_of_parts(year, month, i32::from(of_month).min(days_of(year, month)))
}

#[inline]
fn parts_months_after(number: i32, months: u16) -> (i32, i32, i32) {
    let (year, month, day) = parts_of(number);
    let later = year * 12 + month - 1 + i32::from(months);
    let (year, month) = (later.div_euclid(12), later.rem_euclid(12) + 1);
    (year, month, day.min(days_of(year, month)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;

    #[test]
    fn every_day_of_nine_centuries_has_its_number() {
        let mut day = Date::new(1599, 12, 30).unwrap();
        let mut number = number_of(day);
        while day.year() < 2500 {
            assert_eq!((number_of(day), date_of(number)), (number, Some(day)));
            (day, number) = (day.checked_add(1.days()).unwrap(), number + 1);
        }
        assert_eq!((number_of(jiff::civil::date(1970, 1, 1)), date_of(i32::MAX), date_of(i32::MIN)), (0, None, None));
        assert_eq!((date_of(number_of(Date::MAX)), date_of(number_of(Date::MIN))), (Some(Date::MAX), Some(Date::MIN)));
    }
}
