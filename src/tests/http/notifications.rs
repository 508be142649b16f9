//! The inbox: a bell on every page, and a way from each piece of news to what it tells of.

use axum::http::StatusCode;
use jiff::SignedDuration;

use crate::support::portal::{hidden, signed_in, words};
use crate::support::site::Site;
use laurel_testing::programme::tell;

const OPEN: &str = "/api/portal/notifications/open";

#[tokio::test]
async fn the_bell_counts_what_is_unread_and_each_leads_to_its_object() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", &["id=p1 member=m-1 pay=150", "id=p2 member=m-1 pay=400"]).await;
    for page in ["/", "/activity", "/profile"] {
        let page = browser.open(page).await.body;
        assert!(page.contains("aria-label=\"Notifications, 2 unread\""), "{page}");
    }
    let page = browser.open("/notifications").await.body;
    let text = words(&page);
    for part in ["You are now Diamond You were Gold before.", "You are now Gold You were Standard before.", "See the tiers"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(page.contains("class=\"bell\"") && page.contains("aria-current=\"page\""), "{page}");
    let opened = browser.submit(OPEN, &[("about", &hidden(&page, "about"))]).await;
    assert_eq!((opened.status, opened.location()), (StatusCode::SEE_OTHER, "/tiers"));
    assert!(browser.open("/").await.body.contains("aria-label=\"Notifications, 1 unread\""));
    let all = browser.submit_and_follow("/api/portal/notifications/read-all", &[]).await.body;
    assert!(words(&all).contains("1 notification marked as read.") && all.contains("aria-label=\"Notifications\""), "{all}");
    browser.submit("/preferences/language", &[("value", "zh")]).await;
    let text = words(&browser.open("/notifications").await.body);
    assert!(text.contains("您已升级为钻石会员") && !text.contains("未读"), "{text}");
}

#[tokio::test]
async fn nobody_opens_what_was_told_to_another() {
    let site = Site::open().await;
    let first = signed_in(&site, "m-1", &["id=p1 member=m-1 pay=150"]).await;
    let other = signed_in(&site, "m-2", &["id=p2 member=m-2 pay=20"]).await;
    assert!(words(&other.open("/notifications").await.body).contains("Nothing new yet"));
    let about = hidden(&first.open("/notifications").await.body, "about");
    assert_eq!(other.call(OPEN, &[("about", &about)]).await.status, StatusCode::NOT_FOUND);
    assert!(first.open("/").await.body.contains("1 unread"), "it is unread still");
    let stranger = site.browser();
    assert_eq!(stranger.open("/notifications").await.location(), "/sign-in?next=%2Fnotifications");
    assert!(!stranger.open("/sign-in").await.body.contains("class=\"bell\""));
}

#[tokio::test]
async fn the_inbox_is_paged_by_its_address() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", &["id=p0 member=m-1 pay=1"]).await;
    for n in 1..=15 {
        site.state.ledger.clock.advance(SignedDuration::from_secs(1));
        tell(&site.state.ledger, &format!("id=p{n} member=m-1 pay=120")).await.unwrap();
        tell(&site.state.ledger, &format!("id=r{n} member=m-1 of=p{n} refund=120")).await.unwrap();
    }
    let count = |page: &str| page.matches("class=\"notice-title\"").count();
    let first = browser.open("/notifications").await.body;
    let next = first.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a next page");
    let second = browser.open(&next.replace("&amp;", "&")).await.body;
    assert_eq!((count(&first), count(&second)), (20, 10), "{second}");
    assert!(second.contains("rel=\"first\"") && !second.contains("rel=\"next\""), "{second}");
    assert_eq!(count(&browser.open("/notifications?before=lots").await.body), 20, "what is no place is ignored");
}
