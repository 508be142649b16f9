//! Single events: what was answered with 201 is there, once.

use std::time::Duration;

use laurel_testing::database::Throwaway;
use serde_json::Value;

use super::{Laurel, kill, serve};

/// Events are sent one by one; the server is killed while they are; what was answered with 201 is there, once.
async fn what_was_acknowledged_survives_a_kill(url: Option<String>) {
    let laurel = Laurel::new(url);
    laurel.expect(0, &["init", "--enrol-on-event"]);
    let key = laurel.expect(0, &["key", "create", "--name", "test", "--scope", "events:write", "--format", "json"]);
    let key: Value = serde_json::from_str(&key).expect("a key");
    let key = key["key"].as_str().expect("the key").to_owned();
    let mut acknowledged: Vec<(String, String)> = Vec::new();
    for round in 0..3 {
        let (server, address) = serve(&laurel);
        let clients = (0..16).map(|client| send_until_gone(address.clone(), key.clone(), format!("{round}-{client}")));
        let clients = tokio::spawn(futures::future::join_all(clients));
        tokio::time::sleep(Duration::from_millis(700)).await;
        kill(server);
        acknowledged.extend(clients.await.expect("clients end").into_iter().flatten());
    }
    assert!(acknowledged.len() > 50, "only {} events in three rounds", acknowledged.len());
    laurel.expect(0, &["verify"]);
    let (server, address) = serve(&laurel);
    let http = reqwest::Client::new();
    for batch in acknowledged.chunks(500) {
        let events: Vec<Value> = batch.iter().map(|(id, member)| event(id, member)).collect();
        let body = serde_json::json!({ "events": events });
        let answer =
            http.post(format!("{address}/api/v1/events")).bearer_auth(&key).json(&body).send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        for result in answer["results"].as_array().expect("results") {
            assert_eq!(result["status"], "duplicate", "{result}");
        }
    }
    kill(server);
    laurel.expect(0, &["verify"]);
}

fn event(id: &str, member: &str) -> Value {
    serde_json::json!({"id": id, "kind": "payment", "member": member, "amount": "1.00", "currency": "CNY",
        "occurred_at": "2026-01-01T00:00:00Z"})
}

async fn send_until_gone(address: String, key: String, client: String) -> Vec<(String, String)> {
    let http = reqwest::Client::new();
    let mut acknowledged = Vec::new();
    for n in 0..100_000 {
        let (id, member) = (format!("{client}-{n}"), format!("m-{}", n % 7));
        let request = http.post(format!("{address}/api/v1/events")).bearer_auth(&key).json(&event(&id, &member));
        match request.send().await {
            Ok(answer) if answer.status() == 201 => acknowledged.push((id, member)),
            Ok(answer) if answer.status() == 429 => tokio::time::sleep(Duration::from_millis(20)).await,
            Ok(answer) => panic!("{}", answer.status()),
            Err(_) => break,
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill_on_sqlite() {
    what_was_acknowledged_survives_a_kill(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill_on_postgres() {
    let database = Throwaway::postgres().await;
    what_was_acknowledged_survives_a_kill(Some(database.url())).await;
    database.tell(|_| async {}).await;
}
