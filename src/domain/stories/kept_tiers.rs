//! Stricter rules that let members keep their tier until a date.

use super::*;

const FROM: &str = "2027-06-01";
const UNTIL: &str = "2027-09-01T00:00:00";

/// The default rules, and from June on a second tier from 200, published so that it is kept until September.
fn stricter(change: impl Fn(&mut RuleSet)) -> Story {
    let second = rules(|set| {
        change(set);
        set.ladder.tiers[1].from = "200".parse().unwrap();
    });
    under(vec![(Timestamp::MIN, rules(change)), (at(FROM), second)])
}

fn under(sets: Vec<(Timestamp, RuleSet)>) -> Story {
    let versions = timeline(sets);
    let mut all = versions.own().cloned().collect::<Vec<_>>();
    all[1].keeps_until = Some(at(UNTIL).into());
    Story::under(Timeline::new(all, versions.calendar().clone()).unwrap())
}

fn yearly(set: &mut RuleSet) {
    set.ladder.validity = Some(Validity { months: 12, grace_days: 0 });
}

#[test]
fn whoever_falls_short_keeps_the_tier_until_the_date_and_not_a_moment_longer() {
    let mut story = stricter(|_| ());
    story.paid_on("2027-01-31", "150").settle_on("2027-08-31T23:59:59");
    assert_eq!((story.tier(), story.account.kept.unwrap().until), (2, at(UNTIL).into()));
    story.settle_on(UNTIL);
    assert_eq!((story.tier(), story.account.kept), (1, None));
    let change = story.changes.last().unwrap();
    assert_eq!((change.by, change.at), (ChangedBy::Period, at(UNTIL).into()));
    story.check_ledger();
}

#[test]
fn nothing_is_taken_at_the_date_from_whoever_has_reached_the_tier_by_then() {
    let mut story = stricter(|_| ());
    story.paid_on("2027-01-31", "150").paid_on("2027-07-01", "60").settle_on("2027-10-01");
    assert_eq!((story.tier(), story.changes.len()), (2, 1));
    story.check_ledger();
}

#[test]
fn a_refund_meanwhile_takes_no_tier_that_is_kept_but_the_one_above_it() {
    let mut story = stricter(|_| ());
    story.paid_on("2027-01-31", "150").paid_on("2027-07-01", "500");
    assert_eq!(story.tier(), 3);
    story.refund(1, "500").unwrap();
    assert_eq!(story.tier(), 2);
    story.refund(0, "150").unwrap();
    assert_eq!(story.tier(), 2, "promised until September");
    story.settle_on("2027-09-02");
    assert_eq!(story.tier(), 1);
    story.check_ledger();
}

#[test]
fn whoever_did_not_fall_short_by_the_rules_is_promised_nothing() {
    let mut story = stricter(|_| ());
    story.paid_on("2027-01-31", "250").on("2027-07-01").refund(0, "100").unwrap();
    assert_eq!((story.tier(), story.account.kept), (1, None));
    story.check_ledger();
}

#[test]
fn later_rules_leave_the_promise_as_it_is() {
    let third = rules(|set| set.ladder.tiers[1].from = "300".parse().unwrap());
    let second = rules(|set| set.ladder.tiers[1].from = "200".parse().unwrap());
    let mut story = under(vec![(Timestamp::MIN, rules(|_| ())), (at(FROM), second), (at("2027-07-01"), third)]);
    story.paid_on("2027-01-31", "150").settle_on("2027-08-01");
    assert_eq!(story.tier(), 2);
    story.settle_on("2027-09-02");
    assert_eq!(story.tier(), 1);
    story.check_ledger();
}

#[test]
fn the_way_back_to_the_old_rules_leaves_everybody_where_they_were() {
    let second = rules(|set| set.ladder.tiers[1].from = "200".parse().unwrap());
    let mut story = under(vec![(Timestamp::MIN, rules(|_| ())), (at(FROM), second), (at("2027-07-01"), rules(|_| ()))]);
    story.paid_on("2027-01-31", "150").settle_on("2027-12-01");
    assert_eq!((story.tier(), story.changes.len()), (2, 1));
    story.check_ledger();
}

#[test]
fn a_validity_period_that_ends_before_the_date_is_made_longer_until_then() {
    let mut story = stricter(yearly);
    story.paid_on("2026-07-15", "150").settle_on("2027-08-01");
    assert_eq!(story.account.period.unwrap().until, at(UNTIL), "its own end was in July");
    assert_eq!(story.tier(), 2);
    story.settle_on("2027-09-02");
    assert_eq!(story.tier(), 1);
    story.check_ledger();
}

#[test]
fn a_validity_period_that_ends_after_the_date_still_decides_at_its_own_end() {
    let mut story = stricter(yearly);
    story.paid_on("2027-01-31", "150").settle_on("2027-09-02");
    assert_eq!(story.tier(), 2);
    story.settle_on("2028-02-01");
    assert_eq!(story.tier(), 1);
    story.check_ledger();
}

#[test]
fn a_tier_that_is_only_kept_starts_no_period_of_a_validity_that_is_new() {
    let second = rules(|set| {
        yearly(set);
        set.ladder.tiers[1].from = "200".parse().unwrap();
    });
    let mut story = under(vec![(Timestamp::MIN, rules(|_| ())), (at(FROM), second)]);
    story.paid_on("2027-01-31", "150").settle_on("2027-07-01");
    assert_eq!((story.tier(), story.account.period), (2, None));
    story.settle_on("2027-09-02");
    assert_eq!(story.tier(), 1);
    story.check_ledger();
}
