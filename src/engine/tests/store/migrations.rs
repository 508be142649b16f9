//! Tables that another version of Laurel has changed, and several servers that change them at once.

use laurel_engine::store::{Db, StoreError, on};
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::servers::{self, Presented};

use laurel_testing::database::Throwaway;
use laurel_testing::programme::{check, programme, tell};

const NEWER: &str = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
    select 9999, 'of a newer version', success, checksum, 0 from _sqlx_migrations where version = 1";
const BREAKS_OLDER: &str = "update compatibility set least_migration = 9999";
const OTHERWISE: &str = "update _sqlx_migrations set checksum = (select checksum from _sqlx_migrations where version = 1)
    where version = 2";
const APPLIED: &str = "select count(*) from _sqlx_migrations";

async fn run(db: &Db, sql: &'static str) {
    db.write(sql, |tx, sql| {
        Box::pin(async move {
            on!(tx, conn => sqlx::query(*sql).execute(conn).await.map(drop)?);
            Ok::<_, StoreError>(())
        })
    })
    .await
    .unwrap();
}

async fn applied(db: &Db) -> i64 {
    let mut reader = db.reader().await.unwrap();
    on!(reader, conn => sqlx::query_scalar(APPLIED).fetch_one(conn).await).unwrap()
}

stories! {
    async fn an_older_binary_goes_on_beside_newer_tables_that_have_all_it_needs(db: Db) {
        let ledger = programme(&db).await;
        run(&db, NEWER).await;
        run(&db, "create table of_a_newer_version (id bigint primary key)").await;
        db.migrate().await.expect("an unknown migration stops nobody");
        let ledger = Ledger::open(db.clone(), ledger.clock).await.unwrap().unwrap();
        tell(&ledger, "id=1 member=m-1 pay=10").await.unwrap();
        check(&ledger).await;
    }

    async fn a_binary_that_is_too_old_for_the_tables_says_so(db: Db) {
        programme(&db).await;
        let presented = || Presented { name: "old".to_owned(), jobs: &["due"], lease: std::time::Duration::from_secs(60) };
        assert!(!servers::report_in(&db, presented()).await.unwrap().is_too_old);
        run(&db, NEWER).await;
        run(&db, BREAKS_OLDER).await;
        let error = db.migrate().await.expect_err("a newer version has taken something away");
        assert!(matches!(error, StoreError::SchemaTooNew { needs: 9999, .. }), "{error}");
        assert!(servers::report_in(&db, presented()).await.unwrap().is_too_old, "and one that runs is told");
    }

    async fn a_migration_that_is_another_one_by_now_is_refused(db: Db) {
        run(&db, OTHERWISE).await;
        assert!(matches!(db.migrate().await, Err(StoreError::Migrate(_))));
    }
}

async fn servers_that_start_at_once_all_find_the_tables(database: &Throwaway) {
    let others = [Db::connect(&database.url()).await.unwrap(), Db::connect(&database.url()).await.unwrap()];
    let [first, second, third] =
        futures::future::join_all([&database.db, &others[0], &others[1]].map(Db::migrate)).await.try_into().unwrap();
    first.expect("the first");
    second.expect("the second");
    third.expect("the third");
    assert!(applied(&database.db).await > 10);
    for db in &others {
        programme_or_nothing(db).await;
        db.close().await;
    }
}

async fn programme_or_nothing(db: &Db) {
    assert!(Ledger::open(db.clone(), Default::default()).await.expect("the tables").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_start_at_once_on_an_empty_database_all_find_the_tables_on_postgres() {
    let database = Throwaway::empty_postgres().await;
    servers_that_start_at_once_all_find_the_tables(&database).await;
    database.tell(|_| async {}).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_start_at_once_on_an_empty_database_all_find_the_tables_on_sqlite() {
    let database = Throwaway::empty_sqlite().await;
    servers_that_start_at_once_all_find_the_tables(&database).await;
    database.tell(|_| async {}).await;
}
