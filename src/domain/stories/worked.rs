//! The worked examples of design/domain.md that need no more than the default rules.

use super::*;

#[test]
fn paid_139_12_is_tier_2() {
    let mut story = Story::new(|_| ());
    story.pay("139.12");
    story.check("139.12", "0", "139.12", 2);
}

#[test]
fn payments_referrals_and_reviews_add_up_by_the_formula() {
    let mut story = Story::new(|_| ());
    story.pay("300.00").pay("21.50");
    for referee in 0..3 {
        story.post(|account, on, event, _| account.refer(on, event, MemberId::new(id(10 + referee)), None)).unwrap();
    }
    for _ in 0..4 {
        story.post(|account, on, event, _| account.review(on, event, Hash::NONE)).unwrap();
    }
    story.check("371.50", "0", "371.50", 2);
}

#[test]
fn redeeming_250_points_leaves_none_and_the_tier_as_it_was() {
    let mut story = Story::new(|_| ());
    story.pay("250").redeem("250").unwrap();
    story.check("0", "0", "250", 2);
}

#[test]
fn what_was_spent_before_its_refund_is_owed_and_repaid_first() {
    let mut story = Story::new(|_| ());
    story.pay("100").redeem("100").unwrap();
    story.refund(0, "100").unwrap();
    story.check("0", "100", "0", 1);
    story.pay("30");
    story.check("0", "70", "30", 1);
    assert_eq!(story.account.balance(), Some(points("-70")));
    assert_eq!(story.redeem("1"), Err(Refusal::NotEnoughPoints { available: Points::ZERO, wanted: points("1") }));
}

#[test]
fn a_programme_may_forgive_what_is_not_there() {
    let mut story = Story::new(|set| set.shortfall = Shortfall::Forgive);
    story.pay("100").redeem("60").unwrap();
    story.refund(0, "100").unwrap();
    story.check("0", "0", "0", 1);
    assert_eq!(story.entries[2].points, points("-40"));
    let context = Context { payment: Some(PaymentEntry { refunded: cny("0"), ..story.payment(0) }), ..Context::default() };
    let explained = explain(&story.entries[2], &story.timeline, &context);
    let Some(Explanation::Refund { points: taken, forgiven, .. }) = explained else { panic!() };
    assert_eq!((taken, forgiven), (points("100"), points("60")));
}

#[test]
fn a_cancelled_redemption_repays_debt_before_it_fills_lots() {
    let mut story = Story::new(|_| ());
    story.pay("200").redeem("150").unwrap();
    story.refund(0, "100").unwrap();
    story.check("0", "50", "100", 2);
    story.restore(1);
    story.check("100", "0", "100", 2);
    assert_eq!(story.entries[3].moves.to_string(), "debt 50.00,lot:never 100.00");
}

#[test]
fn a_quote_of_another_version_is_stale() {
    let mut story = Story::new(|_| ());
    story.pay("100");
    let redemption = RedemptionId::new(id(1));
    let refused = story.post(|account, on, _, _| account.redeem(on, redemption, points("100"), Some(7)).map(|x| x.0));
    assert_eq!(refused, Err(Refusal::StaleQuote { quoted: 7, in_force: 1 }));
    story.check("100", "0", "100", 2);
}

#[test]
fn a_tier_change_is_recorded_with_the_entry_that_made_it() {
    let mut story = Story::new(|_| ());
    story.pay("99.99");
    assert_eq!(story.changes, []);
    story.pay("0.01");
    let change = story.changes[0];
    assert_eq!((change.from.get(), change.to.get(), change.by, change.seq), (1, 2, ChangedBy::Entry, 2));
    story.refund(1, "0.01").unwrap();
    assert_eq!(story.tier(), 1);
}

#[test]
fn points_that_no_longer_fit_are_refused_and_change_nothing() {
    let mut story = Story::new(|set| set.alpha = "10000".parse().unwrap());
    story.account.available = Points::from_hundredths(i64::MAX - 5);
    let before = story.account.clone();
    let refused = story.post(|account, on, event, _| account.pay(on, event, cny("1"), Scene::Other, &[]));
    assert_eq!(refused, Err(Refusal::PointsOutOfRange));
    assert_eq!(story.account, before);
}

#[test]
fn an_entry_explains_itself() {
    let mut story = Story::new(|set| {
        set.alpha = "1.2".parse().unwrap();
        set.ladder.tiers[1].multiplier = "1.05".parse().unwrap();
        set.scenes.other = "2".parse().unwrap();
        set.expiry = Expiry::Months(12);
    });
    story.pay("100").pay("139.12");
    let explained = explain(&story.entries[1], &story.timeline, &Context::default());
    let Some(Explanation::Payment { term, tier, tier_multiplier, .. }) = explained else { panic!("a payment") };
    assert_eq!((term.exact.as_str(), term.points), ("350.5824", points("350.58")));
    assert_eq!((tier.get(), tier_multiplier.to_string().as_str()), (2, "1.05"));
    assert_eq!((term.expires.unwrap().to_string().as_str(), term.held_until), ("2028-01-15", None));
}
