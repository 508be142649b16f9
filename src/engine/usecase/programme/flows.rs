//! What came and went in spans of time: totals by day put into buckets, and the points outstanding at the end of each.

use jiff::ToSpan;
use jiff::civil::Date;
use laurel_domain::ledger::entry::EntryKind;
use laurel_domain::numbers::calendar::{Month, day_number};
use laurel_domain::numbers::points::Points;

use crate::store::totals::{Flow, Totals};

/// What a report looks at; the day it is made is the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    Days30,
    Days90,
    #[default]
    Year,
    Ever,
}

/// Of all there ever was, no more months are drawn than these.
const MOST_MONTHS: i32 = 60;

impl Span {
    pub const ALL: [Span; 4] = [Span::Days30, Span::Days90, Span::Year, Span::Ever];

    pub const fn name(self) -> &'static str {
        match self {
            Span::Days30 => "30d",
            Span::Days90 => "90d",
            Span::Year => "12m",
            Span::Ever => "all",
        }
    }

    pub fn named(name: &str) -> Option<Span> {
        Span::ALL.into_iter().find(|span| span.name() == name)
    }

    /// The first day of the span, and of the one before that it is compared with. `None` since ever.
    pub(super) fn first_days(self, today: Date) -> Option<[Date; 2]> {
        let back = |days: i32| today.saturating_sub(days.days());
        let month = |back: i32| Month::of(today).plus(-back).first_day().unwrap_or(today);
        match self {
            Span::Days30 => Some([back(29), back(59)]),
            Span::Days90 => Some([back(89), back(179)]),
            Span::Year => Some([month(11), month(23)]),
            Span::Ever => None,
        }
    }

    pub(super) const fn is_by_month(self) -> bool {
        matches!(self, Span::Year | Span::Ever)
    }

    /// The days up to today, one by one or month by month; `first` is the first on which anything happened.
    fn buckets(self, today: Date, first: Date) -> Vec<[Date; 2]> {
        let from = self.first_days(today).map_or(first, |[from, _]| from);
        if !self.is_by_month() {
            let days = (0..).map(|n: i32| from.saturating_add(n.days()));
            return days.take_while(|day| *day <= today).map(|day| [day, day]).collect();
        }
        let (first, last) = (Month::of(from), Month::of(today));
        let first = first.max(last.plus(1 - MOST_MONTHS));
        let months = (first.number()..=last.number()).map(Month::from_number);
        months.filter_map(|month| Some([month.first_day()?, month.last_day()?.min(today)])).collect()
    }
}

/// Points by what happened to them; none is negative but `adjusted`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    pub issued: Points,
    pub clawed_back: Points,
    /// Less what came back.
    pub redeemed: Points,
    pub expired: Points,
    pub adjusted: Points,
    pub events: i64,
}

impl Flows {
    fn add(&mut self, kind: EntryKind, flow: Flow) {
        let plus = |sum: &mut Points, hundredths: i64| {
            *sum = Points::from_hundredths(sum.hundredths().saturating_add(hundredths));
        };
        match kind {
            EntryKind::Earn => plus(&mut self.issued, flow.points),
            EntryKind::Clawback => plus(&mut self.clawed_back, flow.points.saturating_neg()),
            EntryKind::Redeem | EntryKind::Restore => plus(&mut self.redeemed, flow.points.saturating_neg()),
            EntryKind::Expire => plus(&mut self.expired, flow.points.saturating_neg()),
            EntryKind::Adjust => plus(&mut self.adjusted, flow.points),
            EntryKind::Activate => (),
        }
        self.events = self.events.saturating_add(flow.events);
    }

    pub fn is_nothing(self) -> bool {
        self == Flows::default()
    }
}

/// A span of days, what happened in it, and what was outstanding when it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub first: Date,
    pub last: Date,
    pub flows: Flows,
    pub outstanding: Points,
}

/// What happened from one day through another.
pub(super) fn between(totals: &Totals, first: Date, last: Date) -> Flows {
    let mut flows = Flows::default();
    let days = i64::from(day_number(first))..=i64::from(day_number(last));
    for ((day, kind), flow) in &totals.flows {
        if days.contains(day) {
            flows.add(*kind, *flow);
        }
    }
    flows
}

/// Oldest first. Works back from what is outstanding now, so that it needs no flow from before the span.
pub(super) fn buckets(totals: &Totals, span: Span, today: Date, outstanding: Points) -> Vec<Bucket> {
    let first = totals.flows.keys().map(|(day, _)| *day).min();
    let first = first.and_then(|day| laurel_domain::numbers::calendar::day_of_number(i32::try_from(day).ok()?));
    let mut left = outstanding.hundredths();
    let mut after = i64::MAX;
    let mut buckets: Vec<Bucket> = Vec::new();
    for [first, last] in span.buckets(today, first.unwrap_or(today)).into_iter().rev() {
        let [start, end] = [first, last].map(|day| i64::from(day_number(day)));
        // what came after the end of this bucket was not there then
        let since: i64 = totals
            .flows
            .range((end + 1, EntryKind::ALL[0])..)
            .filter(|((day, _), _)| *day < after)
            .map(|(_, flow)| flow.points)
            .sum();
        left = left.saturating_sub(since);
        after = end + 1;
        debug_assert!(start <= end);
        buckets.push(Bucket { first, last, flows: between(totals, first, last), outstanding: Points::from_hundredths(left) });
    }
    buckets.reverse();
    buckets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(flows: &[(&str, EntryKind, i64)]) -> Totals {
        let mut totals = Totals::default();
        for (day, kind, points) in flows {
            let day = i64::from(day_number(day.parse().expect("a day")));
            totals.flows.insert((day, *kind), Flow { entries: 1, events: 1, points: points * 100 });
        }
        totals
    }

    const TODAY: Date = jiff::civil::date(2026, 11, 22);

    fn outstanding(buckets: &[Bucket]) -> Vec<i64> {
        buckets.iter().map(|bucket| bucket.outstanding.hundredths() / 100).collect()
    }

    #[test]
    fn what_was_outstanding_at_the_end_of_each_month_is_worked_out_backwards() {
        let totals = totals(&[
            ("2026-09-30", EntryKind::Earn, 100),
            ("2026-10-01", EntryKind::Redeem, -30),
            ("2026-10-31", EntryKind::Restore, 10),
            ("2026-11-22", EntryKind::Earn, 5),
        ]);
        let year = buckets(&totals, Span::Year, TODAY, "85".parse().unwrap());
        assert_eq!(year.len(), 12);
        assert_eq!(outstanding(&year)[9..], [100, 80, 85]);
        assert_eq!(outstanding(&year)[0], 0, "before anything happened there was nothing");
        assert_eq!((year[10].flows.redeemed.to_string(), year[11].flows.issued.to_string()), ("20.00".into(), "5.00".into()));
        let ever = buckets(&totals, Span::Ever, TODAY, "85".parse().unwrap());
        assert_eq!((ever.len(), ever[0].first.to_string().as_str(), ever[2].last), (3, "2026-09-01", TODAY));
    }

    #[test]
    fn thirty_days_are_thirty_buckets_and_compare_with_the_thirty_before() {
        let totals = totals(&[("2026-10-23", EntryKind::Earn, 7), ("2026-10-24", EntryKind::Earn, 9)]);
        let days = buckets(&totals, Span::Days30, TODAY, "16".parse().unwrap());
        assert_eq!((days.len(), days[0].first.to_string().as_str(), days[29].last), (30, "2026-10-24", TODAY));
        let [first, before] = Span::Days30.first_days(TODAY).unwrap();
        assert_eq!(between(&totals, first, TODAY).issued.to_string(), "9.00");
        assert_eq!(between(&totals, before, first.yesterday().unwrap()).issued.to_string(), "7.00");
    }

    #[test]
    fn an_empty_programme_has_one_empty_month() {
        let ever = buckets(&Totals::default(), Span::Ever, TODAY, Points::ZERO);
        assert_eq!((ever.len(), ever[0].flows.is_nothing()), (1, true));
    }
}
