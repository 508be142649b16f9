//! Closing an account and erasing who it was: by the member in the portal, by the staff at the console.

mod en;
mod zh;

use crate::i18n::Lang;
use crate::i18n::wording::Says;

pub struct Closing {
    // what it does, for both
    pub cancels: &'static str,
    pub waits: &'static str,
    pub waits_about: &'static str,
    pub vouchers: fn(usize) -> String,
    pub claims: fn(usize) -> String,
    pub removes: Says,
    pub forgives: Says,
    pub removes_nothing: &'static str,
    pub sure: &'static str,
    pub say_sure: &'static str,

    // the portal
    pub close_mine: &'static str,
    pub close_mine_about: &'static str,
    pub go_to_close: &'static str,
    pub for_ever: &'static str,
    pub erase_mine: &'static str,
    pub erase_mine_about: &'static str,
    pub password: &'static str,
    pub close_now: &'static str,
    pub goodbye: &'static str,
    pub goodbye_erased: &'static str,

    // the console
    /// The member.
    pub close_of: fn(&str) -> String,
    pub close: &'static str,
    pub close_about: &'static str,
    pub closed: &'static str,
    pub is_closed: &'static str,
    pub erase: &'static str,
    pub erase_about: &'static str,
    pub erase_sure: &'static str,
    pub erase_now: &'static str,
    pub erased: &'static str,
    pub erased_at: &'static str,
}

impl Lang {
    pub fn closing(self) -> &'static Closing {
        self.texts(|areas| &areas.closing, [zh::closing, en::closing])
    }
}
