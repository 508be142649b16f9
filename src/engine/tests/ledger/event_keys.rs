//! The directory of events that have been taken.

use laurel_engine::store::{Db, on};
use laurel_engine::usecase::ledger::verify;
use laurel_testing::programme::{check, programme, tell};
use laurel_testing::tamper::tamper;

const KEYS: &str = "select count(*) from event_keys";
const OLD_INDEX: [&str; 2] = [
    "select count(*) from sqlite_schema where name = 'entries_event'",
    "select count(*) from pg_class where relname = 'entries_event'",
];

async fn count(db: &Db, texts: [&'static str; 2]) -> i64 {
    let mut reader = db.reader().await.unwrap();
    let sql = reader.pick(texts[0], texts[1]);
    on!(reader, conn => sqlx::query_scalar(sql).fetch_one(conn).await).unwrap()
}

/// As migration 0051 finds and leaves a database in which events were found by an index over their ids.
async fn set_back(db: &Db, without: &str, done: &str) {
    tamper(db, &format!("delete from event_keys where {without}")).await;
    tamper(db, &format!("insert into conversions (name, member_no, seq) values ('event_keys', {done})")).await;
}

stories! {
    async fn events_of_before_get_their_keys_and_are_known_again(db: Db) {
        let ledger = programme(&db).await;
        for m in 1..=5 {
            tell(&ledger, &format!("id=p{m} member=m-{m} pay=100")).await.unwrap();
        }
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=40").await.unwrap();
        set_back(&db, "1 = 1", "0, 0").await;
        if !db.is_postgres() || count(&db, ["", "select count(*) from pg_inherits where inhparent = 'entries'::regclass"]).await == 0 {
            tamper(&db, "create unique index entries_event on entries (source_no, event_id) where event_id is not null").await;
        }
        db.migrate().await.unwrap();
        assert_eq!((count(&db, [KEYS; 2]).await, count(&db, OLD_INDEX).await), (6, 0));
        check(&ledger).await;
        let again = tell(&ledger, "id=p2 member=m-2 pay=100").await.unwrap();
        assert_eq!(again, tell(&ledger, "id=p2 member=m-2 pay=100").await.unwrap());
        tell(&ledger, "id=p2 member=m-2 pay=101").await.unwrap_err();
        tell(&ledger, "id=r2 member=m-1 of=p1 refund=61").await.unwrap_err();
        assert_eq!(count(&db, [KEYS; 2]).await, 6);
    }

    async fn whoever_was_interrupted_goes_on_where_the_last_step_ended(db: Db) {
        let ledger = programme(&db).await;
        for m in 1..=5 {
            tell(&ledger, &format!("id=p{m} member=m-{m} pay=100")).await.unwrap();
        }
        // keys that are there already would be a conflict, were it begun anew
        set_back(&db, "member_no > 2", "2, 1").await;
        db.migrate().await.unwrap();
        assert_eq!(count(&db, [KEYS; 2]).await, 5);
        check(&ledger).await;
    }

    async fn a_key_that_is_gone_or_leads_elsewhere_is_found(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=100").await.unwrap();
        tamper(&db, "update event_keys set seq = 7 where member_no = 1").await;
        let found = |verdict: verify::Verdict| verdict.differences.into_iter().map(|d| (d.seq, d.what)).collect::<Vec<_>>();
        let lost = "its event is not found by its key".to_owned();
        assert_eq!(found(verify::verify(&ledger).await.unwrap()), [(Some(1), lost.clone())]);
        tamper(&db, "delete from event_keys where member_no = 1").await;
        assert_eq!(found(verify::verify(&ledger).await.unwrap()), [(Some(1), lost)]);
    }

    async fn a_key_that_no_entry_has_is_found(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        let key = if db.is_postgres() { "'00000000-0000-0000-0000-000000000001'" } else { "x'00000000000000000000000000000001'" };
        tamper(&db, &format!("insert into event_keys (key, member_no, seq) values ({key}, 1, 1)")).await;
        let verdict = verify::verify(&ledger).await.unwrap();
        let found: Vec<&str> = verdict.differences.iter().map(|difference| difference.what.as_str()).collect();
        assert_eq!(found, ["there are 2 keys of events, and 1 entries that events made"]);
    }
}
