//! Adjustments by the staff, and closing an account.

use super::*;

fn adjust(story: &mut Story, by: &str) -> Result<(), Refusal> {
    let staff = StaffId::new(id(5));
    story.post(|account, on, _, _| account.adjust(on, staff, Hash::NONE, points(by)))
}

#[test]
fn an_adjustment_leaves_the_basis_alone() {
    let mut story = Story::new(|_| ());
    adjust(&mut story, "500").unwrap();
    story.check("500", "0", "0", 1);
    adjust(&mut story, "-120.50").unwrap();
    story.check("379.50", "0", "0", 1);
    let refused = adjust(&mut story, "-380");
    assert_eq!(refused, Err(Refusal::NotEnoughPoints { available: points("379.50"), wanted: points("380") }));
    assert!(adjust(&mut story, "0").is_err());
    story.check("379.50", "0", "0", 1);
}

#[test]
fn what_is_given_repays_debt_and_enters_a_lot_of_its_day() {
    let mut story = Story::new(|set| set.expiry = Expiry::Months(1));
    story.paid_on("2027-01-10", "100").redeem("100").unwrap();
    story.refund(0, "100").unwrap();
    adjust(story.on("2027-01-20"), "150").unwrap();
    assert_eq!(story.entries.last().unwrap().moves.to_string(), "debt 100.00,lot:2027-02-20 50.00");
    story.check("50", "0", "0", 1);
}

#[test]
fn closing_removes_what_is_left_and_later_refunds_are_forgiven() {
    let mut story = Story::new(|set| {
        set.expiry = Expiry::Months(1);
        set.holding.referral = 30;
    });
    story.paid_on("2027-01-10", "100");
    story.post(|account, on, event, _| account.refer(on, event, MemberId::new(id(7)), None)).unwrap();
    story.post(|account, on, _, _| account.close(on)).unwrap();
    assert_eq!(story.entries[2].to_line(), "adjust -110.00 lot:2027-02-10 -100.00,pending:2 -10.00");
    assert_eq!(story.account.balance(), Some(Points::ZERO));
    story.refund(0, "100").unwrap();
    assert_eq!(story.entries[3].points, Points::ZERO);
    story.settle_on("2027-06-01").check("0", "0", "100", 2);
}

#[test]
fn closing_in_debt_removes_the_debt() {
    let mut story = Story::new(|_| ());
    story.pay("100").redeem("100").unwrap();
    story.refund(0, "30").unwrap();
    story.post(|account, on, _, _| account.close(on)).unwrap();
    assert_eq!(story.entries[3].points, points("30"));
    story.restore(1);
    story.check("0", "0", "70", 1);
}
