//! What belongs to members, divided into partitions of PostgreSQL. (The other stories are told on such a database, too, with
//! `LAUREL_TEST_PARTITIONS`.)

use laurel_domain::rewards::redemption::RedemptionState;
use laurel_engine::store::schema::tables::{Belongs, TABLES};
use laurel_engine::store::{Db, Either, StoreError};
use laurel_testing::database::Throwaway;
use laurel_testing::programme::{check, programme, tell};
use laurel_testing::rewards;

const PARTITIONS: &str = "select count(*) from pg_inherits where inhparent = $1::regclass";
const FILLED: &str = "select count(distinct tableoid) from entries";
const INDEXES: &str = "select count(*) from pg_index where indrelid = 'entries'::regclass and indisvalid";
const CHANGE: &str = "update entries set points = 0 where seq = 1";

async fn number(db: &Db, sql: &'static str, bound: &str) -> i64 {
    let mut reader = db.reader().await.unwrap();
    let Either::Postgres(conn) = reader.either() else { panic!("PostgreSQL") };
    let query = sqlx::query_scalar(sql);
    let query = if sql.contains("$1") { query.bind(bound.to_owned()) } else { query };
    query.fetch_one(conn).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_there_is_divided_and_goes_on() {
    Throwaway::empty_postgres().await.tell(divided).await;
}

async fn divided(db: Db) {
    db.migrate().await.unwrap();
    let indexes = number(&db, INDEXES, "").await;
    let ledger = programme(&db).await;
    for m in 1..=20 {
        tell(&ledger, &format!("id=p{m} member=m-{m} pay=100")).await.unwrap();
    }
    tell(&ledger, "id=r1 member=m-1 of=p1 refund=40").await.unwrap();
    let gift = rewards::bought(&ledger, "m-2", rewards::gift(&ledger, 1).await, "k1").await;
    db.partition(4).await.unwrap();
    for (table, belongs) in TABLES {
        let expected = if matches!(belongs, Belongs::Member(_)) { 4 } else { 0 };
        assert_eq!(number(&db, PARTITIONS, table).await, expected, "{table}");
    }
    assert_eq!(number(&db, FILLED, "").await, 4, "members lie in all of them");
    assert_eq!(number(&db, INDEXES, "").await, indexes);
    check(&ledger).await;

    // the same event again is the same event, and what was paid can be refunded only once
    tell(&ledger, "id=p7 member=m-7 pay=100").await.unwrap();
    tell(&ledger, "id=r2 member=m-1 of=p1 refund=61").await.unwrap_err();
    tell(&ledger, "id=r3 member=m-1 of=p1 refund=60").await.unwrap();
    let changed: Result<(), StoreError> = db
        .write((), |tx, ()| {
            Box::pin(async move {
                let Either::Postgres(conn) = tx.either() else { panic!("PostgreSQL") };
                Ok(sqlx::query(CHANGE).execute(conn).await.map(drop)?)
            })
        })
        .await;
    assert!(changed.unwrap_err().to_string().contains("append-only"));
    check(&ledger).await;
    // a redemption of before is found by its id, goes on and comes back
    rewards::go(&ledger, gift, RedemptionState::Shipped).await.unwrap();
    assert_eq!(rewards::look(&ledger, gift).await.contact, Some(rewards::contact()));
    assert_eq!(rewards::look(&ledger, gift).await.states.len(), 2);
    check(&ledger).await;

    // nothing is divided twice, neither by hand nor by the next start
    assert!(matches!(db.partition(8).await, Err(StoreError::Unsuitable(_))));
    db.migrate().await.unwrap();
    assert_eq!(number(&db, PARTITIONS, "entries").await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_a_later_release_adds_is_divided_as_the_others_are() {
    Throwaway::empty_postgres().await.tell(added).await;
}

async fn added(db: Db) {
    db.migrate().await.unwrap();
    db.partition(3).await.unwrap();
    // as a migration would have made it
    let made: Result<(), StoreError> = db
        .write((), |tx, ()| {
            Box::pin(async move {
                let Either::Postgres(conn) = tx.either() else { panic!("PostgreSQL") };
                let sql =
                    "drop table mail_choices; create table mail_choices (member_no bigint primary key references members (no))";
                Ok(sqlx::raw_sql(sql).execute(conn).await.map(drop)?)
            })
        })
        .await;
    made.unwrap();
    assert_eq!(number(&db, PARTITIONS, "mail_choices").await, 0);
    db.migrate().await.unwrap();
    assert_eq!(number(&db, PARTITIONS, "mail_choices").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_has_none_and_a_senseless_number_is_refused() {
    Throwaway::sqlite().await.tell(refused).await;
    Throwaway::empty_postgres().await.tell(senseless).await;
}

async fn refused(db: Db) {
    let error = db.partition(4).await.unwrap_err();
    assert!(error.to_string().contains("SQLite has no partitions"), "{error}");
}

async fn senseless(db: Db) {
    db.migrate().await.unwrap();
    for number in [0, 1, 1_025] {
        assert!(matches!(db.partition(number).await, Err(StoreError::Unsuitable(_))), "{number}");
    }
}
