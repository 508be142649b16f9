//! How long points and tiers last, as members and the staff see it.

use jiff::SignedDuration;
use laurel_domain::rules::period::Validity;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::terms::Expiry;
use laurel_domain::rules::window::Window;
use laurel_engine::auth::{Actor, Role};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::redeem::{self, Wish};

use crate::support::console;
use crate::support::portal::{signed_in, words};
use crate::support::site::Site;
use laurel_testing::programme::check;
use laurel_testing::programme::publish;

/// Held for 14 days, lasting to the end of the next year, at most 120 a day by paying; tiers by the last 12 months, for a year.
fn strict(set: &mut RuleSet) {
    set.expiry = Expiry::Yearly { month: 12, day: 31, years: 1 };
    set.holding.payment = 14;
    set.caps.payment.day = Some("120".parse().expect("points"));
    set.ladder.window = Window::Months(12);
    set.ladder.validity = Some(Validity { months: 12, grace_days: 7 });
}

async fn site() -> Site {
    let site = Site::open().await;
    publish(&site.state.ledger, strict).await;
    site
}

fn days(site: &Site, days: i64) {
    site.state.ledger.clock.advance(SignedDuration::from_hours(24 * days));
}

fn holds(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(page.contains(text), "{text}: {page}");
    }
}

const PAID: &str = "id=p1 member=m-1 pay=150 at=2026-11-22T10:00:01Z";

#[tokio::test]
async fn home_says_what_comes_and_goes_and_until_when() {
    let site = site().await;
    let browser = signed_in(&site, "m-1", &[PAID, "id=v1 member=m-1 review=tea at=2026-11-22T10:00:01Z"]).await;
    let home = words(&browser.open("/").await.body);
    holds(&home, &["120 points pending", "On their way 120 available on 6 Dec 2026", "About to expire 5 through 31 Dec 2027"]);
    holds(&home, &["95 more points by 30 Nov to Gold", "pending until 6 Dec 2026", "good through 31 Dec 2027"]);
    browser.submit("/preferences/language", &[("value", "zh")]).await;
    let home = words(&browser.open("/").await.body);
    holds(&home, &["待生效 120 2026年12月6日生效", "即将到期 5 2027年12月31日到期", "11月30日前再得 95 积分升级金牌会员"]);
}

#[tokio::test]
async fn what_keeps_a_tier_is_told_with_its_day() {
    let site = site().await;
    let browser = signed_in(&site, "m-1", &["id=v1 member=m-1 review=tea at=2026-11-22T10:00:01Z"]).await;
    publish(&site.state.ledger, |set| set.gamma = "100".parse().expect("a weight")).await;
    laurel_testing::programme::tell(&site.state.ledger, "id=v2 member=m-1 review=milk at=2026-11-22T10:00:02Z").await.unwrap();
    let home = words(&browser.open("/").await.body);
    holds(&home, &["Gold", "Reach 100 by 22 Nov 2027 to stay Gold; 0 so far."]);
    let tiers = words(&browser.open("/tiers").await.body);
    holds(
        &tiers,
        &[
            "What counts is what you gathered in this month and the 11 before it. A tier you reach is yours for 12 months;",
            "What is missing then can be made up in 7 more days.",
            "1 point for every ¥1.00 you pay at most 120 a day · available after 14 days",
            "Points last through 31 Dec of the year after they were earned",
        ],
    );
    check(&site.state.ledger).await;
}

#[tokio::test]
async fn every_kind_of_entry_says_why_it_has_its_points() {
    let site = site().await;
    let browser = signed_in(&site, "m-1", &[PAID, "id=v1 member=m-1 review=tea at=2026-11-22T10:00:01Z"]).await;
    let activity = words(&browser.open("/activity").await.body);
    holds(
        &activity,
        &[
            "Above the cap −30 Points earned 120 Available from 6 Dec 2026 18:00 Can be redeemed through 31 Dec 2027",
            "Points for a review 5 Points earned 5 Can be redeemed through 31 Dec 2027",
        ],
    );
    let ledger = &site.state.ledger;
    let member = view::find(ledger, By::External("m-1")).await.unwrap().unwrap();
    let actor = Actor::Member(member.id().uuid());
    let wish = Wish { member_no: member.no, points: "3".parse().unwrap(), quoted: None, key: "k".into(), actor };
    let redeemed = redeem::redeem(ledger, wish).await.unwrap().redemption;
    let activity = words(&browser.open("/activity").await.body);
    holds(
        &activity,
        &["Why 3 points? Cash paid out ¥0.03 × points for each ¥1.00 100 Points redeemed 3 good through 31 Dec 2027 3"],
    );
    browser.submit("/api/portal/redemptions/cancel", &[("redemption", &redeemed.id.to_string())]).await;
    let activity = words(&browser.open("/activity").await.body);
    holds(&activity, &["Why 3 points? Points given back 3 good through 31 Dec 2027 3"]);
    check(ledger).await;
}

#[tokio::test]
async fn what_became_available_and_what_expired_is_explained() {
    let site = Site::open().await;
    publish(&site.state.ledger, |set| {
        set.expiry = Expiry::Months(1);
        set.holding.payment = 1;
    })
    .await;
    let browser = signed_in(&site, "m-1", &[PAID]).await;
    laurel_testing::programme::tell(&site.state.ledger, "id=r1 member=m-1 of=p1 refund=50 at=2026-11-22T10:00:01Z")
        .await
        .unwrap();
    let activity = words(&browser.open("/activity").await.body);
    holds(&activity, &["Points taken back 50 of which still pending 50"]);
    // a session ends before a month does: the page of the staff shows the same list
    days(&site, 40);
    let staff = console::signed_in(&site, Role::Support).await;
    let id = view::find(&site.state.ledger, By::External("m-1")).await.unwrap().unwrap().id();
    let file = words(&staff.open(&format!("/admin/members/{id}")).await.body);
    holds(
        &file,
        &[
            "Points became available",
            "Why 100 points? Points now available 100 Can be redeemed through 22 Dec 2026",
            "Points expired",
            "Why 100 points? Last day 22 Dec 2026 Points expired 100",
        ],
    );
    check(&site.state.ledger).await;
}

#[tokio::test]
async fn the_staff_see_lots_pending_points_and_the_period_of_a_tier() {
    let site = site().await;
    let browser = signed_in(&site, "m-1", &[PAID, "id=v1 member=m-1 review=tea at=2026-11-22T10:00:01Z"]).await;
    drop(browser);
    days(&site, 15);
    let staff = console::signed_in(&site, Role::Support).await;
    let id = view::find(&site.state.ledger, By::External("m-1")).await.unwrap().unwrap().id();
    laurel_testing::programme::tell(&site.state.ledger, "id=p2 member=m-1 pay=20 at=2026-12-07T10:00:00Z").await.unwrap();
    let file = words(&staff.open(&format!("/admin/members/{id}")).await.body);
    holds(&file, &["Valid through 31 Dec 2027 125", "Pending until 21 Dec 2026 18:00 20", "Tier valid until 6 Dec 2027 18:00"]);
    let dashboard = words(&staff.open("/admin").await.body);
    holds(&dashboard, &["Pending 20 Owed by members 0", "no points expire in the next 90 days"]);
    days(&site, 370);
    let staff = console::signed_in(&site, Role::Manager).await;
    holds(&words(&staff.open("/admin").await.body), &["within 30 days 125"]);
    check(&site.state.ledger).await;
}
