//! Lots: what lapses when, and which lot is drawn from.

use super::*;

fn monthly(set: &mut RuleSet) {
    set.expiry = Expiry::Months(1);
}

#[test]
fn points_are_available_through_the_end_of_their_last_day() {
    let mut story = Story::new(monthly);
    story.paid_on("2027-01-31", "100");
    assert_eq!(story.lots(), "2027-02-28 100.00");
    story.settle_on("2027-02-28T23:59:59").check("100", "0", "100", 2);
    story.settle_on("2027-03-01T00:00:00").check("0", "0", "100", 2);
    assert_eq!(story.entries[1].to_line(), "expire -100.00 lot:2027-02-28 -100.00");
    assert_eq!(story.entries[1].occurred_at, at("2027-03-01T00:00:00"));
}

#[test]
fn a_cancelled_redemption_goes_back_to_its_lots_and_what_has_lapsed_meanwhile_lapses_at_once() {
    let mut story = Story::new(monthly);
    story.paid_on("2026-12-31", "50").paid_on("2027-01-20", "80");
    assert_eq!(story.lots(), "2027-01-31 50.00, 2027-02-20 80.00");
    story.redeem("60").unwrap();
    assert_eq!(story.lots(), "2027-02-20 70.00");
    story.on("2027-02-05").restore(2);
    assert_eq!(story.lots(), "2027-02-20 80.00");
    assert_eq!(story.kinds(), ["earn", "earn", "redeem", "restore", "expire"]);
    assert_eq!(story.entries[3].moves.to_string(), "lot:2027-01-31 50.00,lot:2027-02-20 10.00");
    assert_eq!(story.entries[4].moves.to_string(), "lot:2027-01-31 -50.00");
    story.check("80", "0", "130", 2);
}

#[test]
fn what_never_expires_is_spent_last() {
    let set = |expiry| rules(|set| set.expiry = expiry);
    let versions = vec![(Timestamp::MIN, set(Expiry::Never)), (at("2027-01-01"), set(Expiry::Months(12)))];
    let mut story = Story::under(timeline(versions));
    story.paid_on("2026-05-01", "100").paid_on("2027-05-01", "40").paid_on("2027-03-01", "30");
    assert_eq!(story.lots(), "2028-03-01 30.00, 2028-05-01 40.00, never 100.00");
    story.redeem("50").unwrap();
    assert_eq!(story.lots(), "2028-05-01 20.00, never 100.00");
    story.redeem("50").unwrap();
    story.check("70", "0", "170", 2);
    assert_eq!(story.lots(), "never 70.00");
}

#[test]
fn a_late_event_puts_points_into_a_lapsed_lot_and_they_lapse_at_once() {
    let mut story = Story::new(monthly);
    story.paid_on("2027-01-31", "10").settle_on("2027-03-05");
    story.pay_at(at("2027-01-31"), "20");
    assert_eq!(story.kinds(), ["earn", "expire", "earn", "expire"]);
    story.check("0", "0", "30", 1);
}

#[test]
fn what_lapsed_out_of_the_payments_own_lot_is_not_owed() {
    let mut story = Story::new(monthly);
    story.paid_on("2027-01-31", "100").settle_on("2027-03-05").refund(0, "100").unwrap();
    assert_eq!(story.kinds(), ["earn", "expire", "restore", "clawback"]);
    story.check("0", "0", "0", 1);
    assert_eq!(story.account.balance(), Some(Points::ZERO));
}

#[test]
fn of_two_payments_in_one_lapsed_lot_only_what_lapsed_is_restored() {
    let mut story = Story::new(monthly);
    story.paid_on("2027-01-31", "100").pay("100").redeem("150").unwrap();
    story.settle_on("2027-03-05").refund(0, "100").unwrap();
    story.check("0", "50", "100", 2);
    story.refund(1, "100").unwrap();
    story.check("0", "150", "0", 1);
}

#[test]
fn a_refund_takes_its_own_lot_before_the_one_that_expires_first() {
    let mut story = Story::new(monthly);
    story.paid_on("2027-01-10", "100").paid_on("2027-01-20", "100").refund(1, "30").unwrap();
    assert_eq!(story.lots(), "2027-02-10 100.00, 2027-02-20 70.00");
    story.redeem("150").unwrap();
    story.refund(1, "70").unwrap();
    assert_eq!(story.entries.last().unwrap().moves.to_string(), "lot:2027-02-20 -20.00,debt -50.00");
    story.check("0", "50", "100", 2);
}

#[test]
fn points_restored_while_there_is_debt_repay_it_with_what_expires_first() {
    let mut story = Story::new(monthly);
    story.paid_on("2027-01-10", "100").paid_on("2027-01-20", "100").redeem("200").unwrap();
    story.refund(0, "60").unwrap();
    story.check("0", "60", "140", 2);
    story.restore(2);
    assert_eq!(story.lots(), "2027-02-10 40.00, 2027-02-20 100.00");
    story.check("140", "0", "140", 2);
}

#[test]
fn earnings_repay_debt_before_they_enter_a_lot() {
    let mut story = Story::new(monthly);
    story.paid_on("2027-01-10", "100").redeem("100").unwrap();
    story.refund(0, "100").unwrap();
    story.pay("130");
    assert_eq!(story.entries.last().unwrap().moves.to_string(), "debt 100.00,lot:2027-02-10 30.00");
    story.check("30", "0", "130", 2);
}
