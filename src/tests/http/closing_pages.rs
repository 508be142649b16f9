//! Closing an account in the portal and at the console, without a script.

use axum::http::StatusCode;
use laurel_engine::auth::Role;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::members::view;

use crate::support::console::{self, fields, typed};
use crate::support::portal::{hidden, signed_in, words};
use crate::support::site::Site;
use laurel_testing::people::PASSWORD;
use laurel_testing::programme::{check, standing, tell};

const OWN: &str = "/api/portal/profile/close";
const CLOSE: &str = "/api/admin/members/close";
const ERASE: &str = "/api/admin/members/erase";
const PAID: &[&str] = &["id=p1 member=m-1 pay=250"];

async fn path(site: &Site) -> String {
    let member = view::find(&site.state.ledger, By::External("m-1")).await.unwrap().unwrap();
    format!("/admin/members/{}", member.id())
}

#[tokio::test]
async fn a_member_is_shown_what_closing_does_asked_twice_and_then_out() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", PAID).await;
    assert!(browser.open("/profile").await.body.contains("href=\"/profile/close\""));
    let page = browser.open("/redeem/confirm?points=100").await.body;
    let redeem = [("points", "100"), ("rules_version", "1"), ("key", &hidden(&page, "key"))];
    let receipt = browser.submit("/api/portal/redeem", &redeem).await;
    let page = browser.open("/profile/close").await.body;
    let text = words(&page);
    assert!(text.contains("¥1.00 · 100 points · 22 Nov 2026"), "{text}");
    assert!(text.contains("The remaining 250 points will be removed."), "{text}");
    let form = [("removes", "250.00"), ("current_password", PASSWORD)];
    assert!(words(&browser.submit_and_follow(OWN, &form).await.body).contains("Tick this box to continue."));
    browser.open("/profile/close").await;
    let wrong = [("removes", "250.00"), ("sure", "yes"), ("current_password", "wrong horse battery")];
    assert!(words(&browser.submit_and_follow(OWN, &wrong).await.body).contains("The current password is wrong"));
    browser.open("/profile/close").await;
    tell(&site.state.ledger, "id=p2 member=m-1 pay=1").await.unwrap();
    let stale = [("removes", "250.00"), ("sure", "yes"), ("current_password", PASSWORD)];
    assert!(words(&browser.submit_and_follow(OWN, &stale).await.body).contains("it would remove 251 points, not 250"));
    browser.open("/profile/close").await;
    let right = [("removes", "251.00"), ("sure", "yes"), ("current_password", PASSWORD)];
    let page = browser.submit_and_follow(OWN, &right).await;
    assert!(words(&page.body).contains("Your account is closed. Goodbye!"), "{}", page.body);
    assert_eq!(browser.open(receipt.location()).await.status, StatusCode::SEE_OTHER, "signed out");
    browser.open("/sign-in").await;
    let sign_in = [("sign_in_name", "m-1@example.com"), ("password", PASSWORD)];
    assert!(words(&browser.submit_and_follow("/api/portal/sign-in", &sign_in).await.body).contains("Wrong name or password."));
    assert_eq!(standing(&site.state.ledger, "m-1").await, "0.00/0.00/251.00/2");
    check(&site.state.ledger).await;
}

#[tokio::test]
async fn a_member_can_have_their_data_erased_in_the_same_step() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", PAID).await;
    let file = path(&site).await;
    browser.open("/profile/close").await;
    let right = [("removes", "250.00"), ("sure", "yes"), ("erase", "yes"), ("current_password", PASSWORD)];
    let page = browser.submit_and_follow(OWN, &right).await.body;
    assert!(words(&page).contains("your personal data is erased"), "{page}");
    let viewer = console::signed_in(&site, Role::Viewer).await;
    let page = viewer.open(&file).await.body;
    assert!(page.contains("No name") && page.contains("Erased on") && !page.contains("m-1"), "{page}");
    check(&site.state.ledger).await;
}

#[tokio::test]
async fn a_manager_closes_and_an_administrator_erases() {
    let site = Site::open().await;
    signed_in(&site, "m-1", PAID).await;
    let file = path(&site).await;
    let support = console::signed_in(&site, Role::Support).await;
    assert!(!support.open(&file).await.body.contains("/close\""));
    assert_eq!(support.open(&format!("{file}/close")).await.status, StatusCode::FORBIDDEN);
    let manager = console::signed_in(&site, Role::Manager).await;
    assert!(manager.open(&file).await.body.contains(&format!("{file}/close")));
    let page = manager.open(&format!("{file}/close")).await.body;
    assert!(words(&page).contains("The remaining 250 points will be removed."), "{page}");
    let form = fields(&page, CLOSE);
    assert!(words(&manager.submit_and_follow(CLOSE, &typed(&form, &[])).await.body).contains("Tick this box to continue."));
    manager.open(&format!("{file}/close")).await;
    let page = manager.submit_and_follow(CLOSE, &typed(&form, &[("sure", "yes")])).await.body;
    let text = words(&page);
    assert!(text.contains("The account is closed.") && page.contains("chip bad\">Closed"), "{page}");
    assert!(!page.contains("/adjust\"") && !page.contains(ERASE), "nothing is left to do for a manager");
    assert!(words(&manager.open(&format!("{file}/close")).await.body).contains("This account is closed."));
    let admin = console::signed_in(&site, Role::Admin).await;
    let page = admin.open(&file).await.body;
    let form = fields(&page, ERASE);
    let page = admin.submit_and_follow(ERASE, &typed(&form, &[("sure", "yes")])).await.body;
    let text = words(&page);
    assert!(text.contains("The personal data is erased.") && text.contains("Erased on"), "{text}");
    assert!(!page.contains("m-1@example.com") && !page.contains(ERASE), "{page}");
    assert!(words(&admin.open("/admin/audit").await.body).contains("Member erased"));
    assert_eq!(admin.open("/admin/members?status=closed").await.status, StatusCode::OK);
    check(&site.state.ledger).await;
}
