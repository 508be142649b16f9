//! The rules' editor as a plain form: nothing here needs a script.

use axum::http::StatusCode;
use jiff::SignedDuration;
use laurel::server::auth::{Authority, Role};
use laurel::server::usecase::ledger::due;
use laurel::server::usecase::rules;
use laurel::server::usecase::rules::Publication;
use laurel_domain::rules::period::Validity;
use laurel_domain::rules::terms::Expiry;
use laurel_domain::rules::window::Window;

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
    assert!(page.contains("Draft saved.") && page.contains("was 1") && page.contains("1 change"), "{page}");
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
    assert!(stale.contains("Someone else changed or published the draft") && stale.contains("<ins>20</ins>"), "{stale}");
    let form = fields(&stale, EDITOR);
    assert!(form.contains(&("gamma".to_owned(), "7".to_owned())), "what was typed is still there");
    assert_eq!(one.submit(EDITOR, &typed(&form, &[("do", "save")])).await.location(), EDITOR);
    let published = other.submit(PUBLISH, &[("revision", "1")]).await;
    let page = other.open(published.location()).await.body;
    assert!(page.contains("Someone else has changed the draft in the meantime"), "{page}");
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

#[tokio::test]
async fn how_long_points_and_tiers_last_is_edited_and_another_save_loses_none_of_it() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let over = [
        ("expiry.kind", "yearly"),
        ("expiry.month", "12"),
        ("expiry.day", "31"),
        ("expiry.years", "1"),
        ("holding.payment", "14"),
        ("caps.payment.day", "500"),
        ("referral_least", "50.50"),
        ("window.kind", "months"),
        ("window.months", "12"),
        ("validity.months", "24"),
        ("validity.grace_days", "7"),
        ("do", "save"),
    ];
    let saved = send(&browser, &over).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, EDITOR), "{}", saved.body);
    let page = browser.open(EDITOR).await.body;
    for text in ["was Never", "On a fixed day of the year", "Payments: holding period (days)", "Payments: most points per day"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert_eq!(send(&browser, &[("alpha", "2"), ("do", "save")]).await.location(), EDITOR);
    let set = rules::desk(&site.state.ledger).await.unwrap().draft.unwrap().set;
    assert_eq!(set.alpha.to_string(), "2");
    assert_eq!(set.expiry, Expiry::Yearly { month: 12, day: 31, years: 1 });
    assert_eq!((set.holding.payment, set.caps.payment.day), (14, Some("500".parse().unwrap())));
    assert_eq!((set.caps.referral.day, set.referral_least), (Some("100".parse().unwrap()), "50.5".parse().unwrap()));
    assert_eq!(set.ladder.window, Window::Months(12));
    assert_eq!(set.ladder.validity, Some(Validity { months: 24, grace_days: 7 }));
    let wrong =
        send(&browser, &[("expiry.day", "32"), ("holding.review", "400"), ("window.months", "x"), ("do", "save")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("href=\"#field-window-months\"") && wrong.body.contains("value=\"400\""), "{}", wrong.body);
}

#[tokio::test]
async fn a_scheduled_version_is_shown_with_its_time_and_the_next_has_to_wait_for_it() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    send(&browser, &[("alpha", "2"), ("do", "save")]).await;
    let form = fields(&browser.open("/admin/rules/publish").await.body, PUBLISH);
    let page = browser.submit_and_follow(PUBLISH, &typed(&form, &[("at", "2026-11-22T18:10")])).await.body;
    assert!(page.contains("Version 2 is scheduled to take effect on 22 Nov 2026 18:10."), "{page}");
    assert!(page.contains("Version 1 in force"), "{page}");
    let history = browser.open("/admin/rules/history").await.body;
    assert!(history.contains("Scheduled") && history.contains("from 22 Nov 2026 18:10"), "{history}");
    // the next draft follows the scheduled version and keeps what it changes
    assert_eq!(send(&browser, &[("beta", "20"), ("do", "save")]).await.location(), EDITOR);
    let desk = rules::desk(&site.state.ledger).await.unwrap();
    assert_eq!(desk.changes.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), ["beta"]);
    let question = browser.open("/admin/rules/publish").await.body;
    assert!(question.contains("Version 2 has to come into force first, on 22 Nov 2026 18:10."), "{question}");
    let revision = desk.draft.unwrap().revision.to_string();
    let page = browser.submit_and_follow(PUBLISH, &[("revision", &revision)]).await.body;
    assert!(page.contains("Version 2 has to come into force first"), "{page}");
    site.state.ledger.clock.advance(SignedDuration::from_secs(600));
    let form = fields(&browser.open("/admin/rules/publish").await.body, PUBLISH);
    let page = browser.submit_and_follow(PUBLISH, &typed(&form, &[])).await.body;
    assert!(page.contains("Version 3 is in force."), "{page}");
}

#[tokio::test]
async fn the_page_of_rules_says_how_many_are_still_to_be_re_rated() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    tell(&site.state.ledger, "id=p1 member=m-1 pay=150").await.unwrap();
    let form = fields(&browser.open(EDITOR).await.body, EDITOR);
    browser.submit(EDITOR, &typed(&form, &[("tiers.1.from", "200"), ("do", "save")])).await;
    let desk = rules::desk(&site.state.ledger).await.unwrap();
    let how = Publication::default();
    // a version starts after all that has been posted
    site.state.ledger.clock.advance(SignedDuration::from_secs(1));
    rules::publish(&site.state.ledger, Authority::command_line(), desk.draft.unwrap().revision, how).await.unwrap();
    let page = browser.open(EDITOR).await.body;
    assert!(page.contains("1 members are still to be reassessed under the current rules."), "{page}");
    due::re_rate(&site.state.ledger).await.unwrap();
    assert!(!browser.open(EDITOR).await.body.contains("still to be reassessed"));
}
