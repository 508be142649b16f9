//! The rules' editor as a plain form: nothing here needs a script.

use axum::http::StatusCode;
use jiff::SignedDuration;
use laurel::server::auth::Role;
use laurel::server::usecase::rules;

use crate::support::console::{fields, signed_in, typed};
use crate::support::programme::{check, standing, tell};
use crate::support::site::{Answer, Browser, Site};

const EDITOR: &str = "/admin/rules";
const PUBLISH: &str = "/api/admin/rules/publish";

async fn send(browser: &Browser<'_>, over: &[(&str, &str)]) -> Answer {
    let form = fields(&browser.open(EDITOR).await.body, EDITOR);
    browser.submit(EDITOR, &typed(&form, over)).await
}

#[tokio::test]
async fn a_weight_is_edited_saved_and_published_and_the_next_payment_earns_by_it() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let saved = send(&browser, &[("alpha", "1.5"), ("do", "save")]).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, EDITOR), "{}", saved.body);
    let page = browser.open(EDITOR).await.body;
    assert!(page.contains("The draft is saved.") && page.contains("was 1") && page.contains("1 change"), "{page}");
    let question = send(&browser, &[("do", "publish")]).await;
    assert_eq!(question.location(), "/admin/rules/publish");
    let question = browser.open("/admin/rules/publish").await.body;
    assert!(question.contains("<del>1</del>") && question.contains("<ins>1.5</ins>"), "{question}");
    site.state.ledger.clock.advance(SignedDuration::from_secs(60));
    let form = fields(&question, PUBLISH);
    let page = browser.submit_and_follow(PUBLISH, &typed(&form, &[])).await.body;
    assert!(page.contains("Version 2 is in force."), "{page}");
    tell(&site.state.ledger, "id=p1 member=m-1 pay=10 at=2026-11-22T10:01:00Z").await.unwrap();
    assert_eq!(standing(&site.state.ledger, "m-1").await, "15.00/0.00/15.00/1");
    check(&site.state.ledger).await;
    let history = browser.open("/admin/rules/history").await.body;
    assert!(history.contains("Version 2") && history.contains("<ins>1.5</ins>") && history.contains("Wang Wei"), "{history}");
    let audit = browser.open("/admin/audit?action=rules.publish").await.body;
    assert!(audit.contains("<del>1</del>") && audit.contains("<ins>1.5</ins>") && audit.contains("Wang Wei"), "{audit}");
}

#[tokio::test]
async fn bad_values_come_back_beside_their_fields_with_all_that_was_typed() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let over = [("alpha", "-1"), ("tiers.2.from", "50"), ("tiers.1.name.en", "Golden"), ("do", "save")];
    let refused = send(&browser, &over).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.body;
    assert!(page.contains("href=\"#field-alpha\"") && page.contains("href=\"#field-tiers-2-from\""), "{page}");
    assert!(page.contains("must not be negative") && page.contains("must be greater than the threshold before it"), "{page}");
    assert!(page.contains("value=\"-1\"") && page.contains("value=\"Golden\""), "{page}");
    assert!(rules::desk(&site.state.ledger).await.unwrap().draft.is_none(), "nothing was saved");
    let unreadable = send(&browser, &[("rate", "a lot"), ("do", "save")]).await;
    assert_eq!(unreadable.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unreadable.body.contains("must be a plain number"), "{}", unreadable.body);
}

#[tokio::test]
async fn a_preview_works_the_examples_and_saves_nothing() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    assert!(browser.open(EDITOR).await.body.contains(">139.12<"));
    let page = send(&browser, &[("alpha", "2"), ("do", "preview")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains(">278.24<") && page.body.contains("was 1"));
    assert!(rules::desk(&site.state.ledger).await.unwrap().draft.is_none());
}

#[tokio::test]
async fn tiers_and_benefits_are_added_and_removed_by_buttons() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let page = send(&browser, &[("alpha", "3"), ("do", "add-tier.0")]).await.body;
    let form = fields(&page, EDITOR);
    let silver =
        [("tiers.1.name.zh", "银牌会员"), ("tiers.1.name.en", "Silver"), ("tiers.1.from", "50"), ("do", "add-benefit.1")];
    let page = browser.submit(EDITOR, &typed(&form, &silver)).await.body;
    let form = fields(&page, EDITOR);
    let free =
        [("tiers.1.benefits.0.text.zh", "免费停车"), ("tiers.1.benefits.0.text.en", "Free parking"), ("do", "remove-tier.4")];
    let page = browser.submit(EDITOR, &typed(&form, &free)).await.body;
    let form = fields(&page, EDITOR);
    let saved = browser.submit(EDITOR, &typed(&form, &[("do", "save")])).await;
    assert_eq!(saved.location(), EDITOR, "{}", saved.body);
    let set = rules::desk(&site.state.ledger).await.unwrap().draft.unwrap().set;
    let names: Vec<&str> = set.ladder.tiers.iter().map(|tier| tier.name.en.as_str()).collect();
    assert_eq!(names, ["Standard", "Silver", "Gold", "Diamond"]);
    assert_eq!((set.alpha.to_string().as_str(), set.ladder.tiers[1].benefits[0].text.zh.as_str()), ("3", "免费停车"));
}

#[tokio::test]
async fn of_two_editors_the_slower_is_told_and_loses_nothing() {
    let site = Site::open().await;
    let (one, other) = (signed_in(&site, Role::Manager).await, signed_in(&site, Role::Admin).await);
    let form = fields(&one.open(EDITOR).await.body, EDITOR);
    send(&other, &[("beta", "20"), ("do", "save")]).await;
    let previewed = one.submit(EDITOR, &typed(&form, &[("gamma", "7"), ("do", "preview")])).await.body;
    let form = fields(&previewed, EDITOR);
    let stale = one.submit(EDITOR, &typed(&form, &[("do", "save")])).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let stale = stale.body;
    assert!(stale.contains("Somebody else changed the draft") && stale.contains("<ins>20</ins>"), "{stale}");
    let form = fields(&stale, EDITOR);
    assert!(form.contains(&("gamma".to_owned(), "7".to_owned())), "what was typed is still there");
    assert_eq!(one.submit(EDITOR, &typed(&form, &[("do", "save")])).await.location(), EDITOR);
    let published = other.submit(PUBLISH, &[("revision", "1")]).await;
    let page = other.open(published.location()).await.body;
    assert!(page.contains("Somebody else has changed the draft meanwhile"), "{page}");
}

#[tokio::test]
async fn who_may_not_change_rules_sees_them_and_changes_nothing() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Support).await;
    let page = browser.open(EDITOR).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        !page.body.contains("value=\"save\"") && page.body.contains("<fieldset disabled class=\"rules-sheets\""),
        "{}",
        page.body
    );
    let refused = browser.submit(EDITOR, &[("do", "save"), ("alpha", "9")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.open("/admin/rules/publish").await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.browser().submit(EDITOR, &[("do", "save")]).await.status, StatusCode::UNAUTHORIZED);
}
