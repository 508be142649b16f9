//! Watches over the form it stands in: leaving with unsaved changes asks first, a second click sends nothing twice, and while
//! the form is being sent it says so.

use leptos::html::Span;
use leptos::prelude::*;

use super::browser;

/// For forms that take a while to fill in. `unsaved`: the form came back, so that what it shows is saved nowhere. `sending`: what
/// its button says meanwhile. Without WASM the form works as it is; whatever moves points has a key besides.
#[island]
pub fn UnsavedGuard(unsaved: bool, sending: String) -> impl IntoView {
    let place = NodeRef::<Span>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            browser::guard_form_around(&place, unsaved, &sending);
        }
    });
    view! { <span node_ref=place class="sending" aria-live="polite"></span> }
}
