//! Requests that are refused before a handler sees them: bodies that are too large, not JSON, or of the wrong shape.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::api::Api;
use laurel_testing::database::Throwaway;
use laurel_testing::programme::check;

const PAYMENT: &str =
    r#"{"id":"e1","kind":"payment","member":"m-1","amount":"38.50","currency":"CNY","occurred_at":"2026-11-22T09:59:00Z"}"#;

#[tokio::test]
async fn what_is_not_an_event_is_refused_with_the_place_of_what_is_wrong() {
    Throwaway::sqlite()
        .await
        .tell(async |db| {
            let api = Api::on(&db).await;
            let digits = "9".repeat(1_000_000);
            let change = |from: &str, to: &str| PAYMENT.replace(from, to);
            let deep = |n| format!("{}{}", "[".repeat(n), "]".repeat(n));
            for (body, problem) in [
                (change("\"38.50\"", "38.50"), "422 invalid /amount"),
                (change("\"38.50\"", "\"38.505\""), "422 invalid /amount"),
                (change("\"38.50\"", "\"0\""), "422 invalid /amount"),
                (change("\"38.50\"", "\"-1\""), "422 invalid /amount"),
                (change("\"38.50\"", "\"1e3\""), "422 invalid /amount"),
                (change("\"38.50\"", "\"NaN\""), "422 invalid /amount"),
                (change("\"38.50\"", "\"92233720368547758.08\""), "422 invalid /amount"),
                (change("\"38.50\"", &format!("\"{digits}\"")), "422 invalid /amount"),
                (change("\"38.50\"", &digits), "400 malformed_json /amount"),
                (change("\"38.50\"", &deep(10_000)), "400 malformed_json /amount/0/0"),
                (deep(10_000), "400 malformed_json /0/0/0"),
                (change("CNY", "USD"), "422 wrong_currency /currency"),
                (change("CNY", "cny"), "422 invalid /currency"),
                (change("09:59:00Z", "10:05:01Z"), "422 in_future /occurred_at"),
                (change("2026-11-22T09:59:00Z", "yesterday"), "422 invalid /occurred_at"),
                (change("\"payment\"", "\"gift\""), "422 invalid /kind"),
                (change("\"m-1\"", "\"\""), "422 invalid /member"),
                (change("\"m-1\"", "\"a\\u0000b\""), "422 invalid /member"),
                (change("\"m-1\"", &format!("\"{}\"", "x".repeat(129))), "422 invalid /member"),
                (change("\"id\":\"e1\"", "\"id\":null"), "422 invalid /id"),
                (change("\"id\":\"e1\"", "\"id\":\"e1\",\"a/b\":1"), "422 invalid /a~1b"),
                (change("\"id\":\"e1\"", "\"id\":\"e1\",\"subject\":\"x\""), "422 invalid /subject"),
                (change("\"id\":\"e1\"", "\"id\":[\"e1\"],\"amount\":{}"), "422 invalid /id"),
                (change("\"id\":\"e1\"", "\"id\":\"e1\",\"source\":\"web\""), "403 foreign_source /source"),
                (change("\"id\":\"e1\"", "\"id\":\"e1\",\"source\":\"laurel\""), "403 foreign_source /source"),
                ("{}".to_owned(), "422 invalid /id,/member,/occurred_at,/kind"),
                ("[]".to_owned(), "422 invalid "),
                ("17".to_owned(), "422 invalid "),
                (String::new(), "400 malformed_json"),
                ("{\"id\":\"e1\"".to_owned(), "400 malformed_json /id"),
                (PAYMENT.to_owned() + "x", "400 malformed_json"),
                ("{\"events\":{}}".to_owned(), "422 invalid /events"),
                ("{\"events\":[]}".to_owned(), "422 invalid /events"),
                (format!("{{\"events\":[{}]}}", vec!["{}"; 1_001].join(",")), "422 invalid /events"),
                (format!("{{\"events\":[{PAYMENT}],\"id\":\"e1\"}}"), "422 invalid /id"),
            ] {
                let reply = api.post("/events", body.clone()).await;
                assert_eq!(reply.problem(), problem.trim_end(), "{:.200}\n{}", body, reply.text);
            }
            let not_utf8 = api.post("/events", vec![b'{', b'"', 0xff, b'"', b'}']).await;
            assert_eq!(not_utf8.problem(), "400 malformed_json");
            assert_eq!(api.get("/members/m-1").await.problem(), "404 unknown_member", "nothing was recorded");
            check(api.ledger()).await;
        })
        .await;
}

#[tokio::test]
async fn only_json_is_read() {
    Throwaway::sqlite()
        .await
        .tell(async |db| {
            let api = Api::on(&db).await;
            for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
                let mut request = api.request("POST", "/events").body(Body::from(PAYMENT)).unwrap();
                request.headers_mut().insert("content-type", content_type.parse().unwrap());
                assert_eq!(api.send(request).await.problem(), "415 not_json", "{content_type}");
            }
            let mut request = api.request("POST", "/events").body(Body::from(PAYMENT)).unwrap();
            request.headers_mut().insert("content-type", "Application/JSON; charset=utf-8".parse().unwrap());
            assert_eq!(api.send(request).await.status, StatusCode::CREATED);
        })
        .await;
}

#[tokio::test]
async fn a_problem_is_told_in_the_callers_language() {
    Throwaway::sqlite()
        .await
        .tell(async |db| {
            let api = Api::on(&db).await;
            let mut request = api.request("POST", "/events").body(Body::from(PAYMENT.replace("CNY", "USD"))).unwrap();
            request.headers_mut().insert("accept-language", "zh-CN,en;q=0.5".parse().unwrap());
            let reply = api.send(request).await;
            assert_eq!(reply.json["detail"], "本会员计划以 CNY 计价，不接受 USD。");
            assert_eq!(reply.header("content-language"), "zh-CN");
            let english = api.post("/events", PAYMENT.replace("CNY", "USD")).await;
            insta::assert_json_snapshot!("a_problem", english.json, { ".request_id" => "[id]" });
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_megabytes_are_answered_and_not_cut_off() {
    Throwaway::sqlite()
        .await
        .tell(async |db| {
            let api = Api::on(&db).await;
            let at = api.serve().await;
            let client = reqwest::Client::new();
            for size in [2 << 20, 20 << 20] {
                let reply =
                    client.post(format!("{at}/events")).bearer_auth(&api.token).body(vec![b' '; size]).send().await.unwrap();
                assert_eq!(reply.status().as_u16(), 413);
                assert_eq!(reply.headers()["content-type"], "application/problem+json");
                assert_eq!(reply.json::<serde_json::Value>().await.unwrap()["code"], "too_large");
            }
            let pieces: Vec<Result<Vec<u8>, std::io::Error>> = (0..40).map(|_| Ok(vec![b' '; 1 << 16])).collect();
            let undeclared = api.request("POST", "/events").body(Body::from_stream(futures::stream::iter(pieces))).unwrap();
            assert_eq!(api.send(undeclared).await.problem(), "413 too_large");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_breaks_off_changes_nothing() {
    Throwaway::sqlite().await.tell(async |db| {
        let api = Api::on(&db).await;
        let at = api.serve().await;
        let host = at.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        let mut socket = tokio::net::TcpStream::connect(&host).await.unwrap();
        let head = format!(
            "POST /api/v1/events HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            api.token,
            PAYMENT.len() + 1,
        );
        socket.write_all(format!("{head}{PAYMENT}").as_bytes()).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut answer = Vec::new();
        tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut answer)).await.expect("an end").ok();
        assert!(!String::from_utf8_lossy(&answer).contains("accepted"));
        assert_eq!(api.get("/members/m-1").await.status, StatusCode::NOT_FOUND);
    }).await;
}
