//! What lists of the console are made of: a table whose order is in the URL, what restricts it, how many there are, the pages
//! beside this one, and lists that somebody has named.

mod pages;
mod table;
mod views;

use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::components::Icon;
use crate::server::web::visit::Visit;
use laurel_engine::store::keyset::Place;
use laurel_engine::usecase::members::search::Counted;

pub use pages::{Beside, Pages};
pub use table::{ChooseColumns, Column, Hidden, ListTable, PickCell, Picks};
pub use views::Views;

/// How many rows a page has.
pub const ROWS: i64 = 50;

/// A value of the query that says something: filters left empty restrict nothing.
pub fn filter(visit: &Visit, name: &str) -> Option<String> {
    visit.query(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// What an address says of the place in a list, which no other list has.
const PLACE: [&str; 4] = ["before", "page", "back", "at"];

/// The same list without some of what its query says, and from its beginning; without what says nothing, too.
pub fn without(path: &str, names: &[&str]) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, value)| !names.contains(&&**name) && !PLACE.contains(&&**name) && !value.is_empty());
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The same list from its beginning, with what these say in place of what its query says by these names.
pub fn with(path: &str, pairs: &[(&str, &str)]) -> String {
    let names: Vec<&str> = pairs.iter().map(|(name, _)| *name).collect();
    let rest = without(path, &names);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let mark = if rest.contains('?') { '&' } else { '?' };
    format!("{rest}{mark}{query}")
}

/// `page=` and `back=`: where a page begins, by the key of a row.
pub fn asked_place<K>(visit: &Visit, read: impl Fn(&str) -> Option<K>) -> Option<Place<K>> {
    match filter(visit, "back") {
        Some(key) => Some(Place { key: read(&key)?, backwards: true }),
        None => Some(Place { key: read(&filter(visit, "page")?)?, backwards: false }),
    }
}

/// What a list is asked for, its place aside.
pub fn query_of(path: &str) -> String {
    without(path, &[]).split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
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

/// One thing that restricts a list: the name that the query has for it, its label, and its value in words.
pub type Chosen = (&'static str, &'static str, String);

/// What restricts the list, each with the way to the list without it.
#[component]
pub fn FilterChips(chosen: Vec<Chosen>) -> impl IntoView {
    let visit = Visit::current();
    let t = visit.lang.console();
    let chip = |(name, label, value): Chosen| {
        let href = without(&visit.path, &[name]);
        let remove = (t.without)(label, &value);
        view! { <a class="filter-chip" href=href aria-label=remove><span>{label}": "</span>{value}<Icon name="close"/></a> }
    };
    view! { <div class="row">{chosen.into_iter().map(chip).collect_view()}</div> }
}

/// The list as a file: all that the address of `page` restricts it to.
#[component]
pub fn ExportLink(#[prop(into)] page: String, #[prop(into)] file: String, counted: Counted) -> impl IntoView {
    let visit = Visit::current();
    let href = without(&visit.path, &[]).replacen(&page, &file, 1);
    let label = match counted.is_exact {
        true => (visit.lang.lists().export_all)(&format::count(counted.number)),
        false => visit.lang.member_file().export.to_owned(),
    };
    view! { <a class="button small" href=href download=""><Icon name="download"/>{label}</a> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_asked_for_from_its_beginning_without_losing_its_other_filters() {
        let path = "/admin/members?q=a%26b&tier=2&status=&page=x&at=51";
        assert_eq!(without(path, &["tier"]), "/admin/members?q=a%26b");
        assert_eq!(without(path, &[]), "/admin/members?q=a%26b&tier=2");
        assert_eq!(without("/admin/members?tier=2", &["tier"]), "/admin/members");
        assert_eq!(with(path, &[("sort", "-available")]), "/admin/members?q=a%26b&tier=2&sort=-available");
        assert_eq!(with("/admin/members?sort=no", &[("sort", "-no")]), "/admin/members?sort=-no");
        assert_eq!(query_of(path), "q=a%26b&tier=2");
    }
}
