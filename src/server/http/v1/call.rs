//! One request with a key that may make it, and what came back.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use laurel_domain::rules::rule_set::Rulebook;
use laurel_domain::text::{ExternalId, Source};
use serde::Serialize;
use serde_json::Value;

use super::json;
use super::problem::Stop;
use crate::i18n::Lang;
use crate::server::AppState;
use crate::server::web::headers::header_text;
use laurel_engine::auth::{Actor, ApiKey};
use laurel_engine::store::StoreError;
use laurel_engine::store::members::member::{By, Member};
use laurel_engine::usecase::idempotency::{self, Handled, Request, Work};
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::due;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const LONGEST_KEY: usize = 128;

pub struct Call {
    pub state: AppState,
    pub key: ApiKey,
    pub lang: Lang,
    pub method: Method,
    /// Within the API.
    pub path: String,
    pub query: Option<String>,
    /// The variable parts of the path, decoded.
    pub parameters: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Call {
    pub fn ledger(&self) -> &Ledger {
        &self.state.ledger
    }

    pub fn now(&self) -> Timestamp {
        self.state.ledger.clock.now()
    }

    pub fn actor(&self) -> Actor {
        Actor::Key(self.key.id)
    }

    /// Where this key's events come from.
    pub fn source(&self) -> Result<Source, Stop> {
        Ok(Source::new(&self.key.source).map_err(|_| StoreError::Corrupt("a source"))?)
    }

    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.query.as_deref()?;
        form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// # Errors
    /// `not_json`, `malformed_json`.
    pub fn json(&self) -> Result<Value, Stop> {
        let content_type = header_text(&self.headers, header::CONTENT_TYPE).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Stop::MediaType);
        }
        json::parse(&self.body)
    }

    /// The member that the path names, after what is due has been posted.
    ///
    /// # Errors
    /// 404 `unknown_member`.
    pub async fn member(&self) -> Result<Member, Stop> {
        Ok(self.member_under().await?.0)
    }

    /// The same, with the rules of that moment.
    ///
    /// # Errors
    /// 404 `unknown_member`.
    pub async fn member_under(&self) -> Result<(Member, Arc<Rulebook>), Stop> {
        let external_id = ExternalId::new(self.parameter("external_id")).map_err(|_| Stop::NoMember)?;
        due::settled_under(self.ledger(), By::External(external_id.as_str())).await?.ok_or(Stop::NoMember)
    }

    /// The `Idempotency-Key`, which belongs to the key's source: another key of the same source may repeat the request.
    ///
    /// # Errors
    /// `idempotency_key_missing`, `idempotency_key_invalid`.
    pub fn idempotency_key(&self) -> Result<&str, Stop> {
        let value = self.headers.get(IDEMPOTENCY_KEY).ok_or(Stop::KeyMissing)?;
        let key = value.to_str().map_err(|_| Stop::KeyInvalid)?.trim();
        match key.len() {
            0 => Err(Stop::KeyMissing),
            1..=LONGEST_KEY => Ok(key),
            _ => Err(Stop::KeyInvalid),
        }
    }

    /// Does something once for each `Idempotency-Key`, whatever happens to the answer on its way.
    ///
    /// # Errors
    /// What the work refuses, which leaves the key unused; `idempotency_key_…`.
    pub async fn idempotent<I: Send + Sync + 'static>(&self, body: &Value, input: I, work: Work<I>) -> Result<Answer, Stop> {
        let request = Request::new(
            format!("source:{}", self.key.source),
            self.idempotency_key()?,
            &[self.method.as_str(), &self.path, &body.to_string()],
        );
        match idempotency::handle_once(self.ledger(), request, input, work).await? {
            Handled::Done { status, body } => Ok(Answer::stored(status, body)),
            Handled::Before { status, body } => {
                let mut answer = Answer::stored(status, body);
                answer.headers.push((REPLAYED, HeaderValue::from_static("true")));
                Ok(answer)
            }
            Handled::OtherRequest => Err(Stop::KeyReused),
            Handled::Running => Err(Stop::KeyRunning),
        }
    }
}

/// What a request that was done is answered with.
pub struct Answer {
    status: StatusCode,
    pub body: String,
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Answer {
    pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Result<Answer, Stop> {
        let body = serde_json::to_string(body).map_err(|_| StoreError::Corrupt("JSON"))?;
        Ok(Answer { status, body, headers: Vec::new() })
    }

    pub fn ok<T: Serialize>(body: &T) -> Result<Answer, Stop> {
        Answer::json(StatusCode::OK, body)
    }

    fn stored(status: u16, body: String) -> Answer {
        Answer { status: StatusCode::from_u16(status).unwrap_or(StatusCode::OK), body, headers: Vec::new() }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }
}
