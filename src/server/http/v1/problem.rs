//! Why a request was not done, and how that is said: `application/problem+json` (RFC 9457) in the caller's language.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use laurel_domain::refusal::{Fault, Refusal};
use serde::Serialize;

use super::MOST_BYTES;
use crate::api_error::ApiError;
use crate::i18n::Lang;
use crate::server::web::errors;
use laurel_engine::auth::Scope;
use laurel_engine::usecase::AppError;

/// Where in a request something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the body, as a JSON pointer.
    Pointer(String),
    /// In the path or the query.
    Parameter(&'static str),
}

/// What is wrong at one place.
#[derive(Clone, Debug)]
pub enum Flaw {
    Rule(Fault),
    UnknownField,
    NotText,
    NotObject,
    NotList,
    NotWhole,
    NotACursor,
}

#[derive(Clone, Debug)]
pub struct Wrong {
    pub place: Place,
    pub flaw: Flaw,
}

impl Wrong {
    pub fn at(pointer: impl Into<String>, flaw: Flaw) -> Wrong {
        Wrong { place: Place::Pointer(pointer.into()), flaw }
    }

    pub fn parameter(name: &'static str, flaw: Flaw) -> Wrong {
        Wrong { place: Place::Parameter(name), flaw }
    }
}

/// Why a request stops. `?` makes one of whatever a use case refuses.
#[derive(Debug)]
pub enum Stop {
    /// `place` says where the field that the use case names stands in this request.
    App {
        error: AppError,
        place: fn(&str) -> Place,
    },
    Fields(Vec<Wrong>),
    NoKey,
    BadKey,
    MissingScope(&'static [Scope]),
    ForeignSource {
        own: String,
        at: String,
    },
    NoRoute,
    WrongMethod,
    NoEvent,
    NoMember,
    NoRedemption,
    NoVoucher,
    NoClaim,
    TooLarge,
    MediaType,
    Malformed {
        at: Option<String>,
    },
    KeyMissing,
    KeyInvalid,
    KeyReused,
    KeyRunning,
    RateLimited {
        retry_after: Duration,
    },
}

impl<E: Into<AppError>> From<E> for Stop {
    fn from(error: E) -> Stop {
        Stop::App { error: error.into(), place: in_body }
    }
}

impl From<Wrong> for Stop {
    fn from(wrong: Wrong) -> Stop {
        Stop::Fields(vec![wrong])
    }
}

impl Stop {
    /// Says where the field that a use case names stands in this request.
    #[must_use]
    pub fn at(self, place: fn(&str) -> Place) -> Stop {
        match self {
            Stop::App { error, .. } => Stop::App { error, place },
            stop => stop,
        }
    }
}

/// The field of that name at the top of the body.
pub fn in_body(field: &str) -> Place {
    Place::Pointer(format!("/{}", field.replace('.', "/")))
}

/// The answer to a request that was not done.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: String,
    pub code: String,
    title: &'static str,
    pub status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ErrorAt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

#[derive(Clone, Debug, Serialize)]
struct ErrorAt {
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'static str>,
    detail: String,
}

impl ErrorAt {
    fn new(place: Place, detail: String) -> ErrorAt {
        match place {
            Place::Pointer(pointer) => ErrorAt { pointer: Some(pointer), parameter: None, detail },
            Place::Parameter(name) => ErrorAt { pointer: None, parameter: Some(name), detail },
        }
    }
}

impl Problem {
    /// Internal causes go to the log here and nowhere else.
    pub fn of(stop: Stop, lang: Lang) -> Problem {
        let words = lang.rest();
        let plain = |status, code: &str, detail: &str| Problem::new(status, code, detail.to_owned());
        let mut problem = match stop {
            Stop::App { error: AppError::Conflict { code: "idempotency_conflict" }, .. } | Stop::KeyReused => {
                plain(422, "idempotency_key_reused", words.key_reused)
            }
            Stop::App { error, place } => Problem::of_app(error, place, lang),
            Stop::Fields(wrong) => {
                let mut problem = plain(422, "invalid", words.invalid);
                problem.errors = wrong.into_iter().map(|wrong| ErrorAt::new(wrong.place, said(lang, &wrong.flaw))).collect();
                problem
            }
            Stop::NoKey => plain(401, "not_authenticated", words.no_key),
            Stop::BadKey => plain(401, "not_authenticated", words.bad_key),
            Stop::MissingScope(scopes) => {
                let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
                Problem::new(403, "missing_scope", (words.missing_scope)(&names.join(" | ")))
            }
            Stop::ForeignSource { own, at } => {
                let detail = (words.foreign_source)(&own);
                let mut problem = Problem::new(403, "foreign_source", detail.clone());
                problem.errors = vec![ErrorAt { pointer: Some(at), parameter: None, detail }];
                problem
            }
            Stop::NoRoute => plain(404, "not_found", words.no_route),
            Stop::NoEvent => plain(404, "unknown_event", words.no_event),
            Stop::NoMember => Problem::new(404, "unknown_member", lang.refusal(&Refusal::UnknownMember)),
            Stop::NoRedemption => plain(404, "unknown_redemption", words.no_redemption),
            Stop::NoVoucher => plain(404, "unknown_voucher", words.no_voucher),
            Stop::NoClaim => plain(404, "unknown_claim", words.no_claim),
            Stop::WrongMethod => plain(405, "wrong_method", words.wrong_method),
            Stop::TooLarge => Problem::new(413, "too_large", (words.too_large)(MOST_BYTES)),
            Stop::MediaType => plain(415, "not_json", words.media_type),
            Stop::Malformed { at } => {
                let mut problem = plain(400, "malformed_json", words.malformed_json);
                problem.errors.extend(at.map(|at| ErrorAt {
                    pointer: Some(at),
                    parameter: None,
                    detail: words.here.to_owned(),
                }));
                problem
            }
            Stop::KeyMissing => plain(400, "idempotency_key_missing", words.key_missing),
            Stop::KeyInvalid => plain(400, "idempotency_key_invalid", words.key_invalid),
            Stop::KeyRunning => {
                let mut problem = plain(409, "idempotency_key_running", words.key_running);
                problem.retry_after = Some(Duration::from_secs(1));
                problem
            }
            Stop::RateLimited { retry_after } => {
                let mut problem = Problem::new(429, "rate_limited", (words.rate_limited)(seconds(retry_after)));
                problem.retry_after = Some(retry_after);
                problem
            }
        };
        problem.title = (words.title)(problem.status);
        problem
    }

    fn of_app(error: AppError, place: fn(&str) -> Place, lang: Lang) -> Problem {
        let retry_after = error.retry_after();
        // a form's "look below" is no help to a program
        let invalid = matches!(error, AppError::Refused(Refusal::Invalid { .. }));
        let ApiError { code, message, fields, status, .. } = errors::of_app(lang, error);
        let mut problem = Problem::new(status, &code, if invalid { lang.rest().invalid.to_owned() } else { message });
        problem.errors = fields.into_iter().map(|fault| ErrorAt::new(place(&fault.field), fault.message)).collect();
        problem.retry_after = retry_after;
        problem
    }

    fn new(status: u16, code: &str, detail: String) -> Problem {
        Problem {
            kind: format!("/api/docs#{code}"),
            code: code.to_owned(),
            title: "",
            status,
            detail,
            errors: Vec::new(),
            request_id: None,
            retry_after: None,
        }
    }

    /// What it says, for people: the places that are named and what is wrong there, or the whole.
    pub fn in_words(&self) -> String {
        if self.errors.is_empty() {
            return self.detail.clone();
        }
        let place = |error: &ErrorAt| error.pointer.as_deref().map(|at| at.trim_start_matches('/').to_owned());
        let said = |error: &ErrorAt| match place(error).filter(|at| !at.is_empty()) {
            Some(at) => format!("{at}: {}", error.detail),
            None => error.detail.clone(),
        };
        self.errors.iter().map(said).collect::<Vec<_>>().join("\n")
    }

    /// The same problem within a part of the body.
    #[must_use]
    pub fn below(mut self, pointer: &str) -> Problem {
        for error in &mut self.errors {
            error.pointer = error.pointer.take().map(|inner| format!("{pointer}{inner}"));
        }
        self
    }

    pub fn into_response(mut self, request_id: Option<String>, lang: Lang) -> Response {
        self.request_id = request_id;
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        if self.status == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"laurel\""));
        }
        if let Some(after) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds(after)));
        }
        response
    }
}

/// Whole seconds, never too early.
pub fn seconds(duration: Duration) -> u64 {
    duration.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX).max(1)
}

fn said(lang: Lang, flaw: &Flaw) -> String {
    let words = lang.rest();
    match flaw {
        Flaw::Rule(fault) => lang.fault(fault),
        Flaw::UnknownField => words.unknown_field.to_owned(),
        Flaw::NotText => words.not_text.to_owned(),
        Flaw::NotObject => words.not_object.to_owned(),
        Flaw::NotList => words.not_list.to_owned(),
        Flaw::NotWhole => words.not_whole.to_owned(),
        Flaw::NotACursor => words.not_a_cursor.to_owned(),
    }
}
