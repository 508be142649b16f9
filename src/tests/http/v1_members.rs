//! Members by the API, their ledger, the rules, and quotes.

use axum::http::StatusCode;
use laurel_domain::ids::MemberId;
use laurel_engine::auth::Auth;
use laurel_engine::usecase::members::link;
use serde_json::{Value, json};

use crate::support::api::Api;
use laurel_testing::people::{member_session, morning, registered};

async fn pay(api: &Api, id: &str, member: &str, amount: &str) {
    let event = json!({"id": id, "kind": "payment", "member": member, "amount": amount, "currency": "CNY",
        "occurred_at": "2026-11-22T09:59:00Z"});
    assert_eq!(api.post("/events", event.to_string()).await.status, StatusCode::CREATED);
}

stories! {
    async fn a_member_is_enrolled_then_updated_and_the_same_again_changes_nothing(db: Db) {
        let api = Api::on(&db).await;
        let details = json!({"name": "李雷", "email": "li@example.com", "locale": "zh-CN", "registered_at": "2026-11-01T08:00:00+08:00"});
        let made = api.put("/members/m-1", details.to_string()).await;
        assert_eq!(made.status, StatusCode::CREATED);
        assert!(made.json["id"].as_str().unwrap().parse::<MemberId>().is_ok());
        insta::assert_json_snapshot!("a_member", made.json, { ".id" => "[id]" });
        let again = api.put("/members/m-1", details.to_string()).await;
        assert_eq!((again.status, &again.json), (StatusCode::OK, &made.json));
        let changed = api.put("/members/m-1", json!({"phone": "+8613800138000", "email": ""}).to_string()).await;
        assert_eq!((&changed.json["phone"], &changed.json["email"], &changed.json["name"]),
            (&json!("+8613800138000"), &Value::Null, &json!("李雷")));
        assert_eq!(api.get("/members/m-1").await.json, changed.json);
    }

    async fn what_is_wrong_with_a_member_is_told_all_at_once(db: Db) {
        let api = Api::on(&db).await;
        let wrong = json!({"name": 5, "email": "nobody", "locale": "fr", "points": "100", "registered_at": "soon"});
        assert_eq!(api.put("/members/m-1", wrong.to_string()).await.problem(), "422 invalid /name,/registered_at,/points");
        let wrong = json!({"email": "nobody", "locale": "fr"});
        assert_eq!(api.put("/members/m-1", wrong.to_string()).await.problem(), "422 invalid /email,/locale");
        for (path, body, expected) in [
            ("/members/m-1", r#"{"registered_at":"2026-11-22T10:05:01Z"}"#, "422 in_future /registered_at"),
            ("/members/m-1", r#"{"link_code":"ABCD-EFGH-JKLM"}"#, "422 code_not_valid /link_code"),
            ("/members/%20m", "{}", "422 invalid external_id"),
            ("/members/a%00b", "{}", "422 invalid external_id"),
        ] {
            assert_eq!(api.put(path, body).await.problem(), expected, "{body}");
        }
        assert_eq!(api.get("/members/m-1").await.problem(), "404 unknown_member");
    }

    async fn a_link_code_of_a_registration_merges_it_into_the_member_that_is_there(db: Db) {
        let api = Api::on(&db).await;
        pay(&api, "e1", "m-1", "100").await;
        let li = registered(&db, &Auth::default(), "li@example.com").await;
        let session = member_session(&db, li.token.as_str(), morning()).await.unwrap();
        let (code, _) = link::new_code(&db, &session, api.ledger().clock.now()).await.unwrap();
        let claim = json!({"link_code": code, "phone": "+8613800138000"}).to_string();
        let merged = api.put("/members/m-1", claim.clone()).await;
        assert_eq!((merged.status, &merged.json["points"]["balance"]), (StatusCode::OK, &json!("100.00")), "{}", merged.text);
        assert_eq!((&merged.json["email"], &merged.json["phone"]), (&Value::Null, &json!("+8613800138000")), "the address is theirs to confirm still");
        assert_eq!(api.put("/members/m-1", claim).await.json, merged.json, "the first answer may have been lost");
        let entries = api.get("/members/m-1/entries").await;
        assert_eq!(entries.json["data"][0]["cause"]["kind"], "merged_from", "{}", entries.text);
        let wrong = json!({"link_code": "ABCD-EFGH-JKLM"}).to_string();
        assert_eq!(api.put("/members/m-1", wrong).await.problem(), "422 code_not_valid /link_code");
    }

    async fn a_ledger_is_paged_from_the_newest_entry_to_the_first(db: Db) {
        let api = Api::on(&db).await;
        for n in 1..=5 {
            pay(&api, &format!("e{n}"), "m-1", &format!("{n}0")).await;
        }
        let whole = api.get("/members/m-1/entries").await;
        assert_eq!(whole.json["next_cursor"], Value::Null);
        insta::assert_json_snapshot!("an_entry", whole.json["data"][0], { ".hash" => "[hash]" });
        let (mut path, mut pages, mut data) = ("/members/m-1/entries?limit=2".to_owned(), 0, Vec::new());
        loop {
            let page = api.get(&path).await;
            data.extend(page.json["data"].as_array().unwrap().clone());
            pages += 1;
            match page.json["next_cursor"].as_str() {
                Some(cursor) => path = format!("/members/m-1/entries?limit=2&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!((pages, &json!(data)), (3, &whole.json["data"]));
        for (query, place) in [("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("cursor=17", "cursor"), ("cursor=", "cursor")] {
            let reply = api.get(&format!("/members/m-1/entries?{query}")).await;
            assert_eq!(reply.problem(), format!("422 invalid {place}"), "{query}");
        }
        assert_eq!(api.get("/members/m-2/entries").await.problem(), "404 unknown_member");
    }

    async fn a_quote_says_what_would_be_and_records_nothing(db: Db) {
        let api = Api::on(&db).await;
        pay(&api, "e1", "m-1", "150.50").await;
        let payment = json!({"kind": "payment", "amount": "38.505", "currency": "CNY"});
        assert_eq!(api.post("/quotes", json!({ "event": payment }).to_string()).await.problem(), "422 invalid /event/amount");
        let quote = async |body: Value| api.post("/quotes", body.to_string()).await;
        for (wish, points) in [
            (json!({"kind": "payment", "amount": "38.5", "currency": "CNY", "member": "m-1"}), "38.50"),
            (json!({"kind": "payment", "amount": "38.5", "currency": "CNY", "member": "somebody new"}), "38.50"),
            (json!({"kind": "referral"}), "10.00"),
            (json!({"kind": "review", "subject": "order-17"}), "5.00"),
        ] {
            assert_eq!(quote(json!({ "event": wish })).await.json["points"], points, "{wish}");
        }
        // a moment later than the payment that made the tier
        api.ledger().clock.advance(jiff::SignedDuration::from_secs(1));
        let earns = quote(json!({"event": {"kind": "payment", "amount": "38.5", "currency": "CNY", "member": "m-1"}})).await;
        insta::assert_snapshot!("an_earning_quoted", earns.text);
        let pays = quote(json!({"redemption": {"reward": "cash", "points": "150.50", "member": "m-1"}})).await;
        insta::assert_snapshot!("cash_quoted", pays.text);
        for (wish, expected) in [
            (json!({"redemption": {"reward": "cash", "points": "150.51", "member": "m-1"}}), "422 not_enough_points /redemption/points"),
            (json!({"redemption": {"reward": "cash", "points": "0.5"}}), "422 nothing_to_pay /redemption/points"),
            (json!({"redemption": {"reward": "cash", "points": "100", "member": "m-2"}}), "422 unknown_member /redemption/member"),
            (json!({"redemption": {"reward": "gift", "points": 1}}), "422 invalid /redemption/points"),
            (json!({"event": {"kind": "payment", "amount": "1", "currency": "USD"}}), "422 wrong_currency /event/currency"),
            (json!({"event": {"kind": "refund", "payment": "e1", "amount": "1", "currency": "CNY"}}), "422 invalid /event/kind"),
            (json!({"event": {"kind": "review"}, "redemption": {}}), "422 invalid /redemption"),
            (json!({}), "422 invalid /event"),
        ] {
            assert_eq!(quote(wish.clone()).await.problem(), expected, "{wish}");
        }
        let blind = api.by("rules:read", None).await;
        let wish = json!({"redemption": {"reward": "cash", "points": "100", "member": "m-1"}});
        assert_eq!(blind.post("/quotes", wish.to_string()).await.problem(), "403 missing_scope");
        assert_eq!(api.get("/members/m-1").await.json["points"]["balance"], "150.50");
    }

    async fn the_rules_in_force_and_the_rewards_can_be_read(db: Db) {
        let api = Api::on(&db).await;
        insta::assert_json_snapshot!("the_rules", api.get("/rules").await.json);
        insta::assert_snapshot!("the_rewards", api.get("/rewards").await.text);
    }
}
