//! Signing in, registering, activating, and the profile; and what can be wrong with an account.

mod en;
mod faults;
mod zh;

use crate::i18n::Lang;

pub use faults::Faults;

pub struct Account {
    pub sign_in: &'static str,
    pub sign_in_to_console: &'static str,
    pub sign_out: &'static str,
    pub signed_out: &'static str,
    pub register: &'static str,
    pub registered: fn(&str) -> String,
    pub new_here: &'static str,
    pub registered_already: &'static str,
    pub forgotten: &'static str,
    pub forgotten_help: &'static str,
    pub forgotten_staff_help: &'static str,

    pub name: &'static str,
    pub name_hint: &'static str,
    pub sign_in_name: &'static str,
    pub sign_in_name_hint: &'static str,
    pub email: &'static str,
    pub phone: &'static str,
    pub password: &'static str,
    pub new_password: &'static str,
    pub current_password: &'static str,
    pub password_hint: &'static str,
    pub referral_code: &'static str,
    pub referral_hint: &'static str,
    pub invited: &'static str,

    pub activate: &'static str,
    pub activate_hello: fn(&str) -> String,
    pub activated: &'static str,
    pub reset: &'static str,
    pub set_password: &'static str,
    pub signs_in_with: fn(&str) -> String,
    pub first_title: &'static str,
    pub first_about: &'static str,
    pub make_account: &'static str,

    pub profile: &'static str,
    pub details: &'static str,
    pub details_saved: &'static str,
    pub member_since: &'static str,
    pub known_to_payment_system_as: &'static str,
    pub not_linked: &'static str,
    pub link: &'static str,
    pub link_about: &'static str,
    pub make_link_code: &'static str,
    pub link_code_is: fn(&str) -> String,
    pub invite: &'static str,
    pub invite_about: &'static str,
    pub your_referral_code: &'static str,
    pub your_link: &'static str,
    pub display: &'static str,
    pub change_password: &'static str,
    pub password_changed: &'static str,
    pub devices: &'static str,
    pub this_device: &'static str,
    pub last_used: fn(&str) -> String,
    pub sign_device_out: &'static str,
    pub device_signed_out: &'static str,
    pub sign_out_everywhere: &'static str,
    pub signed_out_everywhere: &'static str,
    pub unknown_device: &'static str,
    pub device_on: fn(&str, &str) -> String,

    pub faults: Faults,
}

impl Lang {
    pub fn account(self) -> &'static Account {
        self.texts(|areas| &areas.account, [zh::account, en::account])
    }
}
