//! One person's two accounts become one.

mod en;
mod zh;

use crate::i18n::Lang;

pub struct Merging {
    pub title: &'static str,
    pub about: &'static str,
    pub into: &'static str,
    pub into_hint: &'static str,
    pub go_on: &'static str,
    /// The registration that ends.
    pub title_of: fn(&str) -> String,
    pub ends: &'static str,
    pub goes_on: &'static str,
    pub afterwards: &'static str,
    pub who: &'static str,
    pub available: &'static str,
    pub pending: &'static str,
    pub debt: &'static str,
    pub earned: &'static str,
    pub what_happens: &'static str,
    pub reason: &'static str,
    pub reason_hint: &'static str,
    pub do_it: &'static str,
    pub done: &'static str,
    /// Where it went, and when.
    pub merged_into: fn(&str) -> String,
    pub not_here: &'static str,
}

impl Lang {
    pub fn merging(self) -> &'static Merging {
        self.texts(|areas| &areas.merging, [zh::merging, en::merging])
    }
}
