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
    let rest = without(path, &["before"]);
    let Some(before) = before else { return rest };
    let before = form_urlencoded::Serializer::new(String::new()).append_pair("before", before).finish();
    let mark = if rest.contains('?') { '&' } else { '?' };
    format!("{rest}{mark}{before}")
}

/// The same list without some of what its query says, and without what says nothing.
pub fn without(path: &str, names: &[&str]) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, value)| !names.contains(&&**name) && !value.is_empty());
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_leads_on_and_drops_filters_without_losing_the_others() {
        let path = "/admin/members?q=a%26b&tier=2&status=&before=x";
        assert_eq!(with_before(path, Some("9")), "/admin/members?q=a%26b&tier=2&before=9");
        assert_eq!(with_before(path, None), "/admin/members?q=a%26b&tier=2");
        assert_eq!(without(path, &["tier", "before"]), "/admin/members?q=a%26b");
        assert_eq!(without("/admin/members?tier=2", &["tier"]), "/admin/members");
        assert_eq!(with_before("/admin/members", Some("9")), "/admin/members?before=9");
    }
}
