//! The member portal's frame and home.

mod en;
mod zh;

use super::Lang;

pub struct Portal {
    pub home: &'static str,
    pub activity: &'static str,
    pub rewards: &'static str,
    pub benefits: &'static str,
    pub invite: &'static str,
    pub me: &'static str,
    pub navigation: &'static str,
}

impl Lang {
    pub const fn portal(self) -> &'static Portal {
        match self {
            Lang::Zh => &zh::PORTAL,
            Lang::En => &en::PORTAL,
        }
    }
}
