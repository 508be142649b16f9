//! What a server function tells the page that comes after a plain form: where to go, and what it says there.
//!
//! It travels in headers of the response, which the layer for forms takes off again. Calls by scripts get the JSON and no more.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use leptos::context::use_context;
use leptos_axum::ResponseOptions;

use super::flash::Undo;

const REDIRECT: HeaderName = HeaderName::from_static("laurel-redirect");
const MESSAGE: HeaderName = HeaderName::from_static("laurel-message");
const SECRET: HeaderName = HeaderName::from_static("laurel-secret");
const UNDO: HeaderName = HeaderName::from_static("laurel-undo");

/// In a server function: where a plain form leads after success. Without it, back to the page of the form.
pub fn redirect_to(path: &str) {
    tell(REDIRECT, path);
}

/// In a server function: what the page after a plain form says, `role=status`.
pub fn flash_message(text: &str) {
    tell(MESSAGE, text);
}

/// In a server function: what stands below the message to be copied, on that page and never again: a link, a key.
pub fn show_secret(text: &str) {
    tell(SECRET, text);
}

fn undo_of(text: &str) -> Option<Undo> {
    let (path, fields) = text.split_once('?')?;
    // fields are encoded, so what stands behind this mark is the label
    let (fields, label) = fields.split_once('#').map_or((fields, None), |(fields, label)| (fields, Some(label.to_owned())));
    Some(Undo { path: path.to_owned(), fields: form_urlencoded::parse(fields.as_bytes()).into_owned().collect(), label })
}

fn tell(name: HeaderName, text: &str) {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::try_from(encoded)) {
        response.insert_header(name, value);
    }
}

/// In a server function: the page after a plain form offers to undo what was done, by calling the function at `path` with these
/// fields. That function looks whether things are still as they were left.
pub fn offer_undo(path: &str, fields: &[(&str, &str)]) {
    tell(UNDO, &format!("{path}?{}", encoded(fields)));
}

/// The same, where only a part can be undone: the button says which.
pub fn offer_undo_as(label: &str, path: &str, fields: &[(&str, &str)]) {
    tell(UNDO, &format!("{path}?{}#{label}", encoded(fields)));
}

fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// What a server function said, taken off its response.
#[derive(Debug, Default)]
pub struct Reply {
    pub redirect: Option<String>,
    pub message: Option<String>,
    pub secret: Option<String>,
    pub undo: Option<Undo>,
}

impl Reply {
    pub fn take(response: &mut Response) -> Reply {
        let mut take = |name: HeaderName| {
            let value = response.headers_mut().remove(name)?;
            form_urlencoded::parse(value.as_bytes()).next().map(|(text, _)| text.into_owned())
        };
        let undo = take(UNDO).as_deref().and_then(undo_of);
        Reply { redirect: take(REDIRECT), message: take(MESSAGE), secret: take(SECRET), undo }
    }
}
