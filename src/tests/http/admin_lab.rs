//! The rules lab: asking for a run, its result as a page and as files, and who may do what.

use std::time::Duration;

use axum::http::StatusCode;
use laurel_engine::auth::Role;
use laurel_engine::usecase::lab::runs;

use crate::support::console::{fields, signed_in, typed};
use crate::support::site::{Answer, Browser, Site};
use laurel_testing::programme::tell;
use laurel_testing::tamper::tamper;

const LAB: &str = "/admin/lab";
const CSV: &str = "/admin/lab/csv";
const STOP: &str = "/api/admin/lab/stop";
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

async fn send(browser: &Browser<'_>, over: &[(&str, &str)]) -> Answer {
    let form = fields(&browser.open(LAB).await.body, LAB);
    browser.submit(LAB, &typed(&form, over)).await
}

/// A run that is done, as a part of addresses: `run=…`.
async fn done(site: &Site, browser: &Browser<'_>, over: &[(&str, &str)]) -> String {
    let asked = send(browser, over).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let run = asked.location().strip_prefix("/admin/lab?").unwrap_or_else(|| panic!("{}", asked.location())).to_owned();
    // the site's own job may have it already
    runs::work(&site.state.ledger).await.unwrap();
    let id = run.trim_start_matches("run=").parse().unwrap();
    while runs::find(&site.state.ledger, id).await.unwrap().is_some_and(|run| run.state.is_open()) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    run
}

async fn with_payments() -> Site {
    let site = Site::open().await;
    for event in ["id=p1 member=m-1 pay=80", "id=p2 member=m-2 pay=30"] {
        tell(&site.state.ledger, event).await.unwrap();
    }
    site
}

#[tokio::test]
async fn a_draft_is_run_shown_explained_and_read_as_files() {
    let site = with_payments().await;
    let browser = signed_in(&site, Role::Manager).await;
    let run = done(&site, &browser, &[("alpha", "2"), ("do", "run")]).await;
    let page = browser.open(&format!("{LAB}?{run}")).await.body;
    assert!(page.contains("0 members would be in a lower tier, 1 in a higher one."), "80 become 160, 30 become 60: {page}");
    assert!(page.contains("2 members, 2 entries") && page.contains(">220<"), "{page}");
    let why = page.split('"').find(|part| part.starts_with("/admin/lab/explain?")).unwrap().replace("&amp;", "&");
    let why = browser.open(&why).await.body;
    assert!(why.contains(">80<") && why.contains(">160<"), "{why}");
    for (table, line) in [
        ("tiers", "Standard,1,1,0,0"),
        ("sources", "Payments,110.00,220.00"),
        ("months", "2026-11"),
        ("spread", "2"),
        ("ladder", "Draft,Points earned,150.25,163.84,1"),
    ] {
        let file = browser.open(&format!("{CSV}?{run}&table={table}")).await;
        assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"), "{table}");
        assert!(file.body.contains(line), "{table}: {}", file.body);
    }
    let other = done(&site, &browser, &[("alpha", "3"), ("do", "run")]).await;
    let page = browser.open(&format!("{LAB}/compare?{run}&{other}")).await.body;
    assert!(page.contains(">220<") && page.contains(">330<"), "{page}");
}

#[tokio::test]
async fn a_draft_that_is_not_valid_comes_back_with_every_fault_and_nothing_is_run() {
    let site = with_payments().await;
    let browser = signed_in(&site, Role::Manager).await;
    for wish in ["run", "estimate", "draft"] {
        let refused = send(&browser, &[("alpha", "-1"), ("rate", "a lot"), ("do", wish)]).await;
        let to = refused.location().split('#').next().unwrap_or_default();
        assert!(refused.status == StatusCode::SEE_OTHER && to.starts_with("/admin/lab?form="), "{wish}: {to}");
        let page = browser.open(to).await.body;
        assert!(page.contains("must not be negative") && page.contains("must be a plain number"), "{page}");
        assert!(page.contains("value=\"-1\"") && page.contains("value=\"a lot\""), "{page}");
    }
    assert_eq!(runs::latest(&site.state.ledger, 10).await.unwrap().len(), 0);
}

#[tokio::test]
async fn addresses_of_no_run_say_so() {
    let site = with_payments().await;
    let browser = signed_in(&site, Role::Manager).await;
    let run = done(&site, &browser, &[("do", "run")]).await;
    for path in [
        format!("{LAB}/explain"),
        format!("{LAB}/explain?run={NOBODY}&member={NOBODY}"),
        format!("{LAB}/explain?{run}&member=nobody"),
        format!("{LAB}/explain?{run}&member={NOBODY}"),
        format!("{CSV}?run={NOBODY}&table=tiers"),
        format!("{CSV}?run=x&table=tiers"),
        format!("{CSV}?{run}&table=members"),
    ] {
        assert_eq!(browser.open(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [format!("{LAB}/compare"), format!("{LAB}/compare?{run}"), format!("{LAB}/compare?run=x&run={NOBODY}")] {
        let page = browser.open(&path).await;
        assert!(page.status == StatusCode::OK && page.body.contains("Pick two to four runs"), "{path}: {}", page.body);
    }
    for (picked, told) in [(4, false), (5, true)] {
        let path = format!("{LAB}/compare?{}", vec![run.as_str(); picked].join("&"));
        let page = browser.open(&path).await.body;
        assert!(
            page.contains("Drafts side by side") && page.contains("You picked 5. The first 4 are compared.") == told,
            "{page}"
        );
    }
    assert_eq!(browser.call(STOP, &[("run", "x")]).await.status, StatusCode::NOT_FOUND);
    let page = browser.submit_and_follow(STOP, &[("run", run.trim_start_matches("run="))]).await.body;
    assert!(!page.contains("The run is stopped."), "it was done before: {page}");
}

#[tokio::test]
async fn whoever_only_reads_sees_runs_and_starts_stops_and_takes_over_none() {
    let site = with_payments().await;
    let run = {
        let browser = signed_in(&site, Role::Manager).await;
        done(&site, &browser, &[("alpha", "2"), ("do", "run")]).await
    };
    for role in [Role::Viewer, Role::Support] {
        let browser = signed_in(&site, role).await;
        let page = browser.open(&format!("{LAB}?{run}")).await;
        assert!(page.status == StatusCode::OK && page.body.contains("in a higher one"), "{}", page.body);
        assert!(!page.body.contains("value=\"run\"") && !page.body.contains("value=\"draft\""), "{}", page.body);
        assert_eq!(browser.open(&format!("{CSV}?{run}&table=tiers")).await.status, StatusCode::OK);
        for wish in ["run", "estimate", "check", "draft", "draft-run"] {
            assert_eq!(browser.submit(LAB, &[("do", wish)]).await.status, StatusCode::FORBIDDEN, "{wish}");
        }
        let stopped = browser.call(STOP, &[("run", run.trim_start_matches("run="))]).await;
        assert_eq!(stopped.status, StatusCode::FORBIDDEN);
    }
    let stranger = site.browser();
    assert_eq!(stranger.open(&format!("{LAB}?{run}")).await.location().split('?').next(), Some("/admin/sign-in"));
    assert_ne!(stranger.open(&format!("{CSV}?{run}&table=tiers")).await.status, StatusCode::OK);
    assert_ne!(stranger.submit(LAB, &[("do", "check")]).await.status, StatusCode::OK);
    assert_eq!(runs::latest(&site.state.ledger, 10).await.unwrap().len(), 1);
}

/// Before anything is run, and with the sizes.
#[tokio::test]
async fn a_history_too_large_for_memory_is_told_of_before_a_run_is_started() {
    let site = with_payments().await;
    let browser = signed_in(&site, Role::Manager).await;
    assert!(!browser.open(LAB).await.body.contains("too large"));
    site.state.ledger.memory.allow(1);
    let page = browser.open(LAB).await.body;
    let told = "too large for this server’s memory: it would take 1 MiB of the 0 MiB allowed. An exact run reads it from the \
                database and takes about 1 minute.";
    assert!(page.contains(told), "{page}");
    let run = done(&site, &browser, &[("alpha", "2"), ("do", "run")]).await;
    assert!(browser.open(&format!("{LAB}?{run}")).await.body.contains("2 members, 2 entries"));
    // as whoever looks while it is under way, by whichever server
    let beat = site.state.ledger.clock.now().as_microsecond();
    tamper(&site.state.ledger.db, &format!("update lab_runs set state = 1, ended_at = null, beat_at = {beat}")).await;
    let page = browser.open(&format!("{LAB}?{run}")).await.body;
    assert_eq!((page.matches("too large for this server’s memory").count(), page.contains("/lab/stop")), (2, true), "{page}");
}

#[tokio::test]
async fn a_programme_without_members_has_nothing_drawn() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let run = done(&site, &browser, &[("alpha", "2"), ("do", "run")]).await;
    let page = browser.open(&format!("{LAB}?{run}")).await.body;
    assert!(page.contains("There are no members yet") && !page.contains("lab-chart"), "{page}");
}
