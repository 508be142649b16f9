//! What the API tells of points with a time: held, in lots, and lapsed by themselves.

use axum::http::StatusCode;
use jiff::SignedDuration;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::terms::Expiry;
use laurel_testing::programme::{programme_with, tell};
use serde_json::{Value, json};

use crate::support::api::Api;

/// Points are held for 14 days and last a month; at most 120 a day are earned by paying.
fn strict(set: &mut RuleSet) {
    set.expiry = Expiry::Months(1);
    set.holding.payment = 14;
    set.caps.payment.day = Some("120".parse().expect("points"));
}

stories! {
    async fn the_api_tells_lots_and_pending_points_and_explains_each_entry(db: Db) {
        let api = Api::with(programme_with(&db, strict).await, |_| ()).await;
        let event = json!({"id": "p1", "kind": "payment", "member": "m-1", "amount": "150", "currency": "CNY",
            "occurred_at": "2026-11-22T09:59:00Z"});
        assert_eq!(api.post("/events", event.to_string()).await.status, StatusCode::CREATED);
        let member = api.get("/members/m-1").await.json;
        assert_eq!(member["pending"], json!([{"until": "2026-12-06T09:59:00Z", "points": "120.00"}]));
        assert_eq!(member["lots"], json!([]));
        api.ledger().clock.advance(SignedDuration::from_hours(24 * 15));
        let member = api.get("/members/m-1").await.json;
        assert_eq!((&member["pending"], &member["tier"].get("until")), (&json!([]), &None));
        assert_eq!(member["lots"], json!([{"day": "2026-12-22", "points": "120.00"}]));
        let entries = api.get("/members/m-1/entries").await.json;
        let explained = |at: usize, field: &str| entries["data"][at]["explanation"][field].clone();
        assert_eq!(explained(0, "kind"), "activated");
        assert_eq!((explained(1, "kind"), explained(1, "cut_by_cap")), (json!("payment"), json!("30.00")));
        assert_eq!((explained(1, "held_until"), explained(1, "expires")), (json!("2026-12-06T09:59:00Z"), json!("2026-12-22")));
        api.ledger().clock.advance(SignedDuration::from_hours(24 * 20));
        let entries = api.get("/members/m-1/entries?limit=1").await.json;
        assert_eq!((&entries["data"][0]["kind"], &entries["data"][0]["explanation"]["day"]), (&json!("expire"), &json!("2026-12-22")));
        assert_ne!(entries["next_cursor"], Value::Null);
    }

    async fn a_tier_with_a_period_says_until_when(db: Db) {
        let ledger = programme_with(&db, |set| {
            set.ladder.validity = Some(laurel_domain::rules::period::Validity { months: 12, grace_days: 0 });
        }).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        let api = Api::with(ledger, |_| ()).await;
        let tier = api.get("/members/m-1").await.json["tier"].clone();
        assert_eq!((&tier["rank"], &tier["until"]), (&json!(2), &json!("2027-11-22T10:00:00Z")));
    }
}
