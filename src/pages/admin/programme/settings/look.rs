//! The accent colour, with what becomes of it by light and by dark, and the logo.

use laurel_domain::ids::PictureId;
use laurel_domain::look::{Accent, Colour, Look, Shade};
use laurel_domain::pictures::PictureKind;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::settings::{ChangeAccent, RemoveLogo};
use crate::i18n::Lang;
use crate::pages::components::{Card, Field, FileField, Form, PostForm, Submit};
use crate::server::web::paths::LOGO;
use crate::server::web::pictures::picture_url;

const WHITE: Colour = Colour([255, 255, 255]);

#[component]
pub fn LookCards(lang: Lang, look: Look) -> impl IntoView {
    view! { <AccentCard lang accent=look.accent/><LogoCard lang logo=look.logo/> }
}

#[component]
fn AccentCard(lang: Lang, accent: Option<Accent>) -> impl IntoView {
    let (t, form) = (lang.settings(), Form::of(ChangeAccent::PATH));
    let value = accent.map(|accent| accent.colour().to_string()).unwrap_or_default();
    let said = accent.map_or_else(|| t.accent_own.to_owned(), |accent| became(lang, accent));
    let preview = accent.map(|accent| {
        let shades = accent.shades();
        let sheet = |shade: Shade, ground: Colour, text: Colour, label: &'static str| {
            view! { <Preview lang shade ground text label/> }
        };
        view! {
            <div class="accent-previews">
                {sheet(shades.light, WHITE, Colour([30, 36, 32]), t.preview_light)}
                {sheet(shades.dark, Colour([25, 29, 25]), Colour([236, 240, 234]), t.preview_dark)}
            </div>
        }
    });
    view! {
        <Card title=t.look>
            <p class="mute small">{t.look_about}</p>
            <PostForm form class="form look-form">
                <Field form name="accent" label=t.accent hint=t.accent_about value placeholder="#1f6b3f" maxlength=7/>
                <Submit label=lang.common().save/>
            </PostForm>
            <p class="small accent-said">{said}</p>
            {preview}
        </Card>
    }
}

/// What is shown of the colour by light, and why.
fn became(lang: Lang, accent: Accent) -> String {
    let (t, light) = (lang.settings(), accent.shades().light);
    let shown = light.main;
    // downwards, so that what is too little never reads as enough
    let ratio = |colour| format!("{:.2}", (light.least_contrast(colour) * 100.0).floor() / 100.0);
    match shown == accent.colour() {
        true => (t.accent_kept)(&shown.to_string(), &ratio(shown)),
        false => (t.accent_moved)(&accent.colour().to_string(), &ratio(accent.colour()), &shown.to_string(), &ratio(shown)),
    }
}

/// Drawn, because it shows colours that are not those of this page.
#[component]
fn Preview(lang: Lang, shade: Shade, ground: Colour, text: Colour, label: &'static str) -> impl IntoView {
    let t = lang.settings();
    let fill = |colour: Colour| colour.to_string();
    view! {
        <svg class="accent-preview" viewBox="0 0 240 132" role="img" aria-label=format!("{}: {label}", t.preview)>
            <rect width="240" height="132" rx="10" fill=fill(ground)></rect>
            <text x="20" y="34" font-size="13" fill=fill(text)>{label}</text>
            <rect x="20" y="50" width="200" height="24" rx="6" fill=fill(shade.wash)></rect>
            <text x="30" y="66" font-size="12" fill=fill(shade.main)>{t.preview_link}</text>
            <rect x="20" y="88" width="96" height="28" rx="8" fill=fill(shade.main)></rect>
            <text x="68" y="106" font-size="12" font-weight="600" text-anchor="middle" fill=fill(shade.ink)>{t.preview_button}</text>
            <rect x="124" y="88" width="96" height="28" rx="8" fill=fill(shade.deep)></rect>
            <text x="172" y="106" font-size="12" font-weight="600" text-anchor="middle" fill=fill(shade.ink)>{t.preview_button}</text>
        </svg>
    }
}

#[component]
fn LogoCard(lang: Lang, logo: Option<PictureId>) -> impl IntoView {
    let (t, form) = (lang.settings(), Form::of(LOGO));
    let shown = match logo {
        Some(id) => {
            let src = picture_url(id, PictureKind::Logo, PictureKind::Logo.widths()[1]);
            view! { <img class="logo-shown" src=src alt=t.logo width="96" height="96"/> }.into_any()
        }
        None => view! { <p class="mute small">{t.logo_none}</p> }.into_any(),
    };
    let remove = logo.map(|_| {
        view! { <PostForm form=Form::of(RemoveLogo::PATH) class="inline"><Submit label=t.logo_remove kind="quiet"/></PostForm> }
    });
    view! {
        <Card title=t.logo class="picture-form">
            {shown}
            <form class="form" method="post" enctype="multipart/form-data" action=LOGO>
                <FileField form name="picture" label=t.logo hint=t.logo_about accept="image/png,image/jpeg,image/webp"/>
                <button class="button">{t.logo_upload}</button>
            </form>
            {remove}
        </Card>
    }
}
