//! Holds every answer of the API to its description (`openapi.json`): status, type, and each field, none left out and none unsaid.
//!
//! It knows the words of JSON Schema that the description uses, and fails on any other.

use std::sync::LazyLock;

use laurel::server::http::v1::OPENAPI;
use serde_json::{Map, Value};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(OPENAPI).expect("JSON"));

/// Words that say nothing about which values are right.
const NOTES: [&str; 8] = ["description", "examples", "example", "default", "title", "format", "pattern", "discriminator"];

/// Fails unless an answer is one that the description has for this call. A path that it does not have is no call of the API.
pub fn check(method: &str, path: &str, status: u16, content_type: &str, body: &Value) {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let Some(operation) = operation(method, path) else { return };
    let responses = &operation["responses"];
    let response = responses.get(status.to_string()).unwrap_or(&responses["default"]);
    let response = resolved(response);
    assert!(response.is_object(), "{method} {path}: {status} is not described");
    let Some(content) = response.get("content").and_then(Value::as_object) else {
        assert!(body.is_null(), "{method} {path} {status}: no content is described, but there is {body}");
        return;
    };
    let content_type = content_type.split(';').next().unwrap_or_default();
    let Some(media) = content.get(content_type) else {
        panic!("{method} {path} {status}: {content_type:?} is not described");
    };
    // the description of itself says no more than that it is JSON
    let Some(schema) = media.get("schema") else { return };
    if let Err(wrong) = matches(schema, body, "") {
        panic!("{method} {path} {status}: {wrong}\n{body:#}");
    }
}

fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap_or_default();
    let paths = DOCUMENT["paths"].as_object()?;
    let fits = |template: &str| {
        let (one, other): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
        one.len() == other.len() && one.iter().zip(&other).all(|(part, given)| part.starts_with('{') || part == given)
    };
    // a path without parameters is meant rather than one with
    let mut fitting: Vec<&String> = paths.keys().filter(|template| fits(template)).collect();
    fitting.sort_by_key(|template| template.matches('{').count());
    paths[*fitting.first()?].get(method.to_lowercase())
}

fn resolved(value: &'static Value) -> &'static Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).expect("what a reference leads to"),
        None => value,
    }
}

fn matches(schema: &'static Value, value: &Value, at: &str) -> Result<(), String> {
    let schema = resolved(schema);
    let words = schema.as_object().ok_or(format!("{at}: no schema"))?;
    for (word, expected) in words {
        let is_right = match word.as_str() {
            word if NOTES.contains(&word) => true,
            "properties" | "required" | "additionalProperties" => true,
            "type" => types(expected).any(|name| is_a(name, value)),
            "const" => value == expected,
            "enum" => expected.as_array().is_some_and(|choices| choices.contains(value)),
            "minimum" => value.as_f64().zip(expected.as_f64()).is_none_or(|(value, least)| value >= least),
            "maximum" => value.as_f64().zip(expected.as_f64()).is_none_or(|(value, most)| value <= most),
            "minLength" => value.as_str().zip(expected.as_u64()).is_none_or(|(text, n)| text.chars().count() as u64 >= n),
            "maxLength" => value.as_str().zip(expected.as_u64()).is_none_or(|(text, n)| text.chars().count() as u64 <= n),
            "minItems" => value.as_array().zip(expected.as_u64()).is_none_or(|(items, n)| items.len() as u64 >= n),
            "maxItems" => value.as_array().zip(expected.as_u64()).is_none_or(|(items, n)| items.len() as u64 <= n),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    matches(expected, item, &format!("{at}/{index}"))?;
                }
                true
            }
            "oneOf" | "anyOf" => {
                let alternatives = expected.as_array().map(Vec::as_slice).unwrap_or_default();
                let wrong: Vec<String> = alternatives.iter().filter_map(|schema| matches(schema, value, at).err()).collect();
                if wrong.len() == alternatives.len() {
                    return Err(format!("{at}: none of the alternatives: {}", wrong.join("; ")));
                }
                true
            }
            other => panic!("the description has {other:?}, which this check does not know"),
        };
        if !is_right {
            return Err(format!("{at}: {word} is {expected}, but it is {value}"));
        }
    }
    match value.as_object() {
        Some(fields) => fields_match(words, fields, at),
        None => Ok(()),
    }
}

fn fields_match(schema: &'static Map<String, Value>, fields: &Map<String, Value>, at: &str) -> Result<(), String> {
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.into_iter().find(|name| !fields.contains_key(*name)) {
        return Err(format!("{at}: {missing} is missing"));
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Ok(()) };
    let others = schema.get("additionalProperties");
    for (name, value) in fields {
        let place = format!("{at}/{name}");
        match (properties.get(name), others) {
            (Some(described), _) => matches(described, value, &place)?,
            (None, Some(described)) if described.is_object() => matches(described, value, &place)?,
            (None, _) => return Err(format!("{place} is not described")),
        }
    }
    Ok(())
}

fn types(expected: &Value) -> impl Iterator<Item = &str> {
    let several = expected.as_array().map(Vec::as_slice).unwrap_or_default();
    expected.as_str().into_iter().chain(several.iter().filter_map(Value::as_str))
}

fn is_a(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the description has the type {other:?}"),
    }
}

#[test]
fn an_answer_that_leaves_a_field_out_or_has_one_unsaid_does_not_match() {
    let schema = &DOCUMENT["components"]["schemas"]["Both"];
    let both = serde_json::json!({ "zh": "杯子", "en": "Mug" });
    assert_eq!(matches(schema, &both, ""), Ok(()));
    for wrong in [
        serde_json::json!({ "zh": "杯子" }),
        serde_json::json!({ "zh": "杯子", "en": 1 }),
        serde_json::json!({ "zh": "杯子", "en": "Mug", "fr": "Tasse" }),
    ] {
        assert!(matches(schema, &wrong, "").is_err(), "{wrong}");
    }
}
