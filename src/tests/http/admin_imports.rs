//! Files in and out of the console: uploading, starting, what was refused, and whole tables as files.

use axum::http::StatusCode;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::usecase::audit;
use laurel_engine::usecase::{exports, imports};

use crate::support::console::signed_in;
use crate::support::portal::words;
use crate::support::site::{Browser, Site};
use laurel_testing::programme::{standing, tell};
use laurel_testing::rewards::pool;

const IMPORTS: &str = "/admin/imports";
const EXPORTS: &str = "/admin/exports";
const EVENTS: [(&str, &str); 2] = [("kind", "events"), ("source", "shop")];
const HEADER: &str = "event_id,kind,member,amount,currency,occurred_at\n";

/// Has what waits imported, as a job does.
async fn worked(site: &Site) {
    imports::work(&site.state.ledger).await.unwrap();
}

/// Uploads a file and opens the page that it leads to: its path, and what it shows.
async fn uploaded(browser: &Browser<'_>, fields: &[(&str, &str)], file: &str) -> (String, String) {
    browser.open(IMPORTS).await;
    let sent = browser.upload_with(IMPORTS, fields, "file", file).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let path = sent.location().to_owned();
    let page = browser.open(&path).await.body;
    (path, page)
}

#[tokio::test]
async fn a_file_of_events_is_looked_at_imported_and_its_refused_rows_put_right() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Admin).await;
    let file = format!(
        "{HEADER}p1,payment,m-1,50.00,CNY,2026-11-01T10:00:00Z\np2,payment,m-1,-1,CNY,2026-11-01T10:00:00Z\n\
         r1,refund,m-1,5.00,CNY,2026-11-02T10:00:00Z\n"
    );
    let (path, page) = uploaded(&browser, &[EVENTS[0], EVENTS[1], ("enrol", "yes")], &file).await;
    assert!(page.contains("Import 1 row (2 will be refused)") && page.contains("under the source “shop”"), "{page}");
    assert!(page.contains("Line 3: amount must be greater than 0"), "{page}");
    let id = path.rsplit('/').next().unwrap();
    let page = browser.submit_and_follow("/api/admin/imports/start", &[("import", id)]).await.body;
    assert!(page.contains("Import started.") && page.contains("/api/admin/imports/stop"), "{page}");
    worked(&site).await;
    let page = browser.open(&path).await.body;
    assert!(page.contains("Refused rows") && page.contains("payment is required"), "{page}");
    assert_eq!(standing(&site.state.ledger, "m-1").await, "50.00/0.00/50.00/1");

    let refused = browser.open(&format!("{path}/refused.csv")).await;
    assert_eq!(refused.header("content-type"), "text/csv; charset=utf-8");
    assert!(refused.body.contains("occurred_at,line,error,reason\r\n") && refused.body.contains("'-1,CNY"), "{}", refused.body);
    let right = refused.body.replace("'-1,CNY", "7.00,CNY");
    let (again, _) = uploaded(&browser, &EVENTS, &right).await;
    let id = again.rsplit('/').next().unwrap();
    browser.submit("/api/admin/imports/start", &[("import", id)]).await;
    worked(&site).await;
    assert_eq!(standing(&site.state.ledger, "m-1").await, "57.00/0.00/57.00/1");
    let list = browser.open(IMPORTS).await.body;
    assert!(list.contains(&path) && list.contains(&again) && list.contains("codes.csv"), "{list}");
    let log = browser.open("/admin/audit?action=import.end").await.body;
    assert!(log.contains("Import ended") && log.contains(&path), "{log}");
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_beside_it_and_nothing_is_kept() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Admin).await;
    for (fields, file, told) in [
        (&EVENTS[..], "event_id,kind,colour\n", "“colour” is not a column of this content."),
        (&EVENTS[..], "event_id,kind\n", "The file has no column “member”."),
        (&EVENTS[..], HEADER, "The file has no rows."),
        (&[("kind", "events"), ("source", "laurel")][..], HEADER, "reserved"),
    ] {
        browser.open(IMPORTS).await;
        let sent = browser.upload_with(IMPORTS, fields, "file", file).await;
        assert_eq!(sent.location(), format!("{IMPORTS}?kind={}", fields[0].1), "{}", sent.body);
        let page = browser.open(sent.location()).await.body;
        assert!(page.contains(told), "{told}: {page}");
    }
    assert_eq!(imports::latest(&site.state.ledger, None, 10).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_file_of_several_megabytes_is_taken() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let members: String = (0..60_000).map(|n| format!("member-number-{n},Somebody with a name of some length {n}\n")).collect();
    assert!(members.len() > 3 * 1024 * 1024);
    let (_, page) = uploaded(&browser, &[("kind", "members")], &format!("external_id,name\n{members}")).await;
    assert!(page.contains("Import 60,000 rows"), "{page}");
}

#[tokio::test]
async fn who_may_import_and_export_is_told_by_role() {
    let site = Site::open().await;
    let support = signed_in(&site, Role::Support).await;
    for path in [IMPORTS, EXPORTS] {
        assert_eq!(support.open(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let refused = support.upload_with(IMPORTS, &[("kind", "members")], "file", "external_id\nm-1\n").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(support.submit(EXPORTS, &[("what", "members")]).await.status, StatusCode::FORBIDDEN);
    let manager = signed_in(&site, Role::Manager).await;
    let page = manager.open(IMPORTS).await.body;
    assert!(page.contains("kind=members") && page.contains("kind=codes") && !page.contains("kind=events"), "{page}");
    let sent =
        manager.upload_with(IMPORTS, &EVENTS, "file", &format!("{HEADER}p1,payment,m-1,1,CNY,2026-11-01T10:00:00Z\n")).await;
    let page = manager.open(sent.location()).await.body;
    assert!(page.contains("notice bad"), "managers make no points by files: {page}");
    assert_eq!(imports::latest(&site.state.ledger, None, 10).await.unwrap().len(), 0);
}

#[tokio::test]
async fn whole_tables_are_exported_and_the_log_tells() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    for event in ["id=p1 member=m-1 pay=80", "id=p2 member==SUM(1) pay=30", "id=p3 member=m-1 refund=10 of=p1"] {
        tell(ledger, event).await.unwrap();
    }
    pool(ledger, "SECRET-AB12").await;
    let browser = signed_in(&site, Role::Manager).await;
    browser.open(EXPORTS).await;
    for (what, lines, told) in [
        ("members", 3, "m-1,"),
        ("entries", 4, ",p1,80.00,"),
        ("redemptions", 1, ""),
        ("codes", 2, ",…AB12,"),
        ("audit", 3, "staff.sign_in"),
    ] {
        let file = browser.submit(EXPORTS, &[("what", what), ("from", ""), ("to", "")]).await;
        assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"), "{what}");
        assert!(
            file.header("content-disposition").starts_with(&format!("attachment; filename=\"laurel-{what}-2026-11-22")),
            "{what}"
        );
        assert!(file.body.starts_with('\u{feff}') && file.body.contains(told), "{what}: {}", file.body);
        assert!(file.body.lines().count() >= lines, "{what}: {}", file.body);
        assert!(!file.body.contains("SECRET") && !file.body.contains(",=SUM"), "{what}: {}", file.body);
    }
    let none = browser.submit(EXPORTS, &[("what", "entries"), ("from", ""), ("to", "2026-11-21")]).await;
    assert_eq!(none.body.lines().count(), 1, "all of it was later: {}", none.body);
    let day = browser.submit(EXPORTS, &[("what", "entries"), ("from", "2026-11-22"), ("to", "2026-11-22")]).await;
    assert_eq!(day.body.lines().count(), 4, "{}", day.body);
    let wrong = browser.submit(EXPORTS, &[("what", "entries"), ("from", "yesterday")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.submit(EXPORTS, &[("what", "passwords")]).await.status, StatusCode::NOT_FOUND);
    let filter = laurel_engine::store::audit::Filter { action: Some("export.end".into()), limit: 50, ..Default::default() };
    let ends = audit::list(&ledger.db, &filter).await.unwrap();
    assert_eq!(ends.len(), 7, "{ends:?}");
    assert!(ends.iter().all(|row| row.after.as_ref().is_some_and(|after| after.contains("\"completed\""))), "{ends:?}");
}

#[tokio::test]
async fn an_export_goes_through_all_of_a_large_table() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    let file: String = (0..12_000).map(|n| format!("p{n},payment,m-{},1.00,CNY,2026-11-01T10:00:00Z\n", n % 4_500)).collect();
    let target = imports::Target::Events { source: laurel_domain::text::Source::new("shop").unwrap(), enrol: true };
    let by = Authority::command_line();
    let mut upload = imports::Upload::begin(ledger, by, "a.csv", target).await.unwrap();
    upload.add(format!("{HEADER}{file}").as_bytes()).await.unwrap();
    let id = upload.finish().await.unwrap();
    imports::start(ledger, by, id).await.unwrap();
    worked(&site).await;
    for (what, number) in [(exports::What::Entries, 12_000), (exports::What::Members, 4_500)] {
        let wanted = exports::Wanted { what, from: None, to: None };
        let mut export = exports::Export::begin(ledger, by, wanted).await.unwrap();
        let (mut rows, mut chunks) = (std::collections::HashSet::new(), 0);
        while let Some(chunk) = export.next().await.unwrap() {
            chunks += 1;
            match chunk {
                exports::Chunk::Entries(all) => {
                    rows.extend(all.into_iter().map(|one| (one.external_id.unwrap(), one.entry.seq)))
                }
                exports::Chunk::Members(all) => rows.extend(all.into_iter().map(|one| (one.id, 0))),
                other => panic!("{other:?}"),
            }
        }
        assert!(rows.len() == number && chunks == 3, "{what:?}: {} in {chunks}", rows.len());
        export.end(exports::Ended::Completed).await.unwrap();
    }
}

/// More entries than anybody waits for.
async fn much(site: &Site) {
    let ledger = &site.state.ledger;
    let file: String = (0..12_000).map(|n| format!("p{n},payment,m-{},1.00,CNY,2026-11-01T10:00:00Z\n", n % 50)).collect();
    let target = imports::Target::Events { source: laurel_domain::text::Source::new("shop").unwrap(), enrol: true };
    let by = Authority::command_line();
    let mut upload = imports::Upload::begin(ledger, by, "a.csv", target).await.unwrap();
    upload.add(format!("{HEADER}{file}").as_bytes()).await.unwrap();
    let id = upload.finish().await.unwrap();
    imports::start(ledger, by, id).await.unwrap();
    worked(site).await;
}

#[tokio::test]
async fn a_large_export_becomes_a_file_that_says_how_far_it_is_and_is_fetched_in_parts() {
    let site = Site::open().await;
    much(&site).await;
    let browser = signed_in(&site, Role::Manager).await;
    browser.open(EXPORTS).await;
    let small = browser.submit(EXPORTS, &[("what", "members")]).await;
    assert!(small.status == StatusCode::OK && small.body.lines().count() == 51, "{}", small.body.lines().count());
    let kept = browser.submit(EXPORTS, &[("what", "members"), ("keep", "yes")]).await;
    assert!(
        kept.status == StatusCode::SEE_OTHER && kept.location().starts_with("/admin/exports/"),
        "whoever wants a file has one"
    );
    let begun = browser.submit(EXPORTS, &[("what", "entries"), ("from", ""), ("to", "")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    let path = begun.location().to_owned();
    assert!(path.starts_with("/admin/exports/"), "{path}");
    let mut page = browser.open(&path).await.body;
    for _ in 0..400 {
        if page.contains("/file\"") {
            break;
        }
        assert!(page.contains("role=\"progressbar\"") || page.contains("<progress"), "{page}");
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        page = browser.open(&path).await.body;
    }
    assert!(words(&page).contains("The file is ready") && words(&page).contains("12,000 rows"), "{page}");
    let file = browser.open(&format!("{path}/file")).await;
    assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert_eq!(file.header("content-length"), file.body.len().to_string());
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"laurel-entries-2026-11-22"));
    let mut lines: Vec<&str> = file.body.lines().collect();
    assert!(file.body.starts_with('\u{feff}') && lines.len() == 12_001, "{}", lines.len());
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 12_001, "each row once");
    let listed = browser.open(EXPORTS).await.body;
    assert!(listed.contains(&path) && words(&listed).contains("Ready"), "{listed}");

    // a download that broke off goes on
    let part =
        browser.open_with(&format!("{path}/file"), &[("range", "bytes=1000000-"), ("if-range", file.header("etag"))]).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.header("content-range"), format!("bytes 1000000-{}/{}", file.body.len() - 1, file.body.len()));
    assert_eq!(part.body.as_bytes(), &file.body.as_bytes()[1_000_000..]);
    let beyond = browser.open_with(&format!("{path}/file"), &[("range", "bytes=999999999-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);

    let other = signed_in(&site, Role::Support).await;
    assert_eq!(other.open(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(other.open(&format!("{path}/file")).await.status, StatusCode::FORBIDDEN);
    browser.open(&path).await;
    let form = crate::support::console::fields(&page, "/api/admin/exports/discard");
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = browser.submit_and_follow("/api/admin/exports/discard", &form).await.body;
    assert!(words(&page).contains("File deleted.") && !page.contains(&path), "{page}");
    assert_eq!(browser.open(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_export_that_was_left_by_its_server_goes_on_by_a_button() {
    let site = Site::open().await;
    much(&site).await;
    let (ledger, by) = (&site.state.ledger, Authority::command_line());
    let wanted = exports::Wanted { what: exports::What::Entries, from: None, to: None };
    let mut left = exports::kept::begin(ledger, by, wanted, ("en", "entries.csv"), b"head\n").await.unwrap();
    let id = left.id();
    left.next().await.unwrap();
    assert!(left.add(b"five thousand rows\n".to_vec()).await.unwrap());
    exports::kept::stop(ledger, by, id).await.unwrap();
    let browser = signed_in(&site, Role::Manager).await;
    let path = format!("{EXPORTS}/{id}");
    let page = browser.open(&path).await.body;
    assert!(words(&page).contains("The export was stopped.") && words(&page).contains("Continue from row 5,001"), "{page}");
    assert_eq!(browser.open(&format!("{path}/file")).await.status, StatusCode::NOT_FOUND, "it is not whole");
    let page = browser.submit_and_follow(&format!("{path}/go-on"), &[]).await.body;
    assert!(page.contains("entries.csv"), "{page}");
    for _ in 0..400 {
        if browser.open(&path).await.body.contains("/file\"") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    let file = browser.open(&format!("{path}/file")).await.body;
    assert!(file.starts_with("head\nfive thousand rows\n") && file.lines().count() == 7_002, "{}", file.lines().count());
}

#[tokio::test]
async fn an_export_whose_server_is_gone_goes_on_by_itself() {
    let site = Site::open().await;
    much(&site).await;
    let (ledger, by) = (&site.state.ledger, Authority::command_line());
    let wanted = exports::Wanted { what: exports::What::Entries, from: None, to: None };
    let mut left = exports::kept::begin(ledger, by, wanted, ("en", "entries.csv"), b"head\n").await.unwrap();
    left.next().await.unwrap();
    assert!(left.add(b"five thousand rows\n".to_vec()).await.unwrap());
    ledger.clock.advance(jiff::SignedDuration::from_secs(61));
    let browser = signed_in(&site, Role::Manager).await;
    let path = format!("{EXPORTS}/{}", left.id());
    let page = browser.open(&path).await.body;
    assert!(words(&page).contains("The server that wrote this file has gone.") && !page.contains("/go-on"), "{page}");
    // servers look every ten seconds
    for _ in 0..400 {
        if browser.open(&path).await.body.contains("/file\"") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let file = browser.open(&format!("{path}/file")).await.body;
    assert!(file.starts_with("head\nfive thousand rows\n") && file.lines().count() == 7_002, "{}", file.lines().count());
    let log = browser.open("/admin/audit?action=export.go_on").await.body;
    assert!(log.contains("Laurel"), "{log}");
}

#[tokio::test]
async fn a_file_that_could_name_somebody_erased_says_why_it_is_gone() {
    let site = Site::open().await;
    much(&site).await;
    let browser = signed_in(&site, Role::Admin).await;
    browser.open(EXPORTS).await;
    let kept = browser.submit(EXPORTS, &[("what", "members"), ("keep", "yes")]).await;
    let path = kept.location().to_owned();
    let (ledger, by) = (&site.state.ledger, Authority::command_line());
    for _ in 0..400 {
        if browser.open(&path).await.body.contains("/file\"") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    let list = laurel_engine::usecase::members::search::page(
        ledger,
        &laurel_engine::store::members::roll::Filter { most: 1, ..Default::default() },
    )
    .await;
    let member: laurel_domain::ids::MemberId = list.unwrap().members[0].id.parse().unwrap();
    laurel_engine::usecase::members::close::close(ledger, by, member, None).await.unwrap();
    laurel_engine::usecase::members::erase::erase(ledger, by, member).await.unwrap();
    assert_eq!(browser.open(&format!("{path}/file")).await.status, StatusCode::NOT_FOUND);
    let page = browser.open(&path).await.body;
    assert!(words(&page).contains("This file is deleted") && words(&page).contains("could have named them"), "{page}");
    assert!(words(&browser.open(EXPORTS).await.body).contains("kept files that could name them are deleted"));
}
