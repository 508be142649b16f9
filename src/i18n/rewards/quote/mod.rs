//! The live quote: with `islands` the only texts that are sent to browsers as part of the WASM.

mod en;
mod zh;

use crate::i18n::Lang;

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
    pub kept: fn(&str, &str) -> String,
    pub not_a_number: &'static str,
    pub two_decimals: &'static str,
    pub too_few: fn(&str, &str) -> String,
    pub too_many: fn(&str) -> String,
}

impl Lang {
    pub const fn quote(self) -> &'static Quote {
        match self {
            Lang::Zh => &zh::QUOTE,
            Lang::En => &en::QUOTE,
        }
    }
}
