//! Everything works behind a pooler that gives each transaction another connection.

use axum::http::StatusCode;
use futures::future::join_all;
use laurel_domain::rules::terms::Expiry;
use laurel_engine::auth::Authority;
use laurel_engine::store::Db;
use laurel_engine::usecase::programme::report;
use laurel_engine::usecase::rules::{self, Publication};
use serde_json::json;

use super::pooler::Pooler;
use crate::support::api::Api;
use laurel_testing::database::Throwaway;
use laurel_testing::programme::{check, standing};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_makes_its_tables_and_does_its_work_behind_a_pooler_of_transactions() {
    let database = Throwaway::empty_postgres().await;
    let pooler = Pooler::to(&database.url(), 3).await;
    let db = Db::connect(&pooler.url).await.expect("a connection by the pooler");
    db.migrate().await.expect("the tables");
    db.check_writes().await.expect("transactions as they should be");
    let api = Api::on(&db).await;
    let pay = |n: usize| {
        let event = json!({"id": format!("p{n}"), "kind": "payment", "member": format!("m-{}", n % 5), "amount": "10",
            "currency": "CNY", "occurred_at": "2026-11-22T09:59:00Z"});
        let api = &api;
        async move { api.post("/events", event.to_string()).await.status }
    };
    let statuses = join_all((0..40).map(pay)).await;
    assert!(statuses.iter().all(|status| *status == StatusCode::CREATED), "{statuses:?}");
    let redeem = |n: usize| {
        let api = &api;
        async move {
            let body = json!({"reward": "cash", "points": "30"}).to_string();
            api.once("/members/m-1/redemptions", &format!("k{n}"), body).await.status
        }
    };
    let redeemed = join_all((0..4).map(redeem)).await;
    assert_eq!(redeemed.iter().filter(|status| **status == StatusCode::CREATED).count(), 2, "{redeemed:?}");
    assert_eq!(standing(api.ledger(), "m-1").await, "20.00/0.00/80.00/1");

    let by = Authority::command_line();
    let mut set = api.ledger().rulebook().await.unwrap().latest().set.clone();
    set.expiry = Expiry::Months(12);
    let revision = rules::save_draft(api.ledger(), by, set, 1, 0).await.unwrap();
    api.ledger().clock.advance(jiff::SignedDuration::from_secs(1));
    rules::publish(api.ledger(), by, revision, Publication::default()).await.unwrap();
    assert_eq!(pay(40).await, StatusCode::CREATED);
    assert_eq!(api.get("/members/m-1/entries").await.status, StatusCode::OK);
    assert_eq!(report::report(&db).await.unwrap().events, 41);
    check(api.ledger()).await;
    let refused = pooler.refused().await;
    assert_eq!(refused, ["options"], "only the first connection asks for more than there is");
    db.close().await;
    database.tell(|_| async {}).await;
}
