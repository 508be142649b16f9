//! What a rule set says of time, by the example of one day: when points of that day become available and lapse, what counts for
//! a tier while it runs, how long a tier that is reached then is kept.

use jiff::civil::Date;

use crate::numbers::calendar::Month;
use crate::numbers::time::Day;
use crate::rules::rule_set::RuleSet;
use crate::rules::terms::EarnKind;
use crate::rules::window::Window;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasting {
    pub today: Date,
    pub kinds: [Lasts; 3],
    /// The first and the last day that counts; `None` if all that ever was does.
    pub window: Option<(Date, Date)>,
    pub kept: Option<Kept>,
}

/// What becomes of points of one kind that are earned on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasts {
    pub kind: EarnKind,
    /// `None`: at once.
    pub available_on: Option<Date>,
    /// `None`: for ever.
    pub good_through: Option<Date>,
}

/// A tier that is reached on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    pub until: Date,
    /// Until when a shortfall can still be made up, if there is such a time.
    pub grace_until: Option<Date>,
}

impl Lasting {
    pub fn of(set: &RuleSet, today: Date) -> Lasting {
        let month = Month::of(today);
        let last = match set.ladder.window {
            Window::CalendarYear => month.january().plus(11),
            Window::Lifetime | Window::Months(_) => month,
        };
        let window = set.ladder.window.first(month).and_then(|first| Some((first.first_day()?, last.last_day()?)));
        let kept = set.ladder.validity.map(|validity| {
            let until = Day::from(today).months_after(validity.months).date();
            Kept { until, grace_until: (validity.grace_days > 0).then(|| days_after(until, validity.grace_days)) }
        });
        let kinds = EarnKind::ALL.map(|kind| {
            let days = set.holding.of(kind);
            let available_on = (days > 0).then(|| days_after(today, days));
            Lasts { kind, available_on, good_through: set.expiry.day_of(today.into()).map(Day::date) }
        });
        Lasting { today, kinds, window, kept }
    }

    /// Whether points of every kind become available on the same day.
    pub fn is_same_for_all(&self) -> bool {
        self.kinds.iter().all(|lasts| lasts.available_on == self.kinds[0].available_on)
    }
}

/// Day by day: there are a year's at most, and a browser needs no arithmetic of dates for it.
fn days_after(day: Date, days: u16) -> Date {
    (0..days).try_fold(day, |day, _| day.tomorrow()).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::period::Validity;
    use crate::rules::terms::Expiry;

    fn on(change: impl FnOnce(&mut RuleSet)) -> Lasting {
        let mut set = RuleSet::default();
        change(&mut set);
        Lasting::of(&set, jiff::civil::date(2026, 11, 25))
    }

    #[test]
    fn by_default_points_are_there_at_once_and_for_ever_and_a_tier_follows_every_change() {
        let lasting = on(|_| ());
        assert!(lasting.is_same_for_all() && lasting.window.is_none() && lasting.kept.is_none());
        assert_eq!((lasting.kinds[0].available_on, lasting.kinds[0].good_through), (None, None));
    }

    #[test]
    fn days_and_months_are_counted_as_the_ledger_counts_them() {
        let lasting = on(|set| {
            set.expiry = Expiry::Months(3);
            set.holding.payment = 14;
            set.ladder.window = Window::Months(12);
            set.ladder.validity = Some(Validity { months: 12, grace_days: 7 });
        });
        let text = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        assert_eq!(text(lasting.kinds[0].available_on), "2026-12-09");
        assert_eq!(text(lasting.kinds[1].available_on), "");
        assert_eq!(text(lasting.kinds[0].good_through), "2027-02-25");
        let (first, last) = lasting.window.unwrap();
        assert_eq!((first.to_string(), last.to_string()), ("2025-12-01".into(), "2026-11-30".into()));
        let kept = lasting.kept.unwrap();
        assert_eq!((kept.until.to_string(), text(kept.grace_until)), ("2027-11-25".into(), "2027-12-02".into()));
        assert!(!lasting.is_same_for_all());
        let year = on(|set| set.ladder.window = Window::CalendarYear).window.unwrap();
        assert_eq!((year.0.to_string(), year.1.to_string()), ("2026-01-01".into(), "2026-12-31".into()));
    }
}
