//! Messages: what just happened, and what to mind.

use leptos::prelude::*;

use super::Icon;
use super::labels::{Label, Labels};
use crate::api_error::ApiError;
use crate::islands::CopyButton;
use crate::server::web::flash::Undo;
use crate::server::web::visit::Visit;

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
    let secret = flash.secret.map(|text| {
        let lang = visit.lang;
        view! { <div class="copyable"><code>{text.clone()}</code><CopyButton lang text/></div> }
    });
    // only these offer it, and the cookie is all that says so
    let offers = |undo: &Undo| ["/api/admin/", "/api/portal/notice/"].iter().any(|below| undo.path.starts_with(below));
    let undo = flash.undo.filter(offers).map(|undo| {
        let field = |(name, value): (String, String)| view! { <input type="hidden" name=name value=value/> };
        let fields = undo.fields.into_iter().map(field).collect_view();
        view! {
            <form class="inline undo" method="post" action=undo.path>
                {fields}
                <button type="submit" class="button small"><Icon name="undo"/>{undo.label.unwrap_or_else(|| visit.lang.common().undo.to_owned())}</button>
            </form>
        }
    });
    let note = flash.note.map(|note| {
        view! {
            <div class=Tone::Good.class()>
                <Icon name=Tone::Good.icon()/>
                <div class="notice-text" role="status">{note}{secret}</div>
                {undo}
            </div>
        }
    });
    let error = flash.error.map(|error| match error.code.as_str() {
        // nothing is wrong with the form: its session had ended
        "not_signed_in" => view! {
            <div class=Tone::Info.class() role="status"><Icon name=Tone::Info.icon()/><div class="notice-text">{error.message}</div></div>
        }
        .into_any(),
        _ => view! { <ErrorSummary error/> }.into_any(),
    });
    view! { {note}{error} }
}

/// Everything that is wrong with a form, each with the field's label and a way to it. Stands above the form and is built after it.
#[component]
pub fn ErrorSummary(error: ApiError) -> impl IntoView {
    let words = Visit::current().lang.common();
    let faults: Vec<(Option<Label>, String)> =
        error.fields.into_iter().map(|fault| (Labels::find(&fault.field), fault.message)).collect();
    // one fault is often the whole message
    let is_said = faults.len() == 1 && faults[0].1 == error.message;
    let (sentence, faults) = match (is_said, faults.first()) {
        (true, Some((None, _))) => (Some(error.message), Vec::new()),
        (true, _) => (None, faults),
        (false, _) => (Some(error.message), faults),
    };
    let line = |(label, message): (Option<Label>, String)| match label {
        Some(label) => {
            let text = (words.fault_of)(&label.text, &message);
            view! { <li><a href=format!("#{}", label.id)>{text}</a></li> }.into_any()
        }
        None => view! { <li>{message}</li> }.into_any(),
    };
    let sentence = sentence.map(|sentence| view! { <p>{sentence}</p> });
    let list = (!faults.is_empty()).then(|| view! { <ul>{faults.into_iter().map(line).collect_view()}</ul> });
    view! {
        <div class=Tone::Bad.class() role="alert">
            <Icon name=Tone::Bad.icon()/>
            <div class="notice-text">{sentence}{list}</div>
        </div>
    }
}
