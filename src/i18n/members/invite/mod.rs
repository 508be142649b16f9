//! Inviting friends.

mod en;
mod zh;

use crate::i18n::Lang;
use crate::i18n::wording::Says;

pub struct Invite {
    pub title: &'static str,
    /// What an invitation brings.
    pub about: Says,
    pub about_nothing: &'static str,
    pub your_link: &'static str,
    pub your_code: &'static str,
    pub qr: &'static str,
    pub qr_about: &'static str,
    pub how: &'static str,
    pub step_share: &'static str,
    pub step_share_about: &'static str,
    pub step_join: &'static str,
    pub step_join_about: &'static str,
    pub step_pay: Says,
    /// The least first payment that counts, if there is one.
    pub step_pay_about: fn(Option<&str>) -> String,
    pub friends: &'static str,
    pub joined: &'static str,
    pub brought: &'static str,
    pub joined_on: fn(&str) -> String,
    pub waiting: &'static str,
    pub taken_back: &'static str,
    pub nobody: &'static str,
    pub nobody_about: &'static str,
    pub nameless: &'static str,
    pub latest_only: fn(usize) -> String,
    pub no_code: &'static str,
}

impl Lang {
    pub fn invite(self) -> &'static Invite {
        self.texts(|areas| &areas.invite, [zh::invite, en::invite])
    }
}
