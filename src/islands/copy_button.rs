//! A button that copies a text: referral links, codes, API keys.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser;
use crate::i18n::Lang;

/// Without WASM the text beside it can still be selected: this button is then hidden by the style sheet.
#[island]
pub fn CopyButton(lang: Lang, text: String) -> impl IntoView {
    let copied = RwSignal::new(false);
    let words = lang.islands();
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            if browser::copy(&text).await {
                copied.set(true);
                browser::sleep(2_000).await;
                copied.set(false);
            }
        });
    };
    view! {
        <button type="button" class="button small needs-wasm" on:click=copy>
            <span aria-live="polite">{move || if copied.get() { words.copied } else { words.copy }}</span>
        </button>
    }
}
