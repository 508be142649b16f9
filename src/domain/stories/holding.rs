//! Points in their holding period.

use super::*;

fn held(days: u16) -> impl Fn(&mut RuleSet) {
    move |set| set.holding.payment = days
}

#[test]
fn held_points_are_shown_and_neither_available_nor_counted_until_they_are_activated() {
    let mut story = Story::new(held(14));
    story.paid_on("2027-01-10T10:00:00", "100");
    assert_eq!(story.account.pending, points("100"));
    story.check("0", "0", "0", 1);
    assert!(story.redeem("1").is_err());
    story.settle_on("2027-01-24T10:00:00").check("0", "0", "0", 1);
    story.settle_on("2027-01-24T10:00:01").check("100", "0", "100", 2);
    assert_eq!(story.entries[1].to_line(), "activate 0.00 pending:1 -100.00,lot:never 100.00");
}

#[test]
fn a_refund_in_the_holding_period_takes_its_own_pending_points_and_leaves_the_basis_alone() {
    let mut story = Story::new(held(14));
    story.paid_on("2027-01-10", "100").paid_on("2027-01-11", "100").refund(0, "40").unwrap();
    assert_eq!(story.entries[2].to_line(), "clawback -40.00 pending:1 -40.00");
    story.settle_on("2027-03-01").check("160", "0", "160", 2);
    story.refund(0, "60").unwrap();
    story.check("100", "0", "100", 2);
}

#[test]
fn a_whole_refund_in_the_holding_period_leaves_nothing_to_activate() {
    let mut story = Story::new(held(14));
    story.paid_on("2027-01-10", "100").refund(0, "100").unwrap();
    story.settle_on("2027-03-01").check("0", "0", "0", 1);
    assert_eq!(story.kinds(), ["earn", "clawback"]);
}

#[test]
fn pending_points_repay_debt_when_they_are_activated_and_not_before() {
    let versions = vec![(Timestamp::MIN, rules(|_| ())), (at("2027-02-01"), rules(held(10)))];
    let mut story = Story::under(timeline(versions));
    story.paid_on("2027-01-10", "100").redeem("100").unwrap();
    story.refund(0, "100").unwrap();
    story.paid_on("2027-02-02", "30");
    assert_eq!((story.account.pending, story.account.debt), (points("30"), points("100")));
    assert_eq!(story.account.balance(), Some(points("-70")));
    story.settle_on("2027-03-01").check("0", "70", "30", 1);
    assert_eq!(story.entries.last().unwrap().moves.to_string(), "pending:4 -30.00,debt 30.00");
}

#[test]
fn held_points_lapse_on_the_day_that_was_fixed_when_they_were_earned() {
    let mut story = Story::new(|set| {
        set.holding.payment = 40;
        set.expiry = Expiry::Months(1);
    });
    story.paid_on("2027-01-10", "100").settle_on("2027-02-19T13:00:00");
    assert_eq!(story.kinds(), ["earn", "activate", "expire"]);
    story.check("0", "0", "100", 2);
}
