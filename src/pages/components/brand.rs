//! The programme's name: on top of every page and in every title.

use leptos::prelude::*;
use leptos_meta::Title;

use super::Icon;
use crate::server::AppState;

#[component]
pub fn Brand(href: &'static str) -> impl IntoView {
    view! { <a class="brand" href=href><Icon name="leaf"/><span>{programme_name()}</span></a> }
}

/// What the browser calls the page.
#[component]
pub fn PageTitle(#[prop(into)] text: String) -> impl IntoView {
    view! { <Title text=format!("{text} · {}", programme_name())/> }
}

fn programme_name() -> String {
    use_context::<AppState>().map_or_else(|| "Laurel".to_owned(), |state| state.ledger.settings().name.clone())
}
