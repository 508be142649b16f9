//! The history in memory goes by what was posted since: whoever posted, in whatever order it became visible, and whatever was missed.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use laurel_domain::lab::report::Report;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::Db;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::lab::{self, Progress, Wish};
use laurel_engine::usecase::ledger::{Ledger, adjustments};
use laurel_engine::usecase::members::register::register;
use laurel_engine::usecase::members::{close, erase, merge, view};
use laurel_engine::usecase::programme::totals;
use laurel_testing::database::Throwaway;
use laurel_testing::people::{employed, morning, registration, visitor_from};
use laurel_testing::programme::{programme, publish, tell};
use laurel_testing::tamper::tamper;
use sqlx::{Connection, PgConnection};

use super::simulation::{draft, other};

const ENOUGH: u64 = 1 << 30;

async fn run(ledger: &Ledger) -> Report {
    lab::simulate(ledger, Wish::whole(draft(other)), Arc::new(Progress::default())).await.unwrap().unwrap().report
}

/// Simulates out of memory, and out of the database: it is the same. How many members memory looked at.
async fn looked_at(ledger: &Ledger) -> u64 {
    ledger.memory.allow(ENOUGH);
    let report = run(ledger).await;
    let looked_at = ledger.memory.looked_at();
    ledger.memory.allow(0);
    assert_eq!(report, run(ledger).await);
    looked_at
}

/// A hundred members with two payments each, in memory.
async fn hundred(db: &Db) -> Ledger {
    let ledger = programme(db).await;
    for n in 0..100 {
        tell(&ledger, &format!("id=a{n} member=m-{n} pay=150 at=2024-02-01T09:00:00Z")).await.unwrap();
        tell(&ledger, &format!("id=b{n} member=m-{n} pay={} at=2025-03-01T09:00:00Z", n * 10 + 1)).await.unwrap();
    }
    assert_eq!(looked_at(&ledger).await, 100);
    assert_eq!(looked_at(&ledger).await, 0, "nothing was posted");
    ledger
}

stories! {
    async fn only_those_of_whom_something_was_posted_are_looked_at(db: Db) {
        let ledger = hundred(&db).await;
        let server = Ledger::open(db.clone(), ledger.clock.clone()).await.unwrap().unwrap();
        tell(&ledger, "id=c1 member=m-7 pay=12.34").await.unwrap();
        tell(&server, "id=c2 member=m-93 pay=500").await.unwrap();
        tell(&server, "id=c3 member=m-93 of=c2 refund=1").await.unwrap();
        tell(&server, "id=c4 member=m-new pay=500000000").await.unwrap();
        assert_eq!(looked_at(&ledger).await, 3, "also what another server posted, and a member who is new");
        tell(&server, "id=c5 member=m-8 pay=99 at=2024-05-01T09:00:00Z").await.unwrap();
        assert_eq!(totals::fold(&ledger).await.unwrap(), 205, "rows are added up and gone");
        assert_eq!(looked_at(&ledger).await, 1, "late, behind what is known");
        for n in 0..40 {
            tell(&server, &format!("id=d{n} member=m-{} pay=3", n % 2)).await.unwrap();
        }
        assert_eq!(looked_at(&ledger).await, 2, "however often");
        assert_eq!((looked_at(&ledger).await, looked_at(&server).await), (0, 101), "each server for itself");
    }

    async fn other_rules_members_who_go_and_members_who_become_one_change_nothing(db: Db) {
        let ledger = hundred(&db).await;
        let id = |name: &'static str| {
            let ledger = ledger.clone();
            async move { view::find(&ledger, By::External(name)).await.unwrap().unwrap().id() }
        };
        publish(&ledger, |set| set.alpha = "3".parse().unwrap()).await;
        ledger.clock.advance(SignedDuration::from_secs(60));
        tell(&ledger, "id=c1 member=m-7 pay=12.34").await.unwrap();
        assert_eq!(looked_at(&ledger).await, 1);
        let (by, gone) = (Authority::command_line(), id("m-9").await);
        close::close(&ledger, by, gone, None).await.unwrap();
        assert_eq!(looked_at(&ledger).await, 1, "whose points are forfeited");
        erase::erase(&ledger, by, gone).await.unwrap();
        assert_eq!(looked_at(&ledger).await, 0, "nothing was posted");
        let auth = Auth::default();
        let manager = employed(&db, &auth, "m@example.com", Role::Manager).await;
        let li = register(&db, &auth, &registration("li@example.com"), &visitor_from("10.0.0.1"), morning()).await.unwrap().member;
        assert_eq!(looked_at(&ledger).await, 1, "who registered, without any entry");
        adjustments::adjust(&ledger, manager, adjustments::wish(li, "120", "a gift", "once").unwrap()).await.unwrap();
        merge::merge(&ledger, manager, li, "m-12", "one person").await.unwrap();
        assert_eq!(looked_at(&ledger).await, 2);
        tell(&ledger, "id=c2 member=m-12 pay=7").await.unwrap();
        assert_eq!(looked_at(&ledger).await, 1, "with what was taken over");
    }

    /// An older version says nothing of whom it posted to, and rows that nobody read in time are gone: then everybody is looked at.
    async fn whoever_was_missed_is_found_by_the_totals(db: Db) {
        let ledger = hundred(&db).await;
        tell(&ledger, "id=c1 member=m-7 pay=12.34").await.unwrap();
        tell(&ledger, "id=c2 member=m-new pay=12.34").await.unwrap();
        tamper(&db, "delete from posted").await;
        tell(&ledger, "id=c3 member=m-8 pay=5").await.unwrap();
        assert_eq!(looked_at(&ledger).await, 101);
        tamper(&db, "insert into posted (no, members) values (9999, null)").await;
        assert_eq!(looked_at(&ledger).await, 101, "they were too many to be named");
        assert_eq!(looked_at(&ledger).await, 0);
        tamper(&db, "update posted set members = '[]'").await;
        tell(&ledger, "id=c4 member=m-8 pay=5").await.unwrap();
        assert_eq!(looked_at(&ledger).await, 1);
    }

    async fn old_rows_go(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=a member=m-1 pay=1").await.unwrap();
        tamper(&db, "insert into posted (no, members) values (10001, '[]')").await;
        totals::fold(&ledger).await.unwrap();
        assert_eq!(rows(&db).await, [10_001], "the first is ten thousand behind");
    }
}

async fn rows(db: &Db) -> Vec<i64> {
    let mut db = db.reader().await.unwrap();
    laurel_engine::store::totals::posted::numbers(&mut db).await.unwrap().into_iter().collect()
}

/// A number is drawn before the commit that makes it visible: the lower one may come second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_becomes_visible_later_under_a_lower_number_is_followed() {
    let database = Throwaway::empty_postgres().await;
    let url = database.url();
    database.tell(|db| stragglers(db, url)).await;
}

async fn stragglers(db: Db, url: String) {
    db.migrate().await.unwrap();
    let ledger = hundred(&db).await;
    // whoever posts to m-7 waits where it commits, with its number drawn
    let mut held_up = PgConnection::connect(&url).await.unwrap();
    for sql in [
        "create function wait_here() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(77); return null; end $$",
        "create constraint trigger waits after insert on posted deferrable initially deferred for each row
            when (new.members = '[8]') execute function wait_here()",
        "select pg_advisory_lock(77)",
    ] {
        sqlx::query(sql).execute(&mut held_up).await.unwrap();
    }
    let other = Ledger::open(db.clone(), ledger.clock.clone()).await.unwrap().unwrap();
    let first = tokio::spawn(async move { tell(&other, "id=s1 member=m-7 pay=10").await.unwrap() });
    let waits = "select count(*) from pg_locks where locktype = 'advisory' and objid = 77 and not granted";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut held_up).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tell(&ledger, "id=s2 member=m-50 pay=20").await.unwrap();
    let before = rows(&db).await;
    assert_eq!(looked_at(&ledger).await, 1, "what is there, whatever waits");
    sqlx::query("select pg_advisory_unlock(77)").execute(&mut held_up).await.unwrap();
    first.await.unwrap();
    let after = rows(&db).await;
    assert!(after.last() == before.last() && after.len() == before.len() + 1, "{before:?} {after:?}");
    assert_eq!(looked_at(&ledger).await, 1, "the straggler alone");
}
