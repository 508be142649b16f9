//! The one error that server functions answer with.
//!
//! It must not know why something failed inside: `server::web::errors` makes it from what use cases refuse.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// A refusal: a stable code for programs, a sentence in the caller's language for people, and what is wrong with which field.
///
/// `status` travels in the body; the `forms` layer makes it the status of the response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    pub status: u16,
    /// How long to wait before trying again, where that may help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
}

/// What is wrong with one field, by the name it has in the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

/// The id of a field's control in a page, where whoever says that something is wrong with it leads.
pub fn field_id(field: &str) -> String {
    format!("field-{}", field.replace(['.', '[', ']'], "-"))
}

impl ApiError {
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> ApiError {
        ApiError { code: code.into(), message: message.into(), fields: Vec::new(), status, retry_after_seconds: None }
    }

    /// One field is wrong: 422.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> ApiError {
        let message = message.into();
        ApiError::new(422, "invalid", message.clone()).with_field(field, message)
    }

    /// The fields as they are called within a part of a form: `name.zh` of `terms` is `terms[name_zh]`.
    #[must_use]
    pub fn within(mut self, part: &str) -> ApiError {
        for fault in &mut self.fields {
            fault.field = format!("{part}[{}]", fault.field.replace('.', "_"));
        }
        self
    }

    #[must_use]
    pub fn after(mut self, seconds: u64) -> ApiError {
        self.retry_after_seconds = Some(seconds);
        self
    }

    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>, message: impl Into<String>) -> ApiError {
        self.fields.push(FieldError { field: field.into(), message: message.into() });
        self
    }
}

/// What Leptos itself can find wrong with a call. The message stays empty: whoever shows the error knows the language.
impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> ApiError {
        let (status, code) = match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                (400, "bad_request")
            }
            ServerFnErrorErr::Request(_) => (0, "network"),
            _ => (500, "internal"),
        };
        ApiError::new(status, code, "")
    }
}
