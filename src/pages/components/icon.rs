//! One symbol of the sprite `public/icons.svg`.

use leptos::prelude::*;

/// Decoration: whatever it stands beside or in has to say the same in words.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" width="20" height="20" aria-hidden="true"><use href=format!("/icons.svg#{name}")></use></svg>
    }
}
