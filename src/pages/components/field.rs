//! A label with what is typed below it, a hint, and what is wrong.

use leptos::prelude::*;

use super::Labels;
use super::form::Form;
use crate::api_error::field_id;
use crate::server::web::visit::Visit;

/// One line of text. `value` is what stands there first; what was typed and refused goes before it.
#[component]
pub fn Field(
    form: Form,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    /// Texts to choose from; any other can be typed.
    #[prop(optional)]
    suggestions: Vec<&'static str>,
) -> impl IntoView {
    let frame = Frame::of(form, &name, &label, &hint, required);
    // a secret is never sent back, and a number keeps whatever was typed: `type=number` would drop what is no number
    let value = if kind == "password" { None } else { Some(form.typed(&name).unwrap_or(value)) };
    let list = (!suggestions.is_empty()).then(|| format!("{}-list", frame.id));
    let options = list.clone().map(|id| {
        let options = suggestions.into_iter().map(|text| view! { <option value=text></option> }).collect_view();
        view! { <datalist id=id>{options}</datalist> }
    });
    let input = view! {
        <input
            list=list
            id=frame.id.clone()
            name=name
            type=kind
            value=value
            required=required
            autocomplete=autocomplete
            inputmode=inputmode
            placeholder=placeholder
            maxlength=maxlength.map(|most| most.to_string())
            autofocus=autofocus
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        />
        {options}
    };
    frame.around(label, hint, input.into_any())
}

/// Several lines of text.
#[component]
pub fn TextArea(
    form: Form,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: String,
    #[prop(default = 4)] rows: u32,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    let frame = Frame::of(form, &name, &label, &hint, required);
    let value = form.typed(&name).unwrap_or(value);
    let input = view! {
        <textarea
            id=frame.id.clone()
            name=name
            rows=rows.to_string()
            required=required
            maxlength=maxlength.map(|most| most.to_string())
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        >
            {value}
        </textarea>
    };
    frame.around(label, hint, input.into_any())
}

/// A file. Browsers never send one back, so a form that was refused asks for it again.
#[component]
pub fn FileField(
    form: Form,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    accept: &'static str,
) -> impl IntoView {
    let frame = Frame::of(form, name, &label, &hint, true);
    let input = view! {
        <input
            id=frame.id.clone()
            name=name
            type="file"
            accept=accept
            required=true
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        />
    };
    frame.around(label, hint, input.into_any())
}

/// What stands around a control: label above, hint and error below, tied to it for those who cannot see.
pub(super) struct Frame {
    pub id: String,
    error: Option<String>,
    has_hint: bool,
    required: bool,
}

impl Frame {
    pub fn of(form: Form, name: &str, label: &str, hint: &str, required: bool) -> Frame {
        let id = field_id(name);
        if form.is_unsaved() {
            Labels::enter(name, label, &id);
        }
        Frame { id, error: form.error(name), has_hint: !hint.is_empty(), required }
    }

    pub fn described_by(&self) -> Option<String> {
        let hint = self.has_hint.then(|| format!("{}-hint", self.id));
        let error = self.error.is_some().then(|| format!("{}-error", self.id));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    pub fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    pub fn around(self, label: String, hint: String, control: AnyView) -> impl IntoView {
        let words = Visit::current().lang.common();
        let optional = (!self.required).then(|| view! { <span class="optional">{words.optional}</span> });
        let hint = self.has_hint.then(|| view! { <p class="hint" id=format!("{}-hint", self.id)>{hint}</p> });
        let error = self.error.map(|error| view! { <p class="error" id=format!("{}-error", self.id)>{error}</p> });
        view! {
            <div class="field">
                <label for=self.id.clone()>{label}{optional}</label>
                {control}
                {hint}
                {error}
            </div>
        }
    }
}
