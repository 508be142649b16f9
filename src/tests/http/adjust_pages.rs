//! Adjusting points at the console, without a script.

use axum::http::StatusCode;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::adjustments;
use laurel_engine::usecase::members::view;

use crate::support::console::{self, fields, typed};
use crate::support::portal::{signed_in, words};
use crate::support::site::Site;
use laurel_testing::people::{PASSWORD, employed};
use laurel_testing::programme::{check, standing, tell};

const MAKE: &str = "/api/admin/adjustments/make";
const DECIDE: &str = "/api/admin/adjustments/decide";
const LIMIT: &str = "/api/admin/adjustments/limit";

async fn path(site: &Site) -> String {
    let member = view::find(&site.state.ledger, By::External("m-1")).await.unwrap().unwrap();
    format!("/admin/members/{}", member.id())
}

/// The page that asks about the first proposal of a list.
fn first_review(page: &str) -> String {
    let rest = page.split("href=\"/admin/adjustments/").nth(1).unwrap_or_else(|| panic!("nothing to review in {page}"));
    format!("/admin/adjustments/{}", rest.split('"').next().unwrap_or_default())
}

#[tokio::test]
async fn support_sees_what_it_comes_to_before_points_are_given_and_the_member_reads_why() {
    let site = Site::open().await;
    let member = signed_in(&site, "m-1", &["id=p1 member=m-1 pay=500"]).await;
    let browser = console::signed_in(&site, Role::Support).await;
    let file = path(&site).await;
    let page = browser.open(&file).await.body;
    assert!(page.contains(&format!("href=\"{file}/adjust\"")), "{page}");
    let page = browser.open(&format!("{file}/adjust?points=12.5")).await.body;
    let text = words(&page);
    assert!(text.contains("Available now 500 Given +12.50 Available afterwards 512.50"), "{text}");
    assert!(!text.contains("somebody else"), "{text}");
    assert_eq!(standing(&site.state.ledger, "m-1").await, "500.00/0.00/500.00/3");
    let form = fields(&page, MAKE);
    let page = browser.submit_and_follow(MAKE, &typed(&form, &[("reason", " ")])).await.body;
    assert!(words(&page).contains("is required"), "{page}");
    browser.open(&format!("{file}/adjust?points=12.5")).await;
    let form = typed(&form, &[("reason", "Order 17 was never counted <b>")]);
    let page = browser.submit_and_follow(MAKE, &form).await.body;
    assert!(words(&page).contains("Adjusted by +12.50 points."), "{page}");
    assert!(page.contains("Order 17 was never counted &lt;b&gt;"), "{page}");
    browser.submit_and_follow(MAKE, &form).await;
    assert_eq!(standing(&site.state.ledger, "m-1").await, "512.50/0.00/500.00/3", "sent twice, it counts once");
    assert!(words(&member.open("/activity").await.body).contains("Order 17 was never counted"));
    check(&site.state.ledger).await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_told_beside_the_number() {
    let site = Site::open().await;
    tell(&site.state.ledger, "id=p1 member=m-1 pay=50").await.unwrap();
    let browser = console::signed_in(&site, Role::Support).await;
    let file = path(&site).await;
    for (points, told) in [("-51", "51 points; 50 are available"), ("a", "plain number"), ("0", "must not be zero")] {
        let page = browser.open(&format!("{file}/adjust?points={points}")).await;
        assert_eq!(page.status, StatusCode::OK);
        let text = words(&page.body);
        assert!(text.contains(told) && !text.contains("Available afterwards"), "{points}: {text}");
    }
    assert_eq!(browser.open("/admin/members/none/adjust").await.status, StatusCode::NOT_FOUND);
    let viewer = console::signed_in(&site, Role::Viewer).await;
    assert_eq!(viewer.open(&format!("{file}/adjust")).await.status, StatusCode::FORBIDDEN);
    assert!(!viewer.open(&file).await.body.contains("/adjust\""));
}

#[tokio::test]
async fn a_large_one_waits_for_somebody_else_who_approves_or_rejects_it() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    tell(ledger, "id=p1 member=m-1 pay=500").await.unwrap();
    let (support, manager) = (console::signed_in(&site, Role::Support).await, console::signed_in(&site, Role::Manager).await);
    let file = path(&site).await;
    for key in ["k1", "k2"] {
        let page = support.open(&format!("{file}/adjust?points=5000")).await.body;
        assert!(words(&page).contains("This is over the 1,000 left of the 1,000 limit within 24 hours"), "{page}");
        let form = fields(&page, MAKE);
        let page = support.submit_and_follow(MAKE, &typed(&form, &[("reason", "a prize"), ("key", key)])).await.body;
        assert!(words(&page).contains("Sent for approval. It will be posted once someone else approves it."), "{page}");
        assert!(words(&page).contains("Waiting: +5,000"), "{page}");
    }
    assert!(words(&manager.open("/admin").await.body).contains("2 adjustments to approve"));
    let page = support.open("/admin/adjustments").await.body;
    assert!(words(&page).contains("Withdraw") && !words(&page).contains("Review"), "{page}");
    let page = manager.open("/admin/adjustments").await.body;
    assert!(
        !page.contains("value=\"approve\"") && !page.contains("value=\"withdraw\""),
        "nothing is given by one click: {page}"
    );
    let question = first_review(&page);
    assert_eq!(support.open(&question).await.status, StatusCode::FORBIDDEN);
    let page = manager.open(&question).await.body;
    let text = words(&page);
    assert!(
        page.contains("Approve +5,000 points for m-1?")
            && text.contains("Available now 500")
            && text.contains("Available afterwards 5,500"),
        "{text}"
    );
    let (_, proposal) = fields(&page, DECIDE).remove(0);
    let page = manager.submit_and_follow(DECIDE, &[("proposal", &proposal), ("decision", "reject")]).await.body;
    assert!(words(&page).contains("is required"), "{page}");
    manager.open(&question).await;
    let send = [("proposal", proposal.as_str()), ("decision", "reject"), ("objection", "no such prize")];
    let page = manager.submit_and_follow(DECIDE, &send).await.body;
    assert!(words(&page).contains("Rejected.") && words(&page).contains("no such prize"), "{page}");
    let decided = words(&manager.open(&question).await.body);
    assert!(decided.contains("already been decided: rejected"), "{decided}");
    let page = manager.open(&first_review(&page)).await.body;
    let (_, other) = fields(&page, DECIDE).remove(0);
    assert_ne!(proposal, other);
    let refused = support.call(DECIDE, &[("proposal", &other), ("decision", "approve")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let page = manager.submit_and_follow(DECIDE, &[("proposal", &other), ("decision", "approve")]).await.body;
    assert!(words(&page).contains("Approved and posted: +5,000 points."), "{page}");
    assert_eq!(standing(ledger, "m-1").await, "5500.00/0.00/500.00/3");
    let late = support.call(DECIDE, &[("proposal", &other), ("decision", "withdraw")]).await;
    assert!(late.status == StatusCode::CONFLICT && late.body.contains("already_decided"), "{}", late.body);
    check(ledger).await;
}

#[tokio::test]
async fn an_administrator_makes_the_limit_stricter_at_once_and_nobody_else_does() {
    let site = Site::open().await;
    let manager = console::signed_in(&site, Role::Manager).await;
    let page = manager.open("/admin/adjustments").await.body;
    assert!(!page.contains(LIMIT) && words(&page).contains("In force: 1,000 points within 24 hours."), "{page}");
    assert_eq!(manager.call(LIMIT, &[("limit", "5"), ("hours", "24")]).await.status, StatusCode::FORBIDDEN);
    let admin = console::signed_in(&site, Role::Admin).await;
    let page = admin.open("/admin/adjustments").await.body;
    let form = fields(&page, LIMIT);
    assert_eq!(form[..2], [("limit".to_owned(), "1000.00".to_owned()), ("hours".to_owned(), "24".to_owned())]);
    let page = admin.submit_and_follow(LIMIT, &typed(&form, &[("limit", "-5"), ("hours", "0")])).await.body;
    assert!(words(&page).contains("must not be negative") && words(&page).contains("must be greater than 0"), "{page}");
    let page = admin.submit_and_follow(LIMIT, &typed(&form, &[("limit", "5"), ("hours", "48")])).await.body;
    assert!(words(&page).contains("Limit saved.") && words(&page).contains("5 points within 2 days"), "{page}");
    tell(&site.state.ledger, "id=p1 member=m-1 pay=1").await.unwrap();
    let other: Authority = employed(&site.state.ledger.db, &site.state.auth, "o@example.com", Role::Admin).await;
    let id = view::find(&site.state.ledger, By::External("m-1")).await.unwrap().unwrap().id();
    assert!(adjustments::preview(&site.state.ledger, other, id, "5.01").await.unwrap().needs_a_second);
    assert!(words(&admin.open("/admin/audit").await.body).contains("Settings changed"));
}

#[tokio::test]
async fn a_higher_limit_waits_for_another_administrator_who_sees_who_asked_and_why() {
    const LIMIT_DECIDE: &str = "/api/admin/adjustments/limit-decide";
    let site = Site::open().await;
    let admin = console::signed_in(&site, Role::Admin).await;
    employed(&site.state.ledger.db, &site.state.auth, "o@example.com", Role::Admin).await;
    let other = site.browser();
    other.submit("/api/admin/sign-in", &[("sign_in_name", "o@example.com"), ("password", PASSWORD)]).await;
    let form = fields(&admin.open("/admin/adjustments").await.body, LIMIT);
    let page = admin.submit_and_follow(LIMIT, &typed(&form, &[("limit", "5000")])).await.body;
    assert!(words(&page).contains("is required"), "a reason is asked for: {page}");
    admin.open("/admin/adjustments").await;
    let wish = typed(&form, &[("limit", "5000"), ("hours", "12"), ("reason", "the festival <week>")]);
    let page = admin.submit_and_follow(LIMIT, &wish).await.body;
    let text = words(&page);
    assert!(text.contains("Proposed. The limit changes as soon as another administrator approves it."), "{text}");
    assert!(text.contains("From 1,000 points within 24 hours to 5,000 points within 12 hours"), "{text}");
    assert!(text.contains("In force: 1,000 points within 24 hours.") && page.contains("the festival &lt;week&gt;"), "{text}");
    assert!(page.contains("value=\"withdraw\"") && !page.contains("value=\"approve\""), "nobody approves their own: {page}");
    let page = other.open("/admin/adjustments").await.body;
    assert!(words(&page).contains("Asked for by Wang Wei"), "{page}");
    let (_, change) = fields(&page, LIMIT_DECIDE).remove(0);
    let own = admin.call(LIMIT_DECIDE, &[("change", &change), ("decision", "approve")]).await;
    assert!(own.status == StatusCode::UNPROCESSABLE_ENTITY && own.body.contains("own_proposal"), "{}", own.body);
    let page = other.submit_and_follow(LIMIT_DECIDE, &[("change", &change), ("decision", "reject")]).await.body;
    assert!(words(&page).contains("is required"), "{page}");
    let page = other.submit_and_follow(LIMIT_DECIDE, &[("change", &change), ("decision", "approve")]).await.body;
    assert!(words(&page).contains("In force: 5,000 points within 12 hours."), "{page}");
    let audit = words(&admin.open("/admin/audit").await.body);
    assert!(audit.contains("Limit change proposed") && audit.contains("Limit change approved"), "{audit}");
}
