//! What a rule set says of earned points besides their number: how long they are held back, when they lapse, and how many
//! of them there can be.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::numbers::calendar::{Calendar, Month};
use crate::numbers::points::Points;
use crate::numbers::time::{Day, Moment};
use crate::refusal::{Fault, FieldFault, NumberError};

/// What earns points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EarnKind {
    Payment,
    Referral,
    Review,
}

impl EarnKind {
    pub const ALL: [EarnKind; 3] = [EarnKind::Payment, EarnKind::Referral, EarnKind::Review];

    pub const fn name(self) -> &'static str {
        match self {
            EarnKind::Payment => "payment",
            EarnKind::Referral => "referral",
            EarnKind::Review => "review",
        }
    }
}

/// One of something for each kind of earning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kinds<T: Default> {
    pub payment: T,
    pub referral: T,
    pub review: T,
}

impl<T: Copy + Default> Kinds<T> {
    pub fn of(&self, kind: EarnKind) -> T {
        match kind {
            EarnKind::Payment => self.payment,
            EarnKind::Referral => self.referral,
            EarnKind::Review => self.review,
        }
    }

    pub fn of_mut(&mut self, kind: EarnKind) -> &mut T {
        match kind {
            EarnKind::Payment => &mut self.payment,
            EarnKind::Referral => &mut self.referral,
            EarnKind::Review => &mut self.review,
        }
    }
}

/// When earned points lapse. They are available through the end of the expiry day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expiry {
    #[default]
    Never,
    /// So many months after they were earned; 31 January + 1 month is the last of February.
    Months(u16),
    /// A fixed day of the n-th year after they were earned; 29 February is the last of it in other years.
    Yearly { month: i8, day: i8, years: u16 },
}

impl Expiry {
    pub const MOST_MONTHS: u16 = 120;
    pub const MOST_YEARS: u16 = 10;

    /// The expiry day of what was earned then; `None` is never.
    #[inline]
    pub fn day(self, calendar: &Calendar, occurred_at: impl Into<Moment>) -> Option<Day> {
        match self {
            Expiry::Never => None,
            expiry => expiry.day_of(calendar.day(occurred_at)),
        }
    }

    /// The expiry day of what was earned on that day; the end of the calendar beyond it.
    pub fn day_of(self, earned: Day) -> Option<Day> {
        match self {
            Expiry::Never => None,
            Expiry::Months(months) => Some(earned.months_after(months)),
            Expiry::Yearly { month, day, years } => Some(earned.of_year_after(years, month, day)),
        }
    }

    pub fn faults(self) -> Vec<FieldFault> {
        let within = |field: &str, n: u16, most: u16| match n {
            0 => Some(FieldFault::new(field, Fault::NotPositive)),
            n if n > most => Some(FieldFault::new(field, Fault::TooLarge { most: most.to_string() })),
            _ => None,
        };
        match self {
            Expiry::Never => Vec::new(),
            Expiry::Months(months) => within("expiry.months", months, Expiry::MOST_MONTHS).into_iter().collect(),
            Expiry::Yearly { month, day, years } => {
                // a leap year, so that 29 February may be meant
                let exists = Date::new(2028, month, day).is_ok();
                let no_day = (!exists).then(|| FieldFault::new("expiry.day", NumberError::OutOfRange));
                no_day.into_iter().chain(within("expiry.years", years, Expiry::MOST_YEARS)).collect()
            }
        }
    }
}

/// How many points a member can earn by one kind of event in a day and in a month; `None` is without limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cap {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<Points>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<Points>,
}

/// What a cap counts through: a day or a month, by when an event occurred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Through {
    Day(Day),
    Month(Month),
}

impl Through {
    /// From its first instant until just before another.
    pub fn bounds(self, calendar: &Calendar) -> (Moment, Moment) {
        match self {
            Through::Day(day) => (calendar.start_of(day), calendar.end_of(day)),
            Through::Month(month) => (calendar.start_of_month(month), calendar.start_of_month(month.plus(1))),
        }
    }
}

/// What a member has earned gross by one kind, through a day or a month that has a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapKey {
    pub kind: EarnKind,
    pub through: Through,
}

impl Cap {
    pub fn is_none(self) -> bool {
        self == Cap::default()
    }

    /// Whether there is one through days or months like this.
    pub fn limits_through(self, through: Through) -> bool {
        match through {
            Through::Day(_) => self.day.is_some(),
            Through::Month(_) => self.month.is_some(),
        }
    }

    /// What is counted for an event of that time, and how far it may go.
    pub fn limits(
        self,
        kind: EarnKind,
        calendar: &Calendar,
        occurred_at: impl Into<Moment>,
    ) -> impl Iterator<Item = (CapKey, Points)> {
        let occurred_at = occurred_at.into();
        let day = self.day.map(|most| (Through::Day(calendar.day(occurred_at)), most));
        let month = self.month.map(|most| (Through::Month(calendar.month(occurred_at)), most));
        day.into_iter().chain(month).map(move |(through, most)| (CapKey { kind, through }, most))
    }

    pub fn faults(self, field: &str) -> Vec<FieldFault> {
        [("day", self.day), ("month", self.month)]
            .into_iter()
            .filter(|(_, most)| most.is_some_and(Points::is_negative))
            .map(|(through, _)| FieldFault::new(format!("{field}.{through}"), Fault::Negative))
            .collect()
    }
}

/// Days that earned points are held back for each kind: shown, but neither available nor counted for the tier.
pub const MOST_HOLDING_DAYS: u16 = 365;

pub fn holding_faults(days: &Kinds<u16>) -> Vec<FieldFault> {
    EarnKind::ALL
        .into_iter()
        .filter(|kind| days.of(*kind) > MOST_HOLDING_DAYS)
        .map(|kind| {
            let most = MOST_HOLDING_DAYS.to_string();
            FieldFault::new(format!("holding.{}", kind.name()), Fault::TooLarge { most })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn day(expiry: Expiry, at: &str) -> String {
        let calendar = Calendar::new(TimeZone::get("Asia/Shanghai").unwrap());
        expiry.day(&calendar, at.parse::<jiff::Timestamp>().unwrap()).map_or("never".to_owned(), |day| day.to_string())
    }

    #[test]
    fn earned_on_31_january_for_a_month_is_available_through_28_february() {
        assert_eq!(day(Expiry::Months(1), "2027-01-31T04:00:00Z"), "2027-02-28");
        assert_eq!(day(Expiry::Months(1), "2028-01-31T04:00:00Z"), "2028-02-29");
        // 1 February already, in the programme's time zone
        assert_eq!(day(Expiry::Months(1), "2027-01-31T16:00:00Z"), "2027-03-01");
    }

    #[test]
    fn a_fixed_day_is_that_of_the_nth_year_after() {
        let year_end = |years| Expiry::Yearly { month: 12, day: 31, years };
        assert_eq!(day(year_end(1), "2026-01-01T00:00:00Z"), "2027-12-31");
        assert_eq!(day(year_end(2), "2026-12-31T15:59:59Z"), "2028-12-31");
        let leap = Expiry::Yearly { month: 2, day: 29, years: 1 };
        assert_eq!(day(leap, "2026-05-01T00:00:00Z"), "2027-02-28");
        assert_eq!(day(leap, "2027-05-01T00:00:00Z"), "2028-02-29");
        assert_eq!(day(Expiry::Never, "2027-05-01T00:00:00Z"), "never");
    }

    #[test]
    fn impossible_expiries_are_refused() {
        assert!(Expiry::Months(0).faults().len() == 1 && Expiry::Months(121).faults().len() == 1);
        assert_eq!(Expiry::Yearly { month: 2, day: 30, years: 0 }.faults().len(), 2);
        assert_eq!(Expiry::Yearly { month: 2, day: 29, years: 1 }.faults(), []);
    }
}
