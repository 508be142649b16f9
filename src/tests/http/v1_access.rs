//! Who may call the API, what it is described as, and what it answers where there is nothing.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use jiff::SignedDuration;
use laurel::server::http::v1::{Access, OPENAPI, ROUTES};
use laurel_engine::auth::Scope;
use laurel_engine::usecase::programme::report;
use serde_json::{Value, json};

use crate::support::api::{Api, Reply};
use laurel_testing::database::Throwaway;

fn concrete(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/")
}

async fn call(api: &Api, method: &str, path: &str, authorization: Option<&str>) -> Reply {
    let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    api.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_route_opens_to_keys_with_its_scope_and_to_nobody_else() {
    Throwaway::sqlite()
        .await
        .tell(async |db| {
            let api = Api::on(&db).await;
            let revoked = "Bearer lrl_live_0000000000000000000000000000000000000000000";
            for route in ROUTES {
                let path = concrete(route.path);
                let Access::Scopes(scopes) = route.access else {
                    assert_eq!(route.path, "/openapi.json", "all else needs a key");
                    continue;
                };
                for nobody in [None, Some(revoked), Some("Bearer"), Some("Basic bHJs"), Some("Bearer ")] {
                    let reply = call(&api, route.method, &path, nobody).await;
                    assert_eq!(reply.problem(), "401 not_authenticated", "{} {path}", route.method);
                    assert!(reply.header("www-authenticate").starts_with("Bearer"));
                }
                let others = Scope::ALL.iter().filter(|scope| !scopes.contains(scope)).map(|scope| scope.as_str());
                let lacking = api.by(&others.collect::<Vec<_>>().join(","), None).await;
                let reply = lacking.send(lacking.request(route.method, &path).body(Body::empty()).unwrap()).await;
                assert_eq!(reply.problem(), "403 missing_scope", "{} {path}", route.method);
                for scope in scopes {
                    let having = api.by(scope.as_str(), None).await;
                    let reply = having.send(having.request(route.method, &path).body(Body::empty()).unwrap()).await;
                    assert!(
                        !matches!(reply.status.as_u16(), 401 | 500..) && reply.json["code"] != "missing_scope",
                        "{}",
                        reply.text
                    );
                }
            }
        })
        .await;
}

#[tokio::test]
async fn a_cookie_opens_nothing() {
    Throwaway::sqlite()
        .await
        .tell(async |db| {
            let api = Api::on(&db).await;
            let request = Request::get("/api/v1/rules").header("cookie", format!("laurel={0}; key={0}", api.token));
            assert_eq!(api.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::UNAUTHORIZED);
        })
        .await;
}

#[test]
fn the_description_names_exactly_the_routes_there_are_with_their_scopes() {
    let doc: Value = serde_json::from_str(OPENAPI).unwrap();
    let mut described = BTreeSet::new();
    for (path, operations) in doc["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let security = operation["security"].as_array().unwrap();
            let scopes: Vec<String> = security.iter().map(|one| one["key"][0].as_str().unwrap().to_owned()).collect();
            described.insert((method.to_uppercase(), path.clone(), scopes));
            for code in operation["x-problems"].as_array().into_iter().flatten() {
                assert!(doc["x-problem-codes"].get(code.as_str().unwrap()).is_some(), "{code}");
            }
            let in_path = path.matches('{').count();
            let named = operation["parameters"].as_array().into_iter().flatten().filter(|parameter| {
                let name = parameter["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
                doc["components"]["parameters"][name]["in"] == "path"
            });
            assert_eq!(named.count(), in_path, "{path}");
        }
    }
    let there = ROUTES.iter().map(|route| {
        let scopes = match route.access {
            Access::Anyone => Vec::new(),
            Access::Scopes(scopes) => scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
        };
        (route.method.to_owned(), route.path.to_owned(), scopes)
    });
    assert_eq!(described, there.collect());
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn walk(value: &Value, doc: &Value) {
        if let Some(reference) = value["$ref"].as_str() {
            assert!(doc.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
        match value {
            Value::Object(map) => map.values().for_each(|value| walk(value, doc)),
            Value::Array(list) => list.iter().for_each(|value| walk(value, doc)),
            _ => {}
        }
    }
    let doc = serde_json::from_str(OPENAPI).unwrap();
    walk(&doc, &doc);
}

#[tokio::test]
async fn the_description_is_there_for_programs_and_for_people_without_a_key() {
    Throwaway::sqlite()
        .await
        .tell(async |db| {
            let api = Api::on(&db).await;
            let open = async |path: &str| api.send(Request::get(path).body(Body::empty()).unwrap()).await;
            let doc = open("/api/v1/openapi.json").await;
            assert_eq!(
                (doc.status, doc.header("content-type"), doc.text.as_str()),
                (StatusCode::OK, "application/json", OPENAPI)
            );
            let page = open("/api/docs").await;
            assert_eq!(page.status, StatusCode::OK);
            for piece in
                ["<h2>Post events</h2>", "/api/v1/members/{external_id}", "id=\"event_conflict\"", "scope redemptions:fulfil"]
            {
                assert!(page.text.contains(piece), "{piece}");
            }
            assert!(!page.text.contains("<script") && !page.text.contains(" style=") && !page.text.contains("https://"));
        })
        .await;
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_like_any_other() {
    Throwaway::sqlite()
        .await
        .tell(async |db| {
            let api = Api::on(&db).await;
            for path in ["", "/", "/nowhere", "/members", "/members/m-1/nowhere", "/redemptions/x/ship/y"] {
                assert_eq!(api.get(path).await.problem(), "404 not_found", "{path}");
            }
            assert_eq!(api.get("/members/%FF").await.problem(), "404 not_found", "not UTF-8");
            assert_eq!(api.get("/members/a%00b").await.problem(), "404 unknown_member", "not an id");
            assert_eq!(api.get("/redemptions/17").await.problem(), "404 unknown_redemption", "not a UUID");
            let wrong = api.send(api.request("DELETE", "/members/m-1").body(Body::empty()).unwrap()).await;
            assert_eq!(wrong.problem(), "405 wrong_method");
            assert_eq!(wrong.header("allow"), "PUT,GET,HEAD");
        })
        .await;
}

#[tokio::test]
async fn a_key_is_told_how_often_it_may_ask_and_when_to_come_back() {
    Throwaway::sqlite()
        .await
        .tell(async |db| {
            let all = Api::on(&db).await;
            let api = all.at_rate(1).await;
            let first = api.get("/rules").await;
            let limit = |reply: &Reply, name: &str| reply.header(&format!("ratelimit{name}")).to_owned();
            assert_eq!([limit(&first, "-policy"), limit(&first, "")], [r#""key";q=2;w=2"#, r#""key";r=1;t=1"#]);
            assert_eq!([limit(&first, "-limit"), limit(&first, "-remaining"), limit(&first, "-reset")], ["2", "1", "1"]);
            assert_eq!(limit(&api.get("/members/nobody").await, "-remaining"), "0", "what is refused counts too");
            let refused = api.get("/rules").await;
            assert_eq!(refused.problem(), "429 rate_limited");
            assert_eq!((refused.header("retry-after"), limit(&refused, "-remaining").as_str()), ("1", "0"));
            assert_eq!(all.get("/rules").await.status, StatusCode::OK, "each key has its own");
            api.state.clock.advance(SignedDuration::from_secs(1));
            assert_eq!(api.get("/rules").await.status, StatusCode::OK);
        })
        .await;
}

#[tokio::test]
async fn a_batch_counts_as_many_as_it_has_events_and_is_never_too_large_by_itself() {
    Throwaway::sqlite()
        .await
        .tell(async |db| {
            let api = Api::on(&db).await.at_rate(10).await;
            let batch = |first: usize, events: usize| {
                let event = |n: usize| {
                    json!({"id": format!("e{n}"), "kind": "payment", "member": "m-1", "amount": "1",
                    "currency": "CNY", "occurred_at": "2026-11-22T09:00:00Z"})
                };
                json!({ "events": (first..first + events).map(event).collect::<Vec<_>>() }).to_string()
            };
            let taken = api.post("/events", batch(0, 15)).await;
            assert_eq!((taken.status, taken.header("ratelimit")), (StatusCode::OK, r#""key";r=5;t=2"#));
            let refused = api.post("/events", batch(15, 7)).await;
            assert_eq!((refused.problem().as_str(), refused.header("retry-after")), ("429 rate_limited", "1"));
            assert_eq!(report::report(&db).await.unwrap().events, 15, "nothing of it was posted");
            api.state.clock.advance(SignedDuration::from_secs(2));
            // the request is one, the rest of its events are counted when they have been read
            let large = api.post("/events", batch(15, 20)).await;
            assert_eq!((large.status, large.header("ratelimit-remaining")), (StatusCode::OK, "0"), "{}", large.text);
        })
        .await;
}

#[tokio::test]
async fn a_payment_system_posts_thousands_of_events_a_second_without_asking_for_it() {
    Throwaway::sqlite()
        .await
        .tell(async |db| {
            let api = Api::on(&db).await;
            let limits = [("events:write,members:read", "40000"), ("rules:read,redemptions:write", "400")];
            for (scopes, most) in limits {
                let reply = api.by(scopes, None).await.post("/quotes", "{}").await;
                assert_eq!(reply.header("ratelimit-limit"), most, "{scopes}: {}", reply.text);
            }
        })
        .await;
}
