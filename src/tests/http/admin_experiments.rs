//! Experiments at the console: started from the draft, looked at, ended; who may, and what is refused.

use axum::http::StatusCode;
use jiff::SignedDuration;
use laurel_engine::auth::Role;
use laurel_engine::usecase::rules::experiments;

use crate::support::console::{fields, signed_in, typed};
use crate::support::site::{Browser, Site};

const EDITOR: &str = "/admin/rules/draft";
const LIST: &str = "/admin/experiments";
const NEW: &str = "/admin/experiments/new";
const START: &str = "/api/admin/experiments/start";
const RESULTS: &str = "/api/admin/experiments/results";
const END: &str = "/api/admin/experiments/end";

/// Keeps a draft under which a payment earns twice as much.
async fn doubled(browser: &Browser<'_>) {
    let form = fields(&browser.open(EDITOR).await.body, EDITOR);
    let saved = browser.submit(EDITOR, &typed(&form, &[("alpha", "2"), ("do", "publish")])).await;
    assert_eq!(saved.location(), "/admin/rules/publish", "{}", saved.body);
}

/// Starts an experiment; its path.
async fn started(browser: &Browser<'_>, at: &str) -> String {
    let form = fields(&browser.open(NEW).await.body, START);
    let over = [("name", "Double"), ("hypothesis", "They pay more"), ("at", at), ("until", "2027-06-01T00:00")];
    let answer = browser.submit(START, &typed(&form, &over)).await;
    assert!(answer.location().starts_with("/admin/experiments/"), "{} {}", answer.location(), answer.body);
    answer.location().to_owned()
}

#[tokio::test]
async fn an_experiment_is_started_from_the_draft_looked_at_and_stopped() {
    let site = Site::open().await;
    let manager = signed_in(&site, Role::Manager).await;
    assert!(manager.open(LIST).await.body.contains("No experiments yet"));
    assert!(manager.open(NEW).await.body.contains("There is no draft to try"));
    laurel_testing::programme::tell(&site.state.ledger, "id=p1 member=m-1 pay=80").await.unwrap();
    doubled(&manager).await;
    let form = fields(&manager.open(NEW).await.body, START);
    let wrong = typed(&form, &[("variant", "90"), ("control", "20"), ("until", "2027-06-01T00:00")]);
    let page = manager.submit_and_follow(START, &wrong).await.body;
    for field in ["#field-name", "#field-hypothesis", "#field-control"] {
        assert!(page.contains(&format!("href=\"{field}\"")), "{field}: {page}");
    }
    assert!(page.contains("value=\"90\""), "what was typed stays: {page}");
    let missing = manager.submit_and_follow(START, &typed(&form, &[])).await.body;
    for field in ["#field-name", "#field-hypothesis", "#field-until"] {
        assert!(missing.contains(&format!("href=\"{field}\"")), "all at once, {field}: {missing}");
    }

    let path = started(&manager, "").await;
    site.state.ledger.clock.advance(SignedDuration::from_secs(1));
    let page = manager.open(&path).await.body;
    assert!(page.contains("They pay more") && page.contains("<ins>2</ins>") && page.contains("Running"), "{page}");
    assert!(manager.open("/admin/rules").await.body.contains("The experiment “Double” is on."));
    assert!(manager.open(NEW).await.body.contains("The experiment “Double” is on."));
    let form = fields(&manager.open(&path).await.body, RESULTS);
    manager.submit_and_follow(RESULTS, &typed(&form, &[])).await;
    experiments::work(&site.state.ledger).await.unwrap();
    let page = manager.open(&path).await.body;
    assert!(page.contains("Too few members to tell") && page.contains("Were the groups alike at the start?"), "{page}");

    // a manager alone may end it
    for role in [Role::Viewer, Role::Support] {
        let browser = signed_in(&site, role).await;
        let page = browser.open(&path).await;
        assert!(page.status == StatusCode::OK && !page.body.contains(END), "{role:?}");
        let id = path.rsplit('/').next().unwrap_or_default();
        assert_eq!(browser.call(END, &[("experiment", id), ("how", "stop")]).await.status, StatusCode::FORBIDDEN, "{role:?}");
        assert_eq!(browser.open(NEW).await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let id = path.rsplit('/').next().unwrap_or_default();
    let page = manager.submit_and_follow(END, &[("experiment", id), ("how", "stop")]).await.body;
    assert!(page.contains("The experiment is stopped. Version 4 holds for everyone."), "{page}");
    assert!(manager.call(END, &[("experiment", id), ("how", "adopt")]).await.body.contains("experiment_over"));
    for gone in ["/admin/experiments/x", "/admin/experiments/00000000-0000-7000-8000-000000000000"] {
        assert_eq!(manager.open(gone).await.status, StatusCode::NOT_FOUND, "{gone}");
    }
}

#[tokio::test]
async fn what_has_not_begun_is_withdrawn_and_stays_readable() {
    let site = Site::open().await;
    let manager = signed_in(&site, Role::Manager).await;
    doubled(&manager).await;
    let path = started(&manager, "2027-05-01T00:00").await;
    let page = manager.open(&path).await.body;
    assert!(
        page.contains("Scheduled") && page.contains("Withdraw the experiment") && !page.contains("Adopt for everyone"),
        "{page}"
    );
    let id = path.rsplit('/').next().unwrap_or_default();
    let page = manager.submit_and_follow(END, &[("experiment", id), ("how", "withdraw")]).await.body;
    assert!(page.contains("The experiment is withdrawn.") && page.contains("They pay more"), "{page}");
    assert!(manager.open(LIST).await.body.contains("Withdrawn"));
}

#[tokio::test]
async fn what_is_to_be_kept_and_told_is_asked_and_shown_where_the_draft_can_take_a_tier() {
    let site = Site::open().await;
    let manager = signed_in(&site, Role::Manager).await;
    doubled(&manager).await;
    assert!(!manager.open(NEW).await.body.contains("name=\"keeps_until\""), "twice the points take no tier");
    let form = fields(&manager.open(EDITOR).await.body, EDITOR);
    manager.submit(EDITOR, &typed(&form, &[("tiers.1.from", "200"), ("do", "publish")])).await;
    let form = fields(&manager.open(NEW).await.body, START);
    let told = [("name", "Higher"), ("hypothesis", "They pay more"), ("until", "2027-06-01T00:00"), ("notice_zh", "门槛有变")];
    let wrong = [&told[..], &[("keeps_until", "soon")]].concat();
    let page = manager.submit_and_follow(START, &typed(&form, &wrong)).await.body;
    for field in ["#field-keeps_until", "#field-notice_en"] {
        assert!(page.contains(&format!("href=\"{field}\"")), "all at once, {field}: {page}");
    }
    let right = [&told[..], &[("keeps_until", "2027-07-31"), ("notice_en", "Thresholds change")]].concat();
    let answer = manager.submit(START, &typed(&form, &right)).await;
    let page = manager.open(answer.location()).await.body;
    assert!(page.contains("keep their tier through 31 Jul 2027"), "{page}");
    assert!(page.contains("Thresholds change") && page.contains("门槛有变"), "{page}");
}
