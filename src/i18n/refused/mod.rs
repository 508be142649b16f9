//! Refused events in the console.

mod en;
mod zh;

use super::Lang;

pub struct RefusedTexts {
    pub title: &'static str,
    pub about: &'static str,
    /// Open, accepted since, dismissed.
    pub states: [&'static str; 3],
    pub states_label: &'static str,
    pub none: [&'static str; 3],
    pub none_about: &'static str,
    pub columns: [&'static str; 6],
    pub csv_columns: [&'static str; 12],
    pub reason: &'static str,
    pub source: &'static str,
    pub key: &'static str,
    pub key_gone: &'static str,
    /// By the code of the answer.
    pub reasons: &'static [[&'static str; 2]],
    /// What is to be done about it, by the code of the answer.
    pub advice: &'static [[&'static str; 2]],
    /// For a code without advice of its own.
    pub other_advice: &'static str,
    /// What stands before the accepted event that has the same id.
    pub accepted_instead: &'static str,
    pub kinds: &'static [[&'static str; 2]],
    pub no_id: &'static str,
    /// How often it was sent, and since when.
    pub times: fn(&str, &str) -> String,
    pub sent: &'static str,
    pub all_of_list: fn(&str) -> String,
    pub dismiss: &'static str,
    pub dismissed: fn(u64) -> String,
    pub none_picked: &'static str,
    /// On the dashboard.
    pub need: fn(&str) -> String,
    pub need_latest: fn(&str) -> String,
}

impl Lang {
    pub fn refused(self) -> &'static RefusedTexts {
        match self.language() {
            super::Language::Zh => &zh::TEXTS,
            super::Language::En => &en::TEXTS,
        }
    }
}
