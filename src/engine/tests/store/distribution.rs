//! Members on several machines. There is no Citus here: a stand-in notes what it is told and refuses what Citus refuses of tables. (The
//! other stories are told on such a database, too, with `LAUREL_TEST_DISTRIBUTED`.)

use std::collections::BTreeMap;

use laurel_domain::rewards::redemption::RedemptionState;
use laurel_engine::store::schema::tables::{Belongs, TABLES};
use laurel_engine::store::{Db, Either, StoreError};
use laurel_testing::database::{Throwaway, stand_in_for_citus};
use laurel_testing::programme::{check, member, programme, tell};
use laurel_testing::rewards;

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
