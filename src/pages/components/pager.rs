//! Links to the pages of a list. The page is in the URL, as are filter and sort.

use leptos::prelude::*;

use crate::server::web::visit::Visit;

/// `page` counts from 1. Keeps the rest of the query as it is.
#[component]
pub fn Pager(page: i64, pages: i64) -> impl IntoView {
    let visit = Visit::current();
    let words = visit.lang.common();
    let link = |to: i64, label: &'static str, rel: &'static str| {
        let href = (1..=pages).contains(&to).then(|| with_page(&visit.path, to));
        let disabled = href.is_none().then_some("true");
        view! { <a class="button small" href=href rel=rel aria-disabled=disabled>{label}</a> }
    };
    (pages > 1).then(|| {
        view! {
            <nav class="pager" aria-label=words.pages>
                {link(page - 1, words.previous_page, "prev")}
                <span class="mute">{(words.page_of)(page, pages)}</span>
                {link(page + 1, words.next_page, "next")}
            </nav>
        }
    })
}

fn with_page(path: &str, page: i64) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "page");
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).append_pair("page", &page.to_string()).finish();
    format!("{path}?{query}")
}
