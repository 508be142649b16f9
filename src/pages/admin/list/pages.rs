//! Which part of a list a page is: from where to where, of how many, and the pages before and after it.

use leptos::prelude::*;

use super::with;
use crate::i18n::format;
use crate::server::web::visit::Visit;
use laurel_engine::store::keyset::Slice;
use laurel_engine::usecase::members::search::Counted;

/// Where the pages beside this one begin, as the list's addresses say it.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    pub next: Option<String>,
    pub previous: Option<String>,
    /// Of a list whose next page begins before what this one ends with, and which goes back by its first page.
    falls: bool,
}

impl Beside {
    pub fn both(next: Option<String>, previous: Option<String>) -> Beside {
        Beside { next, previous, falls: false }
    }

    /// Of a page whose keys are written as they are.
    pub fn of<T, K: ToString>(page: &Slice<T, K>) -> Beside {
        let written = |key: &Option<K>| key.as_ref().map(K::to_string);
        Beside::both(written(&page.next), written(&page.previous))
    }

    /// Of a list that only leads on: it goes back by its first page.
    pub fn onward(next: Option<String>) -> Beside {
        Beside { next, previous: None, falls: true }
    }
}

/// `rows`: how many this page shows. `counted`: how many there are, where somebody has counted them.
#[component]
pub fn Pages(rows: usize, beside: Beside, #[prop(optional_no_strip)] counted: Option<Counted>) -> impl IntoView {
    let visit = Visit::current();
    let words = visit.lang.lists();
    let shown = i64::try_from(rows).unwrap_or(i64::MAX);
    // the order is by keys, so the place is what the way here has counted
    let is_first = visit.query("page").is_none() && visit.query("back").is_none() && visit.query("before").is_none();
    let told = visit.query("at").and_then(|at| at.parse::<i64>().ok()).filter(|at| *at > 0);
    let at = if is_first { Some(1) } else { told };
    let place = at.filter(|_| shown > 0).zip(counted).map(|(at, counted)| {
        let [from, to, all] = [at, at.saturating_add(shown - 1), counted.number].map(format::count);
        if counted.is_exact { (words.shown)(&from, &to, &all) } else { (words.shown_of_more)(&from, &to, &all) }
    });
    let go = |place: &str, cursor: &str, at: Option<i64>| {
        let at = at.map(|at| at.max(1).to_string());
        let pairs: Vec<(&str, &str)> = [(place, cursor)].into_iter().chain(at.as_deref().map(|at| ("at", at))).collect();
        with(&visit.path, &pairs)
    };
    let next = beside.next.map(|cursor| {
        let href = match beside.falls {
            true => go("before", &cursor, None),
            false => go("page", &cursor, at.map(|at| at.saturating_add(shown))),
        };
        view! { <a class="button small" rel="next" href=href>{words.next}</a> }
    });
    let previous = beside.previous.map(|cursor| {
        let href = go("back", &cursor, at.map(|at| at.saturating_sub(super::ROWS)));
        view! { <a class="button small" rel="prev" href=href>{words.previous}</a> }
    });
    let is_later_without_way_back = previous.is_none() && !is_first && visit.query("back").is_none();
    let first = is_later_without_way_back.then(|| {
        view! { <a class="button small" href=super::without(&visit.path, &[])>{visit.lang.console().to_first_page}</a> }
    });
    (place.is_some() || next.is_some() || previous.is_some() || first.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=visit.lang.common().pages>
                {place.map(|place| view! { <span class="mute small">{place}</span> })}
                {first}{previous}{next}
            </nav>
        }
    })
}
