//! What members are told, in the inbox and in e-mails.

mod en;
mod zh;

use laurel_domain::rewards::redemption::RedemptionState;

use super::Lang;
use crate::i18n::wording::{Says, SaysTwo};

/// With as many texts as there are.
pub type SaysSome = Box<dyn Fn(&str, &[&str]) -> String + Send + Sync>;

pub struct Notifications {
    pub title: &'static str,
    /// What the bell says to those who hear it; with the number of unread ones, which may be none.
    pub bell: fn(i64) -> String,
    pub about: &'static str,
    pub none: &'static str,
    pub none_about: &'static str,
    pub read_all: &'static str,
    pub all_read: fn(u64) -> String,
    pub unread: &'static str,
    pub older: &'static str,
    pub newest: &'static str,

    pub tier_up: fn(&str) -> String,
    pub tier_down: fn(&str) -> String,
    /// From which tier, and what is new.
    pub tier_up_about: fn(&str, &[&str]) -> String,
    /// From which tier, and what is gone.
    pub tier_down_about: SaysSome,
    pub see_tiers: &'static str,

    pub expiring: SaysTwo,
    pub expiring_about: fn(&str) -> String,
    pub see_rewards: &'static str,

    pub redemption: fn(&str, RedemptionState) -> String,
    pub tracking: fn(&str) -> String,
    pub see_redemption: &'static str,

    pub given: Says,
    pub taken: Says,
    pub by_team: &'static str,
    pub see_entry: &'static str,

    pub rules: &'static str,
    pub rules_withdrawn: &'static str,
    pub see_rules: &'static str,
}

impl Lang {
    pub fn notifications(self) -> &'static Notifications {
        self.texts(|areas| &areas.notifications, [zh::notifications, en::notifications])
    }
}
