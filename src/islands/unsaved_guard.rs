//! Watches over the form it stands in: leaving with unsaved changes asks first, and a second click sends nothing twice.

use leptos::html::Span;
use leptos::prelude::*;

use super::browser;

/// For forms that take a while to fill in. Without WASM the form works as it is; whatever moves points has a key besides.
#[island]
pub fn UnsavedGuard() -> impl IntoView {
    let place = NodeRef::<Span>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            browser::guard_form_around(&place);
        }
    });
    view! { <span node_ref=place hidden></span> }
}
