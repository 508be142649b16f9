//! What is typed in the lab: kept while it is typed, and run exactly by itself.

use std::time::Duration;

use axum::http::StatusCode;
use laurel_engine::auth::Role;

use crate::support::console::{fields, signed_in, typed};
use crate::support::site::{Answer, Browser, Site};
use laurel_testing::people::PASSWORD;
use laurel_testing::programme::tell;
use laurel_testing::tamper::tamper;

const LAB: &str = "/admin/lab";
const EXACT: &str = "/admin/lab/exact";
const TYPING: &str = "/admin/lab/typing";
const RESTORED: &str = "what you typed before has been restored";

async fn with_payments() -> Site {
    let site = Site::open().await;
    for event in ["id=p1 member=m-1 pay=80", "id=p2 member=m-2 pay=30"] {
        tell(&site.state.ledger, event).await.unwrap();
    }
    site
}

/// What the script sends while somebody types.
async fn send(browser: &Browser<'_>, to: &str, form: &[(String, String)], over: &[(&str, &str)]) -> Answer {
    browser.call(to, &typed(form, over)).await
}

/// The result of a run that begins by itself: the site's own job carries it out.
async fn exact(browser: &Browser<'_>, form: &[(String, String)], over: &[(&str, &str)]) -> String {
    let mut piece = send(browser, EXACT, form, over).await.body;
    for _ in 0..400 {
        if piece.contains("data-exact=\"done\"") {
            return piece;
        }
        assert!(piece.contains("data-exact=\"open\"") && piece.contains("<progress"), "{piece}");
        tokio::time::sleep(Duration::from_millis(25)).await;
        piece = send(browser, &format!("{EXACT}?seek"), form, over).await.body;
    }
    panic!("it is not done: {piece}");
}

async fn form(browser: &Browser<'_>) -> Vec<(String, String)> {
    fields(&browser.open(LAB).await.body, LAB)
}

/// Were it given by what is kept first, two requests at once would each give one, and what was kept with the first would not be found.
#[tokio::test]
async fn a_browser_has_its_secret_before_anything_is_kept_and_keeps_it() {
    let site = with_payments().await;
    let browser = signed_in(&site, Role::Manager).await;
    let form = form(&browser).await;
    let secret = browser.cookie("laurel_browser").expect("given with the page");
    send(&browser, TYPING, &form, &[("alpha", "7")]).await;
    let refused = browser.submit(LAB, &typed(&form, &[("tiers.1.from", "0"), ("do", "run")])).await;
    assert!(browser.open(refused.location()).await.body.contains("must be greater than"));
    assert_eq!(browser.cookie("laurel_browser"), Some(secret));
}

#[tokio::test]
async fn what_is_typed_is_there_again_until_it_is_saved_or_dropped() {
    let site = with_payments().await;
    let browser = signed_in(&site, Role::Manager).await;
    let form = form(&browser).await;
    for over in [&[("alpha", "7")][..], &[("alpha", "seven"), ("rate", "")]] {
        assert_eq!(send(&browser, TYPING, &form, over).await.status, StatusCode::CREATED);
        let page = browser.open(LAB).await.body;
        assert!(page.contains(RESTORED), "{page}");
        for (name, value) in over {
            assert!(fields(&page, LAB).contains(&((*name).to_owned(), (*value).to_owned())), "{name}");
        }
    }
    browser.submit(LAB, &typed(&form, &[("do", "forget")])).await;
    assert!(!browser.open(LAB).await.body.contains(RESTORED), "it is dropped");

    send(&browser, TYPING, &form, &[("alpha", "7")]).await;
    assert_eq!(send(&browser, TYPING, &form, &[]).await.status, StatusCode::NO_CONTENT);
    assert!(!browser.open(LAB).await.body.contains(RESTORED), "it was typed back to what is saved");

    send(&browser, TYPING, &form, &[("alpha", "7")]).await;
    let run = browser.submit(LAB, &typed(&form, &[("alpha", "7"), ("do", "run")])).await;
    assert!(run.location().starts_with("/admin/lab?run="), "{}", run.location());
    assert!(!browser.open(LAB).await.body.contains(RESTORED), "a run has it");
}

#[tokio::test]
async fn a_session_that_ends_takes_nothing_that_was_typed_with_it_and_shows_it_to_nobody_else() {
    let site = with_payments().await;
    let browser = signed_in(&site, Role::Manager).await;
    let form = form(&browser).await;
    send(&browser, TYPING, &form, &[("alpha", "7")]).await;
    browser.call("/api/admin/sign-out", &[]).await;
    assert_eq!(send(&browser, TYPING, &form, &[("alpha", "8")]).await.status, StatusCode::CREATED);
    assert_eq!(send(&browser, EXACT, &form, &[("alpha", "8")]).await.status, StatusCode::UNAUTHORIZED);
    let credentials = [("sign_in_name", "manager@example.com"), ("password", PASSWORD)];
    browser.submit("/api/admin/sign-in", &credentials).await;
    let page = browser.open(LAB).await.body;
    assert!(page.contains(RESTORED) && page.contains("value=\"8\""), "{page}");
    let admin = signed_in(&site, Role::Admin).await;
    assert!(!admin.open(LAB).await.body.contains(RESTORED));
}

#[tokio::test]
async fn the_exact_run_begins_by_itself_is_found_again_and_kept() {
    let site = with_payments().await;
    let browser = signed_in(&site, Role::Manager).await;
    let form = form(&browser).await;
    let over = [("alpha", "2")];
    for (address, over) in [(&format!("{EXACT}?seek") as &str, &over[..]), (EXACT, &[]), (EXACT, &[("alpha", "-1")])] {
        let piece = send(&browser, address, &form, over).await;
        assert!(piece.status == StatusCode::OK && piece.body.contains("data-exact=\"none\""), "{}", piece.body);
    }
    let piece = exact(&browser, &form, &over).await;
    assert!(piece.contains("1 in a higher one.") && piece.contains("value=\"keep\""), "{piece}");

    send(&browser, TYPING, &form, &over).await;
    let page = browser.open(LAB).await.body;
    assert!(page.contains(RESTORED) && page.contains("1 in a higher one."), "who comes back sees it: {page}");
    assert!(!page.contains("type=\"checkbox\" name=\"run\""), "it is in no list: {page}");
    let id = page.split("name=\"run\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let kept = browser.submit(LAB, &[("do", "keep"), ("run", id)]).await;
    assert_eq!(kept.location(), format!("{LAB}?run={id}"));
    let page = browser.open(kept.location()).await.body;
    assert!(page.contains("The run is kept") && page.contains("type=\"checkbox\" name=\"run\""), "{page}");
    assert!(!browser.open(LAB).await.body.contains(RESTORED), "the run has what was typed");
    let gone = browser.submit(LAB, &[("do", "keep"), ("run", id)]).await;
    assert_eq!(gone.location(), LAB);
    assert!(browser.open(LAB).await.body.contains("already made way"));
}

#[tokio::test]
async fn a_draft_that_was_run_by_itself_is_taken_over_with_its_result() {
    let site = with_payments().await;
    let browser = signed_in(&site, Role::Manager).await;
    let form = form(&browser).await;
    exact(&browser, &form, &[("alpha", "2")]).await;
    let taken = browser.submit(LAB, &typed(&form, &[("alpha", "2"), ("do", "draft")])).await;
    let page = browser.open(taken.location()).await.body;
    assert!(page.contains("Exactly this draft was simulated"), "{page}");
}

#[tokio::test]
async fn the_exact_run_is_stopped_and_does_not_begin_by_itself_again() {
    let site = with_payments().await;
    let browser = signed_in(&site, Role::Manager).await;
    let form = form(&browser).await;
    let over = [("alpha", "2")];
    exact(&browser, &form, &over).await;
    let (seek, stop) = (format!("{EXACT}?seek"), format!("{EXACT}?stop"));
    let ask = async |address: &str, over: &[(&str, &str)]| send(&browser, address, &form, over).await.body;
    assert!(ask(&stop, &over).await.contains("data-exact=\"done\""), "what is done stays");
    // as if another server were still at it
    let at_it = "update lab_runs set state = 1, beat_at = 4000000000000000, outcome = null, as_of = null, ended_at = null";
    tamper(&site.state.ledger.db, at_it).await;
    assert!(ask(&seek, &over).await.contains("data-stop"));
    let piece = ask(&stop, &[("alpha", "3")]).await;
    assert!(
        piece.contains("data-exact=\"none\"") && ask(&seek, &over).await.contains("data-stop"),
        "of another draft: {piece}"
    );
    let piece = ask(&stop, &over).await;
    assert!(piece.contains("data-exact=\"open\"") && piece.contains("stopping") && !piece.contains("data-stop"), "{piece}");
    tamper(&site.state.ledger.db, "update lab_runs set state = 3").await;
    for address in [&seek, EXACT] {
        let piece = ask(address, &over).await;
        assert!(piece.contains("data-exact=\"over\"") && piece.contains("The exact run was stopped"), "{address}: {piece}");
    }
    exact(&browser, &form, &[("alpha", "3")]).await;
}
