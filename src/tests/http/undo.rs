//! What was just done in the console can be undone, without a script, unless it has changed meanwhile.

use axum::http::StatusCode;
use laurel_engine::auth::Role;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::members::view;

use crate::support::console::{fields, signed_in};
use crate::support::portal::words;
use crate::support::site::{Browser, Site};
use laurel_testing::programme::tell;
use laurel_testing::rewards::gift;

/// The fields of the form that undoes what the page says was done.
fn undo(page: &str, path: &str) -> Vec<(String, String)> {
    assert!(page.contains("inline undo"), "nothing to undo: {page}");
    fields(page, path)
}

async fn send(browser: &Browser<'_>, path: &str, form: &[(String, String)]) -> String {
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit_and_follow(path, &form).await.body
}

#[tokio::test]
async fn a_suspension_and_a_note_are_undone_once() {
    const SUSPEND: &str = "/api/admin/members/suspend/undo";
    const NOTE: &str = "/api/admin/members/notes/put-back";
    let site = Site::open().await;
    tell(&site.state.ledger, "id=p1 member=m-1 pay=20").await.unwrap();
    let id = view::find(&site.state.ledger, By::External("m-1")).await.unwrap().unwrap().id().to_string();
    let (browser, file) = (signed_in(&site, Role::Support).await, format!("/admin/members/{id}"));
    browser.open(&file).await;
    let suspend = [("id", id.as_str()), ("suspended", "yes"), ("reason", "By mistake")];
    let page = browser.submit_and_follow("/api/admin/members/suspend", &suspend).await.body;
    let form = undo(&page, SUSPEND);
    assert!(!browser.open(&file).await.body.contains("inline undo"), "it is offered once");
    let page = send(&browser, SUSPEND, &form).await;
    assert!(words(&page).contains("Undone.") && page.contains("name=\"suspended\" value=\"yes\""), "{page}");
    let page = send(&browser, SUSPEND, &form).await;
    assert!(words(&page).contains("This has changed in the meantime, so it can’t be undone."), "{page}");

    let page = browser.submit_and_follow("/api/admin/members/notes/add", &[("id", &id), ("text", "Called twice")]).await.body;
    let note = fields(&page, "/api/admin/members/notes/remove");
    let page = send(&browser, "/api/admin/members/notes/remove", &note).await;
    assert!(!words(&page).contains("Called twice"), "{page}");
    let page = send(&browser, NOTE, &undo(&page, NOTE)).await;
    assert!(words(&page).contains("Called twice"), "{page}");
}

#[tokio::test]
async fn a_reward_a_draft_and_a_view_are_put_back() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let mug = gift(&site.state.ledger, 3).await;
    let page = browser.open(&format!("/admin/rewards/{mug}")).await.body;
    const RETIRE: &str = "/api/admin/rewards/retire";
    let page = send(&browser, RETIRE, &fields(&page, RETIRE)).await;
    assert!(words(&page).contains("Reward retired."), "{page}");
    let form = undo(&page, RETIRE);
    let page = send(&browser, RETIRE, &form).await;
    assert!(page.contains("Offered") && words(&page).contains("Retire reward"), "{page}");
    let stale = send(&browser, RETIRE, &form).await;
    assert!(words(&stale).contains("Someone else has changed this reward in the meantime."), "{stale}");

    browser.open("/admin/members?tier=2").await;
    let view = [("list", "members"), ("query", "tier=2"), ("name", "Second")];
    let page = browser.submit_and_follow("/api/admin/views/save", &view).await.body;
    let page = send(&browser, "/api/admin/views/remove", &fields(&page, "/api/admin/views/remove")).await;
    assert!(!page.contains(">Second</a>"), "{page}");
    const VIEW: &str = "/api/admin/views/put-back";
    let page = send(&browser, VIEW, &undo(&page, VIEW)).await;
    assert!(page.contains(">Second</a>"), "{page}");

    let form = fields(&browser.open("/admin/rules/draft").await.body, "/admin/rules/draft");
    let form = crate::support::console::typed(&form, &[("gamma", "7"), ("do", "save")]);
    assert_eq!(browser.submit("/admin/rules/draft", &form).await.status, StatusCode::SEE_OTHER);
    let page = browser.open("/admin/rules").await.body;
    const DISCARD: &str = "/api/admin/rules/discard";
    let page = send(&browser, DISCARD, &fields(&page, DISCARD)).await;
    const BACK: &str = "/api/admin/rules/put-back";
    let page = send(&browser, BACK, &undo(&page, BACK)).await;
    assert!(words(&page).contains("The draft is back."), "{page}");
    assert!(browser.open("/admin/rules/draft").await.body.contains("value=\"7\""));
}

#[tokio::test]
async fn the_suspension_of_many_is_undone_from_the_list() {
    const UNDO: &str = "/api/admin/members/suspend-many/undo";
    let site = Site::open().await;
    for event in ["id=p1 member=m-1 pay=20", "id=p2 member=m-2 pay=20"] {
        tell(&site.state.ledger, event).await.unwrap();
    }
    let mut ids = Vec::new();
    for name in ["m-1", "m-2"] {
        ids.push(view::find(&site.state.ledger, By::External(name)).await.unwrap().unwrap().id().to_string());
    }
    let browser = signed_in(&site, Role::Support).await;
    browser.open("/admin/members").await;
    let form = [("ids[]", ids[0].as_str()), ("ids[]", &ids[1]), ("reason", "Wrong list"), ("back", "/admin/members?sort=name")];
    let page = browser.submit_and_follow("/api/admin/members/suspend-many", &form).await.body;
    assert!(words(&page).contains("2 members suspended."), "{page}");
    let undo = undo(&page, UNDO);
    // one of them is let go on by hand, meanwhile
    let by_hand = [("id", ids[0].as_str()), ("suspended", "no"), ("reason", "Cleared")];
    browser.submit("/api/admin/members/suspend", &by_hand).await;
    let page = send(&browser, UNDO, &undo).await;
    let said = "Undone for one member. One was changed in the meantime and stays as they are.";
    assert!(words(&page).contains(said), "{page}");
    let page = send(&browser, UNDO, &undo).await;
    assert!(words(&page).contains("This has changed in the meantime, so it can’t be undone."), "{page}");
    assert_eq!(browser.call(UNDO, &[("at", "soon")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_members_are_told_is_withdrawn_from_the_bar_and_what_they_put_aside_comes_back() {
    const WITHDRAW: &str = "/api/admin/rules/notice/withdraw";
    const PUBLISH: &str = "/api/admin/rules/publish";
    const ASIDE: &str = "/api/portal/notice/put-aside";
    const AGAIN: &str = "/api/portal/notice/show-again";
    let site = Site::open().await;
    let member = crate::support::portal::signed_in(&site, "m-1", &["id=p1 member=m-1 pay=20"]).await;
    site.state.ledger.clock.advance(jiff::SignedDuration::from_secs(1));
    let browser = signed_in(&site, Role::Manager).await;
    let form = fields(&browser.open("/admin/rules/draft").await.body, "/admin/rules/draft");
    let form = crate::support::console::typed(&form, &[("gamma", "7"), ("do", "save")]);
    browser.submit("/admin/rules/draft", &form).await;
    let form = fields(&browser.open("/admin/rules/publish").await.body, PUBLISH);
    let told = [("notice_zh", "评价奖励提高"), ("notice_en", "Reviews earn more")];
    let page = browser.submit_and_follow(PUBLISH, &crate::support::console::typed(&form, &told)).await.body;
    let withdrawal = undo(&page, WITHDRAW);
    assert!(words(&page).contains("Withdraw the notice"), "it undoes the notice and not the rules: {page}");

    let home = member.open("/").await.body;
    assert!(words(&home).contains("Reviews earn more"), "{home}");
    let page = send(&member, ASIDE, &fields(&home, ASIDE)).await;
    assert!(!words(&page).contains("Reviews earn more"), "{page}");
    let again = undo(&page, AGAIN);
    let page = send(&member, AGAIN, &again).await;
    assert!(words(&page).contains("Undone.") && words(&page).contains("Reviews earn more"), "{page}");
    let page = send(&member, AGAIN, &again).await;
    assert!(words(&page).contains("This has changed in the meantime, so it can’t be undone."), "{page}");

    let version = browser.open("/admin/rules/versions/2").await.body;
    assert!(version.contains(WITHDRAW), "also later, on the version's page: {version}");
    let page = send(&browser, WITHDRAW, &withdrawal).await;
    assert!(words(&page).contains("The notice is withdrawn. No email about it had been sent."), "{page}");
    let page = send(&browser, WITHDRAW, &withdrawal).await;
    assert!(words(&page).contains("This has changed in the meantime, so it can’t be undone."), "{page}");
    assert!(!words(&member.open("/").await.body).contains("Reviews earn more"));
    let version = browser.open("/admin/rules/versions/2").await.body;
    assert!(!version.contains(WITHDRAW) && words(&version).contains("Reviews earn more · withdrawn"), "{version}");
    let log = browser.open("/admin/audit?action=rules.withdraw_notice").await.body;
    assert!(words(&log).contains("Notice to members withdrawn"), "{log}");
}
