//! Caps of a day and a month.

use super::*;

fn refer(story: &mut Story, at: Timestamp) -> Points {
    story.post_at(at, |account, on, event, _| account.refer(on, event, MemberId::new(id(7)), None)).unwrap();
    story.entries.last().unwrap().points
}

#[test]
fn by_default_a_day_brings_at_most_a_hundred_points_for_referrals() {
    let mut story = Story::new(|set| set.beta = "40".parse().unwrap());
    let day = at("2027-01-10");
    let earned: Vec<String> = (0..4).map(|_| refer(story.on("2027-01-10"), day).to_string()).collect();
    assert_eq!(earned, ["40.00", "40.00", "20.00", "0.00"]);
    assert_eq!(refer(story.on("2027-01-11"), at("2027-01-11T00:00:00")), points("40"));
    // late, and counted in its own day
    assert_eq!(refer(story.on("2027-01-12"), at("2027-01-10T23:59:59")), Points::ZERO);
    let Some(Explanation::Referral { term }) = explain(&story.entries[2], &story.timeline, &Context::default()) else {
        panic!("a referral")
    };
    assert_eq!((term.rounded, term.cut), (points("40"), points("20")));
    story.check("140", "0", "140", 2);
}

#[test]
fn of_a_day_and_a_month_the_tighter_cap_holds_and_refunds_give_no_room_back() {
    let mut story = Story::new(|set| {
        set.caps.payment = Cap { day: Some(Points::from_hundredths(10_000)), month: Some(Points::from_hundredths(15_000)) };
    });
    story.paid_on("2027-01-10", "120").refund(0, "20").unwrap();
    story.check("100", "0", "100", 2);
    story.refund(0, "50").unwrap();
    story.check("50", "0", "50", 1);
    story.pay("10");
    story.check("50", "0", "50", 1);
    story.paid_on("2027-01-31T23:59:00", "80").check("100", "0", "100", 2);
    story.paid_on("2027-02-01T00:00:00", "80").check("180", "0", "180", 2);
}
