//! The live quote. It is computed in browsers, which are told these texts by the page.

mod en;
mod zh;

use crate::i18n::Lang;
use crate::i18n::wording::{Says, SaysTwo};

pub struct Quote {
    pub label: &'static str,
    pub slider: &'static str,
    pub half: &'static str,
    pub all: &'static str,
    pub you_get: &'static str,
    pub taken: &'static str,
    pub left: &'static str,
    pub ask: &'static str,
    pub go_on: &'static str,
    pub kept: SaysTwo,
    pub not_a_number: &'static str,
    pub two_decimals: &'static str,
    pub too_few: SaysTwo,
    pub too_many: Says,
}

impl Lang {
    pub fn quote(self) -> &'static Quote {
        self.texts(|areas| &areas.quote, [zh::quote, en::quote])
    }
}
