//! A button that copies a text: referral links, codes, API keys.

use leptos::html::Span;
use leptos::prelude::*;

use super::browser;
use crate::i18n::Lang;

/// Without WASM the text beside it can still be selected: this button is then hidden by the style sheet.
#[component]
pub fn CopyButton(lang: Lang, text: String) -> impl IntoView {
    let words = lang.common();
    view! {
        <CopiesOnClick>
            <button type="button" class="button small needs-wasm" data-copy=text data-copied=words.copied>
                <span aria-live="polite">{words.copy}</span>
            </button>
        </CopiesOnClick>
    }
}

/// Makes the buttons in it copy their `data-copy`, and say `data-copied` for a while. It has no props: reading them would take a
/// JSON parser to every browser.
#[island]
pub fn CopiesOnClick(children: Children) -> impl IntoView {
    let place = NodeRef::<Span>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            browser::copy_on_click(&place);
        }
    });
    view! { <span node_ref=place>{children()}</span> }
}
