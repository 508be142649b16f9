//! Corners of the ledger: what a period's end leaves, caps that begin inside a day, refunds beside another debt.

use super::*;
use crate::ledger::state::Early;

fn yearly(set: &mut RuleSet) {
    set.ladder.validity = Some(Validity { months: 12, grace_days: 0 });
}

fn early(story: &Story) -> Early {
    let last = story.entries.last().unwrap();
    Early { seq: last.seq, last: story.account.last.unwrap().max(last.instant.into()) }
}

mod demotion {
    use super::*;

    /// Gold by 150 in 2027, of which nothing counts in the period; Standard since 31 January 2028.
    fn demoted(change: impl Fn(&mut RuleSet)) -> Story {
        let mut story = Story::new(|set| {
            yearly(set);
            change(set);
        });
        story.paid_on("2027-01-31", "150").settle_on("2028-02-10");
        assert_eq!(story.tier(), 1);
        story
    }

    #[test]
    fn a_demotion_at_a_periods_end_is_not_undone_by_a_cent_although_a_long_window_still_shows_the_old_tier() {
        let mut story = demoted(|_| ());
        story.pay("0.01");
        assert_eq!(story.tier(), 1);
        story.check_ledger();
    }

    #[test]
    fn nor_by_a_lapse_or_the_passing_of_a_month() {
        let mut story = demoted(|set| {
            set.expiry = Expiry::Months(14);
            set.ladder.window = Window::Months(24);
        });
        story.settle_on("2028-04-10");
        assert_eq!((story.tier(), story.kinds()), (1, vec!["earn", "expire"]));
        story.settle_on("2028-12-10");
        assert_eq!(story.tier(), 1);
        story.check_ledger();
    }

    #[test]
    fn the_tier_comes_back_when_what_was_gathered_since_that_period_began_reaches_it() {
        let mut story = demoted(|_| ());
        story.paid_on("2028-06-01", "60").paid_on("2028-07-01", "39.99");
        assert_eq!(story.tier(), 1);
        story.pay("0.01");
        assert_eq!(story.tier(), 2);
        story.check_ledger();
    }

    #[test]
    fn what_was_gathered_in_the_lost_period_counts_towards_it() {
        let mut story = Story::new(yearly);
        story.paid_on("2027-01-31", "150").paid_on("2027-06-01", "70").settle_on("2028-02-10");
        assert_eq!(story.tier(), 1);
        story.pay("29.99");
        assert_eq!(story.tier(), 1);
        story.pay("0.01");
        assert_eq!(story.tier(), 2);
        story.check_ledger();
    }

    #[test]
    fn a_demotion_survives_the_end_of_the_following_periods_too() {
        let mut story = demoted(|_| ());
        for year in 2029..2032 {
            story.settle_on(&format!("{year}-02-10")).pay("0.01");
            assert_eq!(story.tier(), 1, "in {year}");
        }
        story.check_ledger();
    }

    #[test]
    fn a_step_down_by_one_tier_is_kept_too_and_a_kept_period_does_not_undo_it() {
        let mut story = Story::new(yearly);
        story.paid_on("2027-01-31", "1200").paid_on("2027-06-01", "110").settle_on("2028-02-10");
        assert_eq!(story.tier(), 2);
        story.paid_on("2028-06-01", "120").settle_on("2029-02-10");
        assert_eq!(story.tier(), 2, "kept");
        story.pay("1");
        assert_eq!(story.tier(), 2, "1431 in all, 231 since the lost period began");
        story.pay("269");
        assert_eq!(story.tier(), 3);
        story.check_ledger();
    }

    #[test]
    fn whoever_was_never_demoted_is_promoted_by_the_window() {
        let mut story = Story::new(yearly);
        story.paid_on("2027-01-31", "100").paid_on("2027-06-01", "300").settle_on("2028-02-10");
        assert_eq!(story.tier(), 2);
        story.pay("100");
        assert_eq!(story.tier(), 3, "500 in all");
        story.check_ledger();
    }

    #[test]
    fn a_refund_of_the_lost_period_lowers_what_counts_and_rules_without_a_validity_forget_it() {
        let versions = vec![(Timestamp::MIN, rules(yearly)), (at("2028-09-01"), rules(|_| ()))];
        let mut story = Story::under(timeline(versions));
        story.paid_on("2027-01-31", "150").paid_on("2027-06-01", "70").settle_on("2028-02-10").refund(1, "40").unwrap();
        assert_eq!(story.account.floor.unwrap().gain.earned, points("30"));
        story.settle_on("2028-09-02");
        assert_eq!((story.tier(), story.account.floor), (2, None), "by the window alone");
        story.check_ledger();
    }

    #[test]
    fn new_rules_with_a_validity_do_not_undo_it() {
        let stricter = |set: &mut RuleSet| {
            yearly(set);
            set.ladder.tiers[2].from = "600".parse().unwrap();
        };
        let mut story = Story::under(timeline(vec![(Timestamp::MIN, rules(yearly)), (at("2028-09-01"), rules(stricter))]));
        story.paid_on("2027-01-31", "150").settle_on("2028-09-02");
        assert_eq!(story.tier(), 1);
        story.check_ledger();
    }

    #[test]
    fn points_that_are_held_promote_as_they_stand_when_they_are_the_basis() {
        let mut story = Story::new(|set| {
            yearly(set);
            set.ladder.basis = Basis::PointsBalance;
        });
        story.paid_on("2027-01-31", "150").redeem("100").unwrap();
        story.settle_on("2028-02-10");
        assert_eq!(story.tier(), 1);
        story.pay("50");
        assert_eq!(story.tier(), 2);
        story.check_ledger();
    }
}

mod period_ends {
    use super::*;

    /// A payment whose points are held until the very instant when the period ends that another payment began.
    fn activated_at_the_end(grace_days: u16, amount: &str) -> Story {
        let mut story = Story::under(timeline(vec![
            (Timestamp::MIN, rules(|set| set.ladder.validity = Some(Validity { months: 12, grace_days }))),
            (
                at("2027-06-01"),
                rules(|set| {
                    set.ladder.validity = Some(Validity { months: 12, grace_days });
                    set.holding.payment = 30;
                }),
            ),
        ]));
        story.paid_on("2027-01-31T12:00:00", "150");
        assert_eq!(story.account.period.unwrap().end, at("2028-01-31T12:00:01"));
        story.on("2028-01-01T12:00:00").pay(amount);
        assert_eq!(story.account.held.get(&2).unwrap().until, at("2028-01-31T12:00:01"));
        story
    }

    #[test]
    fn an_activation_at_the_very_end_of_a_period_counts_in_the_next_one_only() {
        let mut story = activated_at_the_end(0, "80");
        story.settle_on("2028-02-01");
        let period = story.account.period.unwrap();
        assert_eq!((period.before.unwrap().gain.earned, period.gain.earned), (Points::ZERO, points("80")));
        assert_eq!(story.tier(), 1);
        story.check_ledger();
    }

    #[test]
    fn it_may_earn_the_tier_anew_at_once() {
        let mut story = activated_at_the_end(0, "120");
        story.settle_on("2028-02-01");
        let changes: Vec<_> = story.changes.iter().map(|c| (c.from.get(), c.to.get(), c.by)).collect();
        assert_eq!(changes, [(1, 2, ChangedBy::Entry), (2, 1, ChangedBy::Period), (1, 2, ChangedBy::Entry)]);
        assert_eq!(story.account.period.unwrap().start, at("2028-01-31T12:00:01"));
        story.settle_on("2029-02-01");
        assert_eq!(story.tier(), 1, "what promoted does not count in the period it began");
        story.check_ledger();
    }

    #[test]
    fn in_the_grace_it_counts_like_everything_in_the_grace() {
        let mut story = activated_at_the_end(10, "120");
        story.settle_on("2028-02-11");
        let period = story.account.period.unwrap();
        assert_eq!((period.before.unwrap().gain.earned, period.gain.earned), (points("120"), points("120")));
        assert_eq!(story.tier(), 2);
        story.check_ledger();
    }

    #[test]
    fn a_promotion_does_not_keep_a_late_event_from_re_checking_the_last_period_end() {
        let mut story = Story::new(|set| {
            yearly(set);
            set.ladder.window = Window::Months(3);
        });
        story.paid_on("2027-01-31", "500").paid_on("2027-06-01", "50").settle_on("2028-02-10");
        assert_eq!(story.tier(), 1);
        story.paid_on("2028-03-01", "100");
        assert_eq!(story.tier(), 2);
        story.pay_at(at("2027-07-01"), "450");
        assert_eq!(story.tier(), 3, "500 in the period that ended");
        assert_eq!(story.account.period.unwrap().start, at("2028-03-01T12:00:01"), "the period runs on");
        story.check_ledger();
    }
}

mod forgiving {
    use super::*;

    /// Debt of 50 by a payment under rules that keep debts, then rules that forgive, and a payment of 80 that lapsed.
    fn indebted() -> Story {
        let mut story = Story::under(timeline(vec![
            (Timestamp::MIN, rules(|_| ())),
            (
                at("2027-03-01"),
                rules(|set| {
                    set.shortfall = Shortfall::Forgive;
                    set.expiry = Expiry::Months(1);
                }),
            ),
        ]));
        story.paid_on("2027-01-10", "50");
        story.paid_on("2027-03-10", "80").settle_on("2027-05-01");
        assert_eq!(story.lots(), "never 50.00");
        story.redeem("50").unwrap();
        story.refund(0, "50").unwrap();
        story.check("0", "50", "80", 1);
        story
    }

    #[test]
    fn refunding_a_lapsed_payment_does_not_pay_another_payments_debt() {
        let mut story = indebted();
        story.refund(1, "80").unwrap();
        story.check("0", "50", "0", 1);
        let moves: Vec<String> = story.entries[5..].iter().map(|entry| entry.moves.to_string()).collect();
        assert_eq!(moves, ["debt 50.00,lot:2027-04-10 30.00", "lot:2027-04-10 -30.00,debt -50.00"]);
    }

    #[test]
    fn in_parts_it_comes_to_the_same() {
        let mut story = indebted();
        for part in ["20", "35", "25"] {
            story.refund(1, part).unwrap();
            story.check("0", "50", &story.account.earned.to_string(), 1);
        }
        story.check("0", "50", "0", 1);
    }

    #[test]
    fn what_it_is_short_of_itself_is_still_forgiven() {
        let mut story = Story::new(|set| {
            set.shortfall = Shortfall::Forgive;
            set.expiry = Expiry::Months(1);
        });
        story.paid_on("2027-01-31", "100").redeem("60").unwrap();
        story.settle_on("2027-03-05").refund(0, "100").unwrap();
        story.check("0", "0", "0", 1);
    }

    #[test]
    fn a_ledger_that_was_made_when_it_did_can_still_be_made_again() {
        let mut story = indebted();
        story.account.early = Some(Early { seq: i64::MAX, last: Moment::MAX });
        story.refund(1, "80").unwrap();
        assert_eq!(story.account.debt, Points::ZERO);
        let gate = early(&story);
        story.account.early = Some(gate);
        story.check_replay();
        story.paid_on("2027-06-10", "10");
        story.check_replay();
    }
}

mod caps_begin {
    use super::*;

    fn capped(day: Option<&str>, month: Option<&str>) -> RuleSet {
        rules(|set| set.caps.payment = Cap { day: day.map(points), month: month.map(points) })
    }

    #[test]
    fn a_cap_that_begins_inside_a_day_counts_what_was_earned_before_it_that_day() {
        for (start, room) in [("2027-01-10T15:00:00", "30"), ("2027-01-10T00:00:00", "30"), ("2027-01-10T23:59:00", "30")] {
            let mut story =
                Story::under(timeline(vec![(Timestamp::MIN, rules(|_| ())), (at(start), capped(Some("100"), None))]));
            story.paid_on("2027-01-09T23:59:58", "500").on("2027-01-10T23:59:00");
            story.pay_at(at("2027-01-10T00:00:00"), "70").pay_at(at("2027-01-10T23:59:30"), "70");
            assert_eq!(story.entries[2].points, points(room), "from {start}");
            story.paid_on("2027-01-11T00:00:00", "90");
            assert_eq!(story.entries[3].points, points("90"), "the next day is another");
            story.check_ledger();
        }
    }

    #[test]
    fn a_cap_that_begins_inside_a_month_counts_that_month() {
        let mut story =
            Story::under(timeline(vec![(Timestamp::MIN, rules(|_| ())), (at("2027-01-20"), capped(None, Some("100")))]));
        story.paid_on("2026-12-31T23:59:58", "500").paid_on("2027-01-02", "30").paid_on("2027-01-10", "30");
        story.refund(1, "30").unwrap();
        story.paid_on("2027-01-20T12:00:00", "70");
        assert_eq!(story.entries[4].points, points("40"), "gross: the refund gives no room back");
        story.paid_on("2027-02-01T00:00:00", "70");
        assert_eq!(story.entries[5].points, points("70"));
        story.check_ledger();
    }

    #[test]
    fn a_cap_that_comes_back_counts_what_was_earned_without_it() {
        let sets = vec![
            (Timestamp::MIN, capped(Some("100"), None)),
            (at("2027-01-10T09:00:00"), capped(None, None)),
            (at("2027-01-10T18:00:00"), capped(Some("100"), None)),
        ];
        let mut story = Story::under(timeline(sets));
        story.paid_on("2027-01-10T08:00:00", "20").paid_on("2027-01-10T10:00:00", "65").paid_on("2027-01-10T18:00:00", "50");
        assert_eq!(story.entries[2].points, points("15"));
        // late, and under the first version
        story.pay_at(at("2027-01-10T08:30:00"), "10");
        assert_eq!(story.entries[3].points, Points::ZERO);
        story.check_ledger();
    }

    #[test]
    fn a_day_is_the_programmes_also_when_its_clocks_change() {
        let calendar = Calendar::new(TimeZone::get("Europe/Berlin").unwrap());
        let compile = |set, n, from| Rules::compile(set, n, from, cny("1").currency()).unwrap();
        let utc = |text: &str| text.parse::<Timestamp>().unwrap();
        // 31 October 2027 has 25 hours there, 28 March 23
        for (start, first, last, next) in [
            ("2027-10-31T12:00:00Z", "2027-10-30T22:00:00Z", "2027-10-31T22:59:59Z", "2027-10-31T23:00:00Z"),
            ("2027-03-28T12:00:00Z", "2027-03-27T23:00:00Z", "2027-03-28T21:59:59Z", "2027-03-28T22:00:00Z"),
        ] {
            let versions = vec![compile(rules(|_| ()), 1, Timestamp::MIN), compile(capped(Some("100"), None), 2, utc(start))];
            let mut story = Story::under(Timeline::new(versions, calendar.clone()).unwrap());
            story.now = utc(next);
            for (time, expected) in [(first, "70"), (last, "30"), (next, "70")] {
                story.pay_at(utc(time), "70");
                assert_eq!(story.entries.last().unwrap().points, points(expected), "{time}");
            }
            story.check_replay();
        }
    }
}
