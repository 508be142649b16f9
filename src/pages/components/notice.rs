//! Messages: what just happened, and what to mind.

use leptos::prelude::*;

use super::Icon;
use super::form::field_id;
use crate::api::ApiError;
use crate::islands::CopyButton;
use crate::server::http::visit::Visit;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Info,
    Good,
    Warn,
    Bad,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Tone::Info => "notice info",
            Tone::Good => "notice good",
            Tone::Warn => "notice warn",
            Tone::Bad => "notice bad",
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Tone::Info => "info",
            Tone::Good => "check",
            Tone::Warn => "clock",
            Tone::Bad => "alert",
        }
    }
}

/// Something to mind, standing in the page. For what just happened there is the flash.
#[component]
pub fn Notice(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! { <div class=tone.class()><Icon name=tone.icon()/><div class="notice-text">{children()}</div></div> }
}

/// What the form before this page led to. Frames show it; a page does not need to.
#[component]
pub fn FlashNotice() -> impl IntoView {
    let visit = Visit::current();
    let flash = visit.flash.clone().unwrap_or_default();
    let once = flash.once.map(|text| {
        let lang = visit.lang;
        view! { <div class="copyable"><code>{text.clone()}</code><CopyButton lang text/></div> }
    });
    let note = flash.note.map(|note| {
        view! { <div class=Tone::Good.class() role="status"><Icon name=Tone::Good.icon()/><div class="notice-text">{note}{once}</div></div> }
    });
    let error = flash.error.map(|error| view! { <ErrorSummary error/> });
    view! { {note}{error} }
}

/// What is wrong with a form, with a way to each field.
#[component]
pub fn ErrorSummary(error: ApiError) -> impl IntoView {
    let is_same = error.fields.len() == 1 && error.fields[0].message == error.message;
    let fields = error.fields.into_iter().map(|field| {
        view! { <li><a href=format!("#{}", field_id(&field.field))>{field.message}</a></li> }
    });
    let list = (fields.len() > 0).then(|| view! { <ul>{fields.collect_view()}</ul> });
    let sentence = (!is_same).then(|| view! { <p>{error.message}</p> });
    view! {
        <div class=Tone::Bad.class() role="alert">
            <Icon name=Tone::Bad.icon()/>
            <div class="notice-text">{sentence}{list}</div>
        </div>
    }
}
