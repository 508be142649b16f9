//! Redeeming by the API: each idempotency key once, every step of a redemption, and refusals when points are missing.

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::json;

use laurel_engine::auth::Actor;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::redeem::{self, Wish};

use crate::support::api::{Api, Reply};
use laurel_testing::programme::{check, standing};

async fn with_points(db: &laurel_engine::store::Db, amount: &str) -> Api {
    let api = Api::on(db).await;
    let event = json!({"id": "p1", "kind": "payment", "member": "m-1", "amount": amount, "currency": "CNY",
        "occurred_at": "2026-11-22T09:59:00Z"});
    assert_eq!(api.post("/events", event.to_string()).await.status, StatusCode::CREATED);
    api
}

async fn redeem_by_api(api: &Api, key: &str, points: &str) -> Reply {
    api.once("/members/m-1/redemptions", key, json!({"reward": "cash", "points": points}).to_string()).await
}

fn id(reply: &Reply) -> String {
    reply.json["id"].as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
}

stories! {
    async fn the_same_request_under_the_same_key_is_done_once_and_answered_the_same(db: Db) {
        let api = with_points(&db, "138.50").await;
        let first = redeem_by_api(&api, "k1", "100").await;
        assert_eq!(first.status, StatusCode::CREATED);
        assert_eq!(first.header("location"), format!("/api/v1/redemptions/{}", id(&first)));
        insta::assert_json_snapshot!("a_redemption", first.json, { ".id" => "[id]" });
        let again = api.once("/members/m-1/redemptions", "k1", r#"{ "points": "100", "reward": "cash" }"#).await;
        assert_eq!((again.status, &again.text, again.header("idempotent-replayed")), (first.status, &first.text, "true"));
        assert_eq!(redeem_by_api(&api, "k1", "10").await.problem(), "422 idempotency_key_reused");
        let rotated = api.by("redemptions:write", Some("pos")).await;
        assert_eq!(redeem_by_api(&rotated, "k1", "100").await.text, first.text, "the key's successor may repeat what it began");
        assert_eq!(standing(api.ledger(), "m-1").await, "38.50/0.00/138.50/2");
        check(api.ledger()).await;
    }

    async fn what_a_member_sends_as_the_key_of_a_form_is_never_taken_for_the_till_s(db: Db) {
        let api = with_points(&db, "250").await;
        let member = view::find(api.ledger(), By::External("m-1")).await.unwrap().unwrap();
        let wish = Wish {
            member_no: member.no,
            points: "100".parse().unwrap(),
            quoted: None,
            key: "api:pos:k1".into(),
            actor: Actor::Member(member.id().uuid()),
        };
        let form = redeem::redeem(api.ledger(), wish).await.unwrap();
        let till = redeem_by_api(&api, "k1", "100").await;
        assert_ne!(id(&till), form.redemption.id.to_string(), "a redemption of its own, not the one of the form");
        assert_eq!(standing(api.ledger(), "m-1").await, "50.00/0.00/250.00/2");
        check(api.ledger()).await;
    }

    async fn what_changes_something_needs_a_key_of_its_own(db: Db) {
        let api = with_points(&db, "100").await;
        let body = json!({"reward": "cash", "points": "100"}).to_string();
        assert_eq!(api.post("/members/m-1/redemptions", body.clone()).await.problem(), "400 idempotency_key_missing");
        assert_eq!(api.once("/members/m-1/redemptions", " ", body.clone()).await.problem(), "400 idempotency_key_missing");
        assert_eq!(api.once("/members/m-1/redemptions", &"k".repeat(129), body).await.problem(), "400 idempotency_key_invalid");
        let id = id(&redeem_by_api(&api, "k1", "100").await);
        for step in ["process", "pay", "fail", "cancel"] {
            let reply = api.post(&format!("/redemptions/{id}/{step}"), "").await;
            assert_eq!(reply.problem(), "400 idempotency_key_missing", "{step}");
        }
    }

    async fn what_was_refused_leaves_its_key_unused(db: Db) {
        let api = with_points(&db, "90").await;
        assert_eq!(redeem_by_api(&api, "k1", "100").await.problem(), "422 not_enough_points /points");
        let event = json!({"id": "p2", "kind": "payment", "member": "m-1", "amount": "10", "currency": "CNY",
            "occurred_at": "2026-11-22T09:59:00Z"});
        api.post("/events", event.to_string()).await;
        assert_eq!(redeem_by_api(&api, "k1", "100").await.status, StatusCode::CREATED);
    }

    async fn what_cannot_be_redeemed_is_refused_by_name(db: Db) {
        let api = with_points(&db, "100").await;
        for (body, expected) in [
            (r#"{"reward":"cash","points":"100.01"}"#, "422 not_enough_points /points"),
            (r#"{"reward":"cash","points":"0.99"}"#, "422 nothing_to_pay /points"),
            (r#"{"reward":"cash","points":"0"}"#, "422 invalid /points"),
            (r#"{"reward":"cash","points":"-100"}"#, "422 invalid /points"),
            (r#"{"reward":"cash","points":100}"#, "422 invalid /points"),
            (r#"{"reward":"cash","points":"92233720368547758.08"}"#, "422 invalid /points"),
            (r#"{"reward":"cash","points":"100","rules_version":7}"#, "409 stale_quote /rules_version"),
            (r#"{"reward":"cash","points":"100","rules_version":"1"}"#, "422 invalid /rules_version"),
            (r#"{"reward":"mug","points":"100","quantity":1}"#, "422 unknown_reward /reward"),
            (r#"{}"#, "422 invalid /reward,/points"),
        ] {
            assert_eq!(api.once("/members/m-1/redemptions", "k1", body).await.problem(), expected, "{body}");
        }
        let stranger = api.once("/members/m-2/redemptions", "k1", r#"{"reward":"cash","points":"100"}"#).await;
        assert_eq!(stranger.problem(), "404 unknown_member");
        assert_eq!(standing(api.ledger(), "m-1").await, "100.00/0.00/100.00/2");
    }

    async fn a_redemption_goes_step_by_step_and_each_step_once(db: Db) {
        let api = with_points(&db, "300").await;
        let paid = id(&redeem_by_api(&api, "k1", "100").await);
        let step = async |id: &str, step: &str, key: &str| api.once(&format!("/redemptions/{id}/{step}"), key, "").await;
        assert_eq!(step(&paid, "pay", "s0").await.problem(), "409 no_such_transition id");
        let processing = step(&paid, "process", "s1").await;
        assert_eq!((processing.status, &processing.json["state"]), (StatusCode::OK, &json!("processing")));
        assert_eq!(step(&paid, "process", "s1").await.text, processing.text, "replayed");
        assert_eq!(step(&paid, "process", "s2").await.problem(), "409 no_such_transition id");
        assert_eq!(step(&paid, "cancel", "s3").await.problem(), "409 no_such_transition id");
        assert_eq!(step(&paid, "pay", "s1").await.problem(), "422 idempotency_key_reused");
        assert_eq!(step(&paid, "pay", "s4").await.json["state"], "paid");
        insta::assert_json_snapshot!("a_paid_redemption", api.get(&format!("/redemptions/{paid}")).await.json, { ".id" => "[id]" });
        let failed = id(&redeem_by_api(&api, "k2", "100").await);
        step(&failed, "process", "s5").await;
        assert_eq!(step(&failed, "fail", "s6").await.json["state"], "failed");
        let cancelled = id(&redeem_by_api(&api, "k3", "100").await);
        assert_eq!(step(&cancelled, "cancel", "s7").await.json["state"], "cancelled");
        assert_eq!(step("0198a1c2-5b1e-7c31-9d1c-3f5c7b6a1e00", "cancel", "s8").await.problem(), "404 unknown_redemption");
        assert_eq!(standing(api.ledger(), "m-1").await, "200.00/0.00/300.00/2");
        check(api.ledger()).await;
    }

    async fn whoever_makes_redemptions_does_not_pay_them_out(db: Db) {
        let api = with_points(&db, "100").await;
        let maker = api.by("redemptions:write", None).await;
        let id = id(&redeem_by_api(&maker, "k1", "100").await);
        for step in ["process", "pay", "fail"] {
            let reply = maker.once(&format!("/redemptions/{id}/{step}"), step, "").await;
            assert_eq!(reply.problem(), "403 missing_scope", "{step}");
        }
        assert_eq!(maker.once(&format!("/redemptions/{id}/cancel"), "c", "{}").await.status, StatusCode::OK);
    }

    async fn two_hundred_requests_at_once_redeem_a_thousand_points_exactly_ten_times(db: Db) {
        let api = with_points(&db, "1000").await;
        let (at, client) = (api.serve().await, reqwest::Client::new());
        let statuses = join_all((0..200).map(async |n| {
            let request = client.post(format!("{at}/members/m-1/redemptions")).bearer_auth(&api.token);
            let request = request.header("idempotency-key", format!("k{n}")).json(&json!({"reward": "cash", "points": "100"}));
            let reply = request.send().await.expect("an answer");
            (reply.status().as_u16(), reply.json::<serde_json::Value>().await.expect("JSON")["code"].clone())
        })).await;
        assert_eq!(statuses.iter().filter(|(status, _)| *status == 201).count(), 10);
        assert_eq!(statuses.iter().filter(|refused| **refused == (422, json!("not_enough_points"))).count(), 190, "{statuses:?}");
        assert_eq!(standing(api.ledger(), "m-1").await, "0.00/0.00/1000.00/4");
        check(api.ledger()).await;
    }

    async fn twenty_times_the_same_request_at_once_redeem_once(db: Db) {
        let api = with_points(&db, "1000").await;
        let replies = join_all((0..20).map(|_| redeem_by_api(&api, "k1", "100"))).await;
        let first = &replies[0].text;
        for reply in &replies {
            assert_eq!((reply.status, &reply.text), (StatusCode::CREATED, first));
        }
        assert_eq!(standing(api.ledger(), "m-1").await, "900.00/0.00/1000.00/4");
        check(api.ledger()).await;
    }
}
