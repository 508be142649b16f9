//! Events that the API refused, as the console shows them.

use axum::http::StatusCode;
use laurel::server::cli::demo_refused;
use laurel_engine::auth::Role;
use laurel_engine::usecase::programme::demo;
use laurel_engine::usecase::refused::settle;
use laurel_testing::programme::check;
use serde_json::json;

use crate::support::api::Api;
use crate::support::console::signed_in;
use crate::support::portal::words;
use crate::support::site::Site;

#[tokio::test]
async fn the_demo_has_refused_events_to_see_to_and_some_that_were_seen_to() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    // who is there already stays, by the addresses that the demo's staff has
    let manager = signed_in(&site, Role::Manager).await;
    assert!(demo::fill(ledger).await.unwrap());
    demo_refused::send(ledger).await.unwrap();
    let page = words(&manager.open("/admin/refused").await.body);
    for text in [
        "Open 4 Accepted since 1 Dismissed 2",
        "walk-in-7730",
        "3 times since",
        "Unknown payment",
        "Refund too large",
        "Accepted with this ID: Payment ¥15.20 · demo-001",
        "If it is another transaction, send it with an ID of its own.",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let settled = words(&manager.open("/admin/refused?state=accepted").await.body);
    assert!(settled.contains("demo-001-d Payment"), "{settled}");
    let log = words(&manager.open("/admin/audit").await.body);
    assert!(log.contains("Refused events dismissed"), "{log}");
    check(ledger).await;
}

fn payment(id: &str, amount: &str) -> serde_json::Value {
    json!({"id": id, "kind": "payment", "member": "m-1", "amount": amount, "currency": "CNY", "occurred_at": "2026-11-22T09:59:00Z"})
}

#[tokio::test]
async fn refused_events_wait_at_the_desk_until_they_come_in_rightly_or_are_dismissed() {
    let site = Site::open().await;
    let api = Api::of(&site.state, &site.router).await;
    let batch = json!({"events": [payment("e1", "10"), payment("e2", "-1"), {"id": "e3", "kind": "payment", "pin": "1234"}]});
    assert_eq!(api.post("/events", batch.to_string()).await.status, StatusCode::OK);
    let wrong = json!({"id": "e4", "kind": "refund", "member": "m-1", "payment": "none", "amount": "1", "currency": "CNY",
        "occurred_at": "2026-11-22T09:59:00Z"});
    assert_eq!(api.post("/events", wrong.to_string()).await.problem(), "422 unknown_payment /payment");
    assert_eq!(api.post("/events", "{").await.status, StatusCode::BAD_REQUEST);
    site.state.refusals.write().await;

    let manager = signed_in(&site, Role::Manager).await;
    let home = manager.open("/admin").await.body;
    assert!(words(&home).contains("4 refused events the latest from today"), "{home}");
    let page = manager.open("/admin/refused").await.body;
    assert!(
        !page.contains("1234") && page.contains("&quot;e3&quot;") || page.contains("\"e3\""),
        "only an event’s own fields: {page}"
    );
    let page = words(&page);
    for text in ["Open 4", "amount: must be greater than 0", "e4 Refund m-1", "Unknown payment", "Not valid JSON", "No ID"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let csv = manager.open("/admin/refused.csv?reason=unknown_payment").await.body;
    assert_eq!(csv.lines().filter(|line| line.contains("unknown_payment")).count(), 1, "{csv}");
    assert!(!csv.contains("e2"), "{csv}");

    assert_eq!(api.post("/events", payment("e2", "1").to_string()).await.status, StatusCode::CREATED);
    settle(&site.state.ledger).await.unwrap();
    let accepted = words(&manager.open("/admin/refused?state=accepted").await.body);
    assert!(accepted.contains("Open 3 Accepted since 1") && accepted.contains("e2 Payment"), "{accepted}");

    let viewer = signed_in(&site, Role::Viewer).await;
    assert!(!viewer.open("/admin/refused").await.body.contains("Dismiss</button>"));
    let all = [("all", "yes"), ("reason", "unknown_payment")];
    assert_eq!(viewer.call("/api/admin/refused/dismiss", &all).await.status, StatusCode::FORBIDDEN);
    let after = words(&manager.submit_and_follow("/api/admin/refused/dismiss", &all).await.body);
    assert!(after.contains("1 event dismissed."), "{after}");
    let rest = words(&manager.open("/admin/refused").await.body);
    assert!(rest.contains("Open 2 Accepted since 1 Dismissed 1"), "{rest}");
    let log = words(&manager.open("/admin/audit").await.body);
    assert!(log.contains("Refused events dismissed"), "{log}");
}
