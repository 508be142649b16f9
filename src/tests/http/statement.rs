//! The statement as files, and the page that checks one.

use axum::http::StatusCode;
use laurel_domain::ledger::statement::Statement;
use laurel_domain::ledger::statement::check::check;

use crate::support::portal::signed_in;
use crate::support::site::Site;

const EVENTS: [&str; 4] = [
    "id=p1 member=m-1 pay=100 at=2026-10-03T10:00:00Z",
    "id=r1 member=m-1 of=p1 refund=30",
    "id=v1 member=m-1 review==HYPERLINK(\"x\")",
    "id=p2 member=m-2 pay=7",
];

#[tokio::test]
async fn the_file_with_proofs_has_all_of_the_member_and_of_nobody_else_and_passes_the_check() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", &EVENTS).await;
    let answer = browser.open("/activity/statement.json?kind=redeem").await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/json"));
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"laurel-statement-2026-11-22.json\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    let statement: Statement = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((check(&statement).findings, statement.entries.len()), (vec![], 3));
    assert_eq!(statement.points.available, "75.00");
    assert!(!answer.body.contains("p2"));
}

#[tokio::test]
async fn the_csv_has_what_the_page_shows_and_no_text_that_is_a_formula() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", &EVENTS).await;
    let all = browser.open("/activity/statement.csv").await;
    assert_eq!((all.status, all.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    let lines: Vec<&str> = all.body.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 4, "{}", all.body);
    assert!(lines[0].starts_with("\u{feff}No.,Time,"), "{}", lines[0]);
    assert!(lines[1].contains("\"'=HYPERLINK(\"\"x\"\")\",5.00,75.00,"), "{}", lines[1]);
    assert!(lines[2].starts_with("2,2026-11-22 17:59:00,Taken back by refunds,Refund ¥30.00,"), "{}", lines[2]);
    assert!(lines[2].contains(",-30.00,70.00,"), "a number is left alone: {}", lines[2]);
    let october = browser.open("/activity/statement.csv?kind=earn&month=2026-10").await;
    assert_eq!(october.body.trim_end().split("\r\n").count(), 2);
}

#[tokio::test]
async fn the_files_are_for_who_is_signed_in_and_the_check_is_for_everybody() {
    let site = Site::open().await;
    for path in ["/activity/statement.json", "/activity/statement.csv"] {
        let answer = site.browser().open(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.location().starts_with("/sign-in?next="), "{path}");
    }
    let page = site.browser().open("/statement/verify").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("laurel verify --against FILE") && page.body.contains("nothing is uploaded"), "{}", page.body);
}

#[tokio::test]
async fn the_activity_page_leads_to_the_files_with_its_filter_and_to_a_long_page_for_paper() {
    let site = Site::open().await;
    let events: Vec<String> = (1..=25).map(|n| format!("id=p{n} member=m-1 pay=1")).collect();
    let browser = signed_in(&site, "m-1", &events.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let page = browser.open("/activity?kind=earn").await;
    assert!(page.body.contains("href=\"/activity/statement.csv?kind=earn\""), "{}", page.body);
    assert_eq!(page.body.matches("id=\"entry-").count(), 20);
    let long = browser.open("/activity?kind=earn&lines=all").await;
    assert_eq!(long.body.matches("id=\"entry-").count(), 25);
}
