//! The console's frame.

mod en;
mod zh;

use super::{Lang, Language};

pub struct Admin {
    pub console: &'static str,
    pub navigation: &'static str,
    pub dashboard: &'static str,
    pub members: &'static str,
    pub programme: &'static str,
    pub lab: &'static str,
    pub experiments: &'static str,
    pub rules: &'static str,
    pub benefits: &'static str,
    pub till: &'static str,
    pub rewards: &'static str,
    pub redemptions: &'static str,
    pub adjustments: &'static str,
    pub system: &'static str,
    pub staff: &'static str,
    pub keys: &'static str,
    pub refused: &'static str,
    pub mail: &'static str,
    pub transfers: &'static str,
    pub audit: &'static str,
    pub settings: &'static str,
    pub crumbs: &'static str,
    pub has_draft: &'static str,
    /// Before a number that is only seen.
    pub waiting: &'static str,
    pub account: &'static str,
    pub find: &'static str,
    pub find_label: &'static str,
    pub find_placeholder: &'static str,
    pub find_hint: &'static str,
    pub found_pages: &'static str,
    pub found_nothing: &'static str,
    pub all_members_found: &'static str,
    pub sign_out: &'static str,
}

impl Lang {
    pub const fn admin(self) -> &'static Admin {
        match self.language() {
            Language::Zh => &zh::ADMIN,
            Language::En => &en::ADMIN,
        }
    }
}
