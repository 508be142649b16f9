//! The console's pages about rules: those in force, the time line, publishing, history.

mod en;
mod zh;

use crate::i18n::Lang;
use crate::i18n::wording::{Says, SaysTwo};

pub struct RulesDesk {
    pub about: &'static str,
    pub start_draft: &'static str,
    pub edit_draft: &'static str,
    pub draft_title: &'static str,
    pub put_back: &'static str,
    pub draft_put_back: &'static str,
    pub was_discarded: fn(&str) -> String,
    pub discarded_title: &'static str,
    /// For how many days.
    pub discarded_about: fn(i64) -> String,
    /// The same, where a draft stands in the way.
    pub discarded_about_draft: fn(i64) -> String,
    /// When, and by whom if that is known.
    pub discarded_by: fn(&str, Option<&str>) -> String,
    pub back_to_rules: &'static str,
    pub versions: &'static str,
    pub from_the_start: &'static str,
    pub since: fn(&str) -> String,
    /// When a scheduled version comes into force, and in how many days.
    pub comes: fn(&str, i64) -> String,
    pub edit: &'static str,
    pub withdraw: &'static str,
    pub withdraw_sure: fn(u32) -> String,
    pub withdraw_yes: fn(u32) -> String,
    pub withdrawn: fn(u32) -> String,
    pub withdrawn_chip: &'static str,
    pub withdrawn_by: fn(&str, &str) -> String,
    pub show_version: fn(u32) -> String,
    pub compared_with_force: &'static str,

    /// What stands before a number in bold, and after it: of how much money, and the word that goes with the number.
    pub payment_earns: fn(&str, &str) -> [String; 2],
    pub referral_earns: fn(&str) -> [String; 2],
    pub review_earns: fn(&str) -> [String; 2],
    pub times: &'static str,
    pub scenes: &'static str,
    pub scenes_alike: &'static str,
    pub rounded: SaysTwo,
    pub tiers: &'static str,
    pub by: fn(&str) -> String,
    pub limits: &'static str,
    pub no_cap: &'static str,
    pub a_day: fn(&str) -> String,
    pub a_month: fn(&str) -> String,
    pub cap_of: Says,
    pub first_payment: &'static str,
    pub any_payment: &'static str,
    pub at_least: fn(&str) -> String,
    pub redeeming: &'static str,
    pub rate: &'static str,
    /// So many points, with their word, and the cash.
    pub rate_is: fn(&str, &str) -> String,
    pub no_benefits: &'static str,

    pub at_once_title: &'static str,
    pub at_once: fn(&str) -> String,
    pub later_title: &'static str,
    pub later_hint: fn(&str) -> String,
    pub review: &'static str,
    pub from_then: fn(u32, &str, i64) -> String,
    pub other_time: &'static str,
    pub takes_place_of: fn(u32, &str) -> String,
    pub publish_scheduled: &'static str,
    pub stays: &'static str,
}

impl Lang {
    pub fn rules_desk(self) -> &'static RulesDesk {
        self.texts(|areas| &areas.rules_desk, [zh::rules_desk, en::rules_desk])
    }
}
