//! Finding pages and members from anywhere in the console.

use axum::http::StatusCode;
use laurel_engine::auth::Role;

use crate::support::console::signed_in;
use crate::support::site::Site;
use laurel_testing::programme::tell;

/// The page's own content, without the navigation beside it.
fn content(page: &str) -> &str {
    page.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).expect("a page").0
}

#[tokio::test]
async fn pages_are_found_by_their_names_and_members_by_their_ids_eight_at_most() {
    let site = Site::open().await;
    for n in 1..=9 {
        tell(&site.state.ledger, &format!("id=p{n} member=wallet-{n} pay=1")).await.unwrap();
    }
    let browser = signed_in(&site, Role::Admin).await;
    let page = browser.open("/admin/find?q=red").await.body;
    assert!(
        content(&page).contains("href=\"/admin/redemptions\"") && !content(&page).contains("href=\"/admin/rewards\""),
        "{page}"
    );
    let page = browser.open("/admin/find?q=wallet-3").await.body;
    assert_eq!(content(&page).matches("href=\"/admin/members/").count(), 1, "{page}");
    let page = browser.open("/admin/find?q=wallet").await.body;
    assert_eq!(content(&page).matches("href=\"/admin/members/").count(), 8, "{page}");
    assert!(content(&page).contains("href=\"/admin/members?q=wallet\""), "the list has all of them: {page}");
    let page = browser.open("/admin/find?q=%3Cscript%3E").await.body;
    assert!(content(&page).contains("Nothing found") && !content(&page).contains("<script>"), "{page}");
}

#[tokio::test]
async fn nobody_is_led_to_a_page_that_they_may_not_open() {
    let site = Site::open().await;
    let viewer = signed_in(&site, Role::Viewer).await;
    let page = viewer.open("/admin/find").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        content(&page.body).contains("href=\"/admin/members\"") && !content(&page.body).contains("href=\"/admin/keys\""),
        "{}",
        page.body
    );
    assert_eq!(site.browser().open("/admin/find?q=m").await.location().split('?').next(), Some("/admin/sign-in"));
}
