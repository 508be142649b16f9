//! The fields of the editor: each with what it is in the rules in force beside it, and what is wrong with it below.

use std::sync::Arc;

use laurel_domain::numbers::money::Currency;
use laurel_domain::rules::form::Fields;
use laurel_domain::rules::form_edit::counterpart;
use leptos::prelude::*;

use crate::api_error::FieldError;
use crate::i18n::Lang;
use crate::pages::components::{Labels, field_id};

/// What stands in the form, and what it is compared with.
#[derive(Clone)]
pub struct Sheet {
    pub lang: Lang,
    pub fields: Arc<Fields>,
    /// The rules in force.
    pub before: Arc<Fields>,
    pub currency: Currency,
    pub faults: Arc<Vec<FieldError>>,
}

/// What goes around a control.
struct Frame {
    id: String,
    class: &'static str,
    was: Option<String>,
    note: Option<String>,
    fault: Option<String>,
    hint: String,
}

impl Sheet {
    pub fn value(&self, name: &str) -> String {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// How many tiers, or benefits of a tier, the form has.
    pub fn count(&self, prefix: &str) -> usize {
        (0..).take_while(|at| self.has(&format!("{prefix}.{at}.key"))).count()
    }

    fn frame(&self, name: &str, words: impl Fn(&str) -> String) -> Frame {
        let was = counterpart(&self.fields, &self.before, name).map(str::to_owned);
        let is_changed = was.as_ref().is_none_or(|was| *was != self.value(name));
        let fault = self.faults.iter().find(|fault| fault.field == name).map(|fault| fault.message.clone());
        let id = field_id(name);
        if fault.is_some() {
            Labels::enter(name, &self.lang.rules().label(name), &id);
        }
        Frame {
            id,
            class: if is_changed { "field changed" } else { "field" },
            note: was.as_ref().map(|was| (self.lang.rules().was)(&words(was))),
            was,
            fault,
            hint: String::new(),
        }
    }

    /// A number, on the right.
    pub fn number(&self, name: &str, label: impl Into<String>) -> AnyView {
        self.input(name, label.into(), "num", "decimal", String::new())
    }

    /// A number, and what it means below it.
    pub fn hinted_number(&self, name: &str, label: impl Into<String>, hint: impl Into<String>) -> AnyView {
        self.input(name, label.into(), "num", "decimal", hint.into())
    }

    pub fn text(&self, name: &str, label: impl Into<String>) -> AnyView {
        self.input(name, label.into(), "", "text", String::new())
    }

    fn input(&self, name: &str, label: String, class: &'static str, inputmode: &'static str, hint: String) -> AnyView {
        let frame = Frame { hint, ..self.frame(name, str::to_owned) };
        let input = view! {
            <input
                type="text"
                id=frame.id.clone()
                name=name.to_owned()
                class=class
                inputmode=inputmode
                autocomplete="off"
                value=self.value(name)
                data-was=frame.was.clone()
                aria-describedby=frame.described_by()
                aria-invalid=frame.fault.is_some().then_some("true")
            />
        };
        frame.around(label, input.into_any())
    }

    /// One of the choices of a field, in the order of the rules.
    pub fn choice(&self, name: &str, kind: &str, label: impl Into<String>, names: &[&'static str]) -> AnyView {
        let words = self.lang.rules();
        let word = |name: &str| words.choice(kind, name).unwrap_or_default().to_owned();
        let frame = self.frame(name, word);
        let chosen = self.value(name);
        let option = |name: &&'static str| view! { <option value=*name selected=*name == chosen>{word(name)}</option> };
        let select = view! {
            <select id=frame.id.clone() name=name.to_owned() data-was=frame.was.clone() aria-describedby=frame.described_by()>
                {names.iter().map(option).collect_view()}
            </select>
        };
        frame.around(label.into(), select.into_any())
    }

    /// Says where a fault leads that is about several controls together.
    pub fn place(&self, name: &str, id: &str) {
        if self.faults.iter().any(|fault| fault.field == name) {
            Labels::enter(name, &self.lang.rules().label(name), id);
        }
    }

    /// A field that nobody edits but that belongs to the form.
    pub fn hidden(&self, name: &str) -> AnyView {
        view! { <input type="hidden" name=name.to_owned() value=self.value(name)/> }.into_any()
    }
}

impl Frame {
    fn described_by(&self) -> String {
        let hint = if self.hint.is_empty() { String::new() } else { format!(" {}-hint", self.id) };
        format!("{}-error{hint}", self.id)
    }

    fn around(self, label: String, control: AnyView) -> AnyView {
        let note = self.note.map(|note| view! { <span class="was">{note}</span> });
        let hint = (!self.hint.is_empty()).then(|| view! { <p class="hint" id=format!("{}-hint", self.id)>{self.hint}</p> });
        view! {
            <div class=self.class>
                <label for=self.id.clone()>{label}{note}</label>
                {control}
                <p class="error" id=format!("{}-error", self.id)>{self.fault}</p>
                {hint}
            </div>
        }
        .into_any()
    }
}
