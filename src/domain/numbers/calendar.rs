//! Days and months as a programme counts them: in its own time zone, never in the server's or the browser's.
//!
//! What lies beyond the calendar (year 9999) is taken for its end, so that no date can break a posting.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};

use crate::numbers::civil;
use crate::numbers::offsets::Offsets;

/// A calendar month, counted through: the months of year 0 are 0 to 11.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    pub const fn from_number(number: i32) -> Month {
        Month(number)
    }

    pub const fn number(self) -> i32 {
        self.0
    }

    pub fn of(day: Date) -> Month {
        Month(i32::from(day.year()) * 12 + i32::from(day.month()) - 1)
    }

    pub const fn plus(self, months: i32) -> Month {
        Month(self.0.saturating_add(months))
    }

    /// January of the same year.
    pub const fn january(self) -> Month {
        Month(self.0 - self.0.rem_euclid(12))
    }

    /// `None` beyond the calendar.
    pub fn first_day(self) -> Option<Date> {
        let year = i16::try_from(self.0.div_euclid(12)).ok()?;
        let month = i8::try_from(self.0.rem_euclid(12) + 1).ok()?;
        Date::new(year, month, 1).ok()
    }

    /// `None` beyond the calendar.
    pub fn last_day(self) -> Option<Date> {
        let first = self.first_day()?;
        Date::new(first.year(), first.month(), first.days_in_month()).ok()
    }
}

/// How many days after 1 January 1970 a day is: how tables hold it.
pub fn day_number(day: Date) -> i32 {
    civil::number_of(day)
}

/// `None` beyond the calendar.
pub fn day_of_number(number: i32) -> Option<Date> {
    civil::date_of(number)
}

/// The days and months of a time zone. Between 1970 and 2100 they are found by the zone's [`Offsets`], elsewhere by the zone.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    offsets: Arc<Offsets>,
}

impl Calendar {
    pub fn new(zone: TimeZone) -> Calendar {
        let offsets = Arc::new(Offsets::of(&zone));
        Calendar { zone, offsets }
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub fn day(&self, at: Timestamp) -> Date {
        self.offsets.day(at).and_then(civil::date_of).unwrap_or_else(|| self.zone.to_datetime(at).date())
    }

    /// The day so many months after that of a moment, or the last of a month that has no such day; the end of the calendar beyond it.
    pub fn day_months_after(&self, at: Timestamp, months: u16) -> Date {
        let number = self.offsets.day(at).unwrap_or_else(|| civil::number_of(self.day(at)));
        civil::date_months_after(number, months).unwrap_or(Date::MAX)
    }

    pub fn month(&self, at: Timestamp) -> Month {
        match (self.offsets.month_around(at), self.offsets.day(at)) {
            (Some((month, _, _)), _) => Month(month),
            (None, Some(number)) => Month(civil::month_of(number)),
            (None, None) => Month::of(self.day(at)),
        }
    }

    /// The month of a moment, when it begins and when the next does.
    pub fn month_around(&self, at: Timestamp) -> (Month, Timestamp, Timestamp) {
        match self.offsets.month_around(at) {
            Some((month, start, end)) => (Month(month), start, end),
            None => {
                let month = self.month(at);
                (month, self.start_of_month(month), self.start_of_month(month.plus(1)))
            }
        }
    }

    /// Likewise in seconds; nothing of a moment before 1970, in whose last second there are fractions of it, too.
    #[inline]
    pub(crate) fn month_of_second(&self, second: i64) -> Option<(Month, i64, i64)> {
        let (month, start, end) = self.offsets.month_of_second(second).filter(|_| second > 0)?;
        Some((Month(month), start.max(1), end))
    }

    /// The first instant of a day.
    pub fn start_of(&self, day: Date) -> Timestamp {
        self.offsets.start_of(civil::number_of(day)).unwrap_or_else(|| self.start_by_zone(day))
    }

    fn start_by_zone(&self, day: Date) -> Timestamp {
        day.to_zoned(self.zone.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
    }

    /// The first instant that is not of that day any more.
    pub fn end_of(&self, day: Date) -> Timestamp {
        let found = self.offsets.start_of(civil::number_of(day) + 1);
        found.unwrap_or_else(|| day.tomorrow().map_or(Timestamp::MAX, |next| self.start_of(next)))
    }

    pub fn start_of_month(&self, month: Month) -> Timestamp {
        let found = self.offsets.start_of_month(month.0);
        found.unwrap_or_else(|| month.first_day().map_or(Timestamp::MAX, |day| self.start_of(day)))
    }

    /// The same time of day so many days later.
    pub fn days_after(&self, at: Timestamp, days: u16) -> Timestamp {
        let found = self.offsets.moved(at, |day| day.checked_add(days.into()));
        found.unwrap_or_else(|| self.after(at, i64::from(days).days()))
    }

    /// The same time of day so many months later; 31 January + 1 month is the last of February.
    pub fn months_after(&self, at: Timestamp, months: u16) -> Timestamp {
        let found = self.offsets.moved(at, |day| Some(civil::months_after(day, months)));
        found.unwrap_or_else(|| self.after(at, i64::from(months).months()))
    }

    fn after(&self, at: Timestamp, span: Span) -> Timestamp {
        at.to_zoned(self.zone.clone()).checked_add(span).map_or(Timestamp::MAX, |later| later.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shanghai() -> Calendar {
        Calendar::new(TimeZone::get("Asia/Shanghai").unwrap())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_the_programmes_day() {
        let calendar = shanghai();
        assert_eq!(calendar.day(at("2027-02-28T15:59:59Z")).to_string(), "2027-02-28");
        assert_eq!(calendar.day(at("2027-02-28T16:00:00Z")).to_string(), "2027-03-01");
        assert_eq!(calendar.end_of("2027-02-28".parse().unwrap()), at("2027-02-28T16:00:00Z"));
        assert_eq!(calendar.month(at("2026-12-31T16:00:00Z")), Month::from_number(2027 * 12));
        assert_eq!(calendar.start_of_month(Month::from_number(2027 * 12)), at("2026-12-31T16:00:00Z"));
    }

    #[test]
    fn a_day_with_a_changed_clock_still_begins_and_ends() {
        // in São Paulo the clock of 4 November 2018 went from midnight to one
        let calendar = Calendar::new(TimeZone::get("America/Sao_Paulo").unwrap());
        assert_eq!(calendar.start_of("2018-11-04".parse().unwrap()), at("2018-11-04T03:00:00Z"));
        assert_eq!(calendar.days_after(at("2018-11-03T12:00:00Z"), 1), at("2018-11-04T11:00:00Z"));
    }

    #[test]
    fn a_month_later_is_the_last_day_where_there_is_no_such_day() {
        assert_eq!(shanghai().months_after(at("2027-01-31T04:00:00Z"), 1), at("2027-02-28T04:00:00Z"));
        assert_eq!(shanghai().months_after(at("2028-01-31T04:00:00Z"), 1), at("2028-02-29T04:00:00Z"));
    }

    #[test]
    fn days_and_months_survive_their_numbers() {
        for day in ["1969-12-31", "1970-01-01", "2028-02-29", "-0044-03-15", "9999-12-31"] {
            let day: Date = day.parse().unwrap_or(jiff::civil::date(-44, 3, 15));
            assert_eq!(day_of_number(day_number(day)), Some(day));
            assert_eq!(Month::of(day).first_day().map(|first| (first.year(), first.month())), Some((day.year(), day.month())));
        }
        assert_eq!(day_of_number(i32::MAX), None);
        assert_eq!(Month::from_number(i32::MAX).first_day(), None);
        assert_eq!(Month::of("2027-08-09".parse().unwrap()).january(), Month::from_number(2027 * 12));
    }

    /// What jiff finds without the shortcuts.
    fn by_zone(calendar: &Calendar, at: Timestamp) -> (Date, Month, Timestamp, Timestamp) {
        let day = calendar.zone.to_datetime(at).date();
        let month = Month::of(day);
        let start = |day: Date| calendar.start_by_zone(day);
        (day, month, start(day), start(month.first_day().unwrap()))
    }

    proptest! {
        #[test]
        fn shortcuts_find_the_same_as_the_zone(
            zone in prop::sample::select(vec![
                "Asia/Shanghai", "Europe/London", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Monrovia",
                "Asia/Kathmandu", "Pacific/Apia", "Asia/Gaza", "Africa/Casablanca", "UTC",
            ]),
            seconds in prop_oneof![-4_000_000_000_i64..6_000_000_000, 0..2_000_000_000_i64], nanos in 0..1_000_000_000_i32,
        ) {
            let calendar = Calendar::new(TimeZone::get(zone).unwrap());
            let at = Timestamp::new(seconds, nanos).unwrap();
            let (day, month) = (calendar.day(at), calendar.month(at));
            prop_assert_eq!((day, month, calendar.start_of(day), calendar.start_of_month(month)), by_zone(&calendar, at));
            let around = (month, calendar.start_of_month(month), calendar.start_of_month(month.plus(1)));
            prop_assert_eq!(calendar.month_around(at), around);
        }
    }

    proptest! {
        #[test]
        fn the_same_time_later_is_found_as_by_the_zone(
            zone in prop::sample::select(vec![
                "Asia/Shanghai", "Europe/London", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "UTC",
            ]),
            seconds in prop_oneof![-100_000_000_i64..4_300_000_000, 0..2_000_000_000_i64], nanos in 0..1_000_000_000_i32,
            days in 0..800_u16, months in 0..140_u16,
        ) {
            let calendar = Calendar::new(TimeZone::get(zone).unwrap());
            let at = Timestamp::new(seconds, nanos).unwrap();
            prop_assert_eq!(calendar.days_after(at, days), calendar.after(at, i64::from(days).days()));
            prop_assert_eq!(calendar.months_after(at, months), calendar.after(at, i64::from(months).months()));
        }
    }

    #[test]
    fn the_last_moment_before_1970_is_of_the_day_before() {
        let calendar = Calendar::new(TimeZone::UTC);
        assert_eq!(calendar.day(at("1969-12-31T23:59:59.5Z")).to_string(), "1969-12-31");
        assert_eq!(calendar.day(Timestamp::UNIX_EPOCH).to_string(), "1970-01-01");
    }

    #[test]
    fn days_around_a_changed_clock_are_those_of_the_zone() {
        for zone in ["Europe/London", "America/Sao_Paulo", "Pacific/Apia", "Asia/Gaza", "Africa/Monrovia"] {
            let calendar = Calendar::new(TimeZone::get(zone).unwrap());
            for change in calendar
                .zone
                .following(Timestamp::UNIX_EPOCH)
                .take_while(|change| change.timestamp().as_second() < 4_200_000_000)
            {
                for seconds in [-90_000, -86_400, -3_600, -1, 0, 1, 3_600, 86_399, 86_400, 90_000] {
                    let at = change.timestamp() + jiff::SignedDuration::from_secs(seconds);
                    let (day, month) = (calendar.day(at), calendar.month(at));
                    let found = (day, month, calendar.start_of(day), calendar.start_of_month(month));
                    assert_eq!(found, by_zone(&calendar, at), "{zone} {at}");
                }
            }
        }
    }

    #[test]
    fn beyond_the_calendar_is_its_end() {
        assert_eq!(shanghai().months_after(Timestamp::MAX, 1), Timestamp::MAX);
        assert_eq!(shanghai().end_of(Date::MAX), Timestamp::MAX);
    }
}
