//! What an imported history earns: the same whatever due work was posted between two imports, and however they were cut.

use super::any_history::any_rules;
use super::*;

/// An event of an import: kind, when it occurred, amount or the payment that it refunds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Happened {
    Paid { at: Timestamp, minor: i64 },
    Refunded { at: Timestamp, of: usize, minor: i64 },
    Reviewed { at: Timestamp },
}

impl Happened {
    fn at(self) -> Timestamp {
        match self {
            Happened::Paid { at, .. } | Happened::Refunded { at, .. } | Happened::Reviewed { at } => at,
        }
    }
}

impl Story {
    /// Attaches what a batch with these events has to know of the member.
    pub(super) fn look_back(&mut self, events: &[Happened]) {
        let is_late = |event: &Happened| self.account.last.is_some_and(|last| Moment::from(event.at()) <= last);
        if events.iter().any(is_late) {
            let (member, early) = (self.account.member, self.account.early);
            let history = History::of(member, &self.entries, &self.late, early, &self.timeline).unwrap();
            self.account.history = Some(Box::new(history));
        }
    }

    /// One batch of an import of history.
    pub(super) fn import(&mut self, events: &[Happened]) -> &mut Story {
        self.look_back(events);
        for event in events {
            let at = event.at();
            match *event {
                Happened::Paid { minor, .. } => {
                    let amount = Money::from_minor(minor, cny("1").currency()).unwrap();
                    let posted = self
                        .post_as_of(at, at, |account, on, key, changes| account.pay(on, key, amount, Scene::Other, changes));
                    posted.unwrap();
                    let is_payment = |entry: &Entry| matches!(entry.cause, Cause::Payment { .. });
                    self.payments.push((self.entries.iter().rposition(is_payment).unwrap(), 0));
                }
                Happened::Refunded { of, minor, .. } if of < self.payments.len() => {
                    let paid = self.payment(of);
                    let minor = minor.min(paid.amount.minor() - paid.refunded.minor());
                    if minor > 0 {
                        let amount = Money::from_minor(minor, cny("1").currency()).unwrap();
                        self.post_as_of(at, at, |account, on, key, _| account.refund(on, key, &paid, amount)).unwrap();
                        self.payments[of].1 += minor;
                    }
                }
                Happened::Refunded { .. } => (),
                Happened::Reviewed { .. } => {
                    self.post_as_of(at, at, |account, on, key, _| account.review(on, key, Hash::NONE)).unwrap();
                }
            }
        }
        self.account.history = None;
        self
    }

    fn earned(&self) -> Vec<Points> {
        let earned = |entry: &&Entry| entry.kind == EntryKind::Earn;
        self.entries.iter().filter(earned).map(|entry| entry.points).collect()
    }
}

fn paid(at: Timestamp, amount: &str) -> Happened {
    Happened::Paid { at, minor: cny(amount).minor() }
}

fn doubling(set: &mut RuleSet) {
    set.ladder.tiers[3].multiplier = "2".parse().unwrap();
}

#[test]
fn a_promotion_counts_from_when_it_occurred_although_a_lapse_was_posted_before_it_was_imported() {
    for job in [false, true] {
        let mut story = Story::new(|set| {
            doubling(set);
            set.expiry = Expiry::Months(1);
        });
        story.import(&[paid(at("2027-01-01"), "50")]);
        if job {
            story.settle_on("2027-03-01");
        }
        story.import(&[paid(at("2027-01-10"), "1000"), paid(at("2027-01-20"), "100")]);
        assert_eq!(story.account.earned, points("1250"), "with a job: {job}");
        assert_eq!(story.late.len(), if job { 2 } else { 0 });
        story.check_ledger();
    }
}

#[test]
fn a_promotion_imported_late_begins_its_period_when_it_occurred() {
    for job in [false, true] {
        let mut story = Story::new(|set| {
            doubling(set);
            set.expiry = Expiry::Months(1);
            set.ladder.validity = Some(Validity { months: 12, grace_days: 0 });
        });
        story.import(&[paid(at("2027-01-01"), "50")]);
        if job {
            story.settle_on("2027-06-01");
        }
        story.import(&[paid(at("2027-01-10"), "1000")]);
        story.import(&[paid(at("2028-01-05"), "10"), paid(at("2028-02-01"), "10")]);
        assert_eq!(story.earned()[2..], [points("20"), points("10")], "with a job: {job}");
        story.check_ledger();
    }
}

#[test]
fn a_held_payment_that_is_refunded_late_has_promoted_nobody() {
    for job in [false, true] {
        let mut story = Story::new(|set| {
            doubling(set);
            set.holding.payment = 10;
            set.ladder.validity = Some(Validity { months: 12, grace_days: 0 });
        });
        story.import(&[paid(at("2027-01-01"), "1000")]);
        if job {
            story.settle_on("2027-02-01");
        }
        story.import(&[Happened::Refunded { at: at("2027-01-05"), of: 0, minor: 100_000 }, paid(at("2027-03-01"), "100")]);
        assert_eq!((story.earned()[1], story.tier()), (points("100"), 1), "with a job: {job}");
        story.check_ledger();
    }
}

#[test]
fn by_the_points_held_a_late_promotion_counts_from_when_it_occurred() {
    for job in [false, true] {
        let mut story = Story::new(|set| {
            doubling(set);
            set.ladder.basis = Basis::PointsBalance;
            set.expiry = Expiry::Months(1);
        });
        story.import(&[paid(at("2027-01-01"), "50")]);
        if job {
            story.settle_on("2027-02-05");
        }
        story.import(&[paid(at("2027-01-10"), "1000"), paid(at("2027-01-20"), "100")]);
        story.check_ledger();
        assert_eq!(story.account.earned, points("1250"), "with a job: {job}");
    }
}

pub(super) fn happened() -> impl Strategy<Value = Happened> {
    // hours since the beginning of 2026
    let time = prop_oneof![3 => 0..9_000_i64, 1 => 0..20_000_i64];
    let at = |hours: i64| at("2026-01-01").checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
    prop_oneof![
        6 => (time.clone(), 1..60_000_i64).prop_map(move |(hours, minor)| Happened::Paid { at: at(hours), minor }),
        2 => (time.clone(), 0..6_usize, 1..60_000_i64).prop_map(move |(h, of, minor)| Happened::Refunded { at: at(h), of, minor }),
        1 => time.prop_map(move |hours| Happened::Reviewed { at: at(hours) }),
    ]
}

fn multiplied(set: RuleSet, (gold, diamond): (i64, i64)) -> RuleSet {
    let mut set = set;
    set.ladder.tiers[1].multiplier = crate::numbers::factor::Factor::from_millionths(gold);
    set.ladder.tiers[2].multiplier = crate::numbers::factor::Factor::from_millionths(diamond);
    set.ladder.tiers[3].multiplier = "3".parse().unwrap();
    set
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_a_history_earns_depends_neither_on_jobs_between_imports_nor_on_how_they_are_cut(
        mut events in prop::collection::vec(happened(), 1..30), sorted in any::<bool>(),
        first in any_rules(), second in any_rules(), multipliers in (0..4_000_000_i64, 0..4_000_000_i64),
        demotes in any::<bool>(), kept_hours in prop::option::of(1..20_000_i64), jobs in prop::collection::vec((1..8_usize, 0..20_000_i64), 1..12),
        live in prop::collection::vec((20_001..30_000_i64, 1..40_000_i64), 0..4),
    ) {
        if sorted {
            events.sort_by_key(|event| event.at());
        }
        let versions = vec![(Timestamp::MIN, multiplied(first, multipliers)), (at("2026-09-30"), multiplied(second, multipliers))];
        let mut all = timeline(versions).own().cloned().collect::<Vec<_>>();
        all[1].demotes = demotes;
        all[1].keeps_until = kept_hours.map(|hours| at("2026-09-30").checked_add(jiff::SignedDuration::from_hours(hours)).unwrap().into());
        let versions = Timeline::new(all, Calendar::new(TimeZone::get("Asia/Shanghai").unwrap())).unwrap();
        let hours = |hours: i64| at("2026-01-01").checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
        // live payments after all of it, late or not
        let goes_on = |story: &mut Story| {
            for (now, minor) in &live {
                story.now = story.now.max(hours(*now));
                story.pay(&Money::from_minor(*minor, cny("1").currency()).unwrap().amount());
            }
            story.now = hours(40_000);
            story.settle().check_ledger();
            (story.earned(), story.tier())
        };

        let mut at_once = Story::under(versions.clone());
        at_once.import(&events);
        at_once.now = hours(20_000);
        let expected = goes_on(&mut at_once);

        let mut cut = Story::under(versions);
        let mut rest = events.as_slice();
        let mut jobs = jobs.into_iter().cycle();
        while !rest.is_empty() {
            let (size, until) = jobs.next().unwrap();
            let (batch, left) = rest.split_at(size.min(rest.len()));
            cut.import(batch);
            cut.now = hours(until);
            cut.settle();
            rest = left;
        }
        cut.now = hours(20_000);
        prop_assert_eq!(goes_on(&mut cut), expected);
    }
}
