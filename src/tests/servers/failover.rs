//! Connections that are cut, also in the middle of a commit, and a server that was demoted: nobody can know what became of what
//! was not answered, so it is asked again under the same id or key, and has happened once.

use std::time::Duration;

use axum::http::StatusCode;
use laurel_engine::jobs;
use laurel_engine::store::Db;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::servers::{self, Presented};
use serde_json::json;
use sqlx::{Connection, PgConnection};

use super::proxy::{Cut, Proxy};
use crate::support::api::{Api, Reply};
use laurel_testing::database::Throwaway;
use laurel_testing::programme::{check, programme, standing};

const READ_ONLY: &str =
    "do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$";
const READ_WRITE: &str =
    "do $$ begin execute format('alter database %I set default_transaction_read_only = off', current_database()); end $$";

/// The API of a server whose connections go through a proxy.
async fn api_through(database: &Throwaway) -> (Proxy, Api) {
    let ledger = programme(&database.db).await;
    let proxy = Proxy::to(&database.url()).await;
    let db = Db::connect(&proxy.url).await.expect("a connection by the proxy");
    let ledger = Ledger::open(db, ledger.clock).await.expect("a ledger").expect("the programme");
    // another server has the jobs, and this one does not report in any more: their commits would be cut in place of what is sent
    let other = Presented { name: "another".to_owned(), jobs: &jobs::NAMES, lease: Duration::from_secs(600) };
    servers::report_in(&database.db, other).await.expect("another server");
    let api = Api::with(ledger, |_| ()).await;
    api.state.presence.leave(api.ledger()).await;
    (proxy, api)
}

async fn pay(api: &Api, id: &str) -> Reply {
    let event = json!({"id": id, "kind": "payment", "member": "m-1", "amount": "100", "currency": "CNY",
        "occurred_at": "2026-11-22T09:59:00Z"});
    api.post("/events", event.to_string()).await
}

async fn redeem(api: &Api, key: &str) -> Reply {
    api.once("/members/m-1/redemptions", key, json!({"reward": "cash", "points": "50"}).to_string()).await
}

fn is_unavailable(reply: &Reply) {
    assert_eq!(reply.problem(), "503 unavailable", "{}", reply.text);
    assert!(!reply.header("retry-after").is_empty());
}

async fn set(database: &Throwaway, sql: &'static str) {
    let mut connection = PgConnection::connect(&database.url()).await.expect("a connection");
    // by itself: it holds for the transactions after the one it is sent in
    sqlx::raw_sql("set default_transaction_read_only = off").execute(&mut connection).await.expect("a session that writes");
    sqlx::raw_sql(sql).execute(&mut connection).await.expect("another default");
    connection.close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lost_its_connection_while_it_was_committed_happens_once_when_it_is_sent_again() {
    let database = Throwaway::postgres().await;
    let (proxy, api) = api_through(&database).await;
    proxy.cut_next_commit(Cut::Before);
    is_unavailable(&pay(&api, "p1").await);
    assert!(proxy.has_cut());
    assert_eq!(pay(&api, "p1").await.status, StatusCode::CREATED, "it had not been recorded");
    proxy.cut_next_commit(Cut::After);
    is_unavailable(&pay(&api, "p2").await);
    assert!(proxy.has_cut());
    let again = pay(&api, "p2").await;
    assert_eq!(again.status, StatusCode::OK, "it had been: {}", again.text);
    assert_eq!(standing(api.ledger(), "m-1").await, "200.00/0.00/200.00/2");

    proxy.cut_next_commit(Cut::After);
    is_unavailable(&redeem(&api, "k1").await);
    let replayed = redeem(&api, "k1").await;
    assert_eq!((replayed.status, replayed.header("idempotent-replayed")), (StatusCode::CREATED, "true"));
    proxy.cut_next_commit(Cut::Before);
    is_unavailable(&redeem(&api, "k2").await);
    let redeemed = redeem(&api, "k2").await;
    assert_eq!((redeemed.status, redeemed.header("idempotent-replayed")), (StatusCode::CREATED, ""));
    assert_eq!(standing(api.ledger(), "m-1").await, "100.00/0.00/200.00/2");
    check(api.ledger()).await;
    api.ledger().db.close().await;
    database.tell(|_| async {}).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_were_cut_are_replaced_without_a_word() {
    let database = Throwaway::postgres().await;
    let (proxy, api) = api_through(&database).await;
    for round in 0..5 {
        assert_eq!(pay(&api, &format!("p{round}")).await.status, StatusCode::CREATED, "after {round} cuts");
        assert_eq!(api.get("/members/m-1").await.status, StatusCode::OK);
        let before = proxy.connections();
        proxy.cut_all().await;
        assert_eq!(api.get("/members/m-1").await.status, StatusCode::OK, "a read takes another connection");
        assert!(proxy.connections() > before);
    }
    check(api.ledger()).await;
    api.ledger().db.close().await;
    database.tell(|_| async {}).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_goes_on_with_the_new_primary_after_it_was_led_to_the_old_one() {
    let database = Throwaway::postgres().await;
    let (proxy, api) = api_through(&database).await;
    assert_eq!(pay(&api, "p1").await.status, StatusCode::CREATED);
    // connections are cut, and lead to a server that only reads
    set(&database, READ_ONLY).await;
    proxy.cut_all().await;
    is_unavailable(&pay(&api, "p2").await);
    is_unavailable(&redeem(&api, "k1").await);
    assert_eq!(api.get("/members/m-1").await.status, StatusCode::OK, "reads go on");
    // the name leads to the new primary by now, but the connections that are open do not
    set(&database, READ_WRITE).await;
    let mut tries = 0;
    while pay(&api, "p2").await.status != StatusCode::CREATED {
        tries += 1;
        assert!(tries < 12, "a connection for each try at most");
    }
    assert_eq!(redeem(&api, "k1").await.status, StatusCode::CREATED);
    assert_eq!(standing(api.ledger(), "m-1").await, "150.00/0.00/200.00/2");
    check(api.ledger()).await;
    api.ledger().db.close().await;
    database.tell(|_| async {}).await;
}
