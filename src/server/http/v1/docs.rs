//! The API's description (OpenAPI 3.1, written by hand, held against the routes by a test), and a page of it for people.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;

use super::super::answer::escaped;
use super::ROOT;
use crate::server::web::asset_url;

pub const OPENAPI: &str = include_str!("openapi.json");

pub fn openapi() -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], OPENAPI).into_response()
}

/// Without a script: whoever reads it may run a strict browser, or none.
pub async fn page() -> Html<&'static str> {
    static PAGE: LazyLock<String> = LazyLock::new(|| written(&serde_json::from_str(OPENAPI).unwrap_or_default()));
    Html(&PAGE)
}

fn written(doc: &Value) -> String {
    let mut page = String::with_capacity(32 * 1024);
    let info = &doc["info"];
    // writing to a String cannot fail
    let _ = write!(
        page,
        r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>REST API · Laurel</title><link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="{style}"></head>
<body><main class="api-docs"><h1>Laurel’s REST API</h1><p>{about}</p>
<p>The same for programs: <a href="{ROOT}/openapi.json">{ROOT}/openapi.json</a></p>
"#,
        style = asset_url("pkg/laurel.css"),
        about = text(&info["description"]),
    );
    for (path, operations) in fields(&doc["paths"]) {
        for (method, operation) in fields(operations) {
            operation_into(&mut page, method, path, operation);
        }
    }
    page.push_str("<h2>Problems</h2>\n<p>What is not done is answered with application/problem+json. Programs go by its code.</p>\n<dl>\n");
    for (code, meaning) in fields(&doc["x-problem-codes"]) {
        let _ = writeln!(page, "<dt id=\"{0}\"><code>{0}</code></dt><dd>{1}</dd>", escaped(code), text(meaning));
    }
    page.push_str("</dl>\n<h2>Shapes</h2>\n");
    for (name, schema) in fields(&doc["components"]["schemas"]) {
        let _ = writeln!(page, "<h3 id=\"shape-{0}\">{0}</h3>\n<dl>", escaped(name));
        for shape in items(&schema["oneOf"]) {
            let _ = writeln!(page, "<dt>{}</dt><dd></dd>", kind(shape));
        }
        for (field, shape) in fields(&schema["properties"]) {
            let _ = writeln!(
                page,
                "<dt><code>{}</code> {}</dt><dd>{}</dd>",
                escaped(field),
                kind(shape),
                text(&shape["description"])
            );
        }
        page.push_str("</dl>\n");
    }
    page.push_str("</main></body></html>\n");
    page
}

fn operation_into(page: &mut String, method: &str, path: &str, operation: &Value) {
    let scopes: Vec<String> = items(&operation["security"]).iter().flat_map(|one| items(&one["key"])).map(text).collect();
    let scopes = if scopes.is_empty() { "no key".to_owned() } else { format!("scope {}", scopes.join(" or ")) };
    let _ = writeln!(
        page,
        "<section>\n<h2>{}</h2>\n<p><code>{} {ROOT}{}</code> · {scopes}</p>\n<p>{}</p>",
        text(&operation["summary"]),
        method.to_uppercase(),
        escaped(path),
        text(&operation["description"]),
    );
    let body = &operation["requestBody"]["content"]["application/json"];
    if !body["example"].is_null() {
        let _ = writeln!(page, "<p>Send, for example:</p>\n<pre><code>{}</code></pre>", pretty(&body["example"]));
    }
    for (status, answer) in fields(&operation["responses"]).filter(|(status, _)| *status != "default") {
        let _ = writeln!(page, "<p><strong>{}</strong> {}</p>", escaped(status), text(&answer["description"]));
        let example = &answer["content"]["application/json"]["example"];
        if !example.is_null() {
            let _ = writeln!(page, "<pre><code>{}</code></pre>", pretty(example));
        }
    }
    let codes = items(&operation["x-problems"]).iter().map(text);
    let links: Vec<String> = codes.map(|code| format!("<a href=\"#{code}\"><code>{code}</code></a>")).collect();
    if !links.is_empty() {
        let _ = writeln!(page, "<p>May refuse with {}.</p>", links.join(", "));
    }
    page.push_str("</section>\n");
}

/// What a value of this shape is, in a word or a link.
fn kind(shape: &Value) -> String {
    if let Some(name) = shape["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#shape-{0}\">{0}</a>", escaped(name));
    }
    let words = |list: &Value| items(list).iter().map(text).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" | ");
    match (&shape["enum"], &shape["type"]) {
        (choices @ Value::Array(_), _) => words(choices),
        (_, types @ Value::Array(_)) => words(types),
        (_, one) => text(if one.is_null() { &shape["const"] } else { one }),
    }
}

fn fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A text as HTML.
fn text(value: &Value) -> String {
    value.as_str().map(escaped).unwrap_or_default()
}

fn pretty(value: &Value) -> String {
    escaped(&serde_json::to_string_pretty(value).unwrap_or_default())
}
