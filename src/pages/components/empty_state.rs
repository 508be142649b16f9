//! What stands where a list is empty: what it is for, and what to do.

use leptos::prelude::*;

use super::Icon;

#[component]
pub fn EmptyState(
    #[prop(default = "leaf")] icon: &'static str,
    #[prop(into)] title: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let more = children.map(|children| view! { <div class="mute">{children()}</div> });
    view! { <div class="empty"><Icon name=icon/><p class="empty-title">{title}</p>{more}</div> }
}
