//! Benefits by the API: claimed by the payment system, checked and used up at a till.

use std::time::Duration;

use axum::http::StatusCode;
use futures::future::join_all;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::api::{Api, Reply};

const CLAIMS: &str = "/members/m-1/benefits/free-repair/claims";

async fn with_vip(db: &laurel_engine::store::Db) -> Api {
    let api = Api::on(db).await;
    let event = json!({"id": "p1", "kind": "payment", "member": "m-1", "amount": "1000", "currency": "CNY",
        "occurred_at": "2026-11-22T09:59:00Z"});
    assert_eq!(api.post("/events", event.to_string()).await.status, StatusCode::CREATED);
    api
}

fn code(reply: &Reply) -> String {
    reply.json["code"].as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
}

stories! {
    async fn a_benefit_is_claimed_shown_checked_and_used_up_once(db: Db) {
        let api = with_vip(&db).await;
        insta::assert_json_snapshot!("the_benefits_of_a_member", api.get("/members/m-1/benefits").await.json);
        let made = api.once(CLAIMS, "k1", "").await;
        assert_eq!((made.status, made.header("location").to_owned()), (StatusCode::CREATED, format!("/api/v1/benefits/claims/{}", code(&made))));
        insta::assert_json_snapshot!("a_claim", made.json, { ".code" => "[code]" });
        let again = api.once(CLAIMS, "k1", "{}").await;
        assert_eq!((&again.text, again.header("idempotent-replayed")), (&made.text, "true"));
        assert_eq!(api.once(CLAIMS, "k2", "").await.problem(), "422 quota_used_up key");
        let at = format!("/benefits/claims/{}", code(&made));
        let till = api.by("benefits:use", Some("till")).await;
        assert_eq!(till.get(&at.to_lowercase()).await.json, made.json);
        let used = till.once(&format!("{at}/use"), "u1", "").await;
        assert_eq!((used.status, &used.json["state"], &used.json["ended_at"]), (StatusCode::OK, &json!("used"), &json!("2026-11-22T10:00:00Z")));
        assert_eq!(till.once(&format!("{at}/use"), "u1", "").await.text, used.text, "replayed");
        assert_eq!(till.once(&format!("{at}/use"), "u2", "").await.problem(), "409 claim_used code");
        let of_member = api.get("/members/m-1/benefits").await.json;
        assert_eq!((&of_member["claims"], &of_member["benefits"][2]["quota"]["left"]), (&json!([]), &json!(0)));
    }

    async fn a_code_is_for_those_who_claim_or_use_it_and_for_no_reader(db: Db) {
        let api = with_vip(&db).await;
        let made = api.once(CLAIMS, "k1", "").await;
        let claims = async |scope: &str| {
            let reply = api.by(scope, None).await.get("/members/m-1/benefits").await;
            reply.json["claims"][0]["code"].clone()
        };
        assert_eq!([claims("members:read").await, claims("members:write").await], [Value::Null, json!(code(&made))]);
        let claimer = api.by("members:write,members:read", None).await;
        let at = format!("/benefits/claims/{}", code(&made));
        assert_eq!(claimer.get(&at).await.problem(), "403 missing_scope");
        assert_eq!(claimer.once(&format!("{at}/use"), "u1", "").await.problem(), "403 missing_scope");
    }

    async fn what_cannot_be_claimed_or_used_is_refused_by_name(db: Db) {
        let api = with_vip(&db).await;
        let claim = async |path: &str, body: &'static str| api.once(path, "k1", body).await.problem();
        assert_eq!(claim("/members/m-1/benefits/discount-15/claims", "").await, "422 nothing_to_claim key");
        assert_eq!(claim("/members/m-1/benefits/champagne/claims", "").await, "422 benefit_not_given key");
        assert_eq!(claim("/members/m-2/benefits/free-repair/claims", "").await, "404 unknown_member");
        assert_eq!(claim(CLAIMS, r#"{"benefit":"free-repair"}"#).await, "422 invalid /benefit");
        assert_eq!(api.post(CLAIMS, "").await.problem(), "400 idempotency_key_missing");
        let made = api.once(CLAIMS, "k1", "").await;
        let at = format!("/benefits/claims/{}", code(&made));
        assert_eq!(api.post(&format!("{at}/use"), "").await.problem(), "400 idempotency_key_missing");
        for nothing in ["22222-22222", "nonsense", "%00"] {
            assert_eq!(api.get(&format!("/benefits/claims/{nothing}")).await.problem(), "404 unknown_claim", "{nothing}");
            let used = api.once(&format!("/benefits/claims/{nothing}/use"), "u1", "").await;
            assert_eq!(used.problem(), "404 unknown_claim", "{nothing}");
        }
        api.ledger().clock.set("2026-12-31T16:00:00Z".parse::<Timestamp>().unwrap());
        assert_eq!(api.get(&at).await.json["state"], "expired");
        assert_eq!(api.once(&format!("{at}/use"), "u1", "").await.problem(), "409 claim_expired code");
    }

    async fn twenty_tills_at_once_use_a_code_once(db: Db) {
        let api = with_vip(&db).await;
        let at = format!("/benefits/claims/{}/use", code(&api.once(CLAIMS, "k1", "").await));
        let replies = join_all((0..20).map(async |n| api.once(&at, &format!("u{n}"), "").await)).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == StatusCode::OK).count(), 1);
        assert_eq!(replies.iter().filter(|reply| reply.json["code"] == "claim_used").count(), 19);
    }

    async fn sixty_four_readers_at_once_wait_for_nothing_but_their_turn(db: Db) {
        let api = with_vip(&db).await;
        let reading = join_all((0..64).map(|_| api.get("/members/m-1/benefits")));
        let arriving = join_all((0..16).map(|n| {
            let event = json!({"id": format!("e{n}"), "kind": "payment", "member": "m-1", "amount": "1", "currency": "CNY",
                "occurred_at": "2026-11-22T09:59:00Z"});
            api.post("/events", event.to_string())
        }));
        let (read, arrived) = tokio::time::timeout(Duration::from_secs(9), futures::future::join(reading, arriving)).await.unwrap();
        assert!(read.iter().all(|reply| reply.status == StatusCode::OK));
        assert!(arrived.iter().all(|reply| reply.status == StatusCode::CREATED));
    }
}
