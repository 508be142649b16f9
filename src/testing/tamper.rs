//! What somebody can do who has the database's own password: set it back to how it was, or write into it past the triggers.

use laurel_engine::store::{Db, StoreError, Tx, on};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

const TABLES_SQLITE: &str = "select name from sqlite_master where type = 'table' and name not like 'sqlite%'
    and name not like '%sqlx%' and name not like 'kept%' and name not like 'member_search%' order by name";
const TABLES_POSTGRES: &str = "select cast(relname as text) from pg_class where relnamespace = current_schema()::regnamespace
    and relkind in ('r', 'p') and not relispartition and relname not like '%sqlx%' and relname not like 'kept%' order by relname";
const FILE_SQLITE: &str = "select file from pragma_database_list where name = 'main'";
const TRIGGERS_SQLITE: &str = "select name from sqlite_master where type = 'trigger'";

/// Remembers every row of every table.
pub async fn keep(db: &Db) {
    change(db, |tables| tables.iter().map(|t| format!("create table kept_{t} as select * from {t}")).collect()).await;
}

/// Sets every table back to what was kept, as a restored backup would.
pub async fn put_back(db: &Db) {
    change(db, |tables| {
        let empty = tables.iter().map(|t| format!("delete from {t}"));
        // the numbers that PostgreSQL gives by itself are taken over, too
        let how = if db.is_postgres() { "overriding system value " } else { "" };
        let fill = tables.iter().map(|t| format!("insert into {t} {how}select * from kept_{t}"));
        empty.chain(fill).collect()
    })
    .await;
}

/// Runs one statement as if there were no triggers.
pub async fn tamper(db: &Db, sql: &str) {
    change(db, |_| vec![sql.to_owned()]).await;
}

/// Runs one statement as if there were no foreign keys.
pub async fn tamper_past_keys(db: &Db, sql: &'static str) {
    if db.is_postgres() {
        return tamper(db, sql).await;
    }
    let mut reader = db.reader().await.expect("a connection");
    let file: String = on!(reader, conn => sqlx::query_scalar(FILE_SQLITE).fetch_one(conn).await).expect("the database's file");
    drop(reader);
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(false);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("another connection");
    sqlx::raw_sql(sql).execute(&mut connection).await.expect("a database that has been tampered with");
    connection.close().await.expect("closed");
}

async fn change(db: &Db, statements: impl FnOnce(&[String]) -> Vec<String>) {
    let sql = if db.is_postgres() { TABLES_POSTGRES } else { TABLES_SQLITE };
    let mut reader = db.reader().await.expect("a connection");
    let tables: Vec<String> = on!(reader, conn => sqlx::query_scalar(sql).fetch_all(conn).await).expect("a list of tables");
    drop(reader);
    let statements = statements(&tables);
    let written = db.write(statements, |tx, statements| {
        Box::pin(async move {
            defenceless(tx).await?;
            for statement in statements {
                run(tx, statement).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    written.await.expect("a database that has been tampered with");
}

async fn defenceless(tx: &mut Tx) -> Result<(), StoreError> {
    if tx.pick("sqlite", "postgres") == "postgres" {
        return run(tx, "set local session_replication_role = replica").await;
    }
    run(tx, "pragma defer_foreign_keys = on").await?;
    let triggers: Vec<String> = on!(tx, conn => sqlx::query_scalar(TRIGGERS_SQLITE).fetch_all(conn).await.unwrap_or_default());
    for trigger in triggers {
        run(tx, &format!("drop trigger {trigger}")).await?;
    }
    Ok(())
}

async fn run(tx: &mut Tx, sql: &str) -> Result<(), StoreError> {
    let sql = AssertSqlSafe(sql.to_owned());
    on!(tx, conn => sqlx::raw_sql(sql).execute(conn).await.map(drop)?);
    Ok(())
}
