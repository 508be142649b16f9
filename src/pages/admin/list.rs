//! What lists of the console share: filters that live in the URL, and the way to the next page.

use leptos::prelude::*;

use crate::server::web::visit::Visit;

/// A value of the query that says something: filters left empty restrict nothing.
pub fn filter(visit: &Visit, name: &str) -> Option<String> {
    visit.query(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The link to what comes after the last row of this page, and back to the first. Keeps the rest of the query.
#[component]
pub fn Onward(next: Option<String>) -> impl IntoView {
    let visit = Visit::current();
    let words = visit.lang.console();
    let is_later = visit.query("before").is_some();
    let first =
        is_later.then(|| view! { <a class="button small" href=with_before(&visit.path, None)>{words.to_first_page}</a> });
    let next = next.map(
        |last| view! { <a class="button small" rel="next" href=with_before(&visit.path, Some(&last))>{words.next_page}</a> },
    );
    (first.is_some() || next.is_some())
        .then(|| view! { <nav class="pager" aria-label=visit.lang.common().pages>{first}{next}</nav> })
}

fn with_before(path: &str, before: Option<&str>) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, value)| name != "before" && !value.is_empty());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept);
    if let Some(before) = before {
        query.append_pair("before", before);
    }
    match query.finish() {
        empty if empty.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// One of a few to filter by; the first restricts nothing.
#[component]
pub fn FilterSelect(
    name: &'static str,
    label: &'static str,
    any: &'static str,
    options: Vec<(String, String)>,
    chosen: Option<String>,
) -> impl IntoView {
    let option = |(value, text): (String, String)| {
        let is_chosen = chosen.as_ref() == Some(&value);
        view! { <option value=value selected=is_chosen>{text}</option> }
    };
    let options = options.into_iter().map(option).collect_view();
    view! {
        <div class="field">
            <label for=format!("filter-{name}")>{label}</label>
            <select id=format!("filter-{name}") name=name><option value="">{any}</option>{options}</select>
        </div>
    }
}
