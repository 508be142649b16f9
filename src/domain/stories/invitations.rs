//! Awards for invitations that are taken back because their payment was refunded.

use super::*;

#[test]
fn an_award_that_is_taken_back_leaves_nothing_of_itself() {
    let mut story = Story::new(|_| ());
    story.pay("95").be_awarded();
    story.check("105", "0", "105", 2);
    story.take_back(0);
    story.check("95", "0", "95", 1);
    assert_eq!(story.entries[2].moves.to_string(), "lot:never -10.00");
    assert!(matches!(story.entries[2].cause, Cause::ReferralTakenBack { award: 2, .. }));
}

#[test]
fn what_was_spent_of_it_is_owed() {
    let mut story = Story::new(|_| ());
    story.pay("90").be_awarded().redeem("100").unwrap();
    story.take_back(0);
    story.check("0", "10", "90", 1);
}

#[test]
fn rules_that_forgive_forgive_it() {
    let mut story = Story::new(|set| set.shortfall = Shortfall::Forgive);
    story.pay("90").be_awarded().redeem("100").unwrap();
    story.take_back(0);
    story.check("0", "0", "90", 1);
    assert_eq!((story.entries[3].kind, story.entries[3].points), (EntryKind::Clawback, Points::ZERO));
}

#[test]
fn a_pending_award_goes_first_and_never_counted() {
    let mut story = Story::new(|set| set.holding.referral = 14);
    story.pay("90").be_awarded();
    assert_eq!((story.account.pending, story.account.earned), (points("10"), points("90")));
    story.take_back(0);
    assert_eq!(story.entries[2].moves.to_string(), "pending:2 -10.00");
    story.check("90", "0", "90", 1);
    story.settle_on("2027-03-01").check("90", "0", "90", 1);
}

#[test]
fn what_was_held_back_and_activated_falls_out_of_the_month_where_it_counted() {
    let mut story = Story::new(|set| {
        set.holding.referral = 30;
        set.ladder.window = Window::Months(2);
    });
    story.be_awarded().paid_on("2027-03-01", "91");
    story.check("101", "0", "101", 2);
    story.take_back(0);
    story.check("91", "0", "91", 1);
}

#[test]
fn what_lapsed_of_it_is_not_owed() {
    let mut story = Story::new(|set| set.expiry = Expiry::Months(1));
    story.be_awarded().settle_on("2027-03-01");
    assert_eq!(story.account.available, Points::ZERO);
    story.take_back(0);
    assert_eq!(story.kinds(), ["earn", "expire", "restore", "clawback"]);
    story.check("0", "0", "0", 1);
}

#[test]
fn the_cap_of_its_day_gets_no_room_back() {
    let mut story = Story::new(|set| set.caps.referral.day = Some(points("15")));
    story.be_awarded().take_back(0).be_awarded();
    story.check("5", "0", "5", 1);
    story.take_back(0);
    story.check("0", "0", "0", 1);
}

#[test]
fn it_repays_debt_that_it_paid_off_with_debt_of_its_own() {
    let mut story = Story::new(|_| ());
    story.pay("8").redeem("8").unwrap();
    story.refund(0, "8").unwrap();
    story.be_awarded();
    story.check("2", "0", "10", 1);
    story.take_back(0);
    story.check("0", "8", "0", 1);
}

#[test]
fn a_closed_account_records_it_and_owes_nothing() {
    let mut story = Story::new(|_| ());
    story.be_awarded();
    story.post(|account, on, _, _| account.close(on)).unwrap();
    story.take_back(0);
    assert_eq!(story.entries[2].points, Points::ZERO);
    story.check("0", "0", "10", 1);
}

#[test]
fn what_is_left_of_a_payment_tells_whether_its_award_stands() {
    let compiled = |take_back_referral: bool, least: &str| {
        let set = RuleSet { take_back_referral, referral_least: least.parse().unwrap(), ..RuleSet::default() };
        Rules::compile(set, 1, Timestamp::MIN, "CNY".parse().unwrap()).unwrap()
    };
    let taken = |rules: &Rules, left: &str| rules.takes_back_award(cny(left));
    let (any, fifty, never) = (compiled(true, "0"), compiled(true, "50"), compiled(false, "50"));
    assert_eq!([taken(&any, "0"), taken(&any, "0.01"), taken(&any, "80")], [true, false, false]);
    assert_eq!([taken(&fifty, "0"), taken(&fifty, "49.99"), taken(&fifty, "50")], [true, true, false]);
    assert_eq!([taken(&never, "0"), taken(&never, "50")], [false, false]);
}

#[test]
fn a_rule_set_from_before_there_was_the_setting_keeps_awards() {
    let mut body = serde_json::to_value(RuleSet::default()).unwrap();
    body.as_object_mut().unwrap().remove("take_back_referral").unwrap();
    assert!(!serde_json::from_value::<RuleSet>(body).unwrap().take_back_referral);
}
