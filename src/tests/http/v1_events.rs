//! Events by the API: accepted once, refused for a reason, answered in order.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::api::{Api, problem};
use laurel_testing::programme::check;
use laurel_testing::tamper::tamper;

/// An event in yuan a minute ago, with more fields or others.
fn event(id: &str, kind: &str, member: &str, more: Value) -> Value {
    let mut event = json!({"id": id, "kind": kind, "member": member, "occurred_at": "2026-11-22T09:59:00Z"});
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

fn payment(id: &str, member: &str, amount: &str) -> Value {
    event(id, "payment", member, json!({"amount": amount, "currency": "CNY"}))
}

fn refund(id: &str, member: &str, payment: &str, amount: &str) -> Value {
    event(id, "refund", member, json!({"payment": payment, "amount": amount, "currency": "CNY"}))
}

stories! {
    async fn what_people_cannot_tell_apart_is_no_new_event_and_no_new_member_and_what_is_there_goes_on(db: Db) {
        let api = Api::on(&db).await;
        let event = |id: &str, member: &str| json!({"id": id, "kind": "payment", "member": member, "amount": "1", "currency": "CNY",
            "occurred_at": "2026-11-22T09:00:00Z"}).to_string();
        assert_eq!(api.post("/events", event("caf\u{e9}", "m-1")).await.status, StatusCode::CREATED);
        for unlike in ["cafe\u{301}", "caf\u{e9}\u{200b}", "\u{202e}caf\u{e9}"] {
            assert_eq!(api.post("/events", event(unlike, "m-1")).await.problem(), "422 invalid /id", "{unlike:?}");
            assert_eq!(api.post("/events", event("e1", unlike)).await.problem(), "422 invalid /member", "{unlike:?}");
        }
        let named = api.put("/members/cafe%CC%81", "{}").await;
        assert_eq!(named.problem(), "422 invalid external_id");
        assert!(named.json["errors"][0]["detail"].as_str().unwrap().contains("NFC"), "{}", named.text);
        tamper(&db, "update members set external_id = 'cafe\u{301}'").await;
        if db.is_postgres() {
            let key = "update member_keys set key = member_key('external_id', 'cafe\u{301}')
                where key = member_key('external_id', 'm-1')";
            tamper(&db, key).await;
        }
        assert_eq!(api.post("/events", event("e2", "cafe\u{301}")).await.status, StatusCode::CREATED, "known before the rule");
        assert_eq!(api.put("/members/cafe%CC%81", "{}").await.status, StatusCode::OK);
    }

    async fn an_event_is_accepted_once_and_answered_the_same_ever_after(db: Db) {
        let api = Api::on(&db).await;
        let first = api.post("/events", payment("e1", "m-1", "38.50").to_string()).await;
        assert_eq!(first.status, StatusCode::CREATED);
        insta::assert_snapshot!("an_accepted_event", first.text);
        api.post("/events", payment("e2", "m-1", "100").to_string()).await;
        let again = api.post("/events", payment("e1", "m-1", "38.5").to_string()).await;
        assert_eq!(again.status, StatusCode::OK);
        insta::assert_snapshot!("a_repeated_event", again.text);
        let other = api.post("/events", payment("e1", "m-1", "38.51").to_string()).await;
        assert_eq!(other.problem(), "409 event_conflict /id");
        insta::assert_snapshot!("an_event_looked_up", api.get("/events/pos/e1").await.text);
        assert_eq!(api.get("/events/pos/e9").await.problem(), "404 unknown_event");
        assert_eq!(api.get("/events/web/e1").await.problem(), "403 foreign_source /source");
        check(api.ledger()).await;
    }

    async fn each_event_of_a_batch_is_answered_in_its_place(db: Db) {
        let api = Api::on(&db).await;
        let foreign = event("e5", "review", "m-1", json!({"subject": "order-17", "source": "web"}));
        let events = json!([
            payment("e1", "m-1", "100"), payment("e2", "m-1", "1.234"), "no event", 17, null, {"id": "e3"},
            refund("e4", "m-1", "e1", "30"), payment("e1", "m-1", "100.00"), foreign, refund("e6", "m-1", "e1", "70.01"),
            payment("e7", "m-2", "5"), {"id": 8},
        ]);
        let reply = api.post("/events", json!({ "events": events }).to_string()).await;
        assert_eq!(reply.status, StatusCode::OK);
        insta::assert_json_snapshot!("a_batch", reply.json);
        check(api.ledger()).await;
    }

    async fn what_the_rules_forbid_is_refused_by_name(db: Db) {
        let api = Api::on(&db).await;
        for (id, registered_at) in [("m-1", "2026-11-01T00:00:00Z"), ("m-2", "2026-11-02T00:00:00Z"), ("m-0", "2026-10-01T00:00:00Z")] {
            let body = json!({ "registered_at": registered_at });
            assert_eq!(api.put(&format!("/members/{id}"), body.to_string()).await.status, StatusCode::CREATED);
        }
        let referral = |id: &str, member: &str, referee: &str| event(id, "referral", member, json!({ "referee": referee }));
        let review = |id: &str| event(id, "review", "m-1", json!({"subject": "order-17"}));
        let given = [payment("p1", "m-1", "100"), refund("r1", "m-1", "p1", "60"), referral("f1", "m-1", "m-2"), review("v1")];
        for event in given {
            assert_eq!(api.post("/events", event.to_string()).await.status, StatusCode::CREATED, "{event}");
        }
        for (event, expected) in [
            (refund("r2", "m-1", "nothing", "1"), "422 unknown_payment /payment"),
            (refund("r2", "m-2", "p1", "1"), "422 unknown_payment /payment"),
            (refund("r2", "nobody", "p1", "1"), "422 unknown_payment /payment"),
            (refund("r2", "m-1", "p1", "40.01"), "422 refund_beyond_payment /amount"),
            (referral("f2", "m-1", "m-1"), "422 self_referral /referee"),
            (referral("f2", "m-1", "nobody"), "422 unknown_referee /referee"),
            (referral("f2", "m-0", "m-2"), "422 already_referred /referee"),
            (referral("f2", "m-2", "m-1"), "422 mutual_referral /referee"),
            (referral("f2", "m-1", "m-0"), "422 referee_came_first /referee"),
            (review("v2"), "422 already_reviewed /subject"),
            (payment("v1", "m-1", "1"), "409 event_conflict /id"),
        ] {
            let reply = api.post("/events", event.to_string()).await;
            assert_eq!(reply.problem(), expected, "{event}");
            let batch = api.post("/events", json!({ "events": [event] }).to_string()).await;
            assert_eq!(problem(&batch.json["results"][0]["problem"]), expected.replace(" /", " /events/0/"), "{event}");
        }
        assert_eq!(api.get("/members/m-1").await.json["points"]["balance"], "55.00");
        check(api.ledger()).await;
    }

    async fn a_refused_event_may_be_sent_again_when_its_time_has_come(db: Db) {
        let api = Api::on(&db).await;
        assert_eq!(api.post("/events", refund("r1", "m-1", "p1", "10").to_string()).await.problem(), "422 unknown_payment /payment");
        api.post("/events", payment("p1", "m-1", "100").to_string()).await;
        let reply = api.post("/events", refund("r1", "m-1", "p1", "10").to_string()).await;
        assert_eq!((reply.status, &reply.json["balance"]), (StatusCode::CREATED, &json!("90.00")));
    }

    async fn a_key_posts_for_its_own_source_alone_and_a_refund_may_name_another(db: Db) {
        let api = Api::on(&db).await;
        api.post("/events", payment("e1", "m-1", "100").to_string()).await;
        let web = api.by("events:write", Some("web")).await;
        let own = web.post("/events", payment("e1", "m-1", "7").to_string()).await;
        assert_eq!(own.status, StatusCode::CREATED, "ids of different sources are different");
        let mut refund = refund("e2", "m-1", "e1", "100");
        assert_eq!(web.post("/events", refund.to_string()).await.problem(), "422 refund_beyond_payment /amount");
        refund["payment_source"] = json!("pos");
        let reply = web.post("/events", refund.to_string()).await;
        assert_eq!((reply.status, &reply.json["balance"]), (StatusCode::CREATED, &json!("7.00")));
        insta::assert_snapshot!("a_refund_looked_up", web.get("/events/web/e2").await.text);
        let mut own_named = payment("e3", "m-1", "1");
        own_named["source"] = json!("laurel");
        let reply = web.post("/events", own_named.to_string()).await;
        assert_eq!(reply.problem(), "403 foreign_source /source", "Laurel's own events are nobody's to send");
        check(api.ledger()).await;
    }
}
