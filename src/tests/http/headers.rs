//! Headers that keep pages to themselves, and answers for what is not there or too large.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::support::site::Site;

#[tokio::test]
async fn a_page_runs_scripts_with_its_nonce_alone_and_another_page_has_another_nonce() {
    let site = Site::open().await;
    let browser = site.browser();
    let (first, second) = (browser.open("/nowhere").await, browser.open("/nowhere").await);
    let nonce = |policy: &str| policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap().to_owned();
    let policy = first.header("content-security-policy");
    let own = nonce(policy);
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert_ne!(own, nonce(second.header("content-security-policy")));
    for script in first.body.split("<script").skip(1) {
        assert!(script.split('>').next().unwrap().contains(&format!("nonce=\"{own}\"")), "<script{script}");
    }
    assert!(!first.body.contains(" style=") && !first.body.contains(" onclick="), "{}", first.body);
}

#[tokio::test]
async fn every_answer_says_that_it_is_what_it_says_and_nobody_may_frame_it() {
    let site = Site::behind_https().await;
    for path in ["/healthz", "/nowhere", "/api/nothing", "/", "/pkg/none.js"] {
        let answer = site.browser().open(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(answer.header("strict-transport-security").starts_with("max-age="), "{path}");
        assert!(answer.header("x-request-id").len() >= 16, "{path}");
    }
    assert_eq!(Site::open().await.browser().open("/healthz").await.header("strict-transport-security"), "", "not over http");
}

#[tokio::test]
async fn what_is_not_there_is_a_page_to_people_and_json_to_programs() {
    let site = Site::open().await;
    let page = site.browser().open("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("<h1>Page not found") && page.body.contains("<html lang=\"en\""), "{}", page.body);
    let json = site.browser().call("/api/nothing", &[]).await;
    assert_eq!((json.status, json.header("content-type")), (StatusCode::NOT_FOUND, "application/json"));
    assert!(json.body.contains("\"code\":\"not_found\""), "{}", json.body);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_as_such() {
    let site = Site::open().await;
    let request = Request::post("/preferences/theme").header("sec-fetch-site", "same-origin");
    let answer = site.send(request.body(Body::from(vec![b'x'; 1024 * 1024 + 1])).unwrap()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body.contains("too_large"), "{}", answer.body);
}

#[tokio::test]
async fn a_form_that_is_too_large_comes_back_to_its_page_in_its_frame() {
    let site = Site::open().await;
    let browser = crate::support::console::signed_in(&site, laurel_engine::auth::Role::Admin).await;
    browser.open("/admin/rewards/new").await;
    let page =
        browser.submit_and_follow("/api/admin/rewards/create", &[("terms[about_en]", &"x".repeat(1024 * 1024 + 1))]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("role=\"alert\"") && page.body.contains("larger than allowed"), "{}", page.body);
    assert!(page.body.contains("href=\"/admin/members\""), "in the frame of the console: {}", page.body);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_the_sign_in_page_and_back() {
    let site = Site::open().await;
    let browser = site.browser();
    assert_eq!(browser.open("/").await.location(), "/sign-in");
    assert_eq!(browser.open("/admin").await.location(), "/admin/sign-in");
    assert_eq!(browser.open("/admin?a=1&b=2").await.location(), "/admin/sign-in?next=%2Fadmin%3Fa%3D1%26b%3D2");
}

#[tokio::test]
async fn health_is_told_without_a_session() {
    let site = Site::open().await;
    for (path, body) in [("/healthz", "ok"), ("/readyz", "ready")] {
        let answer = site.browser().open(path).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, body), "{path}");
    }
}
