//! What went wrong, in words: pages that answer instead of another page, and refusals.

mod en;
mod zh;

use laurel_domain::refusal::{Fault, Refusal};

use super::{Lang, Language};

pub struct Errors {
    pub bad_request: &'static str,
    pub not_signed_in: &'static str,
    /// On the sign-in page that a form led to.
    pub session_ended: &'static str,
    pub session_ended_and_kept: &'static str,
    /// Above the form, afterwards.
    pub signed_in_again: &'static str,
    pub forbidden: &'static str,
    pub not_found: &'static str,
    pub cross_site: &'static str,
    pub too_large: &'static str,
    pub too_many: &'static str,
    pub unavailable: &'static str,
    pub internal: &'static str,
    pub network: &'static str,
    /// What a role does not let its holder see.
    pub role_too_low: fn(&str) -> String,
    pub to_dashboard: &'static str,
    pub to_portal: &'static str,
    pub not_found_title: &'static str,
    pub forbidden_title: &'static str,
    pub internal_title: &'static str,
    pub refused_title: &'static str,
    pub request_id: fn(&str) -> String,
}

impl Lang {
    pub const fn errors(self) -> &'static Errors {
        match self.language() {
            Language::Zh => &zh::ERRORS,
            Language::En => &en::ERRORS,
        }
    }

    /// Why the rules refuse something, as a sentence.
    pub fn refusal(self, refusal: &Refusal) -> String {
        match self.language() {
            Language::Zh => zh::refusal(self.noun(), refusal),
            Language::En => en::refusal(self.noun(), refusal),
        }
    }

    /// What is wrong with one field, to stand beside it.
    pub fn fault(self, fault: &Fault) -> String {
        match self.language() {
            Language::Zh => zh::fault(fault),
            Language::En => en::fault(fault),
        }
    }
}
