//! The frame of pages outside of any account: sign in, register, activate, errors.

use leptos::prelude::*;

use super::components::{Brand, FlashNotice, LanguageSwitch, ThemeSwitch};
use crate::server::web::visit::Visit;

#[component]
pub fn Gate(#[prop(into)] title: String, children: Children) -> impl IntoView {
    let words = Visit::current().lang.common();
    let content = children();
    view! {
        <a class="skip" href="#content">{words.skip_to_content}</a>
        <div class="gate">
            <header class="gate-top">
                <Brand href="/"/>
                <LanguageSwitch/>
            </header>
            <main id="content" class="gate-card">
                <h1>{title}</h1>
                <FlashNotice/>
                {content}
            </main>
            <footer class="gate-foot"><ThemeSwitch/></footer>
        </div>
    }
}
