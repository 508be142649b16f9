//! Settings at the console, and what wears them.

use axum::http::StatusCode;
use laurel_engine::auth::Role;

use crate::support::console::signed_in;
use crate::support::portal::{self, words};
use crate::support::site::Site;
use laurel_testing::rewards::picture;

const PROGRAMME: &str = "/api/admin/settings/programme";
const ACCENT: &str = "/api/admin/settings/accent";
const LOGO: &str = "/admin/settings/logo";

#[tokio::test]
async fn a_name_a_colour_and_a_logo_are_worn_by_pages_and_the_manifest() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Admin).await;
    let page = browser.open("/admin/settings").await.body;
    assert!(words(&page).contains("CNY") && words(&page).contains("Asia/Shanghai"), "{page}");
    let page = browser.submit_and_follow(PROGRAMME, &[("name", "Lorbeer"), ("enrol", "yes")]).await.body;
    assert!(words(&page).contains("Settings saved.") && page.contains("Settings · Lorbeer"), "{page}");
    let page = browser.submit_and_follow(ACCENT, &[("accent", "#ffd54f")]).await.body;
    assert!(words(&page).contains("#ffd54f can’t be read everywhere: its contrast is 1."), "{page}");
    let page = browser.upload(LOGO, "picture", picture(1)).await;
    let page = browser.open(page.location()).await.body;
    assert!(words(&page).contains("Logo saved.") && page.contains("brand-logo"), "{page}");
    let gate = site.browser().open("/sign-in").await.body;
    assert!(gate.contains("href=\"/look/ffd54f.css\"") && gate.contains("brand-logo") && gate.contains("Lorbeer"), "{gate}");
    assert!(!gate.contains("/favicon.svg"), "{gate}");
    let manifest = site.browser().open("/manifest.webmanifest").await.body;
    assert!(manifest.contains("Lorbeer") && manifest.contains("-512.png") && !manifest.contains("/icon-512.png"), "{manifest}");
    let sheet = site.browser().open("/look/ffd54f.css").await;
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert!(sheet.body.starts_with(":root{--leaf:light-dark(#"), "{}", sheet.body);
    assert_eq!(site.browser().open("/look/red.css").await.status, StatusCode::NOT_FOUND);
    browser.open("/admin/settings").await;
    browser.submit_and_follow("/api/admin/settings/logo/remove", &[]).await;
    browser.submit_and_follow(ACCENT, &[("accent", "")]).await;
    let gate = site.browser().open("/sign-in").await.body;
    assert!(!gate.contains("/look/") && gate.contains("/favicon.svg"), "{gate}");
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_managers_have_no_settings() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Admin).await;
    browser.open("/admin/settings").await;
    let page = browser.submit_and_follow(ACCENT, &[("accent", "greenish")]).await.body;
    assert!(page.contains("id=\"field-accent-error\"") && page.contains("value=\"greenish\""), "{page}");
    let page = browser.submit_and_follow(PROGRAMME, &[("name", " ")]).await.body;
    assert!(page.contains("id=\"field-name-error\""), "{page}");
    let wrong = browser.upload(LOGO, "picture", b"GIF89a").await;
    assert!(browser.open(wrong.location()).await.body.contains("id=\"field-picture-error\""));
    let manager = signed_in(&site, Role::Manager).await;
    assert_eq!(manager.open("/admin/settings").await.status, StatusCode::FORBIDDEN);
    assert_eq!(manager.upload(LOGO, "picture", picture(1)).await.status, StatusCode::FORBIDDEN);
    assert!(!manager.open("/admin").await.body.contains("href=\"/admin/settings\""));
}

#[tokio::test]
async fn pages_the_api_and_files_speak_of_what_members_collect() {
    let site = Site::open().await;
    let console = signed_in(&site, Role::Admin).await;
    let member = portal::signed_in(&site, "m-1", &["id=p1 member=m-1 pay=371.50 scene=e_payment"]).await;
    assert!(words(&member.open("/").await.body).contains("Points available 371.50"));
    console.open("/admin/settings").await;
    let stars = [("name", "Laurel"), ("unit", "yes"), ("unit_zh", "星星"), ("unit_one", "star"), ("unit_many", "stars")];
    let page = console.submit_and_follow(PROGRAMME, &stars).await.body;
    assert!(page.contains("value=\"stars\"") && page.contains("value=\"星星\""), "{page}");
    for (path, said) in [
        ("/", "Stars available 371.50"),
        ("/", "128.50 more stars to Diamond"),
        ("/rewards", "Available stars 371.50"),
        ("/redeem", "How many stars?"),
        ("/redeem?points=900", "Only 371.50 stars are available."),
        ("/redeem/confirm?points=100", "Stars taken"),
        ("/activity", "Every star in and out, newest first."),
        ("/tiers", "stars earned"),
    ] {
        let page = words(&member.open(path).await.body);
        assert!(page.contains(said), "{path}, {said}: {page}");
        assert!(!page.to_lowercase().contains("points"), "{path}: {page}");
    }
    // what is compiled into browsers has it from the page
    let page = member.open("/redeem").await.body;
    assert!(page.contains("stars beyond it stay yours."), "{page}");
    assert!(member.open("/activity/statement.csv").await.body.contains(",Stars,"), "the statement");
    assert!(words(&console.open("/admin").await.body).contains("Stars issued"));
    console.submit("/preferences/language", &[("value", "en")]).await;
    for (path, said) in [
        ("/admin/rules", "100 stars for ¥1.00"),
        ("/admin/rules/draft", "α · stars per unit paid"),
        ("/admin/lab", "α · stars per unit paid"),
        ("/admin/lab/find", "Stars outstanding at the end, at most"),
        ("/admin/experiments", "Try a draft on some members"),
    ] {
        let page = words(&console.open(path).await.body);
        assert!(page.contains(said), "{path}, {said}: {page}");
        assert!(!page.to_lowercase().contains("point"), "{path}: {page}");
    }
    member.submit("/preferences/language", &[("value", "zh")]).await;
    for (path, said) in [
        ("/", "可用星星 371.50"),
        ("/", "再得 128.50 星星升级钻石会员"),
        ("/activity", "星星明细"),
        ("/redeem", "兑换多少星星？"),
    ] {
        let page = words(&member.open(path).await.body);
        assert!(page.contains(said) && !page.contains("积分"), "{path}, {said}: {page}");
    }
    console.submit("/preferences/language", &[("value", "zh")]).await;
    for (path, said) in [
        ("/admin/rules", "100 星星"),
        ("/admin/rules/draft", "α · 每支付 1 元获得星星"),
        ("/admin/lab", "α · 每支付 1 元获得星星"),
        ("/admin/lab/find", "期末未兑换星星不超过"),
    ] {
        let page = words(&console.open(path).await.body);
        assert!(page.contains(said) && !page.contains("积分"), "{path}, {said}: {page}");
    }
}

#[tokio::test]
async fn a_unit_that_is_no_word_is_told_beside_its_field_and_an_older_page_leaves_it() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Admin).await;
    browser.open("/admin/settings").await;
    let wrong = [("name", "Laurel"), ("unit", "yes"), ("unit_zh", ""), ("unit_one", "point"), ("unit_many", "p0ints")];
    let page = browser.submit_and_follow(PROGRAMME, &wrong).await.body;
    assert!(page.contains("id=\"field-unit_zh-error\"") && page.contains("id=\"field-unit_many-error\""), "{page}");
    assert!(page.contains("value=\"p0ints\""), "what was typed is kept: {page}");
    let page = browser.submit_and_follow(PROGRAMME, &[("name", "Lorbeer")]).await.body;
    assert!(words(&page).contains("Settings saved.") && page.contains("value=\"points\""), "{page}");
}
