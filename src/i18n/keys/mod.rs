//! The console's keys.

mod en;
mod zh;

use super::Lang;
use crate::i18n::wording::Says;

pub struct Keys {
    pub title: &'static str,
    pub anywhere: &'static str,
    pub go_to: &'static str,
    /// Keys, parted by spaces, and what they do.
    pub keys: [(&'static str, &'static str); 10],
    pub letters: &'static str,
    pub palette_placeholder: &'static str,
    pub shortcuts: &'static str,
    // what the palette offers to do
    pub adjust: Says,
    pub edit: fn(&str) -> String,
    pub open_tab: fn(&str, &str) -> String,
    pub action: &'static str,
    pub page: &'static str,
    pub publish_draft: &'static str,
    pub new_reward: &'static str,
}

impl Lang {
    pub fn keys(self) -> &'static Keys {
        self.texts(|areas| &areas.keys, [zh::keys, en::keys])
    }
}
