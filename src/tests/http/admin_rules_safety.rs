//! Publishing with a second person, its limits, and the way back to an earlier version: who may do what, and what is refused.

use axum::http::StatusCode;
use laurel_engine::auth::Role;
use laurel_engine::usecase::rules;

use crate::support::console::{fields, signed_in, typed};
use crate::support::site::{Browser, Site};

const RULES: &str = "/admin/rules";
const EDITOR: &str = "/admin/rules/draft";
const PUBLISH: &str = "/api/admin/rules/publish";
const LIMITS: &str = "/api/admin/rules/limits";
const DECIDE: &str = "/api/admin/rules/decide";
const RETURN: &str = "/api/admin/rules/return";
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

/// Publishes, or proposes, rules under which points are worth half. The page that follows.
async fn halved(browser: &Browser<'_>) -> String {
    let form = fields(&browser.open(EDITOR).await.body, EDITOR);
    let saved = browser.submit(EDITOR, &typed(&form, &[("rate", "200"), ("do", "publish")])).await;
    assert_eq!(saved.location(), "/admin/rules/publish", "{}", saved.body);
    let form = fields(&browser.open("/admin/rules/publish").await.body, PUBLISH);
    browser.submit_and_follow(PUBLISH, &typed(&form, &[])).await.body
}

fn proposal_in(page: &str) -> String {
    let link = page.split('"').find_map(|part| part.strip_prefix("/admin/rules/proposals/"));
    link.unwrap_or_else(|| panic!("no proposal in {page}")).to_owned()
}

#[tokio::test]
async fn limits_are_set_by_administrators_alone_and_each_field_at_fault_is_named() {
    let site = Site::open().await;
    let admin = signed_in(&site, Role::Admin).await;
    admin.open(RULES).await;
    let page = admin.submit_and_follow(LIMITS, &[("members", "-1"), ("worth", "a lot")]).await.body;
    assert!(page.contains("must not be negative") && page.contains("must be a plain number"), "{page}");
    assert!(page.contains("value=\"-1\"") && page.contains("value=\"a lot\""), "{page}");
    let page = admin.submit_and_follow(LIMITS, &[("members", "10"), ("worth", "5.00")]).await.body;
    assert!(page.contains("The limits are saved.") && page.contains("Members who lose a tier: 10."), "{page}");
    for role in [Role::Viewer, Role::Support, Role::Manager] {
        let browser = signed_in(&site, role).await;
        let page = browser.open(RULES).await.body;
        assert!(!page.contains(LIMITS), "{role:?} is not asked for limits");
        assert_eq!(browser.call(LIMITS, &[("members", ""), ("worth", "")]).await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let page = admin.submit_and_follow(LIMITS, &[("members", "11"), ("worth", "5.00")]).await.body;
    assert!(page.contains("Proposed."), "a looser one takes two: {page}");
    assert_eq!(rules::limits(&site.state.ledger).await.unwrap().members, Some(10));
}

#[tokio::test]
async fn beyond_the_limit_a_publication_is_proposed_and_somebody_else_decides_it_once() {
    let site = Site::open().await;
    let admin = signed_in(&site, Role::Admin).await;
    admin.open(RULES).await;
    admin.submit_and_follow(LIMITS, &[("members", "0"), ("worth", "0")]).await;
    laurel_testing::programme::tell(&site.state.ledger, "id=p1 member=m-1 pay=80").await.unwrap();
    let page = halved(&admin).await;
    assert!(page.contains("Proposed."), "{page}");
    let id = proposal_in(&page);
    let path = format!("/admin/rules/proposals/{id}");
    let own = admin.open(&path).await.body;
    assert!(own.contains("Someone else has to approve what you proposed.") && !own.contains("value=\"approve\""), "{own}");
    let decide = |decision: &'static str| [("proposal", id.clone()), ("decision", decision.to_owned())];
    let sent = async |browser: &Browser<'_>, decision| {
        let fields = decide(decision);
        browser.call(DECIDE, &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await
    };
    let refused = sent(&admin, "approve").await;
    assert!(refused.body.contains("own_proposal"), "{}", refused.body);
    for role in [Role::Viewer, Role::Support] {
        let browser = signed_in(&site, role).await;
        assert_eq!(sent(&browser, "approve").await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let manager = signed_in(&site, Role::Manager).await;
    let question = manager.open(&path).await.body;
    assert!(question.contains("Publish what was proposed?") && question.contains("<ins>200</ins>"), "{question}");
    let faults = manager.submit_and_follow(DECIDE, &[("proposal", &id), ("decision", "reject"), ("objection", " ")]).await.body;
    assert!(faults.contains("href=\"#field-objection\""), "{faults}");
    assert!(sent(&manager, "perhaps").await.body.contains("\"decision\""), "no decision that there is");
    assert_eq!(sent(&manager, "withdraw").await.status, StatusCode::FORBIDDEN, "it is not theirs");
    let approved = manager.submit_and_follow(DECIDE, &[("proposal", &id), ("decision", "approve")]).await.body;
    assert!(approved.contains("Approved. Version 2 is published."), "{approved}");
    assert!(sent(&manager, "reject").await.body.contains("objection"), "a reason is asked for before anything else");
    let late = manager.call(DECIDE, &[("proposal", &id), ("decision", "reject"), ("objection", "too late")]).await;
    assert!(late.body.contains("already_decided"), "{}", late.body);
    let none = manager.call(DECIDE, &[("proposal", NOBODY), ("decision", "approve")]).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    for gone in [format!("/admin/rules/proposals/{NOBODY}"), "/admin/rules/proposals/x".to_owned()] {
        assert_eq!(manager.open(&gone).await.status, StatusCode::NOT_FOUND, "{gone}");
    }
}

#[tokio::test]
async fn an_earlier_version_comes_back_as_a_draft_for_those_who_manage_rules() {
    let site = Site::open().await;
    let manager = signed_in(&site, Role::Manager).await;
    let page = halved(&manager).await;
    assert!(page.contains("Version 2 is in force."), "{page}");
    for role in [Role::Viewer, Role::Support] {
        let browser = signed_in(&site, role).await;
        assert_eq!(browser.call(RETURN, &[("version", "1"), ("revision", "0")]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(browser.open("/admin/rules/publish").await.status, StatusCode::FORBIDDEN);
    }
    for version in ["9", "x", ""] {
        let answer = manager.call(RETURN, &[("version", version), ("revision", "0")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{version}: {}", answer.body);
    }
    manager.open("/admin/rules/history").await;
    let page = manager.submit_and_follow(RETURN, &[("version", "1"), ("revision", "0")]).await.body;
    assert!(page.contains("The draft is now identical to version 1.") && page.contains("<ins>100</ins>"), "{page}");
    let stale = manager.call(RETURN, &[("version", "1"), ("revision", "0")]).await;
    assert!(stale.body.contains("stale_draft"), "the draft that it would replace is another: {}", stale.body);
}
