//! A database that Laurel would not be right on is refused when it is opened, or when it is to be served.

use laurel_engine::store::{Db, StoreError};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use laurel_testing::database::Throwaway;
use laurel_testing::programme::programme;

const READ_ONLY: &str =
    "do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$";

stories! {
    async fn a_database_as_it_should_be_is_served(db: Db) {
        db.check_writes().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_that_only_reads_can_be_read_and_is_not_served() {
    let database = Throwaway::postgres().await;
    programme(&database.db).await;
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    sqlx::raw_sql(READ_ONLY).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let standby = Db::connect(&database.url()).await.unwrap();
    standby.migrate().await.expect("nothing is missing, so nothing is written");
    assert!(laurel_engine::usecase::programme::report::report(&standby).await.is_ok());
    let refused = standby.check_writes().await.expect_err("it only reads");
    assert!(matches!(refused, StoreError::Unsuitable(_)), "{refused}");
    standby.close().await;
    database.tell(|_| async {}).await;
}

#[tokio::test]
async fn a_database_of_another_encoding_is_refused() {
    let database = Throwaway::empty_postgres().await;
    let name = format!("ascii_{}", hex::encode(laurel_engine::random::bytes::<6>()));
    let mut server = PgConnection::connect(&database.url()).await.unwrap();
    let make = format!("create database {name} encoding 'SQL_ASCII' locale 'C' template template0");
    sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut server).await.unwrap();
    let url = database.url_of(&name);
    let refused = Db::connect(&url).await.expect_err("not UTF8");
    assert!(matches!(refused, StoreError::Unsuitable(_)), "{refused}");
    let drop = format!("drop database {name} with (force)");
    sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut server).await.unwrap();
    server.close().await.unwrap();
    database.tell(|_| async {}).await;
}
