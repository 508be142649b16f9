//! Events sent in different orders and batches by the API: balances and tiers are the same.

use axum::http::StatusCode;
use laurel_engine::usecase::programme::report;
use serde_json::{Value, json};

use crate::support::api::Api;
use laurel_testing::database::Throwaway;
use laurel_testing::programme::check;

const MEMBERS: usize = 30;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// Payments, refunds in parts and in full, one refund too many, referrals and reviews, each after what it is about.
fn events(dice: &mut Dice) -> Vec<Value> {
    let at = |n: usize| format!("2026-{:02}-{:02}T{:02}:{:02}:00Z", 1 + n / 400 % 10, 1 + n / 15 % 27, n % 24, n % 60);
    let money = |fen: usize| format!("{}.{:02}", fen / 100, fen % 100);
    let mut events = Vec::new();
    for n in 0..900 {
        let (member, fen) = (format!("m-{}", dice.below(MEMBERS)), 2 + dice.below(30_000));
        let mut event = |id: String, more: Value| {
            let mut event = json!({"id": id, "member": member, "currency": "CNY", "occurred_at": at(n)});
            event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            events.push(event);
        };
        event(format!("p{n}"), json!({"kind": "payment", "amount": money(fen)}));
        let refund = |part: usize| json!({"kind": "refund", "payment": format!("p{n}"), "amount": money(part)});
        match dice.below(8) {
            0 => event(format!("r{n}"), refund(fen)),
            1 => {
                let part = 1 + dice.below(fen - 1);
                event(format!("r{n}a"), refund(part));
                event(format!("r{n}b"), refund(fen - part));
            }
            2 => event(format!("r{n}"), refund(fen + 1)),
            _ => {}
        }
    }
    for n in 1..MEMBERS {
        let (id, member, at) = (format!("f{n}"), format!("m-{}", (n - 1) / 3), "2026-11-20T00:00:00Z");
        events.push(json!({"id": id, "kind": "referral", "member": member, "referee": format!("m-{n}"), "occurred_at": at}));
        let review = json!({"id": format!("v{n}"), "kind": "review", "member": member, "subject": format!("order-{n}"), "occurred_at": at});
        events.push(review);
    }
    events
}

/// Posts in batches of 500; the events that were refused.
async fn post(api: &Api, events: &[Value]) -> (usize, Vec<Value>) {
    let (mut accepted, mut refused) = (0, Vec::new());
    for batch in events.chunks(500) {
        let reply = api.post("/events", json!({ "events": batch }).to_string()).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        let results = reply.json["results"].as_array().unwrap();
        assert_eq!(results.len(), batch.len());
        for (event, result) in batch.iter().zip(results) {
            assert_eq!(event["id"], result["id"]);
            match result["status"].as_str().unwrap() {
                "accepted" => accepted += 1,
                "refused" => refused.push(event.clone()),
                status => assert_eq!(status, "duplicate"),
            }
        }
    }
    (accepted, refused)
}

async fn enrol_all(api: &Api) {
    for n in 0..MEMBERS {
        let body = json!({ "registered_at": format!("2025-01-{:02}T00:00:00Z", n + 1) });
        assert_eq!(api.put(&format!("/members/m-{n}"), body.to_string()).await.status, StatusCode::CREATED);
    }
}

/// The report, and each member's points and tier.
async fn figures(api: &Api) -> Value {
    let report = report::report(&api.ledger().db).await.unwrap();
    let mut members = Vec::new();
    for n in 0..MEMBERS {
        let member = api.get(&format!("/members/m-{n}")).await.json;
        members.push(json!([member["external_id"], member["points"], member["tier"]]));
    }
    json!([report, members])
}

stories! {
    async fn shuffled_and_sent_twice_they_lead_to_the_figures_of_the_right_order(db: Db) {
        let mut dice = Dice(7);
        let events = events(&mut dice);
        let orderly = Throwaway::sqlite().await;
        let expected = {
            let api = Api::on(&orderly.db).await;
            enrol_all(&api).await;
            let (_, refused) = post(&api, &events).await;
            assert!(refused.iter().all(|event| event["kind"] == "refund") && refused.len() > 50, "the refunds that are too large");
            figures(&api).await
        };
        let api = Api::on(&db).await;
        enrol_all(&api).await;
        let mut sent = events.clone();
        sent.extend(events.iter().filter(|_| dice.below(4) == 0).cloned());
        dice.shuffle(&mut sent);
        let (mut newly, mut refused) = post(&api, &sent).await;
        let mut rounds = 0;
        while newly > 0 {
            (newly, refused) = post(&api, &refused).await;
            rounds += 1;
        }
        assert!(rounds >= 2, "some refunds came before their payments");
        assert_eq!(figures(&api).await, expected);
        check(api.ledger()).await;
    }
}
