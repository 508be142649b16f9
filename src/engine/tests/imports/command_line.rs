//! Imports, and what the audit log says about them.

use std::future::{pending, ready};

use laurel_domain::text::Source;
use laurel_engine::auth::Actor;
use laurel_engine::store::Db;
use laurel_engine::store::audit::{self, Filter};
use laurel_engine::usecase::imports::{ImportError, Noted, Target, import_noted};
use serde_json::Value;

use laurel_testing::programme::{check, programme, standing};

const HEADER: &str = "event_id,kind,member,amount,currency,occurred_at\n";

fn noted(file: &str) -> Noted {
    Noted {
        actor: Actor::CommandLine,
        file: file.into(),
        target: Target::Events { source: Source::new("shop").unwrap(), enrol: true },
    }
}

/// The audit log of imports, ends before starts: what was noted, and about what.
async fn logged(db: &Db) -> Vec<(String, String, Value)> {
    let rows = audit::list(&mut db.reader().await.unwrap(), &Filter { limit: 10, ..Filter::default() }).await.unwrap();
    let read = |row: audit::AuditRow| {
        let after: Value = serde_json::from_str(&row.after.unwrap()).unwrap();
        (row.action, row.subject, after)
    };
    let mut logged: Vec<_> = rows.into_iter().filter(|row| row.action.starts_with("import.")).map(read).collect();
    // the clock stands still, so ids do not tell which came first
    logged.sort_by(|one, other| (&one.0, one.2.to_string()).cmp(&(&other.0, other.2.to_string())));
    logged
}

stories! {
    async fn an_import_is_on_record_with_its_file_and_source_and_what_came_of_its_rows(db: Db) {
        let ledger = programme(&db).await;
        let row = "p1,payment,m-1,10.00,CNY,2026-11-01T10:00:00Z\n";
        let csv = format!("{HEADER}{row}{row}p2,payment,m-1,-1,CNY,2026-11-01T10:00:00Z\n");
        import_noted(&ledger, noted("november.csv"), csv.as_bytes(), None::<Vec<u8>>, |_| (), pending()).await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "10.00/0.00/10.00/1");
        let logged = logged(&db).await;
        assert_eq!(logged.len(), 2);
        let [(end, about_too, ended), (start, about, began)] = [&logged[0], &logged[1]];
        assert_eq!((start.as_str(), end.as_str()), ("import.start", "import.end"));
        assert!(about == about_too && about.starts_with("import:"), "{about} {about_too}");
        assert_eq!(*began, serde_json::json!({ "file": "november.csv", "source": "shop", "enrol": true }));
        let counts = serde_json::json!({ "file": "november.csv", "outcome": "completed", "accepted": 1, "duplicate": 1, "refused": 1 });
        assert_eq!(*ended, counts);
        check(&ledger).await;
    }

    async fn an_import_that_failed_or_was_stopped_says_so(db: Db) {
        let ledger = programme(&db).await;
        let failed = import_noted(&ledger, noted("a.csv"), "event_id,kind\n".as_bytes(), None::<Vec<u8>>, |_| (), pending()).await;
        assert!(matches!(failed, Err(ImportError::MissingColumn("member"))), "{failed:?}");
        let csv = format!("{HEADER}p1,payment,m-1,10.00,CNY,2026-11-01T10:00:00Z\n");
        let stopped = import_noted(&ledger, noted("b.csv"), csv.as_bytes(), None::<Vec<u8>>, |_| (), ready(())).await;
        assert!(matches!(stopped, Err(ImportError::Stopped)), "{stopped:?}");
        let outcomes: Vec<Value> = logged(&db).await.into_iter().filter(|(action, ..)| action == "import.end").map(|(.., after)| after["outcome"].clone()).collect();
        assert_eq!(outcomes, ["failed", "stopped"]);
    }
}
