//! What a tier gives beside points: in words for both languages, and how often, where that is limited.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::numbers::factor::Factor;
use crate::program::Programme;
use crate::refusal::{Fault, FieldFault, Refusal};
use crate::text::{Both, Key};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BenefitKind {
    Discount,
    Gift,
    Repair,
    Service,
    Other,
}

impl BenefitKind {
    pub const ALL: [BenefitKind; 5] =
        [BenefitKind::Discount, BenefitKind::Gift, BenefitKind::Repair, BenefitKind::Service, BenefitKind::Other];

    pub const fn name(self) -> &'static str {
        match self {
            BenefitKind::Discount => "discount",
            BenefitKind::Gift => "gift",
            BenefitKind::Repair => "repair",
            BenefitKind::Service => "service",
            BenefitKind::Other => "other",
        }
    }
}

/// A calendar period in the programme's time zone, after which a quota is fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Month,
    Quarter,
    Year,
}

impl Period {
    pub const ALL: [Period; 3] = [Period::Month, Period::Quarter, Period::Year];

    pub const fn name(self) -> &'static str {
        match self {
            Period::Month => "month",
            Period::Quarter => "quarter",
            Period::Year => "year",
        }
    }

    const fn months(self) -> i8 {
        match self {
            Period::Month => 1,
            Period::Quarter => 3,
            Period::Year => 12,
        }
    }

    /// The first day of the period that holds a day. `None` beyond the calendar, likewise below.
    pub fn first_day(self, day: Date) -> Option<Date> {
        let month = day.month() - (day.month() - 1) % self.months();
        Date::new(day.year(), month, 1).ok()
    }

    /// The period that holds an instant.
    pub fn around(self, zone: &TimeZone, at: Timestamp) -> Option<Span> {
        let first_day = self.first_day(Programme::day(zone, at))?;
        let next_first_day = first_day.checked_add(i32::from(self.months()).months()).ok()?;
        let midnight = |day: Date| zone.to_timestamp(day.at(0, 0, 0, 0)).ok();
        Some(Span { from: midnight(first_day)?, until: midnight(next_first_day)?, next_first_day })
    }
}

/// A period as instants, its end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Timestamp,
    pub until: Timestamp,
    /// The first day of the period after it, where quotas are fresh.
    pub next_first_day: Date,
}

/// How often a benefit can be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    pub count: u32,
    pub period: Period,
}

impl Quota {
    pub const MOST: u32 = 1000;

    /// What is left when this many claims count in the period. The benefit's key is what they count by, whatever tier or
    /// version of the rules they were made under: a smaller quota leaves nothing rather than less, a larger one the difference.
    pub fn left(self, claimed: u32) -> u32 {
        self.count.saturating_sub(claimed)
    }

    /// Refused: [`Refusal::QuotaUsedUp`].
    pub fn admit(self, claimed: u32, span: Span) -> Result<(), Refusal> {
        match self.left(claimed) {
            0 => Err(Refusal::QuotaUsedUp { count: self.count, again_on: span.next_first_day }),
            _ => Ok(()),
        }
    }
}

/// What a tier gives. What came later is left out where there is none, so that older bodies read and stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benefit {
    pub key: Key,
    pub kind: BenefitKind,
    pub text: Both,
    /// What a discount takes off the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Factor>,
    /// With one it is claimed and used up by a code; without, it just holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
}

impl Benefit {
    pub const MOST_PERCENT: Factor = Factor::whole(100);

    /// What is wrong with it, if anything; `at` is its own path.
    pub fn faults(&self, at: &str) -> Vec<FieldFault> {
        let mut faults = self.text.faults(&format!("{at}.text"), 120);
        if let Some(percent) = self.percent {
            let field = format!("{at}.percent");
            if self.kind != BenefitKind::Discount {
                faults.push(FieldFault::new(field, Fault::NotExpected));
            } else if percent == Factor::ZERO {
                faults.push(FieldFault::new(field, Fault::NotPositive));
            } else {
                faults.extend(percent.fault(&field, Benefit::MOST_PERCENT));
            }
        }
        if let Some(quota) = self.quota {
            let fault = match quota.count {
                0 => Some(Fault::NotPositive),
                1..=Quota::MOST => None,
                _ => Some(Fault::TooLarge { most: Quota::MOST.to_string() }),
            };
            faults.extend(fault.map(|fault| FieldFault::new(format!("{at}.quota.count"), fault)));
        }
        faults
    }

    /// Its quota, which is what makes it something to claim. Refused: [`Refusal::NothingToClaim`].
    pub fn claimable(&self) -> Result<Quota, Refusal> {
        self.quota.ok_or(Refusal::NothingToClaim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap()
    }

    /// `from until next-first-day` of the period around an instant.
    fn check(period: Period, zone: &TimeZone, at: &str, expected: &str) {
        let span = period.around(zone, at.parse().unwrap()).unwrap();
        assert_eq!(format!("{} {} {}", span.from, span.until, span.next_first_day), expected, "{period:?} {at}");
    }

    #[test]
    fn a_period_is_one_of_the_calendar_where_the_programme_is() {
        let zone = shanghai();
        check(Period::Month, &zone, "2026-11-22T10:00:00Z", "2026-10-31T16:00:00Z 2026-11-30T16:00:00Z 2026-12-01");
        check(Period::Quarter, &zone, "2026-11-22T10:00:00Z", "2026-09-30T16:00:00Z 2026-12-31T16:00:00Z 2027-01-01");
        check(Period::Year, &zone, "2026-11-22T10:00:00Z", "2025-12-31T16:00:00Z 2026-12-31T16:00:00Z 2027-01-01");
    }

    #[test]
    fn a_period_ends_with_its_last_microsecond() {
        let zone = shanghai();
        let january = "2026-12-31T16:00:00Z 2027-01-31T16:00:00Z 2027-02-01";
        check(Period::Month, &zone, "2027-01-31T15:59:59.999999Z", january);
        check(Period::Month, &zone, "2026-12-31T16:00:00Z", january);
        check(Period::Month, &zone, "2027-01-31T16:00:00Z", "2027-01-31T16:00:00Z 2027-02-28T16:00:00Z 2027-03-01");
    }

    #[test]
    fn a_leap_day_belongs_to_its_february_and_first_quarter() {
        let zone = shanghai();
        check(Period::Month, &zone, "2028-02-29T12:00:00Z", "2028-01-31T16:00:00Z 2028-02-29T16:00:00Z 2028-03-01");
        check(Period::Quarter, &zone, "2028-02-29T12:00:00Z", "2027-12-31T16:00:00Z 2028-03-31T16:00:00Z 2028-04-01");
    }

    #[test]
    fn a_period_is_as_long_as_its_days_where_clocks_change() {
        let london = TimeZone::get("Europe/London").unwrap();
        check(Period::Month, &london, "2026-10-31T23:30:00Z", "2026-09-30T23:00:00Z 2026-11-01T00:00:00Z 2026-11-01");
        check(Period::Quarter, &london, "2026-03-31T23:00:00Z", "2026-03-31T23:00:00Z 2026-06-30T23:00:00Z 2026-07-01");
    }

    #[test]
    fn every_day_is_in_the_quarter_that_its_month_is_in() {
        let first = |month: i8| Period::Quarter.first_day(Date::new(2027, month, 28).unwrap()).unwrap().month();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(first), [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10]);
    }

    #[test]
    fn a_quota_leaves_the_difference_and_never_less_than_nothing() {
        let quota = |count| Quota { count, period: Period::Month };
        let span = Period::Month.around(&shanghai(), "2026-11-22T10:00:00Z".parse().unwrap()).unwrap();
        assert_eq!([quota(3).left(1), quota(5).left(3), quota(1).left(3)], [2, 2, 0]);
        assert_eq!(quota(2).admit(1, span), Ok(()));
        let again_on = Date::new(2026, 12, 1).unwrap();
        assert_eq!(quota(2).admit(2, span), Err(Refusal::QuotaUsedUp { count: 2, again_on }));
    }

    fn benefit(kind: BenefitKind, percent: Option<&str>, count: Option<u32>) -> Benefit {
        Benefit {
            key: Key::new("b").unwrap(),
            kind,
            text: Both::new("维修", "Repair"),
            percent: percent.map(|percent| percent.parse().unwrap()),
            quota: count.map(|count| Quota { count, period: Period::Year }),
        }
    }

    #[test]
    fn what_is_wrong_with_a_benefit_is_told_by_field() {
        use BenefitKind::*;
        let faults = |benefit: Benefit| benefit.faults("at").iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        for fine in
            [benefit(Discount, Some("12.5"), None), benefit(Discount, Some("100"), Some(1)), benefit(Repair, None, Some(1000))]
        {
            assert_eq!(faults(fine), "");
        }
        for (wrong, field) in [
            (benefit(Discount, Some("0"), None), "at.percent"),
            (benefit(Discount, Some("-5"), None), "at.percent"),
            (benefit(Discount, Some("100.000001"), None), "at.percent"),
            (benefit(Gift, Some("5"), None), "at.percent"),
            (benefit(Gift, None, Some(0)), "at.quota.count"),
            (benefit(Gift, None, Some(1001)), "at.quota.count"),
        ] {
            let told = faults(wrong);
            assert!(told.starts_with(field) && !told.contains(';'), "{told}");
        }
    }

    #[test]
    fn a_body_from_before_there_were_quotas_reads_and_is_written_as_it_was() {
        let body = r#"{"key":"free-repair","kind":"repair","text":{"zh":"免费维修","en":"Free repair"}}"#;
        let read: Benefit = serde_json::from_str(body).unwrap();
        assert_eq!((read.percent, read.quota), (None, None));
        assert_eq!(serde_json::to_string(&read).unwrap(), body);
        let limited = benefit(BenefitKind::Repair, None, Some(2));
        let body = serde_json::to_string(&limited).unwrap();
        assert!(body.ends_with(r#""quota":{"count":2,"period":"year"}}"#), "{body}");
        assert_eq!(serde_json::from_str::<Benefit>(&body).unwrap(), limited);
    }
}
