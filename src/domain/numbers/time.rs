//! Moments and days as whole numbers, as posting counts them: nothing of it asks a calendar or a time zone.
//!
//! What is told to people or written down is a [`Timestamp`] or a [`Date`]; both become these where they come in.

use std::cmp::Ordering;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::numbers::civil;

/// Microseconds since 1970 UTC: how tables hold a time, and how hashes read it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The first and the last there are (the year 9999).
    pub const MIN: Moment = Moment(-377_705_023_201_000_000);
    pub const MAX: Moment = Moment(253_402_207_200_999_999);
    pub const EPOCH: Moment = Moment(0);

    const IN_A_SECOND: i64 = 1_000_000;

    /// Beyond the last it is the last.
    #[inline]
    pub fn from_micros(micros: i64) -> Moment {
        Moment(micros.clamp(Moment::MIN.0, Moment::MAX.0))
    }

    #[inline]
    pub(crate) fn from_second(second: i64) -> Moment {
        Moment::from_micros(second.saturating_mul(Moment::IN_A_SECOND))
    }

    #[inline]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The second that it is in, and the microseconds since that began.
    #[inline]
    pub(crate) fn second(self) -> (i64, i64) {
        (self.0.div_euclid(Moment::IN_A_SECOND), self.0.rem_euclid(Moment::IN_A_SECOND))
    }

    /// So many microseconds later; beyond the last it is the last.
    #[inline]
    pub fn plus(self, micros: i64) -> Moment {
        Moment::from_micros(self.0.saturating_add(micros))
    }

    pub fn time(self) -> Timestamp {
        if self == Moment::MAX { Timestamp::MAX } else { Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::MAX) }
    }
}

impl From<Timestamp> for Moment {
    /// What is finer than a microsecond is cut, as where times are read.
    fn from(time: Timestamp) -> Moment {
        let micros = time.as_microsecond();
        // that cuts towards 1970
        Moment(micros - i64::from(time.subsec_nanosecond() % 1000 < 0))
    }
}

impl From<Moment> for Timestamp {
    fn from(moment: Moment) -> Timestamp {
        moment.time()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.time().fmt(f)
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.time().fmt(f)
    }
}

impl PartialEq<Timestamp> for Moment {
    fn eq(&self, other: &Timestamp) -> bool {
        *self == Moment::from(*other)
    }
}

impl PartialEq<Moment> for Timestamp {
    fn eq(&self, other: &Moment) -> bool {
        Moment::from(*self) == *other
    }
}

impl PartialOrd<Timestamp> for Moment {
    fn partial_cmp(&self, other: &Timestamp) -> Option<Ordering> {
        self.partial_cmp(&Moment::from(*other))
    }
}

impl PartialOrd<Moment> for Timestamp {
    fn partial_cmp(&self, other: &Moment) -> Option<Ordering> {
        Moment::from(*self).partial_cmp(other)
    }
}

/// Days since 1 January 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// 31 December 9999, the end of the calendar.
    pub const MAX: Day = Day(2_932_896);

    /// `None` beyond the calendar.
    pub fn from_number(number: i32) -> Option<Day> {
        civil::date_of(number).map(|_| Day(number))
    }

    /// Beyond the end of the calendar it is the end.
    #[inline]
    pub(crate) fn at_most(number: i32) -> Day {
        Day(number.min(Day::MAX.0))
    }

    #[inline]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The same day so many months later, or the last of a month that has no such day; the end of the calendar beyond it.
    #[inline]
    pub fn months_after(self, months: u16) -> Day {
        Day::at_most(civil::months_after(self.0, months))
    }

    /// That day of the year that is so many years later, or the last of a month that has no such day; the end of the calendar
    /// beyond it.
    pub(crate) fn of_year_after(self, years: u16, month: i8, of_month: i8) -> Day {
        Day::at_most(civil::day_of_year_after(self.0, years, month, of_month))
    }

    pub fn date(self) -> Date {
        civil::date_of(self.0).unwrap_or(Date::MAX)
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Day {
        Day(civil::number_of(date))
    }
}

impl From<Day> for Date {
    fn from(day: Day) -> Date {
        day.date()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_calendar_are_those_of_times_and_dates() {
        assert_eq!((Moment::from(Timestamp::MIN), Moment::MIN.time()), (Moment::MIN, Timestamp::MIN));
        assert_eq!((Moment::from(Timestamp::MAX), Moment::MAX.time()), (Moment::MAX, Timestamp::MAX));
        assert_eq!((Day::from(Date::MAX), Day::MAX.date()), (Day::MAX, Date::MAX));
        assert_eq!((Moment::from_micros(i64::MAX), Moment::MAX.plus(1)), (Moment::MAX, Moment::MAX));
    }

    #[test]
    fn a_moment_is_the_microsecond_that_a_time_is_in_also_before_1970() {
        for (text, micros) in
            [("1969-12-31T23:59:59.9999995Z", -1), ("1969-12-31T23:59:59.999999Z", -1), ("1970-01-01T00:00:00.0000019Z", 1)]
        {
            let moment = Moment::from(text.parse::<Timestamp>().unwrap());
            assert_eq!(moment.micros(), micros, "{text}");
        }
        assert_eq!(Moment::from_micros(-1).second(), (-1, 999_999));
    }
}
