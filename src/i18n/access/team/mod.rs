//! Who may work with the programme: accounts of the staff, and the API keys of systems.

mod en;
mod zh;

use crate::i18n::{Lang, Language};

pub struct Team {
    // the staff
    pub add: &'static str,
    pub add_about: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    pub role: &'static str,
    pub language: &'static str,
    pub chinese: &'static str,
    pub english: &'static str,
    /// In the order of the roles, the least first.
    pub roles: [&'static str; 4],
    pub state: &'static str,
    pub active: &'static str,
    pub not_activated: &'static str,
    pub disabled: &'static str,
    pub last_sign_in: &'static str,
    pub never: &'static str,
    pub make_account: &'static str,
    pub added: fn(&str) -> String,
    pub account: &'static str,
    pub enabled: &'static str,
    pub change_about: &'static str,
    pub changed: &'static str,
    pub invite: &'static str,
    pub invite_again: &'static str,
    pub invite_about: &'static str,
    pub invited: fn(&str) -> String,
    pub all_staff: &'static str,

    // the keys
    pub keys_about: &'static str,
    pub key_name: &'static str,
    pub key_name_hint: &'static str,
    pub source: &'static str,
    pub source_hint: &'static str,
    pub rate: &'static str,
    pub rate_hint: &'static str,
    pub rate_of: fn(&str) -> String,
    /// What each role may, by `Permission::ALL`.
    pub rights: &'static str,
    pub rights_about: &'static str,
    pub right: &'static str,
    pub permissions: [&'static str; 19],
    pub granted: &'static str,
    pub not_granted: &'static str,
    pub presets: &'static str,
    /// By `pages::admin::access::keys::PRESETS`.
    pub preset_names: [&'static str; 3],
    pub curl: &'static str,
    pub curl_about: &'static str,
    pub your_key: &'static str,
    pub may: &'static str,
    /// By their names.
    pub scopes: [[&'static str; 2]; 7],
    pub make_key: &'static str,
    pub key_made: fn(&str) -> String,
    pub made: &'static str,
    pub last_used: &'static str,
    pub in_force: &'static str,
    pub revoked: fn(&str) -> String,
    pub revoke: &'static str,
    pub revoke_sure: fn(&str) -> String,
    pub revoke_yes: &'static str,
    pub key_revoked: &'static str,
    /// Calls and errors of the last day, both as they are shown.
    pub calls: fn(&str, &str) -> String,
    pub no_calls: &'static str,
    pub rotate: &'static str,
    pub rotate_about: &'static str,
    pub keep_old: &'static str,
    /// By `usecase::access::keys::KEEP_HOURS`.
    pub keep_hours: [&'static str; 3],
    pub rotate_yes: &'static str,
    /// Of which key, and until when the old secret is good.
    pub key_rotated: fn(&str, &str) -> String,
    pub old_until: fn(&str) -> String,
    pub end_old: &'static str,
    pub old_ended: &'static str,
    pub no_keys: &'static str,
    pub no_keys_about: &'static str,
}

impl Team {
    /// What a scope lets a key do.
    pub fn scope(&self, name: &str) -> Option<&'static str> {
        self.scopes.iter().find(|[known, _]| *known == name).map(|[_, words]| *words)
    }
}

impl Lang {
    pub const fn team(self) -> &'static Team {
        match self.language() {
            Language::Zh => &zh::TEAM,
            Language::En => &en::TEAM,
        }
    }
}
