//! Words that every page may need.

mod en;
mod zh;

use super::{Lang, Language};

pub struct Common {
    pub skip_to_content: &'static str,
    pub language: &'static str,
    pub theme: &'static str,
    pub theme_system: &'static str,
    pub theme_light: &'static str,
    pub theme_dark: &'static str,
    pub undo: &'static str,
    /// What was undone just now.
    pub undone: &'static str,
    pub save: &'static str,
    /// While a form is on its way.
    pub sending: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub cancel: &'static str,
    pub back: &'static str,
    pub search: &'static str,
    pub filter: &'static str,
    pub all: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub optional: &'static str,
    pub previous_page: &'static str,
    pub next_page: &'static str,
    pub page_of: fn(i64, i64) -> String,
    pub pages: &'static str,
    pub close: &'static str,
    pub menu: &'static str,
    pub check_form: &'static str,
    /// A field's label and what is wrong with it.
    pub fault_of: fn(&str, &str) -> String,
    pub home: &'static str,
    /// The table behind a picture.
    pub numbers: &'static str,
}

impl Lang {
    pub const fn common(self) -> &'static Common {
        match self.language() {
            Language::Zh => &zh::COMMON,
            Language::En => &en::COMMON,
        }
    }
}
