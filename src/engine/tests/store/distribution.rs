//! Members on several machines. There is no Citus here: a stand-in notes what it is told and refuses what Citus refuses of tables. (The
//! other stories are told on such a database, too, with `LAUREL_TEST_DISTRIBUTED`.)

use std::collections::BTreeMap;
use std::time::Duration;

use laurel_domain::rewards::redemption::RedemptionState;
use laurel_engine::store::schema::tables::{Belongs, TABLES};
use laurel_engine::store::{Db, Either, StoreError};
use laurel_engine::usecase::ledger::ingest::{Outcome, Terms};
use laurel_testing::database::{Throwaway, stand_in_for_citus};
use laurel_testing::programme::{check, member, post, programme, tell};
use laurel_testing::rewards;
use sqlx::{Connection, PgConnection};

const DISTRIBUTED: &str = "select logicalrelid::text, partkey, beside from pg_dist_partition";
const TABLES_THERE: &str =
    "select count(*) from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_citus_nothing_is_made() {
    Throwaway::empty_postgres().await.tell(nothing).await;
}

async fn nothing(db: Db) {
    let refused = db.check_distributable().await.unwrap_err();
    assert!(matches!(refused, StoreError::Unsuitable(text) if text.contains("Citus")), "{refused}");
    assert!(matches!(db.distribute().await, Err(StoreError::Unsuitable(_))));
    let mut reader = db.reader().await.unwrap();
    let Either::Postgres(conn) = reader.either() else { panic!("PostgreSQL") };
    assert_eq!(sqlx::query_scalar::<_, i64>(TABLES_THERE).fetch_one(conn).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_not_distributed() {
    Throwaway::sqlite().await.tell(async |db| assert!(matches!(db.distribute().await, Err(StoreError::Unsuitable(_))))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_there_is_distributed_and_goes_on() {
    let database = Throwaway::empty_postgres().await;
    let url = database.url();
    database.tell(|db| distributed(db, url)).await;
}

async fn distributed(db: Db, url: String) {
    db.migrate().await.unwrap();
    let ledger = programme(&db).await;
    for m in 1..=20 {
        tell(&ledger, &format!("id=p{m} member=m-{m} pay=100")).await.unwrap();
    }
    let gift = rewards::bought(&ledger, "m-2", rewards::gift(&ledger, 1).await, "k1").await;
    stand_in_for_citus(&url).await;
    db.distribute().await.unwrap();

    let mut reader = db.reader().await.unwrap();
    let Either::Postgres(conn) = reader.either() else { panic!("PostgreSQL") };
    let rows: Vec<(String, Option<String>, Option<String>)> = sqlx::query_as(DISTRIBUTED).fetch_all(conn).await.unwrap();
    drop(reader);
    let found: BTreeMap<String, _> = rows.into_iter().map(|(table, column, beside)| (table, (column, beside))).collect();
    let with = |column: &str, beside: &str| Some((Some(column.to_owned()), Some(beside.to_owned())));
    let expected = TABLES.into_iter().filter_map(|(table, belongs)| {
        let how = match belongs {
            Belongs::Desk => None,
            Belongs::Programme => Some((None, None)),
            Belongs::Key(column) => with(column, "none"),
            Belongs::Member(column) => with(column, if table == "members" { "none" } else { "members" }),
        };
        how.map(|how| (table.to_owned(), how))
    });
    assert_eq!(found, expected.collect());
    check(&ledger).await;

    // the same event again is the same event, and what was paid can be refunded only once
    tell(&ledger, "id=p7 member=m-7 pay=100").await.unwrap();
    tell(&ledger, "id=r2 member=m-1 of=p1 refund=101").await.unwrap_err();
    tell(&ledger, "id=r3 member=m-1 of=p1 refund=100").await.unwrap();
    // an award is another member's, who lies elsewhere
    tell(&ledger, "id=p21 member=m-21 pay=100 at=2026-11-22T09:59:30Z").await.unwrap();
    tell(&ledger, "id=f2 member=m-3 referee=m-21").await.unwrap();
    tell(&ledger, "id=f2 member=m-3 referee=m-21").await.unwrap();
    rewards::go(&ledger, gift, RedemptionState::Shipped).await.unwrap();
    assert_eq!(rewards::look(&ledger, gift).await.contact, Some(rewards::contact()));
    assert_eq!(member(&ledger, "m-21").await.external_id.as_deref(), Some("m-21"));
    check(&ledger).await;

    // nothing is distributed twice, neither by hand nor by the next start; whoever connects later knows
    assert!(matches!(db.distribute().await, Err(StoreError::Unsuitable(_))));
    db.migrate().await.unwrap();
    let later = Db::connect(&url).await.unwrap();
    assert!(matches!(later.distribute().await, Err(StoreError::Unsuitable(text)) if text.contains("already")));
    later.close().await;
}

/// Two members, the one in the shard that is locked first having the higher number.
const AGAINST_NUMBERS: &str = "select one.external_id, one.no, other.external_id, other.no from members one, members other
    where one.no > other.no and get_shard_id_for_distribution_column('members', one.no)
        < get_shard_id_for_distribution_column('members', other.no) order by one.no, other.no limit 1";
const HOLD: &str = "select no from members where no = $1 for no key update";
const IS_FREE: &str = "select no from members where no = $1 for no key update skip locked";
const WAITING: &str = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn members_are_locked_shard_by_shard() {
    let database = Throwaway::empty_postgres().await;
    let url = database.url();
    database.tell(|db| shard_by_shard(db, url)).await;
}

async fn shard_by_shard(db: Db, url: String) {
    db.migrate().await.unwrap();
    let ledger = programme(&db).await;
    for m in 1..=20 {
        tell(&ledger, &format!("id=p{m} member=m-{m} pay=100")).await.unwrap();
    }
    stand_in_for_citus(&url).await;
    db.distribute().await.unwrap();

    let mut other = PgConnection::connect(&url).await.unwrap();
    let (first, first_no, second, second_no): (String, i64, String, i64) =
        sqlx::query_as(AGAINST_NUMBERS).fetch_one(&mut other).await.unwrap();
    sqlx::raw_sql("begin").execute(&mut other).await.unwrap();
    sqlx::query(HOLD).bind(first_no).execute(&mut other).await.unwrap();
    let batch = [format!("id=q1 member={second} pay=100"), format!("id=q2 member={first} pay=100")];
    let posting = tokio::spawn({
        let ledger = ledger.clone();
        async move { post(&ledger, Terms::live(&ledger), &[&batch[0], &batch[1]]).await }
    });
    while sqlx::query_scalar::<_, i64>(WAITING).fetch_one(&mut other).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let free: Option<i64> = sqlx::query_scalar(IS_FREE).bind(second_no).fetch_optional(&mut other).await.unwrap();
    assert_eq!(free, Some(second_no), "the next shard's turn comes when the one before it is locked");
    sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    assert!(posting.await.unwrap().iter().all(|outcome| matches!(outcome, Outcome::Accepted(_))));
    check(&ledger).await;
}
