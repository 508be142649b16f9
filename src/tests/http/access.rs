//! Who may open and call what: every function that there is, and every page.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use leptos::server_fn::axum::server_fn_paths;

use crate::support::site::Site;

/// What anybody may call: coming in, and doing without e-mails by the link in one.
const OPEN: [&str; 10] = [
    "/api/portal/sign-in",
    "/api/portal/register",
    "/api/portal/activate",
    "/api/portal/forgotten",
    "/api/portal/unsubscribe",
    "/api/portal/confirm-email",
    "/api/admin/sign-in",
    "/api/admin/activate",
    "/api/admin/forgotten",
    "/api/admin/first",
];

#[tokio::test]
async fn a_function_refuses_who_is_not_signed_in_unless_it_is_for_coming_in() {
    let site = Site::open().await;
    let mut open = BTreeSet::new();
    for (path, method) in server_fn_paths() {
        assert_eq!(method, "POST", "{path}: only POST changes anything");
        let answer = site.browser().call(path, &[]).await;
        match answer.status {
            StatusCode::UNAUTHORIZED => {}
            _ => drop(open.insert(path)),
        }
    }
    assert_eq!(open, BTreeSet::from(OPEN));
}

#[tokio::test]
async fn a_member_reaches_nothing_of_the_console() {
    let site = Site::open().await;
    let browser = site.browser();
    let fields = [("name", "Fang"), ("sign_in_name", "fang@example.com"), ("password", "laurels grow slowly")];
    browser.call("/api/portal/register", &fields).await;
    assert_eq!(browser.open("/").await.status, StatusCode::OK);
    assert_eq!(browser.open("/admin").await.location(), "/admin/sign-in");
    for (path, _) in server_fn_paths().filter(|(path, _)| path.starts_with("/api/admin/") && !OPEN.contains(path)) {
        assert_eq!(browser.call(path, &[]).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_for_good() {
    let site = Site::open().await;
    let browser = site.browser();
    let fields = [("name", "Fang"), ("sign_in_name", "fang@example.com"), ("password", "laurels grow slowly")];
    browser.call("/api/portal/register", &fields).await;
    let page = browser.submit_and_follow("/api/portal/sign-out", &[]).await;
    assert!(page.body.contains("You’re signed out."), "{}", page.body);
    assert_eq!(browser.open("/").await.location(), "/sign-in");
}
