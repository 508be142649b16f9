//! Days and months as a programme counts them: in its own time zone, never in the server's or the browser's.
//!
//! What lies beyond the calendar (year 9999) is taken for its end, so that no date can break a posting.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};

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
    // two dates differ by whole days, of which there are fewer than eight million
    day.since(EPOCH).map_or(0, |span| span.get_days())
}

/// `None` beyond the calendar.
pub fn day_of_number(number: i32) -> Option<Date> {
    EPOCH.checked_add(Span::new().try_days(number).ok()?).ok()
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// The days and months of a time zone.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
}

impl Calendar {
    pub fn new(zone: TimeZone) -> Calendar {
        Calendar { zone }
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub fn day(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    pub fn month(&self, at: Timestamp) -> Month {
        Month::of(self.day(at))
    }

    /// The first instant of a day.
    pub fn start_of(&self, day: Date) -> Timestamp {
        day.to_zoned(self.zone.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
    }

    /// The first instant that is not of that day any more.
    pub fn end_of(&self, day: Date) -> Timestamp {
        day.tomorrow().map_or(Timestamp::MAX, |next| self.start_of(next))
    }

    pub fn start_of_month(&self, month: Month) -> Timestamp {
        month.first_day().map_or(Timestamp::MAX, |day| self.start_of(day))
    }

    /// The same time of day so many days later.
    pub fn days_after(&self, at: Timestamp, days: u16) -> Timestamp {
        self.after(at, i64::from(days).days())
    }

    /// The same time of day so many months later; 31 January + 1 month is the last of February.
    pub fn months_after(&self, at: Timestamp, months: u16) -> Timestamp {
        self.after(at, i64::from(months).months())
    }

    fn after(&self, at: Timestamp, span: Span) -> Timestamp {
        at.to_zoned(self.zone.clone()).checked_add(span).map_or(Timestamp::MAX, |later| later.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn beyond_the_calendar_is_its_end() {
        assert_eq!(shanghai().months_after(Timestamp::MAX, 1), Timestamp::MAX);
        assert_eq!(shanghai().end_of(Date::MAX), Timestamp::MAX);
    }
}
