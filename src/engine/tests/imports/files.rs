//! A file of events in the console: looked at, started, left, stopped, gone on with, and what was refused of it.

use std::time::Duration;

use laurel_domain::refusal::Refusal;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::store::Db;
use laurel_engine::store::audit::{self, Filter};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::imports::{self, Counts, ImportError, State, Target, UploadError};
use laurel_engine::usecase::programme::report::report;
use serde_json::Value;

use super::{events, found, has_file, import, staff, upload};
use laurel_testing::programme::{check, programme, standing};

const HEADER: &str = "event_id,kind,member,amount,currency,occurred_at\n";

/// So many payments of ten yuan, one after the other by twenty members.
fn payments(number: usize) -> String {
    let row = |n: usize| format!("p{n},payment,m-{},10.00,CNY,2026-11-01T10:00:{:02}Z\n", n % 20, n * 60 / number % 60);
    std::iter::once(HEADER.to_owned()).chain((0..number).map(row)).collect()
}

/// What the audit log tells of imports, the newest first.
async fn logged(db: &Db) -> Vec<(String, Value)> {
    let rows = audit::list(&mut db.reader().await.unwrap(), &Filter { limit: 50, ..Filter::default() }).await.unwrap();
    let of_imports = rows.into_iter().filter(|row| row.action.starts_with("import."));
    of_imports.map(|row| (row.action, serde_json::from_str(&row.after.unwrap()).unwrap())).collect()
}

stories! {
    async fn a_file_is_looked_at_before_anything_is_done_and_a_job_imports_it(db: Db) {
        let ledger = programme(&db).await;
        let admin = staff(&ledger, Role::Admin).await;
        let file = format!(
            "{HEADER}p1,payment,m-1,10.00,CNY,2026-11-01T10:00:00Z\np2,payment,m-1,-1,CNY,2026-11-01T10:00:00Z\n\
             p3,payment,m-2,5.00,CNY,2026-11-02T10:00:00Z\n"
        );
        let id = upload(&ledger, admin, events(), &file).await.unwrap();
        let import = found(&ledger, id).await;
        let look = import.look.clone().unwrap();
        assert_eq!((import.file.as_str(), import.state, look.rows, look.at_fault), ("file.csv", State::Ready, 3, 1));
        assert_eq!((look.faults[0].0, look.kinds["payment"], look.shown[2][2].as_str()), (3, 2, "m-2"));
        assert_eq!(look.last.unwrap().to_string(), "2026-11-02T10:00:00Z");
        assert_eq!(imports::work(&ledger).await.unwrap(), 0, "nobody has started it");
        assert_eq!(report(&db).await.unwrap().events, 0);

        imports::start(&ledger, admin, id).await.unwrap();
        assert!(imports::start(&ledger, admin, id).await.is_err(), "a double click starts it once");
        assert_eq!(imports::work(&ledger).await.unwrap(), 1);
        let import = found(&ledger, id).await;
        assert_eq!((import.state, import.counts), (State::Done, Counts { added: 2, refused: 1, ..Counts::default() }));
        assert_eq!(standing(&ledger, "m-1").await, "10.00/0.00/10.00/1");
        assert!(!has_file(&ledger, id).await, "its rows are in");
        let refused = imports::fault_chunk(&ledger, id, 0, 10).await.unwrap();
        let [fault] = &refused.faults[..] else { panic!("{refused:?}") };
        assert_eq!((fault.line, fault.cells[0].as_str(), refused.next), (3, "p2", None));
        assert!(matches!(fault.reason.refusal(), Ok(Refusal::Invalid { .. })), "{fault:?}");
        assert_eq!(imports::latest(&ledger, None, 10).await.unwrap().len(), 1);
        let logged = logged(&db).await;
        assert_eq!(logged.iter().map(|(action, _)| action.as_str()).collect::<Vec<_>>().len(), 2);
        assert!(logged.iter().any(|(action, after)| action == "import.end" && after["outcome"] == "completed" && after["accepted"] == 2));
        check(&ledger).await;
    }

    async fn events_come_as_lines_of_json_like_those_of_the_api(db: Db) {
        let ledger = programme(&db).await;
        let by = Authority::command_line();
        let line = |n: usize| {
            format!(
                r#"{{"id":"p{n}","kind":"payment","member":"m-{}","amount":"10.00","currency":"CNY","occurred_at":"2026-11-01T10:00:00Z"}}"#,
                n % 20
            )
        };
        let mut lines: Vec<String> = (0..5_000).map(line).collect();
        lines[2] = r#"{"id":"p2","kind":"payment","member":"m-1","amount":10}"#.to_owned();
        lines[4_990] = "not an object".to_owned();
        let id = upload(&ledger, by, events(), &lines.join("\n")).await.unwrap();
        let look = found(&ledger, id).await.look.unwrap();
        assert_eq!((look.is_lines, look.rows, look.at_fault, look.faults[0].0), (true, 5_000, 2, 3));
        assert_eq!((look.columns.len(), look.shown[0][2].as_str()), (11, "m-0"));
        imports::start(&ledger, by, id).await.unwrap();
        // stopped once the first rows are in, it goes on in the middle of the file
        let stopped = tokio::join!(imports::work(&ledger), async {
            while found(&ledger, id).await.done_lines == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            imports::stop(&ledger, by, id).await
        });
        assert_eq!(stopped.0.unwrap(), 1);
        let half = found(&ledger, id).await;
        if half.state == State::Stopped {
            assert!((1..5_000).contains(&half.done_lines), "{half:?}");
            imports::start(&ledger, by, id).await.unwrap();
            imports::work(&ledger).await.unwrap();
        }
        let whole = found(&ledger, id).await;
        assert_eq!((whole.state, whole.counts), (State::Done, Counts { added: 4_998, refused: 2, ..Counts::default() }));
        let refused = imports::fault_chunk(&ledger, id, 0, 10).await.unwrap().faults;
        assert_eq!(refused.iter().map(|fault| (fault.line, fault.cells[0].as_str())).collect::<Vec<_>>(), [(3, "p2"), (4_991, "not an object")]);
        // the same as CSV is known
        let row = |n: usize| format!("p{n},payment,m-{},10.00,CNY,2026-11-01T10:00:00Z\n", n % 20);
        let again = import(&ledger, events(), &format!("{HEADER}{}{}", row(0), row(4_999))).await;
        assert_eq!(again.counts, Counts { known: 2, ..Counts::default() });
        let people = upload(&ledger, by, Target::Members, &lines[0]).await;
        assert!(matches!(people, Err(UploadError::File(ImportError::UnknownColumn(_)))), "members come as CSV: {people:?}");
        check(&ledger).await;
    }

    async fn the_same_file_again_changes_nothing(db: Db) {
        let ledger = programme(&db).await;
        let first = import(&ledger, events(), &payments(50)).await;
        assert_eq!(first.counts, Counts { added: 50, ..Counts::default() });
        let again = import(&ledger, events(), &payments(50)).await;
        assert_eq!(again.counts, Counts { known: 50, ..Counts::default() });
        assert_eq!(report(&db).await.unwrap().events, 50);
        check(&ledger).await;
    }

    async fn an_import_that_breaks_off_goes_on_without_loss_or_doubling(db: Db) {
        let ledger = programme(&db).await;
        let by = Authority::command_line();
        let id = upload(&ledger, by, events(), &payments(12_000)).await.unwrap();
        imports::start(&ledger, by, id).await.unwrap();
        // as if the server died again and again, ever later
        let mut broken_off = 0;
        for millis in 1.. {
            if tokio::time::timeout(Duration::from_millis(40 * millis), imports::work(&ledger)).await.is_ok() {
                break;
            }
            broken_off += 1;
            let import = found(&ledger, id).await;
            let Counts { added, changed, known, refused } = import.counts;
            // what was under way goes on to its commit: it may have been claimed since, or have ended
            assert!(matches!(import.state, State::Waiting | State::Running | State::Done), "{:?}", import.state);
            assert_eq!((changed, refused), (0, 0));
            assert!(added + known <= 12_000, "{:?}", import.counts);
        }
        let import = found(&ledger, id).await;
        assert!(broken_off > 0, "it was too quick to be broken off");
        assert_eq!((import.state, import.counts.added + import.counts.known), (State::Done, 12_000));
        assert_eq!(report(&db).await.unwrap().events, 12_000);
        assert_eq!(standing(&ledger, "m-7").await, "6000.00/0.00/6000.00/4");
        check(&ledger).await;
    }

    async fn an_import_is_stopped_and_goes_on_where_it_was(db: Db) {
        let ledger = programme(&db).await;
        let admin = staff(&ledger, Role::Admin).await;
        let id = upload(&ledger, admin, events(), &payments(5_000)).await.unwrap();
        imports::start(&ledger, admin, id).await.unwrap();
        imports::stop(&ledger, admin, id).await.unwrap();
        assert_eq!(found(&ledger, id).await.state, State::Stopped, "nobody had begun");
        assert_eq!(imports::work(&ledger).await.unwrap(), 0);

        imports::start(&ledger, admin, id).await.unwrap();
        let (work, stop) = tokio::join!(imports::work(&ledger), async {
            // once it has begun
            while found(&ledger, id).await.done_lines == 0 {
                tokio::task::yield_now().await;
            }
            imports::stop(&ledger, admin, id).await
        });
        work.unwrap();
        stop.unwrap();
        let stopped = found(&ledger, id).await;
        assert_eq!(stopped.state, State::Stopped);
        assert!((1_000..5_000).contains(&stopped.counts.added), "{:?}", stopped.counts);
        assert_eq!(report(&db).await.unwrap().events as u64, stopped.counts.added, "what it says is in, and nothing else");

        imports::start(&ledger, admin, id).await.unwrap();
        imports::work(&ledger).await.unwrap();
        let done = found(&ledger, id).await;
        assert_eq!((done.state, done.counts), (State::Done, Counts { added: 5_000, ..Counts::default() }));
        let ends: Vec<_> = logged(&db).await.into_iter().filter(|(action, _)| action == "import.end").collect();
        assert_eq!(ends.len(), 3);
        check(&ledger).await;
    }

    async fn a_file_that_is_none_of_ours_is_refused_and_leaves_nothing(db: Db) {
        let ledger = programme(&db).await;
        let by = Authority::command_line();
        let refused = |file: &'static str| {
            let ledger = ledger.clone();
            async move { upload(&ledger, by, events(), file).await.unwrap_err() }
        };
        assert!(matches!(refused("").await, UploadError::File(ImportError::Empty)));
        assert!(matches!(refused(HEADER).await, UploadError::File(ImportError::Empty)));
        assert!(matches!(refused("event_id,kind\n").await, UploadError::File(ImportError::MissingColumn("member"))));
        assert!(matches!(refused("event_id,kind,colour\n").await, UploadError::File(ImportError::UnknownColumn(name)) if name == "colour"));
        assert!(matches!(refused("kind,kind\n").await, UploadError::File(ImportError::ColumnTwice(_))));
        assert_eq!(imports::latest(&ledger, None, 10).await.unwrap().len(), 0);
    }

    async fn whoever_may_not_make_points_imports_no_events(db: Db) {
        let ledger = programme(&db).await;
        let (manager, support) = (staff(&ledger, Role::Manager).await, staff(&ledger, Role::Support).await);
        let forbidden = |error: UploadError| matches!(error, UploadError::App(AppError::Forbidden));
        assert!(forbidden(upload(&ledger, manager, events(), &payments(1)).await.unwrap_err()));
        assert!(forbidden(upload(&ledger, support, Target::Members, "external_id\nm-1\n").await.unwrap_err()));
        let id = upload(&ledger, Authority::command_line(), events(), &payments(1)).await.unwrap();
        for done in [
            imports::start(&ledger, manager, id).await,
            imports::stop(&ledger, manager, id).await,
            imports::discard(&ledger, manager, id).await,
            imports::find(&ledger, manager, id).await.map(drop),
        ] {
            assert!(matches!(done, Err(AppError::Forbidden)), "{done:?}");
        }
        assert!(upload(&ledger, manager, Target::Members, "external_id\nm-1\n").await.is_ok());
    }
}
