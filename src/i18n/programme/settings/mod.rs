//! The console's settings.

mod en;
mod zh;

use crate::i18n::{Lang, Language};

pub struct Settings {
    pub programme: &'static str,
    pub name: &'static str,
    pub name_about: &'static str,
    pub unit: &'static str,
    pub unit_about: &'static str,
    pub unit_zh: &'static str,
    pub unit_one: &'static str,
    pub unit_many: &'static str,
    pub enrol: &'static str,
    pub enrol_about: &'static str,
    pub saved: &'static str,
    pub currency: &'static str,
    pub time_zone: &'static str,
    pub fixed: &'static str,
    pub not_fixed_yet: &'static str,

    pub look: &'static str,
    pub look_about: &'static str,
    pub accent: &'static str,
    pub accent_about: &'static str,
    pub accent_own: &'static str,
    pub logo: &'static str,
    pub logo_about: &'static str,
    pub logo_none: &'static str,
    pub logo_upload: &'static str,
    pub logo_saved: &'static str,
    pub logo_remove: &'static str,
    pub logo_removed: &'static str,
    /// The colour that was chosen, its least contrast, what is shown instead, and the least contrast of that.
    pub accent_moved: fn(&str, &str, &str, &str) -> String,
    pub accent_kept: fn(&str, &str) -> String,
    pub preview: &'static str,
    pub preview_light: &'static str,
    pub preview_dark: &'static str,
    pub preview_button: &'static str,
    pub preview_link: &'static str,

    pub limits: &'static str,
    pub limits_about: &'static str,
    pub adjusting: &'static str,
    pub publishing: &'static str,
    pub change_it: &'static str,
    pub mail: &'static str,
    pub mail_on: &'static str,
    pub mail_off: &'static str,
    pub mail_more: &'static str,
}

impl Lang {
    pub const fn settings(self) -> &'static Settings {
        match self.language() {
            Language::Zh => &zh::SETTINGS,
            Language::En => &en::SETTINGS,
        }
    }
}
