//! Databases that live as long as one test.

use std::future::Future;
use std::str::FromStr;

use laurel_engine::{random, store::Db};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;

/// Set by `.ci/postgres`: a database in whose server others may be made.
const SERVER: &str = "LAUREL_TEST_POSTGRES_URL";
/// How many partitions the databases of tests on PostgreSQL have; plain ones if it is not set.
const PARTITIONS: &str = "LAUREL_TEST_PARTITIONS";
/// Whether the databases of tests on PostgreSQL are distributed, by a stand-in for Citus.
const DISTRIBUTED: &str = "LAUREL_TEST_DISTRIBUTED";
/// Tests are processes of their own; the first to take this lock makes the template.
const LOCK: i64 = 0x6c61_7572_656c;

pub struct Throwaway {
    pub db: Db,
    place: Place,
}

enum Place {
    Folder(TempDir),
    Server { url: String, name: String },
}

impl Throwaway {
    pub async fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let db = Db::create(&format!("sqlite:{}", folder.path().join("laurel.db").display())).await.expect("an empty database");
        db.migrate().await.expect("migrations apply");
        Self { db, place: Place::Folder(folder) }
    }

    /// Without any table.
    pub async fn empty_sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let db = Db::create(&format!("sqlite:{}", folder.path().join("laurel.db").display())).await.expect("an empty database");
        Self { db, place: Place::Folder(folder) }
    }

    pub async fn postgres() -> Self {
        let url = std::env::var(SERVER)
            .unwrap_or_else(|_| panic!("{SERVER} is not set: run the tests by `make test`, or `.ci/postgres <command>`"));
        let template = template(&url).await;
        let name = format!("laurel_{}", hex::encode(random::bytes::<8>()));
        let mut server = PgConnection::connect(&url).await.expect("a connection to PostgreSQL");
        run(&mut server, format!("create database {name} template {template}")).await;
        let db = Db::connect(&in_server(&url, &name)).await.expect("a connection to the new database");
        Self { db, place: Place::Server { url, name } }
    }

    /// Without any table.
    pub async fn empty_postgres() -> Self {
        let url = std::env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} is not set"));
        let name = format!("laurel_{}", hex::encode(random::bytes::<8>()));
        let mut server = PgConnection::connect(&url).await.expect("a connection to PostgreSQL");
        run(&mut server, format!("create database {name}")).await;
        let db = Db::connect(&in_server(&url, &name)).await.expect("a connection to the new database");
        Self { db, place: Place::Server { url, name } }
    }

    /// Where another process finds it.
    pub fn url(&self) -> String {
        match &self.place {
            Place::Folder(folder) => format!("sqlite:{}", folder.path().join("laurel.db").display()),
            Place::Server { url, name } => in_server(url, name),
        }
    }

    /// Where another database of the same server is.
    pub fn url_of(&self, name: &str) -> String {
        match &self.place {
            Place::Folder(_) => panic!("a file is one database"),
            Place::Server { url, .. } => in_server(url, name),
        }
    }

    /// Runs one story and clears up after it.
    pub async fn tell<S, F>(self, story: S)
    where
        S: FnOnce(Db) -> F,
        F: Future<Output = ()>,
    {
        story(self.db.clone()).await;
        self.db.close().await;
        if let Place::Server { url, name } = self.place {
            let mut server = PgConnection::connect(&url).await.expect("a connection to PostgreSQL");
            run(&mut server, format!("drop database {name} with (force)")).await;
        }
    }
}

/// Gives a database what it takes for Laurel to distribute it.
pub async fn stand_in_for_citus(url: &str) {
    let mut connection = PgConnection::connect(url).await.expect("a connection to PostgreSQL");
    sqlx::raw_sql(include_str!("citus.sql")).execute(&mut connection).await.expect("a stand-in for Citus");
    connection.close().await.expect("the end of a connection");
}

/// A migrated, empty database to copy: far quicker than migrating for each test.
async fn template(url: &str) -> String {
    let partitions: Option<u16> = std::env::var(PARTITIONS).ok().map(|number| number.parse().expect("a number of partitions"));
    let is_distributed = std::env::var_os(DISTRIBUTED).is_some();
    let kind = if is_distributed { "distributed".to_owned() } else { partitions.unwrap_or_default().to_string() };
    let name = format!("laurel_template_{:016x}_{kind}", Db::migrations_fingerprint());
    let mut server = PgConnection::connect(url).await.expect("a connection to PostgreSQL");
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut server).await.expect("the lock");
    let (made,): (bool,) = sqlx::query_as("select exists (select from pg_database where datname = $1)")
        .bind(&name)
        .fetch_one(&mut server)
        .await
        .expect("a list of databases");
    if !made {
        let unfinished = format!("{name}_unfinished");
        run(&mut server, format!("drop database if exists {unfinished} with (force)")).await;
        run(&mut server, format!("create database {unfinished}")).await;
        let db = Db::connect(&in_server(url, &unfinished)).await.expect("a connection to the template");
        db.migrate().await.expect("migrations apply");
        if is_distributed {
            stand_in_for_citus(&in_server(url, &unfinished)).await;
            db.distribute().await.expect("a distributed database");
        } else if let Some(number) = partitions {
            db.partition(number).await.expect("partitions");
        }
        db.close().await;
        run(&mut server, format!("alter database {unfinished} rename to {name}")).await;
    }
    server.close().await.expect("the lock is given back");
    name
}

fn in_server(url: &str, database: &str) -> String {
    PgConnectOptions::from_str(url).expect("a PostgreSQL URL").database(database).to_url_lossy().to_string()
}

async fn run(server: &mut PgConnection, statement: String) {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(server).await.expect("the server does as it is told");
}
