//! Signing in, registering, activating, and the profile.

mod en;
mod zh;

use super::Lang;

pub struct Account {
    pub sign_in: &'static str,
}

impl Lang {
    pub const fn account(self) -> &'static Account {
        match self {
            Lang::Zh => &zh::ACCOUNT,
            Lang::En => &en::ACCOUNT,
        }
    }
}
