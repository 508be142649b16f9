//! Tiers: windows, bases, validity periods and new ladders.

use super::*;

fn windowed(window: Window) -> impl Fn(&mut RuleSet) {
    move |set| set.ladder.window = window
}

#[test]
fn the_passing_of_a_month_takes_it_out_of_the_window() {
    let mut story = Story::new(windowed(Window::Months(3)));
    story.paid_on("2027-01-31", "450").paid_on("2027-02-10", "60");
    assert_eq!(story.tier(), 3);
    story.settle_on("2027-03-31T23:59:59");
    assert_eq!(story.tier(), 3);
    story.settle_on("2027-04-01T00:00:00");
    assert_eq!(story.tier(), 1);
    let change = story.changes.last().unwrap();
    assert_eq!((change.by, change.at), (ChangedBy::Month, at("2027-04-01T00:00:00").into()));
    story.check_ledger();
}

#[test]
fn a_calendar_year_begins_anew() {
    let mut story = Story::new(windowed(Window::CalendarYear));
    story.paid_on("2026-12-31", "600").settle_on("2026-12-31T23:59:59");
    assert_eq!(story.tier(), 3);
    story.paid_on("2027-01-01T00:00:01", "100");
    let ranks: Vec<(u16, u16)> = story.changes.iter().map(|c| (c.from.get(), c.to.get())).collect();
    assert_eq!(ranks, [(1, 3), (3, 1), (1, 2)]);
    story.check_ledger();
}

#[test]
fn a_late_event_counts_in_the_month_when_it_occurred() {
    let mut story = Story::new(windowed(Window::Months(1)));
    story.on("2027-02-10").pay_at(at("2027-01-10"), "500");
    assert_eq!(story.tier(), 1);
    story.pay_at(at("2027-02-01T00:00:00"), "100");
    assert_eq!(story.tier(), 2);
    story.refund(0, "500").unwrap();
    assert_eq!(story.tier(), 2, "the refund counts where the payment did");
    story.check_ledger();
}

#[test]
fn an_event_a_moment_ahead_of_the_clock_counts_when_its_month_begins() {
    let mut story = Story::new(windowed(Window::Months(1)));
    story.on("2027-01-31T23:58:00").pay_at(at("2027-02-01T00:01:00"), "500");
    assert_eq!(story.tier(), 1);
    story.settle_on("2027-02-01T00:00:00");
    assert_eq!(story.tier(), 3);
    story.check_ledger();
}

#[test]
fn held_points_count_in_the_month_of_their_activation() {
    let mut story = Story::new(|set| {
        set.ladder.window = Window::Months(1);
        set.holding.payment = 20;
    });
    story.paid_on("2027-01-20", "500").settle_on("2027-02-09T13:00:00");
    assert_eq!(story.tier(), 3);
    story.refund(0, "450").unwrap();
    assert_eq!(story.tier(), 1);
    story.settle_on("2027-03-02").check("50", "0", "50", 1);
}

#[test]
fn the_amount_spent_can_be_the_basis_net_of_refunds() {
    let mut story = Story::new(|set| {
        set.ladder.basis = Basis::AmountSpent;
        set.ladder.window = Window::Months(2);
        set.alpha = "0.1".parse().unwrap();
        set.holding.payment = 90;
    });
    story.paid_on("2027-01-20", "500");
    assert_eq!(story.tier(), 3);
    story.refund(0, "1").unwrap();
    assert_eq!(story.tier(), 2);
    story.settle_on("2027-03-01T00:00:00");
    assert_eq!(story.tier(), 1);
    story.check_ledger();
}

#[test]
fn the_points_held_can_be_the_basis_and_come_and_go_without_promoting() {
    let mut story = Story::new(|set| {
        set.ladder.basis = Basis::PointsBalance;
        set.ladder.validity = Some(Validity { months: 12, grace_days: 0 });
        set.expiry = Expiry::Months(1);
    });
    story.paid_on("2027-01-10", "90").settle_on("2027-03-01");
    story.pay_at(at("2027-01-10"), "500");
    assert_eq!((story.tier(), story.kinds().len()), (1, 4), "earned and lapsed in one moment");
    story.refund(1, "500").unwrap();
    assert_eq!(story.tier(), 1, "restored and taken back in one moment");
    story.pay("100");
    assert_eq!(story.tier(), 2);
    story.redeem("100").unwrap();
    assert_eq!(story.tier(), 2, "kept for its period");
    story.settle_on("2028-03-02");
    assert_eq!(story.tier(), 1);
    story.check_ledger();
}

fn yearly(grace_days: u16) -> impl Fn(&mut RuleSet) {
    move |set| {
        set.ladder.window = Window::Months(12);
        set.ladder.validity = Some(Validity { months: 12, grace_days });
    }
}

#[test]
fn inside_its_period_nobody_is_demoted_and_at_its_end_the_tier_is_what_was_gathered_in_it() {
    let mut story = Story::new(yearly(0));
    story.paid_on("2027-01-31", "500");
    assert_eq!(story.tier(), 3);
    story.refund(0, "450").unwrap();
    assert_eq!(story.tier(), 3, "a refund demotes nobody inside the period");
    story.paid_on("2027-06-01", "120");
    story.settle_on("2028-01-31T12:00:00");
    assert_eq!(story.tier(), 3);
    story.settle_on("2028-01-31T12:00:01");
    assert_eq!(story.tier(), 2, "gathered 120, the promoting payment excluded");
    assert_eq!(story.changes.last().unwrap().by, ChangedBy::Period);
    assert_eq!(story.account.period.unwrap().end, at("2029-01-31T12:00:01"));
    story.settle_on("2029-02-01");
    assert_eq!(story.tier(), 1, "nothing gathered in the second");
    story.settle_on("2030-02-01");
    assert_eq!(story.account.period, None, "the first tier needs no keeping");
    story.check_ledger();
}

#[test]
fn a_promotion_starts_a_new_period_at_once() {
    let mut story = Story::new(yearly(0));
    story.paid_on("2027-01-31", "100").paid_on("2027-12-31", "450");
    assert_eq!(story.tier(), 3);
    story.settle_on("2028-12-30");
    assert_eq!(story.tier(), 3);
    story.settle_on("2029-01-01");
    assert_eq!(story.tier(), 1);
    story.check_ledger();
}

#[test]
fn a_shortfall_can_be_made_up_in_the_grace_and_counts_for_the_next_period_too() {
    let mut story = Story::new(yearly(30));
    story.paid_on("2027-01-31", "100").paid_on("2027-06-01", "60");
    story.settle_on("2028-02-10");
    assert_eq!(story.tier(), 2, "in its grace");
    story.pay("40");
    story.settle_on("2028-03-10");
    assert_eq!(story.tier(), 2);
    assert_eq!(story.account.period.unwrap().gain.earned, points("40"));
    story.paid_on("2028-06-01", "60").settle_on("2029-03-10");
    assert_eq!(story.tier(), 2, "40 in the grace and 60 since");
    story.settle_on("2030-01-31T13:00:00");
    assert_eq!(story.tier(), 2);
    story.settle_on("2030-03-10");
    assert_eq!(story.tier(), 1);
    story.check_ledger();
}

#[test]
fn a_late_event_re_checks_the_last_period_end_and_can_only_raise() {
    let mut story = Story::new(|set| {
        yearly(0)(set);
        set.ladder.window = Window::Months(3);
    });
    story.paid_on("2027-01-31", "500").paid_on("2027-06-01", "50").settle_on("2028-02-10");
    assert_eq!(story.tier(), 1);
    story.pay_at(at("2027-07-01"), "50");
    assert_eq!(story.tier(), 2);
    assert_eq!(story.account.period.unwrap().end, at("2029-01-31T12:00:01"), "the period runs on");
    story.refund(2, "50").unwrap();
    assert_eq!(story.tier(), 2, "and nothing lowers it inside the period");
    story.check_ledger();
}

#[test]
fn a_new_version_of_the_ladder_re_rates_before_the_next_posting() {
    let later = rules(|set| {
        set.ladder.tiers[1].from = "200".parse().unwrap();
        set.alpha = "2".parse().unwrap();
    });
    let versions = vec![(Timestamp::MIN, rules(|_| ())), (at("2027-02-01"), later)];
    let mut story = Story::under(timeline(versions));
    story.paid_on("2027-01-15", "150").paid_on("2027-02-02", "30");
    story.check("210", "0", "210", 2);
    let ranks: Vec<(u16, u16)> = story.changes.iter().map(|c| (c.from.get(), c.to.get())).collect();
    assert_eq!(ranks, [(1, 2), (2, 1), (1, 2)], "down by the rules, up by the payment");
    assert_eq!(story.changes[1].by, ChangedBy::Rules { version: 2 });
    assert_eq!((story.entries[1].rules, story.changes[1].at), (2, at("2027-02-01").into()));
}

#[test]
fn other_changes_of_the_rules_re_rate_nobody() {
    let named = rules(|set| {
        set.ladder.tiers[1].name.en = "Golden".into();
        set.ladder.tiers[1].benefits.clear();
        set.alpha = "3".parse().unwrap();
    });
    let timeline = timeline(vec![(Timestamp::MIN, rules(|_| ())), (at("2027-02-01"), named)]);
    assert_eq!(timeline.rating_at(at("2027-03-01")), 1);
    let mut story = Story::under(timeline);
    story.paid_on("2027-01-15", "150").settle_on("2027-03-01");
    assert_eq!((story.account.rated_by, story.changes.len()), (1, 1));
}

#[test]
fn a_new_ladder_demotes_inside_a_period_only_if_publishing_says_so() {
    let stricter = |set: &mut RuleSet| {
        yearly(0)(set);
        set.ladder.tiers[1].from = "200".parse().unwrap();
    };
    for demotes in [false, true] {
        let mut versions = timeline(vec![(Timestamp::MIN, rules(yearly(0))), (at("2027-06-01"), rules(stricter))]);
        let calendar = versions.calendar().clone();
        let mut all = versions.own().cloned().collect::<Vec<_>>();
        all[1].demotes = demotes;
        versions = Timeline::new(all, calendar).unwrap();
        let mut story = Story::under(versions);
        story.paid_on("2027-01-31", "150").settle_on("2027-06-02");
        assert_eq!(story.tier(), if demotes { 1 } else { 2 });
        story.settle_on("2028-02-01");
        assert_eq!(story.tier(), 1, "at the end of the period the new ladder decides");
        story.check_ledger();
    }
}

#[test]
fn a_tier_put_in_between_keeps_everybody_by_the_key_of_their_tier() {
    let inserted = |set: &mut RuleSet| {
        yearly(0)(set);
        let mut silver = set.ladder.tiers[0].clone();
        silver.key = crate::text::Key::new("silver").unwrap();
        silver.from = "50".parse().unwrap();
        set.ladder.tiers.insert(1, silver);
    };
    let versions = timeline(vec![(Timestamp::MIN, rules(yearly(0))), (at("2027-06-01"), rules(inserted))]);
    let mut story = Story::under(versions);
    story.paid_on("2027-01-31", "150").refund(0, "150").unwrap();
    story.settle_on("2027-06-02");
    assert_eq!(story.tier(), 3, "Gold is the third now");
    story.check_ledger();
}

#[test]
fn a_validity_that_comes_into_force_starts_a_period_then() {
    let versions = timeline(vec![(Timestamp::MIN, rules(|_| ())), (at("2027-06-01"), rules(yearly(0)))]);
    let mut story = Story::under(versions);
    story.paid_on("2027-01-31", "150").settle_on("2027-06-02");
    assert_eq!((story.tier(), story.account.period.unwrap().start), (2, at("2027-06-01").into()));
    story.check_ledger();
}
