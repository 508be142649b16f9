//! A newer release changes the tables under servers of this one, which go on until something is taken away that they need.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use futures::future::join_all;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::fleet::{Fleet, payment};

const TABLES: &str = "select relname::text from pg_class where relnamespace = current_schema()::regnamespace
    and relkind in ('r', 'p') and not relispartition and relname not like '\\_sqlx%' order by relname";
const ADDS: &str = "create table of_a_newer_version (member_no bigint primary key, what text)";
const NEWER: &str = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
    select 9999, 'of a newer version', success, checksum, 0 from _sqlx_migrations where version = 1";
const TAKES_AWAY: &str = "update compatibility set least_migration = 9999";

async fn run(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.expect("SQL");
}

/// As a release does that only adds: every table gets a column more, one after the other.
async fn expand(url: &str) {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL");
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut connection).await.expect("tables");
    assert!(tables.len() > 60, "{tables:?}");
    for table in tables {
        run(&mut connection, format!("alter table {table} add column of_a_newer_version text")).await;
    }
    run(&mut connection, ADDS.to_owned()).await;
    run(&mut connection, NEWER.to_owned()).await;
}

async fn readiness(fleet: &Fleet, server: usize) -> u16 {
    let address = &fleet.servers[server].address;
    reqwest::get(format!("{address}/readyz")).await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_go_on_while_a_newer_release_adds_to_every_table_and_another_starts_beside_them() {
    let mut fleet = Fleet::start(2).await;
    let is_done = AtomicBool::new(false);
    let clients = (0..6).map(|client: usize| {
        let (fleet, is_done) = (&fleet, &is_done);
        async move {
            let mut told = 0;
            // each goes on for a while after it is done
            let mut left = 20;
            while left > 0 {
                left -= usize::from(is_done.load(SeqCst));
                let event = payment(&format!("{client}-{told}"), &format!("m-{}", told % 5), "10");
                let (status, body) =
                    fleet.post(&fleet.servers[client % 2].address, "/events", "", &event).await.expect("an answer");
                assert_eq!(status, 201, "{body}");
                told += 1;
            }
            told
        }
    });
    let change = async {
        expand(&fleet.laurel.url).await;
        is_done.store(true, SeqCst);
    };
    let (told, ()) = futures::join!(join_all(clients), change);
    let told: usize = told.into_iter().sum();

    fleet.start_another();
    for server in 0..3 {
        for path in ["/members/m-0", "/members/m-0/entries", "/members/m-0/benefits", "/rules"] {
            let (status, body) = fleet.get(server, path).await;
            assert_eq!(status, 200, "{path}: {body}");
        }
        let address = fleet.servers[server].address.clone();
        let event = payment(&format!("after-{server}"), "m-0", "10");
        assert_eq!(fleet.post(&address, "/events", "", &event).await.expect("an answer").0, 201);
    }
    assert_eq!(fleet.laurel.report()["events"], told + 3, "each once");
    fleet.laurel.expect(0, &["verify"]);

    // the release after it takes away what this one needs
    let mut connection = PgConnection::connect(&fleet.laurel.url).await.expect("PostgreSQL");
    run(&mut connection, TAKES_AWAY.to_owned()).await;
    fleet
        .until("each says that it has to be replaced", async |fleet| {
            let states = join_all((0..3).map(|server| readiness(fleet, server))).await;
            states.iter().all(|status| *status == 503)
        })
        .await;
    fleet.laurel.expect(1, &["serve", "--listen", "127.0.0.1:0"]);
    run(&mut connection, "update compatibility set least_migration = 51".to_owned()).await;
    fleet.end().await;
}
