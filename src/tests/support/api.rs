//! Laurel as a payment system meets it: the API by the whole router, with a key that may do everything.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use laurel::server::{AppState, Config, http};
use laurel_engine::auth::{Authority, Scope};
use laurel_engine::store::Db;
use laurel_engine::usecase::access::keys::{self, Wanted};
use laurel_engine::usecase::ledger::Ledger;
use serde_json::Value;
use tower::ServiceExt;

use super::described;
use laurel_testing::programme::programme;

pub struct Api {
    pub state: AppState,
    pub router: Router,
    pub token: String,
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub text: String,
}

impl Api {
    /// With a programme of its own; the key's source is `pos`.
    pub async fn on(db: &Db) -> Api {
        Api::with(programme(db).await, |_| ()).await
    }

    pub async fn with(ledger: Ledger, change: impl FnOnce(&mut AppState)) -> Api {
        let mut state = AppState::new(ledger, Config::local(([127, 0, 0, 1], 3000).into()));
        change(&mut state);
        let router = http::router(state.clone());
        Api::of(&state, &router).await
    }

    /// Of a site that people use, too.
    pub async fn of(state: &AppState, router: &Router) -> Api {
        let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        let token = key(state, &all.join(","), Some("pos")).await;
        Api { state: state.clone(), router: router.clone(), token }
    }

    /// The same API, reached with another key.
    pub async fn by(&self, scopes: &str, source: Option<&str>) -> Api {
        let token = key(&self.state, scopes, source).await;
        Api { state: self.state.clone(), router: self.router.clone(), token }
    }

    /// The same API, reached with a key that may do everything, so many times a second.
    pub async fn at_rate(&self, rate: u32) -> Api {
        let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        let wanted = Wanted {
            name: "till".to_owned(),
            scopes: all.join(","),
            source: Some("pos".to_owned()),
            rate: Some(rate.to_string()),
        };
        Api { token: made(&self.state, &wanted).await, state: self.state.clone(), router: self.router.clone() }
    }

    pub fn ledger(&self) -> &Ledger {
        &self.state.ledger
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path).body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.send(self.request("POST", path).body(body.into()).expect("a request")).await
    }

    pub async fn put(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.send(self.request("PUT", path).body(body.into()).expect("a request")).await
    }

    /// Posts with an `Idempotency-Key`.
    pub async fn once(&self, path: &str, key: &str, body: impl Into<Body>) -> Reply {
        let request = self.request("POST", path).header("idempotency-key", key);
        self.send(request.body(body.into()).expect("a request")).await
    }

    /// A request with the key, for JSON, by somebody who reads English.
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT_LANGUAGE, "en")
    }

    /// Every answer is held to the description of the API.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let (method, path) = (request.method().clone(), request.uri().to_string());
        let response = self.router.clone().oneshot(request).await.expect("a router answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a whole body");
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let json = serde_json::from_str(&text).unwrap_or_default();
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        described::check(method.as_str(), &path, parts.status.as_u16(), content_type, &json);
        Reply { status: parts.status, headers: parts.headers, json, text }
    }

    /// Serves on a free port until the test ends; the address of the API.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let service = self.router.clone().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        format!("http://{address}/api/v1")
    }
}

pub async fn key(state: &AppState, scopes: &str, source: Option<&str>) -> String {
    let wanted = Wanted { name: "till".to_owned(), scopes: scopes.to_owned(), source: source.map(str::to_owned), rate: None };
    made(state, &wanted).await
}

async fn made(state: &AppState, wanted: &Wanted) -> String {
    let made = keys::create(&state.db, Authority::command_line(), wanted, state.clock.now()).await.expect("a key");
    made.token.as_str().to_owned()
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// The problem as `status code pointer,pointer`; it has to be one.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text);
        assert_eq!(self.json["status"], self.status.as_u16(), "{}", self.text);
        for field in ["type", "title", "detail", "request_id"] {
            assert!(self.json[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {}", self.text);
        }
        problem(&self.json)
    }
}

/// `status code place,place` of a problem.
pub fn problem(problem: &Value) -> String {
    let errors = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let place = |error: &Value| {
        assert!(error["detail"].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        error["pointer"].as_str().or(error["parameter"].as_str()).unwrap_or("?").to_owned()
    };
    let places: Vec<String> = errors.iter().map(place).collect();
    format!("{} {} {}", problem["status"], problem["code"].as_str().unwrap_or("?"), places.join(",")).trim_end().to_owned()
}
