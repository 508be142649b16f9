//! Redeeming to cash by plain forms, as a browser without WASM does it.

use axum::http::StatusCode;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_engine::auth::{Actor, Authority};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::members::suspend::suspend;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::redeem;

use crate::support::portal::{hidden, signed_in, words};
use crate::support::site::{Answer, Browser, Site};
use laurel_testing::programme::publish;
use laurel_testing::programme::{check, standing, tell};

const REDEEM: &str = "/api/portal/redeem";
const CANCEL: &str = "/api/portal/redemptions/cancel";
const PAID: &[&str] = &["id=p1 member=m-1 pay=371.50"];

/// Opens the confirmation of an amount and sends its form.
async fn confirmed(browser: &Browser<'_>, points: &str) -> Answer {
    let page = browser.open(&format!("/redeem/confirm?points={points}")).await.body;
    send(browser, &page).await
}

async fn send(browser: &Browser<'_>, page: &str) -> Answer {
    let [points, version, key] = ["points", "rules_version", "key"].map(|name| hidden(page, name));
    browser.submit(REDEEM, &[("points", &points), ("rules_version", &version), ("key", &key)]).await
}

#[tokio::test]
async fn points_become_cash_from_the_quote_to_the_receipt() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", PAID).await;
    let quote = words(&browser.open("/redeem?points=150.50").await.body);
    assert!(quote.contains("You get ¥1.50") && quote.contains("Points taken 150"), "{quote}");
    assert!(quote.contains("the 0.50 points beyond it stay yours"), "{quote}");
    let page = browser.open("/redeem/confirm?points=150.50").await.body;
    let confirm = words(&page);
    assert!(confirm.contains("Available before 371.50") && confirm.contains("Available after 221.50"), "{confirm}");
    let sent = send(&browser, &page).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert!(sent.location().starts_with("/redemptions/"), "{}", sent.location());
    let receipt = words(&browser.open(sent.location()).await.body);
    for text in
        ["Done: ¥1.50 is on its way", "Submitted", "Points asked for 150.50", "Points taken −150", "Balance after 221.50"]
    {
        assert!(receipt.contains(text), "{text}: {receipt}");
    }
    assert!(browser.open("/redemptions").await.body.contains(sent.location()));
    assert_eq!(standing(&site.state.ledger, "m-1").await, "221.50/0.00/371.50/2");
    check(&site.state.ledger).await;
}

#[tokio::test]
async fn the_same_form_sent_twice_takes_the_points_once() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", PAID).await;
    let page = browser.open("/redeem/confirm?points=100").await.body;
    let (first, second) = (send(&browser, &page).await, send(&browser, &page).await);
    assert_eq!(first.location(), second.location());
    assert_eq!(standing(&site.state.ledger, "m-1").await, "271.50/0.00/371.50/2");
}

#[tokio::test]
async fn a_form_changed_after_it_was_sent_is_refused_and_comes_back_with_a_new_key() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", PAID).await;
    let page = browser.open("/redeem/confirm?points=100").await.body;
    send(&browser, &page).await;
    let key = hidden(&page, "key");
    browser.open("/redeem/confirm?points=200").await;
    let refused = browser.submit(REDEEM, &[("points", "200"), ("rules_version", "1"), ("key", &key)]).await;
    assert_eq!(refused.location(), "/redeem/confirm?points=200");
    let again = browser.open(refused.location()).await.body;
    assert!(words(&again).contains("already sent with another amount"), "{again}");
    assert_ne!(hidden(&again, "key"), key);
    assert!(send(&browser, &again).await.location().starts_with("/redemptions/"));
}

#[tokio::test]
async fn what_cannot_be_redeemed_is_refused_in_words_and_changes_nothing() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", PAID).await;
    for (points, code) in
        [("371.51", "not_enough_points"), ("0.99", "nothing_to_pay"), ("-5", "nothing_to_pay"), ("1e3", "invalid")]
    {
        let refused = browser.call(REDEEM, &[("points", points), ("rules_version", "1"), ("key", "k")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        assert!(refused.body.contains(code) && refused.body.contains("\"field\":\"points\""), "{points}: {}", refused.body);
    }
    let nines = "9".repeat(100_000);
    let refused = browser.call(REDEEM, &[("points", &nines), ("rules_version", "x"), ("key", "")]).await;
    for field in ["points", "rules_version", "key"] {
        assert!(refused.body.contains(&format!("\"field\":\"{field}\"")), "{}", refused.body);
    }
    let page = browser.open("/redeem/confirm?points=400").await.body;
    assert!(words(&page).contains("Only 371.50 points are available.") && !page.contains("name=\"key\""), "{page}");
    assert!(words(&browser.open("/redeem/confirm?points=lots").await.body).contains("Please enter a number"));
    assert_eq!(standing(&site.state.ledger, "m-1").await, "371.50/0.00/371.50/2");
}

#[tokio::test]
async fn a_form_under_old_rules_comes_back_with_a_new_quote() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", PAID).await;
    let old = browser.open("/redeem/confirm?points=200").await.body;
    publish(&site.state.ledger, |set| set.rate = "200".parse().unwrap()).await;
    let refused = send(&browser, &old).await;
    assert_eq!(refused.location(), "/redeem/confirm?points=200");
    let new = browser.open(refused.location()).await.body;
    assert!(words(&new).contains("version 2 is in force") && words(&new).contains("You get ¥1.00"), "{new}");
    assert_eq!(hidden(&new, "rules_version"), "2");
    assert!(send(&browser, &new).await.location().starts_with("/redemptions/"));
    assert_eq!(standing(&site.state.ledger, "m-1").await, "171.50/0.00/371.50/2");
}

#[tokio::test]
async fn a_redemption_is_cancelled_once_and_the_points_are_back() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", PAID).await;
    let receipt = confirmed(&browser, "100").await.location().to_owned();
    let id = receipt.rsplit('/').next().unwrap().to_owned();
    assert!(browser.open(&receipt).await.body.contains("Cancel this redemption"));
    let page = browser.submit_and_follow(CANCEL, &[("redemption", &id)]).await.body;
    assert!(words(&page).contains("Cancelled. You got back 100 points.") && !page.contains("Cancel this redemption"), "{page}");
    let page = browser.submit_and_follow(CANCEL, &[("redemption", &id)]).await.body;
    assert!(words(&page).contains("It can no longer be cancelled"), "{page}");
    assert_eq!(standing(&site.state.ledger, "m-1").await, "371.50/0.00/371.50/2");
    check(&site.state.ledger).await;
}

#[tokio::test]
async fn the_receipt_follows_the_redemption_and_what_is_being_paid_cannot_be_cancelled() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", PAID).await;
    let receipt = confirmed(&browser, "100").await.location().to_owned();
    let id: laurel_domain::ids::RedemptionId = receipt.rsplit('/').next().unwrap().parse().unwrap();
    let to = |state| redeem::Advance {
        id,
        steps: vec![state],
        tracking: None,
        note: None,
        actor: Actor::CommandLine,
        of_member: None,
    };
    for (state, text) in [(RedemptionState::Processing, "can’t be cancelled"), (RedemptionState::Paid, "has been paid out")] {
        redeem::advance(&site.state.ledger, to(state)).await.unwrap();
        let page = browser.open(&receipt).await.body;
        assert!(words(&page).contains(text) && !page.contains("name=\"redemption\""), "{page}");
    }
}

#[tokio::test]
async fn anothers_redemption_is_not_found_and_not_cancelled() {
    let site = Site::open().await;
    let own = signed_in(&site, "m-1", PAID).await;
    let receipt = confirmed(&own, "100").await.location().to_owned();
    let other = signed_in(&site, "m-2", &["id=p2 member=m-2 pay=10"]).await;
    assert_eq!(other.open(&receipt).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.open("/redemptions/nonsense").await.status, StatusCode::NOT_FOUND);
    assert!(!other.open("/redemptions").await.body.contains(&receipt));
    let id = receipt.rsplit('/').next().unwrap();
    assert_eq!(other.call(CANCEL, &[("redemption", id)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(standing(&site.state.ledger, "m-1").await, "271.50/0.00/371.50/2");
}

#[tokio::test]
async fn who_may_not_redeem_is_told_why() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    let browser = signed_in(&site, "m-1", PAID).await;
    confirmed(&browser, "371").await;
    tell(ledger, "id=r1 member=m-1 of=p1 refund=371.50").await.unwrap();
    let page = browser.open("/redeem").await.body;
    assert!(
        words(&page).contains("You owe 371 points and cannot redeem") && !page.contains("<form class=\"form redeem"),
        "{page}"
    );
    assert!(words(&browser.open("/").await.body).contains("You owe 371 points"));
    tell(ledger, "id=p3 member=m-1 pay=500").await.unwrap();
    let member = view::find(ledger, By::External("m-1")).await.unwrap().unwrap();
    suspend(&ledger.db, Authority::command_line(), &[member.id()], true, "Stolen phone", ledger.clock.now()).await.unwrap();
    assert!(words(&browser.open("/redeem").await.body).contains("Your account is suspended"));
    let refused = browser.call(REDEEM, &[("points", "100"), ("rules_version", "1"), ("key", "k9")]).await;
    assert!(refused.body.contains("member_suspended"), "{}", refused.body);
}
