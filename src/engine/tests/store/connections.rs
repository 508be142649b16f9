//! One connection for each piece of work, and what each promises whatever the server's defaults are.

use laurel_engine::store::{Db, StoreError, Tx, on};
use sqlx::{Connection, PgConnection};

use laurel_testing::database::Throwaway;
use laurel_testing::programme::programme;

const SETTINGS_POSTGRES: &str =
    "select current_setting('transaction_isolation') || ', ' || current_setting('synchronous_commit')";
const SETTINGS_SQLITE: &str = "select cast(synchronous as text) from pragma_synchronous";
const MAKE: &str = "create table things (id bigint primary key)";

async fn text(tx: &mut Tx, sql: &'static str) -> Result<String, StoreError> {
    Ok(on!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await?))
}

async fn make_table(db: &Db) -> Result<(), StoreError> {
    db.write((), |tx, ()| {
        Box::pin(async move {
            on!(tx, conn => sqlx::query(MAKE).execute(conn).await.map(drop)?);
            Ok(())
        })
    })
    .await
}

/// Sets a default of the database; connections made from then on have it.
async fn set_default(url: &str, setting: &'static str) {
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    sqlx::raw_sql("set default_transaction_read_only = off").execute(&mut connection).await.expect("a session that writes");
    sqlx::raw_sql(setting).execute(&mut connection).await.expect("another default");
    connection.close().await.expect("closed");
}

const REPEATABLE_READ: &str = "do $$ begin execute format('alter database %I set default_transaction_isolation = ''repeatable read''', current_database()); end $$";
const READ_ONLY: &str =
    "do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$";
const READ_WRITE: &str =
    "do $$ begin execute format('alter database %I set default_transaction_read_only = off', current_database()); end $$";

stories! {
    async fn no_second_connection_is_given_inside_a_transaction(db: Db) {
        let ledger = programme(&db).await;
        let input = ledger.clone();
        let inside = db.snapshot(input, |_, ledger| Box::pin(async move {
            let nested = |error: Option<StoreError>| matches!(error, Some(StoreError::Nested));
            let written: Result<(), StoreError> = ledger.db.write((), |_, ()| Box::pin(async { Ok(()) })).await;
            let seen: Result<(), StoreError> = ledger.db.snapshot((), |_, ()| Box::pin(async { Ok(()) })).await;
            Ok::<_, StoreError>([
                nested(ledger.db.reader().await.err()),
                nested(ledger.rulebook().await.err()),
                nested(written.err()),
                nested(seen.err()),
            ])
        })).await.unwrap();
        assert_eq!(inside, [true; 4]);
        let written = db.write(ledger, |_, ledger| Box::pin(async move {
            Ok::<_, StoreError>(matches!(ledger.db.reader().await, Err(StoreError::Nested)))
        })).await.unwrap();
        assert!(written);
        assert!(db.reader().await.is_ok(), "outside there is one");
    }

    async fn a_commit_that_is_acknowledged_is_on_disk(db: Db) {
        let settings = db.write((), |tx, ()| Box::pin(async move {
            let sql = tx.pick(SETTINGS_SQLITE, SETTINGS_POSTGRES);
            text(tx, sql).await
        })).await.unwrap();
        let wanted = if db.is_postgres() { "read committed, on" } else { "2" };
        assert_eq!(settings, wanted, "although the cluster of the tests has synchronous_commit off");
    }
}

#[tokio::test]
async fn transactions_see_what_was_committed_before_each_statement_whatever_the_default_is() {
    let database = Throwaway::postgres().await;
    set_default(&database.url(), REPEATABLE_READ).await;
    let db = Db::connect(&database.url()).await.expect("a connection");
    let settings = db.write((), |tx, ()| Box::pin(text(tx, SETTINGS_POSTGRES))).await.unwrap();
    assert_eq!(settings, "read committed, on");
    db.close().await;
    database.tell(|_| async {}).await;
}

#[tokio::test]
async fn a_connection_to_a_server_that_was_demoted_is_not_used_again() {
    let database = Throwaway::postgres().await;
    set_default(&database.url(), READ_ONLY).await;
    let db = Db::connect(&database.url()).await.expect("a connection");
    let error = make_table(&db).await.expect_err("a server that only reads");
    assert!(error.is_unavailable() && error.is_read_only(), "{error}");
    set_default(&database.url(), READ_WRITE).await;
    make_table(&db).await.expect("a new connection, to a server that writes");
    db.close().await;
    database.tell(|_| async {}).await;
}
