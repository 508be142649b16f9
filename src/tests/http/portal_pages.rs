//! Home, tiers and activity as members see them.

use axum::http::StatusCode;
use laurel_domain::rules::tier::Basis;

use crate::support::portal::{signed_in, words};
use crate::support::site::Site;
use laurel_testing::programme::publish;
use laurel_testing::programme::{HISTORY, post, tell};

#[tokio::test]
async fn nobody_sees_the_portal_without_signing_in() {
    let site = Site::open().await;
    for path in ["/", "/activity", "/redeem", "/redeem/confirm?points=1", "/redemptions", "/redemptions/x", "/tiers"] {
        let answer = site.browser().open(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.location().starts_with("/sign-in"), "{path}");
    }
    for path in ["/api/portal/redeem", "/api/portal/redemptions/cancel"] {
        assert_eq!(site.browser().call(path, &[]).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn home_leads_with_what_is_available_and_says_how_far_it_is() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", &["id=p1 member=m-1 pay=371.50 scene=e_payment"]).await;
    let home = words(&browser.open("/").await.body);
    for text in [
        "Gold",
        "Points available 371.50",
        "worth ¥3.71",
        "128.50 more points to Diamond",
        "5% off everything",
        "E-payment ¥371.50",
    ] {
        assert!(home.contains(text), "{text}: {home}");
    }
    browser.submit("/preferences/language", &[("value", "zh")]).await;
    let home = words(&browser.open("/").await.body);
    for text in ["金牌会员", "可用积分 371.50", "可兑换 ¥3.71", "再得 128.50 积分升级钻石会员", "电子支付 ¥371.50"]
    {
        assert!(home.contains(text), "{text}: {home}");
    }
}

#[tokio::test]
async fn home_draws_the_year_with_a_table_of_the_same_numbers() {
    let site = Site::open().await;
    let payments = ["id=p1 member=m-1 pay=30 at=2026-09-10T00:00:00Z", "id=p2 member=m-1 pay=40 at=2026-11-10T00:00:00Z"];
    post(&site.state.ledger, HISTORY, &payments).await;
    let browser = signed_in(&site, "m-1", &["id=r1 member=m-1 of=p2 refund=15.50"]).await;
    let page = browser.open("/").await.body;
    assert!(page.contains("role=\"img\" aria-label=\"Points that came in and went out"), "{page}");
    let home = words(&page);
    for text in ["The past year 70 in, 15.50 out", "Nov 2026 40 15.50", "Oct 2026 0 0", "Sep 2026 30 0", "Dec 2025 0 0"] {
        assert!(home.contains(text), "{text}: {home}");
    }
    assert!(!page.contains("style="), "the policy for content forbids styles in attributes");
}

#[tokio::test]
async fn a_member_s_invitations_have_a_link_and_a_code_to_scan() {
    let site = Site::open().await;
    let auth = laurel_engine::auth::Auth::default();
    let db = &site.state.ledger.db;
    let browser = signed_in(&site, "m-1", &["id=p1 member=m-1 pay=20"]).await;
    let code = laurel_testing::invitations::code_of(
        &site.state.ledger,
        laurel_testing::programme::member(&site.state.ledger, "m-1").await.id.parse().unwrap(),
    )
    .await;
    laurel_testing::invitations::invited(db, &auth, "b@example.com", code, "m-2").await;
    tell(&site.state.ledger, "id=p2 member=m-2 pay=5").await.unwrap();
    let page = browser.open("/invite").await.body;
    assert!(page.contains("/register?ref=") && page.contains("aria-label=\"Your invitation link as a QR code\""), "{page}");
    let invite = words(&page);
    for text in ["10 points for every friend who joins", "Joined 1", "Points earned 10", "李** joined"] {
        assert!(invite.contains(text), "{text}: {invite}");
    }
}

#[tokio::test]
async fn a_new_member_learns_how_to_earn_and_the_highest_tier_has_no_next() {
    let site = Site::open().await;
    let new = site.browser();
    let fields = [("name", "Wang Fang"), ("sign_in_name", "fang@example.com"), ("password", "laurels grow slowly")];
    new.call("/api/portal/register", &fields).await;
    let home = words(&new.open("/").await.body);
    for text in
        ["1 point for every ¥1.00 you pay", "10 points for each friend", "Link your payment account", "100 more points to Gold"]
    {
        assert!(home.contains(text), "{text}: {home}");
    }
    let vip = signed_in(&site, "m-9", &["id=p9 member=m-9 pay=1000"]).await;
    assert!(words(&vip.open("/").await.body).contains("You are in the highest tier"));
    let tiers = words(&vip.open("/tiers").await.body);
    assert!(
        tiers.contains("VIP Your tier From 1,000 points earned") && tiers.contains("Standard Reached For everyone"),
        "{tiers}"
    );
}

#[tokio::test]
async fn a_tier_that_goes_by_what_was_spent_is_told_in_money() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", &["id=p1 member=m-1 pay=371.50"]).await;
    publish(&site.state.ledger, |set| {
        set.ladder.basis = Basis::AmountSpent;
        set.ladder.tiers[2].multiplier = "1.5".parse().unwrap();
        set.scenes.lending = "2".parse().unwrap();
    })
    .await;
    assert!(words(&browser.open("/").await.body).contains("Spend ¥128.50 more to reach Diamond"));
    let tiers = words(&browser.open("/tiers").await.body);
    for text in ["From ¥500.00 spent", "Points on payments ×1.5", "Lending ×2"] {
        assert!(tiers.contains(text), "{text}: {tiers}");
    }
}

#[tokio::test]
async fn every_entry_is_explained_to_the_last_digit() {
    let site = Site::open().await;
    let events = [
        "id=p1 member=m-1 pay=139.12 scene=bank_card",
        "id=r1 member=m-1 of=p1 refund=30",
        "id=r2 member=m-1 of=p1 refund=9.12",
        "id=v1 member=m-1 review=tea",
    ];
    let activity = words(&signed_in(&site, "m-1", &events).await.open("/activity").await.body);
    for text in [
        "Bank card ¥139.12",
        "Why 139.12 points? Paid ¥139.12 × points for each ¥1.00 1 × scene multiplier · Bank card 1 × tier multiplier · Standard 1 = Exact product 139.12 Points earned 139.12",
        "Why 9.12 points? Paid ¥139.12 Refunded before ¥30.00 This refund ¥9.12 Points taken back 9.12",
        "A review 22 Nov 17:59 tea +5 balance 105 Why 5 points? Points for a review 5 Points earned 5",
        "Version 1 of the rules",
    ] {
        assert!(activity.contains(text), "{text}: {activity}");
    }
    assert!(!activity.contains("could not be recomputed"), "{activity}");
}

#[tokio::test]
async fn activity_is_paged_and_filtered_by_its_address() {
    let site = Site::open().await;
    let payments: Vec<String> =
        (1..=45).map(|n| format!("id=p{n} member=m-1 pay={n} at=2026-{:02}-10T00:00:00Z", 1 + n % 3)).collect();
    let mut events: Vec<&str> = payments.iter().map(String::as_str).collect();
    // the last hour of a month in Shanghai, the month before by UTC
    events.push("id=edge member=m-1 pay=777 at=2026-03-31T16:30:00Z");
    events.push("id=r1 member=m-1 of=p45 refund=45");
    let browser = signed_in(&site, "m-1", &events).await;
    let count = |page: &str| page.matches("id=\"entry-").count();
    let first = browser.open("/activity").await.body;
    assert_eq!((count(&first), first.contains("/activity?before=28")), (20, true), "{first}");
    assert_eq!(count(&browser.open("/activity?before=28").await.body), 20);
    let last = browser.open("/activity?before=8").await.body;
    assert_eq!((count(&last), last.contains("rel=\"next\""), last.contains("rel=\"first\"")), (7, false, true));
    let refunds = browser.open("/activity?kind=clawback").await.body;
    assert_eq!((count(&refunds), refunds.contains("value=\"clawback\" selected")), (1, true), "{refunds}");
    let february = browser.open("/activity?month=2026-02&kind=earn").await.body;
    assert_eq!(count(&february), 15);
    let april = browser.open("/activity?month=2026-04").await.body;
    assert!(count(&april) == 1 && words(&april).contains("¥777.00"), "{april}");
    assert!(words(&browser.open("/activity?month=2026-07").await.body).contains("Nothing matches"));
    assert_eq!(count(&browser.open("/activity?month=lots&kind=no&before=x").await.body), 20, "what is no filter is ignored");
}

#[tokio::test]
async fn entries_of_another_year_say_their_year_where_the_programme_is() {
    let site = Site::open().await;
    let last_year = "id=p1 member=m-1 pay=20 at=2025-12-31T15:59:00Z";
    let this_year = "id=p2 member=m-1 pay=30 at=2025-12-31T16:00:00Z";
    post(&site.state.ledger, HISTORY, &[last_year, this_year]).await;
    let browser = signed_in(&site, "m-1", &[]).await;
    let activity = words(&browser.open("/activity").await.body);
    assert!(activity.contains("31 Dec 2025 23:59") && activity.contains("1 Jan 00:00"), "{activity}");
    browser.submit("/preferences/language", &[("value", "zh")]).await;
    let activity = words(&browser.open("/activity").await.body);
    assert!(activity.contains("2025年12月31日 23:59") && activity.contains(" 1月1日 00:00"), "{activity}");
}

#[tokio::test]
async fn an_address_that_nothing_has_keeps_the_portal_around_it() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", &["id=p1 member=m-1 pay=20"]).await;
    for path in ["/nothing", "/rewards/nothing", "/redemptions/0192f0c1-2345-7000-8000-000000000000"] {
        let page = browser.open(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.body.contains("portal-nav") && page.body.contains("href=\"/activity\""), "{path}: {}", page.body);
        assert!(words(&page.body).contains("nothing at this address"), "{path}: {}", page.body);
    }
    let stranger = site.browser().open("/nothing").await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    assert!(!stranger.body.contains("portal-nav"));
}
