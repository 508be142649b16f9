//! The audit log: what the staff did is recorded and cannot be changed.

use laurel_engine::auth::{Actor, Auth, Authority, Role};
use laurel_engine::store::audit::{self, Filter};
use laurel_engine::store::keyset::Place;
use laurel_engine::store::{Db, StoreError, on};
use laurel_engine::usecase::access::{keys, staff};
use laurel_engine::usecase::audit as log;
use laurel_engine::usecase::members::search::Counted;

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
        let created = Filter { action: Some("key.create".into()), limit: 3, ..Filter::default() };
        for (ascending, expected) in [(false, [vec![6, 5, 4], vec![3, 2, 1], vec![0]]), (true, [vec![0, 1, 2], vec![3, 4, 5], vec![6]])] {
            let at = |from| Filter { ascending, from, ..created.clone() };
            let mut pages = vec![log::page(&db, &at(None)).await.unwrap()];
            while let Some(key) = pages.last().unwrap().next {
                pages.push(log::page(&db, &at(Some(Place { key, backwards: false }))).await.unwrap());
            }
            let minutes = |page: &log::Page| -> Vec<i64> {
                page.rows.iter().map(|row| (row.at - morning().as_microsecond()) / 60_000_000).collect()
            };
            assert_eq!(pages.iter().map(minutes).collect::<Vec<_>>(), expected);
            let back = |page: &log::Page| at(page.previous.map(|key| Place { key, backwards: true }));
            let middle = log::page(&db, &back(&pages[2])).await.unwrap();
            assert_eq!(minutes(&middle), expected[1]);
            let first = log::page(&db, &back(&middle)).await.unwrap();
            assert_eq!((minutes(&first), first.previous), (expected[0].clone(), None));
        }
        assert_eq!(log::count(&db, &created).await.unwrap(), Counted { number: 7, is_exact: true });
        let minute = |minute| Some(morning() + jiff::SignedDuration::from_mins(minute));
        let between = Filter { since: minute(2), until: minute(5), limit: 10, ..created };
        assert_eq!(log::page(&db, &between).await.unwrap().rows.len(), 3);
        assert_eq!(log::count(&db, &between).await.unwrap().number, 3);
        let of_one = Filter { subject: Some("key:nothing".into()), ..between };
        assert_eq!(log::count(&db, &of_one).await.unwrap().number, 0);
    }

    async fn the_record_is_read_by_who_did_something(db: Db) {
        let auth = Auth::default();
        let admin = employed(&db, &auth, "admin@example.com", Role::Admin).await;
        staff::create(&db, &auth, admin, &wanted("w@example.com", Role::Viewer, Some(PASSWORD)), later(1)).await.unwrap();
        let by_admin = Filter { actor: admin.actor().id(), limit: 10, ..Filter::default() };
        let signed_in_and_made_somebody = 2;
        assert_eq!(log::page(&db, &by_admin).await.unwrap().rows.len(), signed_in_and_made_somebody);
        let other_action = Filter { action: Some("key.create".into()), ..by_admin.clone() };
        assert_eq!(log::count(&db, &other_action).await.unwrap().number, 0);
        let before = Filter { until: Some(later(0)), ..by_admin };
        assert_eq!(log::count(&db, &before).await.unwrap().number, 0);
    }
}
