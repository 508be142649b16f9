//! Switches of language and theme: plain forms that come back to the same page.

use leptos::prelude::*;

use crate::i18n::Theme;
use crate::server::web::visit::Visit;

/// One click to the other language, named in that language.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let other = Visit::current().lang.other();
    view! {
        <form method="post" action="/preferences/language">
            <button class="button small quiet" name="value" value=other.code() lang=other.tag()>{other.name()}</button>
        </form>
    }
}

/// As the system, light, or dark.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let visit = Visit::current();
    let words = visit.lang.common();
    let choice = |theme: Theme, label: &'static str| {
        let pressed = if visit.theme == theme { "true" } else { "false" };
        view! { <button name="value" value=theme.code() aria-pressed=pressed>{label}</button> }
    };
    view! {
        <form class="segments" method="post" action="/preferences/theme" aria-label=words.theme>
            {choice(Theme::System, words.theme_system)}
            {choice(Theme::Light, words.theme_light)}
            {choice(Theme::Dark, words.theme_dark)}
        </form>
    }
}
