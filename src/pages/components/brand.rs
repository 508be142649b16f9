//! The programme's name: on top of every page and in every title.

use laurel_domain::pictures::PictureKind;
use leptos::prelude::*;
use leptos_meta::Title;

use super::Icon;
use crate::server::AppState;
use crate::server::web::pictures::picture_url;

#[component]
pub fn Brand(href: &'static str) -> impl IntoView {
    view! { <a class="brand" href=href><Mark/><span>{programme_name()}</span></a> }
}

/// The programme's logo, or Laurel's leaf.
#[component]
fn Mark() -> impl IntoView {
    match use_context::<AppState>().and_then(|state| state.ledger.look().logo) {
        Some(id) => {
            let [small, middle, _] = PictureKind::Logo.widths().map(|width| picture_url(id, PictureKind::Logo, width));
            view! { <img class="brand-logo" src=small.clone() srcset=format!("{small} 1x, {middle} 3x") alt="" width="28" height="28"/> }
                .into_any()
        }
        None => view! { <Icon name="leaf"/> }.into_any(),
    }
}

/// What the browser calls the page.
#[component]
pub fn PageTitle(#[prop(into)] text: String) -> impl IntoView {
    view! { <Title text=format!("{text} · {}", programme_name())/> }
}

fn programme_name() -> String {
    use_context::<AppState>().map_or_else(|| "Laurel".to_owned(), |state| state.ledger.settings().name.clone())
}
