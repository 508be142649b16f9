//! Language and theme are chosen by a click and rendered by the server.

use crate::support::site::Site;

#[tokio::test]
async fn a_chosen_language_holds_against_what_the_browser_accepts() {
    let site = Site::open().await;
    let browser = site.browser();
    assert!(browser.open("/nowhere?a=1").await.body.contains("lang=\"en\""));
    let page = browser.submit_and_follow("/preferences/language", &[("value", "zh")]).await;
    assert!(page.body.contains("<html lang=\"zh-CN\"") && page.body.contains("页面不存在"), "{}", page.body);
}

#[tokio::test]
async fn switching_comes_back_to_the_same_page() {
    let site = Site::open().await;
    let browser = site.browser();
    browser.open("/nowhere?a=1").await;
    assert_eq!(browser.submit("/preferences/theme", &[("value", "dark")]).await.location(), "/nowhere?a=1");
}

#[tokio::test]
async fn a_chosen_theme_is_in_the_html_so_that_nothing_flashes() {
    let site = Site::open().await;
    let browser = site.browser();
    assert!(!browser.open("/nowhere").await.body.contains("data-theme"));
    assert!(browser.submit_and_follow("/preferences/theme", &[("value", "dark")]).await.body.contains("data-theme=\"dark\""));
    assert!(!browser.submit_and_follow("/preferences/theme", &[("value", "system")]).await.body.contains("data-theme"));
}

#[tokio::test]
async fn cookies_are_tied_to_the_host_over_https() {
    let site = Site::behind_https().await;
    let answer = site.browser().submit("/preferences/theme", &[("value", "dark")]).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-laurel_theme=dark;"), "{cookie}");
    for part in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}
