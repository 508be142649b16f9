//! The audit log: what the staff did is recorded and cannot be changed.

use laurel_engine::auth::{Actor, Auth, Authority, Role};
use laurel_engine::store::audit::{self, Filter};
use laurel_engine::store::{Db, StoreError, on};
use laurel_engine::usecase::access::{keys, staff};

use laurel_testing::people::{PASSWORD, employed, later, morning, wanted};

const CHANGE: &str = "update audit set action = 'nothing'";
const DELETE: &str = "delete from audit";

async fn tamper(db: &Db, sql: &'static str) -> Result<(), StoreError> {
    db.write(sql, |tx, sql| {
        Box::pin(async move {
            on!(tx, conn => sqlx::query(*sql).execute(conn).await.map(drop)?);
            Ok(())
        })
    })
    .await
}

stories! {
    async fn what_staff_do_is_on_record_with_before_and_after(db: Db) {
        let auth = Auth::default();
        let admin = employed(&db, &auth, "admin@example.com", Role::Admin).await;
        let wei = staff::create(&db, &auth, admin, &wanted("w@example.com", Role::Viewer, Some(PASSWORD)), later(1)).await.unwrap().staff;
        let promotion = staff::Change { name: "Wang Wei".into(), role: Role::Manager, enabled: true };
        staff::change(&db, admin, wei, &promotion, later(2)).await.unwrap();
        let about_wei = Filter { subject: Some(format!("staff:{wei}")), limit: 10, ..Filter::default() };
        let entries = audit::list(&mut db.reader().await.unwrap(), &about_wei).await.unwrap();
        assert_eq!(entries.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(), ["staff.change", "staff.create"]);
        let last = &entries[0];
        assert_eq!(Actor::from_parts(last.actor_kind, last.actor), Some(admin.actor()));
        assert_eq!((last.actor_name.as_deref(), last.at), (Some("Wang Wei"), later(2).as_microsecond()));
        assert_eq!(last.before.as_deref(), Some(r#"{"enabled":true,"role":"viewer"}"#));
        assert_eq!(last.after.as_deref(), Some(r#"{"enabled":true,"role":"manager"}"#));
    }

    async fn nothing_can_be_taken_off_the_record(db: Db) {
        employed(&db, &Auth::default(), "admin@example.com", Role::Admin).await;
        for sql in [CHANGE, DELETE] {
            assert!(tamper(&db, sql).await.unwrap_err().to_string().contains("append-only"));
        }
        assert_eq!(audit::list(&mut db.reader().await.unwrap(), &Filter { limit: 10, ..Filter::default() }).await.unwrap().len(), 2);
    }

    async fn the_record_is_read_a_page_at_a_time(db: Db) {
        for minute in 0..7 {
            let wish = keys::Wanted { name: format!("key {minute}"), scopes: "rules:read".into(), source: None, rate: None };
            keys::create(&db, Authority::command_line(), &wish, morning() + jiff::SignedDuration::from_mins(minute)).await.unwrap();
        }
        let (mut before, mut sizes) = (None, Vec::new());
        loop {
            let page = audit::list(&mut db.reader().await.unwrap(), &Filter { action: Some("key.create".into()), before, limit: 3, ..Filter::default() }).await.unwrap();
            sizes.push(page.len());
            match page.last() {
                Some(last) => before = Some(last.id),
                None => break,
            }
        }
        assert_eq!(sizes, [3, 3, 1, 0]);
    }
}
