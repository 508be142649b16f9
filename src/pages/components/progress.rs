//! How far something is: a `<progress>`, because a width in a `style` attribute would break the content security policy.

use leptos::prelude::*;

/// `label` says in words what the bar shows.
#[component]
pub fn ProgressBar(value: i64, most: i64, #[prop(into)] label: String) -> impl IntoView {
    let most = most.max(1);
    view! { <progress class="bar" value=value.clamp(0, most).to_string() max=most.to_string() aria-label=label></progress> }
}
