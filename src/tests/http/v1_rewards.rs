//! Vouchers and gifts by the API: what there is, what it costs, and every step of the way.

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use laurel_domain::ids::RewardId;
use laurel_domain::rewards::reward::{Limit, Period, Supply};
use laurel_domain::text::Key;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::pictures;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::api::{Api, Reply};
use laurel_testing::programme::{check, standing, tell};
use laurel_testing::rewards::{gift, left, picture, pool, reward};

async fn api(db: &laurel_engine::store::Db) -> Api {
    let api = Api::on(db).await;
    tell(api.ledger(), "id=p1 member=m-1 pay=300").await.unwrap();
    api
}

async fn redeem(api: &Api, key: &str, body: Value) -> Reply {
    api.once("/members/m-1/redemptions", key, body.to_string()).await
}

fn deliver_to() -> Value {
    json!({"recipient": "李雷", "phone": "+86 138", "address": "上海市延安路 1 号"})
}

fn id(reply: &Reply) -> String {
    reply.json["id"].as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
}

async fn step(api: &Api, id: &str, step: &str) -> Reply {
    api.once(&format!("/redemptions/{id}/{step}"), &format!("{id}-{step}"), "").await
}

stories! {
    async fn the_catalogue_says_what_there_is_and_how_much_is_left(db: Db) {
        let api = api(&db).await;
        gift(api.ledger(), 7).await;
        reward(api.ledger(), Supply::Generated, |terms| {
            terms.about.zh = "满 100 减 10".into();
            terms.about.en = "10 off 100".into();
            terms.least_tier = Key::new("gold").ok();
            terms.limit = Some(Limit { most: 2, period: Period::Month });
            terms.starts = "2026-11-01".parse().ok();
            terms.ends = "2026-12-31".parse().ok();
            terms.valid_days = Some(90);
        }).await;
        let list = api.get("/rewards").await.json;
        insta::assert_json_snapshot!("the_catalogue", list, { ".data[].id" => "[id]" });
        let makes = api.by("redemptions:write", None).await;
        assert_eq!(makes.get("/rewards").await.json, list);
    }

    async fn a_reward_names_the_addresses_of_its_picture_and_they_need_no_key(db: Db) {
        let api = api(&db).await;
        let mug = gift(api.ledger(), 7).await;
        pictures::set_of_reward(api.ledger(), Authority::command_line(), mug, picture(1)).await.unwrap();
        let list = api.get("/rewards").await.json;
        let shown = &list["data"][1]["picture"];
        assert_eq!(shown["media_type"], "image/jpeg");
        let sizes = shown["sizes"].as_object().unwrap();
        assert_eq!(sizes.keys().collect::<Vec<_>>(), ["1280", "320", "640"]);
        for url in sizes.values() {
            let path = url.as_str().unwrap().strip_prefix("http://127.0.0.1:3000").unwrap();
            let request = Request::get(path).header("host", "127.0.0.1:3000").body(Body::empty()).unwrap();
            let response = api.router.clone().oneshot(request).await.unwrap();
            assert_eq!((response.status(), &response.headers()["content-type"]), (StatusCode::OK, &HeaderValue::from_static("image/jpeg")));
        }
    }

    async fn a_gift_goes_step_by_step_to_where_it_was_ordered(db: Db) {
        let api = api(&db).await;
        let mug = gift(api.ledger(), 5).await;
        let body = json!({"reward": mug.to_string(), "quantity": 2, "deliver_to": deliver_to()});
        let made = redeem(&api, "k1", body.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert_eq!(redeem(&api, "k1", body).await.text, made.text, "replayed");
        let id = id(&made);
        assert_eq!(step(&api, &id, "pay").await.problem(), "409 no_such_transition id");
        let shipped = api.once(&format!("/redemptions/{id}/ship"), "s1", json!({"tracking": "SF-1"}).to_string()).await;
        assert_eq!((shipped.status, &shipped.json["tracking"]), (StatusCode::OK, &json!("SF-1")), "{}", shipped.text);
        assert_eq!(step(&api, &id, "cancel").await.problem(), "409 no_such_transition id");
        assert_eq!(step(&api, &id, "deliver").await.json["state"], "delivered");
        insta::assert_json_snapshot!("a_delivered_gift", api.get(&format!("/redemptions/{id}")).await.json, {
            ".id" => "[id]", ".reward" => "[reward]"
        });
        let makes = api.by("redemptions:write", None).await;
        assert!(makes.get(&format!("/redemptions/{id}")).await.json["deliver_to"].is_null(), "for whoever sends it alone");
        assert_eq!((left(api.ledger(), mug).await, standing(api.ledger(), "m-1").await), (Some(3), "140.00/0.00/300.00/2".into()));
        check(api.ledger()).await;
    }

    async fn a_gift_that_was_sent_is_taken_back_with_a_reason(db: Db) {
        let api = api(&db).await;
        let mug = gift(api.ledger(), 5).await;
        let id = id(&redeem(&api, "k1", json!({"reward": mug.to_string(), "deliver_to": deliver_to()})).await);
        let back = async |key: &str, body: serde_json::Value| {
            api.once(&format!("/redemptions/{id}/return"), key, body.to_string()).await
        };
        assert_eq!(back("b1", json!({"reason": "no"})).await.problem(), "409 no_such_transition id");
        step(&api, &id, "ship").await;
        for wrong in [json!({}), json!({"reason": " "}), json!({"reason": "no", "restock": "yes"}), json!({"reason": "no", "when": "now"})] {
            assert_eq!(back("b2", wrong.clone()).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        }
        let returned = back("b3", json!({"reason": "refused at the door", "restock": true})).await;
        assert_eq!((returned.status, &returned.json["state"]), (StatusCode::OK, &json!("returned")), "{}", returned.text);
        assert_eq!(returned.json["returned"], json!({"restocked": true, "reason": "refused at the door"}));
        assert_eq!(back("b3", json!({"reason": "refused at the door", "restock": true})).await.text, returned.text, "replayed");
        assert_eq!((left(api.ledger(), mug).await, standing(api.ledger(), "m-1").await), (Some(5), "300.00/0.00/300.00/2".into()));
        let makes = api.by("redemptions:write", None).await;
        let path = format!("/redemptions/{id}/return");
        assert_eq!(makes.once(&path, "b4", json!({"reason": "x"}).to_string()).await.problem(), "403 missing_scope");
        check(api.ledger()).await;
    }

    async fn a_voucher_is_revealed_for_its_member_and_used_by_the_till(db: Db) {
        let api = api(&db).await;
        let voucher = pool(api.ledger(), "AAA-1\nBBB-2\nCCC-3").await;
        let (makes, fulfils) = (api.by("redemptions:write", None).await, api.by("redemptions:fulfil", None).await);
        let buy = async |key: &str| id(&redeem(&makes, key, json!({"reward": voucher.to_string()})).await);
        let first = buy("k1").await;
        assert!(makes.get(&format!("/redemptions/{first}")).await.json["code"].is_null(), "hidden");
        assert_eq!(step(&fulfils, &first, "issue").await.problem(), "403 missing_scope");
        let issued = step(&makes, &first, "issue").await;
        assert_eq!((&issued.json["state"], &issued.json["code"]), (&json!("issued"), &json!("AAA-1")), "{}", issued.text);
        let at_till = fulfils.get("/vouchers/AAA-1").await;
        assert_eq!((&at_till.json["data"][0]["id"], &at_till.json["data"][0]["state"]), (&json!(first), &json!("issued")));
        assert_eq!(makes.get("/vouchers/AAA-1").await.problem(), "403 missing_scope");
        assert_eq!(fulfils.get("/vouchers/BBB-2").await.problem(), "404 unknown_voucher", "not revealed yet");
        assert_eq!(makes.get(&format!("/redemptions/{first}")).await.json["code"], "AAA-1");
        assert!(fulfils.get(&format!("/redemptions/{first}")).await.json["code"].is_null());
        for forbidden in ["use", "void", "ship", "deliver"] {
            assert_eq!(step(&makes, &first, forbidden).await.problem(), "403 missing_scope", "{forbidden}");
        }
        assert_eq!(step(&fulfils, &first, "use").await.json["state"], "used");
        let second = buy("k2").await;
        step(&makes, &second, "issue").await;
        assert_eq!(step(&fulfils, &second, "void").await.json["state"], "voided");
        let third = buy("k3").await;
        assert_eq!(step(&makes, &third, "cancel").await.json["state"], "cancelled");
        assert_eq!((left(api.ledger(), voucher).await, standing(api.ledger(), "m-1").await), (Some(1), "220.00/0.00/300.00/2".into()));
        check(api.ledger()).await;
    }

    async fn what_cannot_be_had_is_refused_by_name(db: Db) {
        let api = api(&db).await;
        let ledger = api.ledger();
        let mug = gift(ledger, 1).await;
        let dear = reward(ledger, Supply::Generated, |terms| terms.price = "300.01".parse().unwrap()).await;
        let vip = reward(ledger, Supply::Generated, |terms| terms.least_tier = Key::new("vip").ok()).await;
        let over = reward(ledger, Supply::Generated, |terms| terms.ends = "2026-11-21".parse().ok()).await;
        let once = reward(ledger, Supply::Generated, |t| t.limit = Some(Limit { most: 1, period: Period::Ever })).await;
        let one = |id: RewardId| json!({"reward": id.to_string()});
        redeem(&api, "k0", one(once)).await;
        let of_mug = |fields: Value| {
            let mut body = json!({"reward": mug.to_string(), "deliver_to": deliver_to()});
            body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            body
        };
        for (body, expected) in [
            (one(dear), "422 not_enough_points /reward"),
            (one(vip), "422 tier_too_low /reward"),
            (one(over), "422 reward_not_available /reward"),
            (one(once), "422 reward_limit_reached /quantity"),
            (one("0198a1c2-5b1e-7c31-9d1c-3f5c7b6a1e00".parse().unwrap()), "422 unknown_reward /reward"),
            (of_mug(json!({"quantity": 2})), "422 out_of_stock /quantity"),
            (of_mug(json!({"quantity": 0})), "422 invalid /quantity"),
            (of_mug(json!({"quantity": 101})), "422 invalid /quantity"),
            (of_mug(json!({"quantity": "1"})), "422 invalid /quantity"),
            (of_mug(json!({"points": "79"})), "409 price_changed /points"),
            (of_mug(json!({"deliver_to": null})), "422 invalid /deliver_to/recipient"),
            (of_mug(json!({"deliver_to": {"recipient": "李雷"}})), "422 invalid /deliver_to/phone,/deliver_to/address"),
            (of_mug(json!({"deliver_to": {"recipient": 1, "town": "x"}})),
                "422 invalid /deliver_to/recipient,/deliver_to/phone,/deliver_to/address,/deliver_to/town"),
            (json!({"reward": once.to_string(), "quantity": 2}), "422 invalid /quantity"),
            (json!({"reward": once.to_string(), "deliver_to": deliver_to()}), "422 invalid /deliver_to/recipient"),
        ] {
            assert_eq!(redeem(&api, "k1", body.clone()).await.problem(), expected, "{body}");
        }
        assert_eq!((left(ledger, mug).await, standing(ledger, "m-1").await), (Some(1), "220.00/0.00/300.00/2".into()));
        check(ledger).await;
    }

    async fn a_quote_for_a_reward_says_what_it_costs_or_what_stands_in_the_way(db: Db) {
        let api = api(&db).await;
        let mug = gift(api.ledger(), 3).await;
        let quote = async |fields: Value| api.post("/quotes", json!({"redemption": fields}).to_string()).await;
        let plain = quote(json!({"reward": mug.to_string(), "quantity": 3})).await;
        assert_eq!(plain.json, json!({"reward": mug.to_string(), "quantity": 3, "points": "240.00"}), "{}", plain.text);
        let own = quote(json!({"reward": mug.to_string(), "quantity": 3, "member": "m-1"})).await;
        assert_eq!(own.json["points"], "240.00");
        let more = quote(json!({"reward": mug.to_string(), "quantity": 4, "member": "m-1"})).await;
        assert_eq!(more.problem(), "422 out_of_stock /redemption/quantity");
        assert_eq!(quote(json!({"reward": "mug"})).await.problem(), "422 unknown_reward /redemption/reward");
        assert_eq!(standing(api.ledger(), "m-1").await, "300.00/0.00/300.00/2");
    }
}
