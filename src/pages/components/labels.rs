//! What the controls of the form that came back are called. Controls enter themselves as they are built, and the summary of
//! what is wrong, which stands above them, is built last: so it can name each field and lead to it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use leptos::context::{provide_context, use_context};

/// A control's label and the id that a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub text: String,
    pub id: String,
}

/// The controls of one page, by the names of their fields.
#[derive(Clone, Default)]
pub struct Labels(Arc<Mutex<BTreeMap<String, Label>>>);

impl Labels {
    /// Before anything of a page is built: pages may build a form before the frame that it goes into.
    pub fn begin() {
        provide_context(Labels::default());
    }

    /// In a control of a form that came back, or is looked at before it is saved.
    pub fn enter(field: &str, text: &str, id: &str) {
        if let Some(Labels(known)) = use_context::<Labels>() {
            let label = Label { text: text.to_owned(), id: id.to_owned() };
            known.lock().unwrap_or_else(PoisonError::into_inner).insert(field.to_owned(), label);
        }
    }

    /// `None` where the page shows no such control.
    pub fn find(field: &str) -> Option<Label> {
        let Labels(known) = use_context::<Labels>()?;
        known.lock().unwrap_or_else(PoisonError::into_inner).get(field).cloned()
    }
}
