//! Days and months of a time zone, found the slow way: the only question asked of the zone is what a clock on the wall shows.

use jiff::civil::{Date, DateTime, Time, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Months counted through: January of year 0 is 0.
pub type Month = i32;

#[derive(Clone)]
pub struct Calendar {
    zone: TimeZone,
}

impl Calendar {
    pub fn new(zone: &str) -> Calendar {
        Calendar { zone: TimeZone::get(zone).unwrap() }
    }

    fn wall(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }

    pub fn day(&self, at: Timestamp) -> Date {
        self.wall(at).date()
    }

    pub fn month(&self, at: Timestamp) -> Month {
        month_of(self.day(at))
    }

    /// The first second at which the wall shows that day or a later one: the clock may go from midnight straight to one.
    pub fn begin(&self, day: Date) -> Timestamp {
        let noon = |days| TimeZone::UTC.to_timestamp(plus_days(day, days).to_datetime(Time::constant(12, 0, 0, 0))).unwrap();
        let (mut before, mut after) = (noon(-2), noon(1));
        while after.as_second() - before.as_second() > 1 {
            let middle = Timestamp::from_second((before.as_second() + after.as_second()) / 2).unwrap();
            if self.day(middle) >= day { after = middle } else { before = middle }
        }
        after
    }

    /// The first instant after a day.
    pub fn end(&self, day: Date) -> Timestamp {
        self.begin(plus_days(day, 1))
    }

    pub fn begin_month(&self, month: Month) -> Timestamp {
        self.begin(first_of(month))
    }

    /// The same time on the wall so many days later.
    pub fn days_later(&self, at: Timestamp, days: u16) -> Timestamp {
        self.at(plus_days(self.day(at), i32::from(days)), at)
    }

    /// The same time on the wall so many months later.
    pub fn months_later(&self, at: Timestamp, months: u16) -> Timestamp {
        self.at(plus_months(self.day(at), i32::from(months)), at)
    }

    fn at(&self, day: Date, like: Timestamp) -> Timestamp {
        self.zone.to_ambiguous_timestamp(day.to_datetime(self.wall(like).time())).compatible().unwrap()
    }

    /// When the clock is put forward or back next, if it is within a year or so.
    pub fn next_change(&self, at: Timestamp) -> Option<Timestamp> {
        let next = self.zone.following(at).next()?.timestamp();
        (next.as_second() - at.as_second() < 400 * 86_400).then_some(next)
    }
}

pub fn plus_days(day: Date, days: i32) -> Date {
    day.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap()
}

pub fn month_of(day: Date) -> Month {
    Month::from(day.year()) * 12 + Month::from(day.month()) - 1
}

pub fn first_of(month: Month) -> Date {
    date(month.div_euclid(12) as i16, (month.rem_euclid(12) + 1) as i8, 1)
}

/// The same day of a later month, or its last where it has no such day.
pub fn plus_months(day: Date, months: i32) -> Date {
    let first = first_of(month_of(day) + months);
    date(first.year(), first.month(), day.day().min(first.days_in_month()))
}
