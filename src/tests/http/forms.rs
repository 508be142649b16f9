//! Plain forms: what is wrong comes back with what was typed, what is right goes on, and scripts get the bare answer.

use axum::http::StatusCode;

use crate::support::site::Site;

const REGISTER: &str = "/api/portal/register";
const SIGN_IN: &str = "/api/portal/sign-in";
const RIGHT: [(&str, &str); 4] =
    [("name", "Wang Fang"), ("sign_in_name", "fang@example.com"), ("password", "laurels grow slowly"), ("referral_code", "")];

#[tokio::test]
async fn a_refused_form_comes_back_with_the_error_beside_the_field_and_what_was_typed() {
    let site = Site::open().await;
    let browser = site.browser();
    browser.open("/register?ref=ABC").await;
    let fields = [("name", "Wang <Fang>"), ("sign_in_name", "not a name"), ("password", "laurels grow slowly")];
    let refused = browser.submit(REGISTER, &fields).await;
    assert_eq!((refused.status, refused.location()), (StatusCode::SEE_OTHER, "/register?ref=ABC"));
    let page = browser.open(refused.location()).await.body;
    assert!(page.contains("value=\"Wang &lt;Fang&gt;\"") && page.contains("value=\"not a name\""), "{page}");
    assert!(page.contains("id=\"field-sign_in_name-error\"") && page.contains("aria-invalid=\"true\""), "{page}");
    assert!(page.contains("role=\"alert\"") && page.contains("href=\"#field-sign_in_name\""), "{page}");
    assert!(page.contains("Email or phone: "), "the field is named: {page}");
    assert!(!page.contains("laurels grow slowly"), "a password never comes back");
    assert!(!browser.open("/register?ref=ABC").await.body.contains("role=\"alert\""), "shown once");
}

#[tokio::test]
async fn a_password_is_in_no_cookie() {
    let site = Site::open().await;
    let refused = site.browser().submit(SIGN_IN, &[("sign_in_name", "x@example.com"), ("password", "open sesame")]).await;
    let cookie = refused.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    let decoded = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, cookie).unwrap();
    let text = String::from_utf8(decoded).unwrap();
    assert!(text.contains("x@example.com") && !text.contains("sesame"), "{text}");
}

#[tokio::test]
async fn a_form_that_is_right_goes_on_with_a_session_and_says_so_once() {
    let site = Site::open().await;
    let browser = site.browser();
    browser.open("/register").await;
    let page = browser.submit_and_follow(REGISTER, &RIGHT).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("role=\"status\"") && page.body.contains("Welcome, Wang Fang."), "{}", page.body);
    assert!(!browser.open("/").await.body.contains("Welcome, Wang Fang."));
}

#[tokio::test]
async fn a_script_gets_the_status_the_code_and_nothing_else() {
    let site = Site::open().await;
    let browser = site.browser();
    let refused = browser.call(REGISTER, &[("name", ""), ("sign_in_name", "fang@example.com")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.body.contains("\"code\":\"invalid\"") && refused.body.contains("\"field\":\"name\""), "{}", refused.body);
    let right = browser.call(REGISTER, &RIGHT).await;
    assert_eq!(right.status, StatusCode::OK, "{}", right.body);
    for answer in [&refused, &right] {
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("laurel-") && name != "serverfnerror"));
        assert!(!answer.header("set-cookie").contains("flash"), "{}", answer.header("set-cookie"));
    }
}

#[tokio::test]
async fn an_error_is_in_the_language_of_the_page() {
    let site = Site::open().await;
    let browser = site.browser();
    browser.submit("/preferences/language", &[("value", "zh")]).await;
    let refused = browser.call(SIGN_IN, &[("sign_in_name", "x@example.com"), ("password", "wrong")]).await;
    assert!(refused.body.contains("账号或密码不正确"), "{}", refused.body);
}

#[tokio::test]
async fn signing_in_goes_where_somebody_wanted_to_go_but_never_to_another_site() {
    let site = Site::open().await;
    site.browser().call(REGISTER, &RIGHT).await;
    for (next, leads_to) in [("/profile", "/profile"), ("//evil.example/", "/"), ("https://evil.example/", "/"), ("", "/")] {
        let fields = [RIGHT[1], RIGHT[2], ("next", next)];
        assert_eq!(site.browser().submit(SIGN_IN, &fields).await.location(), leads_to, "{next}");
    }
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_leads_to_sign_in_and_back() {
    let site = Site::open().await;
    let browser = site.browser();
    browser.open("/profile").await;
    let refused = browser.submit("/api/portal/profile/edit", &[("name", "x")]).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    assert!(refused.location().starts_with("/sign-in?next=%2Fprofile%3Fform%3D"), "{}", refused.location());
}

#[tokio::test]
async fn what_was_typed_when_the_session_ended_is_there_after_signing_in_but_passwords_are_kept_nowhere() {
    let site = Site::open().await;
    site.browser().call(REGISTER, &RIGHT).await;
    let browser = site.browser();
    browser.open("/profile").await;
    let long = "长".repeat(2_000);
    let fields = [("name", long.as_str()), ("phone", "+86 139"), ("password", "open sesame")];
    let to = browser.submit("/api/portal/profile/edit", &fields).await.location().to_owned();
    assert!(browser.open(&to).await.body.contains("what you entered is kept"));
    let next = form_urlencoded::parse(to.split_once('?').unwrap().1.as_bytes()).next().unwrap().1.into_owned();
    let back = browser.submit(SIGN_IN, &[RIGHT[1], RIGHT[2], ("next", &next)]).await.location().to_owned();
    assert_eq!(back, next);
    for _ in ["at once", "and after a reload"] {
        let page = browser.open(&back).await.body;
        assert!(page.contains(&long) && page.contains("value=\"+86 139\"") && page.contains("signed in again"), "{page}");
        assert!(!page.contains("sesame"), "{page}");
    }
    let elsewhere = site.browser();
    elsewhere.submit(SIGN_IN, &[RIGHT[1], RIGHT[2]]).await;
    assert!(!elsewhere.open(&back).await.body.contains(&long), "another browser is not shown it");
    let sent = browser.submit("/api/portal/profile/edit", &[("name", "Wang Fang")]).await;
    assert_eq!(sent.location(), "/profile", "the next page does not show it again");
}

#[tokio::test]
async fn a_refused_form_that_no_cookie_holds_comes_back_whole() {
    let site = Site::open().await;
    let browser = site.browser();
    browser.submit(REGISTER, &RIGHT).await;
    browser.open("/profile").await;
    let (long, other) = ("长".repeat(3_000), "short");
    let refused = browser.submit("/api/portal/profile/edit", &[("name", &long), ("phone", other)]).await;
    assert!(refused.location().starts_with("/profile?form="), "{}", refused.location());
    let page = browser.open(refused.location()).await.body;
    assert!(page.contains(&long) && page.contains("value=\"short\""), "{page}");
    assert!(page.contains("Name: must be at most 100 characters") && page.contains("Phone: has characters"), "{page}");
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_with_the_label_of_each_field() {
    let site = Site::open().await;
    let browser = site.browser();
    browser.open("/register").await;
    let wrong = [("name", ""), ("sign_in_name", "nobody"), ("password", "short"), ("referral_code", "")];
    let page = browser.submit_and_follow(REGISTER, &wrong).await.body;
    let summary = page.split("role=\"alert\"").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap_or_default();
    for field in ["name", "sign_in_name", "password"] {
        assert!(summary.contains(&format!("href=\"#field-{field}\"")), "{field}: {summary}");
    }
    assert!(summary.contains("Name: is required") && summary.contains("Email or phone: "), "{summary}");
}
