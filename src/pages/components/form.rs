//! Plain forms that call server functions, with what came back from the last try.

use leptos::prelude::*;

use crate::islands::UnsavedGuard;
use crate::server::web::visit::Visit;
use laurel_engine::random;

/// A form that calls the function at `path`. Knows what was typed and what was wrong with it, if it was this form that was refused.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    path: &'static str,
    is_answered: bool,
    /// What was typed stands in the address: it is looked at before it is saved.
    is_previewed: bool,
}

impl Form {
    /// The only form of a page that calls this function.
    pub fn of(path: &'static str) -> Form {
        let is_answered = Visit::current().flash.as_ref().is_some_and(|flash| flash.error.is_some() && flash.path == path);
        Form { path, is_answered, is_previewed: false }
    }

    /// The same, of a page that can be asked by GET to show what is typed before it is saved: then `field` is in the address.
    pub fn previewed(path: &'static str, field: &str) -> Form {
        let form = Form::of(path);
        Form { is_previewed: !form.is_answered && Visit::current().query(field).is_some(), ..form }
    }

    /// One of many that call this function, told apart by a hidden field: a row of a list.
    pub fn about(path: &'static str, field: &str, value: &str) -> Form {
        let form = Form::of(path);
        let is_same = form.typed(field).is_some_and(|typed| typed == value);
        Form { is_answered: form.is_answered && is_same, ..form }
    }

    /// What was typed into a field, if the form comes back.
    pub fn typed(&self, field: &str) -> Option<String> {
        let visit = Visit::current();
        if self.is_previewed {
            return visit.query(field);
        }
        let flash = visit.flash.as_ref().filter(|_| self.is_answered)?;
        flash.typed.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone())
    }

    /// Whether this was among what was sent in a field, if the form comes back.
    pub fn has_typed(&self, field: &str, value: &str) -> bool {
        let visit = Visit::current();
        let flash = visit.flash.as_ref().filter(|_| self.is_answered);
        flash.is_some_and(|flash| flash.typed.iter().any(|(name, typed)| name == field && typed == value))
    }

    /// What is wrong with a field.
    pub fn error(&self, field: &str) -> Option<String> {
        let visit = Visit::current();
        let error = visit.flash.as_ref().filter(|_| self.is_answered)?.error.as_ref()?;
        error.fields.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.message.clone())
    }

    /// Whether what is typed is looked at before it is saved.
    pub const fn is_previewed(&self) -> bool {
        self.is_previewed
    }

    /// Whether this form was sent and refused.
    pub const fn is_refused(&self) -> bool {
        self.is_answered
    }

    /// Whether this form shows what is typed and not saved: it was refused, or asked to be looked at.
    pub const fn is_unsaved(&self) -> bool {
        self.is_answered || self.is_previewed
    }
}

/// Validation is the server's, in the language of the page; the browser's own bubbles would be in its language.
#[component]
pub fn PostForm(form: Form, #[prop(optional, into)] class: String, children: Children) -> impl IntoView {
    let class = if class.is_empty() { "form".to_owned() } else { class };
    view! { <form class=class method="post" action=form.path novalidate>{children()}</form> }
}

#[component]
pub fn Hidden(name: &'static str, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// A key that makes a form count once, however often it is sent: for whatever moves points. Sent as `key`.
///
/// A form that comes back keeps its key, because whether the first try went through may not be known; unless the key turned out
/// to be spent.
#[component]
pub fn OnceKey(form: Form) -> impl IntoView {
    let visit = Visit::current();
    let error = visit.flash.as_ref().and_then(|flash| flash.error.as_ref());
    let is_spent = error.is_some_and(|error| error.code == "idempotency_conflict");
    let value = form.typed("key").filter(|_| !is_spent).unwrap_or_else(|| hex::encode(random::bytes::<16>()));
    view! { <Hidden name="key" value/> }
}

/// In a form that takes a while to fill in: see [`UnsavedGuard`].
#[component]
pub fn FormGuard(form: Form) -> impl IntoView {
    let sending = Visit::current().lang.common().sending.to_owned();
    view! { <UnsavedGuard unsaved=form.is_unsaved() sending/> }
}

/// `kind`: empty for an ordinary button, `main` for the one thing a page is for, `danger` for what cannot be undone.
#[component]
pub fn Submit(
    #[prop(into)] label: String,
    #[prop(default = "main")] kind: &'static str,
    #[prop(optional)] name: Option<&'static str>,
    #[prop(optional, into)] value: Option<String>,
) -> impl IntoView {
    view! { <button type="submit" class=format!("button {kind}") name=name value=value>{label}</button> }
}
