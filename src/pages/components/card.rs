//! A sheet with something on it, and a small label.

use leptos::prelude::*;

/// A section with a heading, if it has one.
#[component]
pub fn Card(#[prop(optional, into)] title: String, #[prop(optional, into)] class: String, children: Children) -> impl IntoView {
    let heading = (!title.is_empty()).then(|| view! { <h2>{title}</h2> });
    view! { <section class=format!("card {class}")>{heading}{children()}</section> }
}

/// `tone`: empty, `good`, `warn` or `bad`. The words say what it means, the colour only repeats it.
#[component]
pub fn Chip(#[prop(optional, into)] tone: String, children: Children) -> impl IntoView {
    view! { <span class=format!("chip {tone}")>{children()}</span> }
}
