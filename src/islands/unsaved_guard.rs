//! Watches over the form it stands in: leaving with unsaved changes asks first, a second click sends nothing twice, and while
//! the form is being sent it says so.

use leptos::html::Span;
use leptos::prelude::*;

use super::browser;

/// For forms that take a while to fill in. `unsaved`: the form came back, so that what it shows is saved nowhere. `sending`: what
/// its button says meanwhile. Without WASM the form works as it is; whatever moves points has a key besides.
#[component]
pub fn UnsavedGuard(unsaved: bool, sending: String) -> impl IntoView {
    view! {
        <GuardsItsForm>
            <span class="sending" aria-live="polite" data-sending=sending data-unsaved=unsaved.then_some("")></span>
        </GuardsItsForm>
    }
}

/// Guards the form around it. What it says and whether it starts unsaved stands in the element in it, not in props: reading
/// those would take a JSON parser to every browser.
#[island]
pub fn GuardsItsForm(children: Children) -> impl IntoView {
    let place = NodeRef::<Span>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            browser::guard_form_around(&place);
        }
    });
    view! { <span node_ref=place>{children()}</span> }
}
