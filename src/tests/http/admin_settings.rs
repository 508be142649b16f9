//! Settings at the console, and what wears them.

use axum::http::StatusCode;
use laurel_engine::auth::Role;

use crate::support::console::signed_in;
use crate::support::portal::words;
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
