//! Days and months as a programme counts them: in its own time zone, never in the server's or the browser's.
//!
//! What lies beyond the calendar (year 9999) is taken for its end, so that no date can break a posting.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::numbers::civil;
use crate::numbers::offsets::Offsets;
use crate::numbers::time::{Day, Moment};

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

/// The days and months of a time zone. The zone is asked when a calendar is made and not any more: see [`Offsets`].
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

    pub fn day(&self, at: impl Into<Moment>) -> Day {
        Day::at_most(self.offsets.day(at.into()))
    }

    pub fn month(&self, at: impl Into<Moment>) -> Month {
        self.month_around(at.into()).0
    }

    /// The month of a moment, when it begins and when the next does.
    #[inline]
    pub fn month_around(&self, at: Moment) -> (Month, Moment, Moment) {
        let (month, start, end) = self.offsets.month_around(at);
        (Month(month), start, end)
    }

    /// The first moment of a day.
    pub fn start_of(&self, day: impl Into<Day>) -> Moment {
        self.offsets.start_of(day.into().number())
    }

    /// The first moment that is not of that day any more.
    pub fn end_of(&self, day: impl Into<Day>) -> Moment {
        self.offsets.start_of(day.into().number() + 1)
    }

    pub fn start_of_month(&self, month: Month) -> Moment {
        self.offsets.start_of_month(month.0)
    }

    /// The same time of day so many days later.
    pub fn days_after(&self, at: impl Into<Moment>, days: u16) -> Moment {
        self.offsets.moved(at.into(), |day| day + i32::from(days))
    }

    /// The same time of day so many months later; 31 January + 1 month is the last of February.
    pub fn months_after(&self, at: impl Into<Moment>, months: u16) -> Moment {
        self.offsets.moved(at.into(), |day| civil::months_after(day, months))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{Span, Timestamp, ToSpan as _};
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
        assert_eq!(calendar.end_of("2027-02-28".parse::<Date>().unwrap()), at("2027-02-28T16:00:00Z"));
        assert_eq!(calendar.month(at("2026-12-31T16:00:00Z")), Month::from_number(2027 * 12));
        assert_eq!(calendar.start_of_month(Month::from_number(2027 * 12)), at("2026-12-31T16:00:00Z"));
    }

    #[test]
    fn a_day_with_a_changed_clock_still_begins_and_ends() {
        // in São Paulo the clock of 4 November 2018 went from midnight to one
        let calendar = Calendar::new(TimeZone::get("America/Sao_Paulo").unwrap());
        assert_eq!(calendar.start_of("2018-11-04".parse::<Date>().unwrap()), at("2018-11-04T03:00:00Z"));
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

    impl Calendar {
        /// What the zone finds, without the table.
        fn by_zone(&self, at: Timestamp) -> (Date, Month, Timestamp, Timestamp) {
            let day = self.zone.to_datetime(at).date();
            let month = Month::of(day);
            (day, month, self.start_by_zone(day), self.start_by_zone(month.first_day().unwrap()))
        }

        fn start_by_zone(&self, day: Date) -> Timestamp {
            day.to_zoned(self.zone.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
        }

        fn after_by_zone(&self, at: Timestamp, span: Span) -> Timestamp {
            at.to_zoned(self.zone.clone()).checked_add(span).map_or(Timestamp::MAX, |later| later.timestamp())
        }

        fn by_table(&self, at: Timestamp) -> (Date, Month, Timestamp, Timestamp) {
            let (day, month) = (self.day(at), self.month(at));
            (day.date(), month, self.start_of(day).time(), self.start_of_month(month).time())
        }
    }

    const ZONES: [&str; 12] = [
        "Asia/Shanghai",
        "Europe/London",
        "America/New_York",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Africa/Monrovia",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "Asia/Gaza",
        "Africa/Casablanca",
        "Europe/Dublin",
        "UTC",
    ];

    fn seconds() -> impl Strategy<Value = i64> {
        // from year 1000 to 9000, and mostly where events are
        prop_oneof![-30_000_000_000_i64..220_000_000_000, -4_000_000_000..6_000_000_000_i64, 0..2_000_000_000_i64]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn the_table_finds_the_same_as_the_zone(
            zone in prop::sample::select(ZONES.to_vec()), seconds in seconds(), micros in 0..1_000_000_i32,
        ) {
            let calendar = Calendar::new(TimeZone::get(zone).unwrap());
            let at = Timestamp::new(seconds, micros * 1000).unwrap();
            prop_assert_eq!(calendar.by_table(at), calendar.by_zone(at));
            let (month, start, end) = calendar.month_around(at.into());
            let expected = (calendar.month(at), calendar.start_of_month(month), calendar.start_of_month(month.plus(1)));
            prop_assert_eq!((month, start, end), expected);
            prop_assert!(start <= Moment::from(at) && Moment::from(at) < end);
        }

        #[test]
        fn the_same_time_later_is_found_as_by_the_zone(
            zone in prop::sample::select(ZONES.to_vec()), seconds in seconds(), micros in 0..1_000_000_i32,
            days in 0..800_u16, months in 0..140_u16,
        ) {
            let calendar = Calendar::new(TimeZone::get(zone).unwrap());
            let at = Timestamp::new(seconds, micros * 1000).unwrap();
            prop_assert_eq!(calendar.days_after(at, days).time(), calendar.after_by_zone(at, i64::from(days).days()));
            prop_assert_eq!(calendar.months_after(at, months).time(), calendar.after_by_zone(at, i64::from(months).months()));
        }
    }

    #[test]
    fn the_last_moment_before_1970_is_of_the_day_before() {
        let calendar = Calendar::new(TimeZone::UTC);
        assert_eq!(calendar.day(at("1969-12-31T23:59:59.5Z")).to_string(), "1969-12-31");
        assert_eq!(calendar.day(Moment::EPOCH).to_string(), "1970-01-01");
    }

    #[test]
    fn around_a_changed_clock_all_is_as_by_the_zone() {
        for zone in ZONES {
            let calendar = Calendar::new(TimeZone::get(zone).unwrap());
            // of the rules after 2037 those of some years are enough
            let changes = calendar.zone.following(Timestamp::MIN).map(|change| change.timestamp());
            let changes = changes.filter(|at| at.as_second() < 2_300_000_000 || at.as_second() > 4_000_000_000);
            for change in changes.take_while(|at| at.as_second() < 4_300_000_000) {
                for seconds in [-90_000, -86_400, -5_400, -3_600, -1_800, -1, 0, 1, 1_800, 3_600, 86_399, 86_400, 90_000] {
                    let at = change + jiff::SignedDuration::from_secs(seconds);
                    assert_eq!(calendar.by_table(at), calendar.by_zone(at), "{zone} {at}");
                    // and from far away onto the time that is left out or comes twice
                    for days in [1, 2, 30] {
                        let before = at - jiff::SignedDuration::from_hours(24 * i64::from(days));
                        let found = calendar.days_after(before, days).time();
                        assert_eq!(found, calendar.after_by_zone(before, i64::from(days).days()), "{zone} {before} + {days}");
                    }
                }
            }
        }
    }

    #[test]
    fn beyond_the_calendar_is_its_end() {
        assert_eq!(shanghai().months_after(Timestamp::MAX, 1), Moment::MAX);
        assert_eq!(
            (shanghai().end_of(Date::MAX), shanghai().start_of_month(Month::from_number(i32::MAX))),
            (Moment::MAX, Moment::MAX)
        );
        assert_eq!(shanghai().start_of_month(Month::from_number(120_000)), Moment::MAX);
        assert_eq!(shanghai().day(Moment::MAX).months_after(120).date(), Date::MAX);
    }
}
