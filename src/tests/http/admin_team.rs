//! Staff and API keys at the console: for administrators alone, and every secret shown once.

use axum::http::{Request, StatusCode};
use laurel::i18n::Lang;
use laurel_engine::auth::{Role, Scope};
use laurel_engine::usecase::access::staff;

use crate::support::console::{fields, signed_in, typed};
use crate::support::portal::words;
use crate::support::site::{Browser, Site};
use laurel_testing::people::PASSWORD;

const ADD: &str = "/api/admin/staff/add";
const CHANGE: &str = "/api/admin/staff/change";
const INVITE: &str = "/api/admin/staff/invite";
const MAKE: &str = "/api/admin/keys/make";
const REVOKE: &str = "/api/admin/keys/revoke";

/// What a page shows to be copied this once.
fn shown_once(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("<div class=\"copyable\"><code>")?;
    Some(rest.split('<').next().unwrap_or_default().replace("&amp;", "&"))
}

async fn added<'a>(site: &'a Site, admin: &Browser<'_>, email: &str, role: &str) -> Browser<'a> {
    admin.open("/admin/staff").await;
    let wanted = [("name", "Zhao Min"), ("email", email), ("role", role), ("locale", "en")];
    let page = admin.submit_and_follow(ADD, &wanted).await.body;
    assert!(words(&page).contains("Zhao Min has been added.") && page.contains("Not activated"), "{page}");
    let link = shown_once(&page).unwrap_or_else(|| panic!("no link in {page}"));
    let code = link.strip_prefix("http://127.0.0.1:3000/admin/activate?code=").unwrap_or_else(|| panic!("{link}")).to_owned();
    assert!(shown_once(&admin.open("/admin/staff").await.body).is_none(), "it is shown once");
    let browser = site.browser();
    let opened = browser.submit("/api/admin/activate", &[("code", &code), ("password", PASSWORD)]).await;
    assert_eq!(opened.location(), "/admin");
    browser
}

async fn id_of(site: &Site, email: &str) -> String {
    let everybody = staff::list(&site.state.db, laurel_engine::auth::Authority::command_line()).await.unwrap();
    everybody.into_iter().find(|row| row.email == email).unwrap().id.to_string()
}

#[tokio::test]
async fn somebody_is_added_comes_in_by_the_link_and_may_what_the_role_says() {
    let site = Site::open().await;
    let admin = signed_in(&site, Role::Admin).await;
    let support = added(&site, &admin, "min@example.com", "support").await;
    let page = support.open("/admin").await.body;
    assert!(
        page.contains("href=\"/admin/benefits\"")
            && !page.contains("href=\"/admin/staff\"")
            && !page.contains("href=\"/admin/keys\"")
    );
    for path in ["/admin/staff", "/admin/keys", &format!("/admin/staff/{}", id_of(&site, "min@example.com").await)] {
        assert_eq!(support.open(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let again = [("name", "Zhao Min"), ("email", "min@example.com"), ("role", "support"), ("locale", "en")];
    admin.open("/admin/staff").await;
    let page = admin.submit_and_follow(ADD, &again).await.body;
    assert!(page.contains("id=\"field-email-error\"") && page.contains("value=\"min@example.com\""), "{page}");
}

#[tokio::test]
async fn another_role_ends_sessions_a_disabled_account_is_closed_and_the_last_administrator_stays() {
    let site = Site::open().await;
    let admin = signed_in(&site, Role::Admin).await;
    let other = added(&site, &admin, "min@example.com", "viewer").await;
    let id = id_of(&site, "min@example.com").await;
    let account = format!("/admin/staff/{id}");
    let form = fields(&admin.open(&account).await.body, CHANGE);
    let promoted = typed(&form, &[("role", "manager"), ("enabled", "yes")]);
    assert!(words(&admin.submit_and_follow(CHANGE, &promoted).await.body).contains("Account saved."));
    assert_eq!(other.open("/admin").await.location(), "/admin/sign-in");
    let page = admin.open(&account).await.body;
    assert!(page.contains("value=\"manager\" selected"), "{page}");
    let page = admin.submit_and_follow(INVITE, &[("id", &id)]).await.body;
    assert!(shown_once(&page).is_some_and(|link| link.contains("/admin/activate?code=")), "{page}");
    let form = fields(&admin.open(&account).await.body, CHANGE);
    let page = admin.submit_and_follow(CHANGE, &typed(&form, &[])).await.body;
    assert!(page.contains("Disabled"), "{page}");
    assert!(!admin.open(&account).await.body.contains(INVITE), "who may not come in gets no link");
    let own = format!("/admin/staff/{}", id_of(&site, "admin@example.com").await);
    let form = fields(&admin.open(&own).await.body, CHANGE);
    let page = admin.submit_and_follow(CHANGE, &typed(&form, &[("role", "viewer"), ("enabled", "yes")])).await.body;
    assert!(page.contains("id=\"field-role-error\""), "{page}");
    assert_eq!(admin.open("/admin/staff").await.status, StatusCode::OK, "still an administrator");
    for nobody in ["/admin/staff/nobody", "/admin/staff/0192f0c1-2345-7000-8000-000000000000"] {
        assert_eq!(admin.open(nobody).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_key_is_shown_once_works_as_far_as_it_may_and_no_more_when_revoked() {
    let site = Site::open().await;
    let admin = signed_in(&site, Role::Admin).await;
    assert!(words(&admin.open("/admin/keys").await.body).contains("No API keys yet"));
    let wanted =
        [("name", "Till 7"), ("scopes[]", "rules:read"), ("scopes[]", "benefits:use"), ("source", "till"), ("rate", "7")];
    let page = admin.submit_and_follow(MAKE, &wanted).await.body;
    let key = shown_once(&page).unwrap_or_else(|| panic!("no key in {page}"));
    assert!(key.starts_with("lrl_live_") && words(&page).contains("Key for Till 7 created."), "{page}");
    let page = admin.open("/admin/keys").await.body;
    assert!(!page.contains(&key) && page.contains(&key[..13]) && page.contains("never"), "{page}");
    assert!(words(&page).contains("Limit 7/s"), "{page}");
    let ask = async |path: &str| {
        let request = Request::get(format!("/api/v1{path}")).header("authorization", format!("Bearer {key}"));
        site.send(request.body(axum::body::Body::empty()).unwrap()).await.status
    };
    assert_eq!([ask("/rules").await, ask("/members/m-1").await], [StatusCode::OK, StatusCode::FORBIDDEN]);
    let form = fields(&admin.open("/admin/keys").await.body, REVOKE);
    let page = admin.submit_and_follow(REVOKE, &typed(&form, &[])).await.body;
    assert!(words(&page).contains("Key revoked.") && page.contains("Revoked 22 Nov 2026") && !page.contains(REVOKE), "{page}");
    assert_eq!(ask("/rules").await, StatusCode::UNAUTHORIZED);
    let audit = words(&admin.open("/admin/audit").await.body);
    assert!(audit.contains("API key created") && audit.contains("API key revoked") && !audit.contains(&key), "{audit}");
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_said_and_what_was_ticked_is_kept() {
    let site = Site::open().await;
    let admin = signed_in(&site, Role::Admin).await;
    admin.open("/admin/keys").await;
    let page = admin.submit_and_follow(MAKE, &[("name", ""), ("scopes[]", "rules:read"), ("source", "")]).await.body;
    assert!(page.contains("id=\"field-name-error\""), "{page}");
    let ticked = |page: &str, scope: &str| {
        let (_, tag) = page.split_once(&format!("id=\"scope-{scope}\"")).unwrap_or_else(|| panic!("{page}"));
        tag.split('>').next().unwrap_or_default().contains("checked")
    };
    assert_eq!([ticked(&page, "rules:read"), ticked(&page, "events:write")], [true, false], "{page}");
    let page = admin.submit_and_follow(MAKE, &[("name", "Till 7"), ("source", "laurel")]).await.body;
    assert!(words(&page).contains("field-scopes") || page.contains("href=\"#field-scopes\""), "{page}");
    let refused = admin.call(MAKE, &[("name", "Till 7"), ("scopes[]", "rules:read"), ("source", "laurel")]).await;
    assert!(refused.body.contains("\"field\":\"source\""), "{}", refused.body);
}

#[test]
fn every_scope_is_called_something_in_both_languages() {
    for lang in Lang::ALL {
        for scope in Scope::ALL {
            assert!(lang.team().scope(scope.as_str()).is_some(), "{}", scope.as_str());
        }
    }
}
