//! Choices: one of several, yes or no.

use leptos::prelude::*;

use super::Labels;
use super::field::Frame;
use super::form::Form;
use crate::api_error::field_id;

/// One of a few. `options` are value and text.
#[component]
pub fn Select(
    form: Form,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: String,
) -> impl IntoView {
    let frame = Frame::of(form, &name, &label, &hint, true);
    let chosen = form.typed(&name).unwrap_or(value);
    let options = options.into_iter().map(|(value, text)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{text}</option> }
    });
    let control = view! {
        <select id=frame.id.clone() name=name aria-describedby=frame.described_by() aria-invalid=frame.invalid()>
            {options.collect_view()}
        </select>
    };
    frame.around(label, hint, control.into_any())
}

/// Yes or no; sends `value` when ticked, nothing otherwise.
#[component]
pub fn CheckBox(
    form: Form,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = "yes")] value: &'static str,
    #[prop(optional)] checked: bool,
    /// Of one of several with the same name.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let checked = if form.is_refused() { form.has_typed(&name, value) } else { checked };
    let is_alone = id.is_none();
    let id = id.unwrap_or_else(|| field_id(&name));
    if is_alone && form.is_unsaved() {
        Labels::enter(&name, &label, &id);
    }
    view! {
        <div class="check">
            <input type="checkbox" id=id.clone() name=name value=value checked=checked/>
            <label for=id>{label}</label>
        </div>
    }
}
