//! The member portal: its frame, home, and tiers.

mod en;
mod zh;

use super::Lang;
use crate::i18n::wording::{Says, SaysOf, SaysTwo, SaysWith};

/// What stands before something in bold, and after it.
pub type SaysAround = Box<dyn Fn(&str, Option<&str>) -> [String; 2] + Send + Sync>;

pub struct Portal {
    pub home: &'static str,
    pub activity: &'static str,
    pub rewards: &'static str,
    pub benefits: &'static str,
    pub invite: &'static str,
    pub me: &'static str,
    pub navigation: &'static str,

    pub title: &'static str,
    pub available: &'static str,
    pub worth: fn(&str) -> String,
    pub pending: Says,
    pub debt: Says,
    /// The next tier, and the last day for it if there is one.
    pub points_to_next: SaysAround,
    pub spend_to_next: fn(&str, Option<&str>) -> [String; 2],
    /// What has to be gathered, by when, to stay in which tier, and how much there is so far.
    pub keep: fn(&str, &str, &str, &str) -> String,
    pub kept: fn(&str, &str) -> String,
    pub keep_in_grace: fn(&str, &str, &str) -> String,
    pub expiring: &'static str,
    pub through: fn(&str) -> String,
    pub awaiting: &'static str,
    pub available_on: fn(&str) -> String,
    pub more: fn(usize) -> String,
    pub highest_tier: &'static str,
    pub progress: fn(&str, &str) -> String,

    pub within_reach: &'static str,
    pub all_rewards: fn(usize) -> String,
    pub near_miss: SaysTwo,
    pub year: &'static str,
    /// What came and what went in it.
    pub year_sum: fn(&str, &str) -> String,
    pub year_picture: &'static str,
    pub month: &'static str,
    pub came: &'static str,
    pub went: &'static str,

    pub debt_title: Says,
    pub debt_about: &'static str,
    pub suspended_title: &'static str,
    pub suspended_about: &'static str,
    pub my_benefits: &'static str,
    pub all_tiers: &'static str,
    pub no_benefits: fn(&str) -> String,
    pub next_brings: fn(&str) -> String,
    pub latest: &'static str,
    pub all_activity: &'static str,
    pub nothing_yet: &'static str,
    pub nothing_yet_about: &'static str,
    pub link_first: &'static str,
    pub link_account: &'static str,

    pub how_to_earn: &'static str,
    pub earn_paying: SaysTwo,
    pub earn_scene: fn(&str, &str) -> String,
    pub earn_referring: Says,
    pub earn_reviewing: Says,
    pub rate: SaysTwo,
    pub at_most_a_day: Says,
    pub at_most_a_month: Says,
    pub held_for: fn(u16) -> String,
    pub expire_after: SaysOf<u16>,
    pub expire_on: SaysWith<u16>,
    pub counts_this_year: &'static str,
    pub counts_months: fn(u16) -> String,
    pub kept_for: fn(u16) -> String,
    pub grace: fn(u16) -> String,

    pub tiers: &'static str,
    pub your_tier: &'static str,
    pub reached: &'static str,
    pub for_everyone: &'static str,
    pub from_earned: Says,
    pub from_balance: Says,
    pub from_spent: fn(&str) -> String,
    pub tier_multiplier: Says,
    pub points_on_payments: &'static str,
}

impl Lang {
    pub fn portal(self) -> &'static Portal {
        self.texts(|areas| &areas.portal, [zh::portal, en::portal])
    }
}
