//! Changing rules safely: what a publication does, the way back, a second person, and what members are told.

mod en;
mod zh;

use crate::i18n::Lang;

pub struct RulesSafety {
    pub effect_title: &'static str,
    pub effect_about: &'static str,
    pub measure: &'static str,
    pub measure_about: fn(&str) -> String,
    pub fallen: fn(&str, bool) -> String,
    pub risen: fn(&str, bool) -> String,
    pub stay: fn(&str, bool) -> String,
    pub worth_same: fn(&str, &str) -> String,
    pub worth_changes: fn(&str, &str, &str) -> String,
    pub who_moves: &'static str,
    pub from_to: &'static str,
    pub lost_title: &'static str,
    pub lost_now: &'static str,
    pub lost_periods: &'static str,
    pub lost_even: &'static str,
    pub lost_keep: &'static str,
    pub keep_through: &'static str,
    pub keep_hint: &'static str,
    pub notice_title: &'static str,
    pub notice_hint: &'static str,
    pub notice_zh: &'static str,
    pub notice_en: &'static str,
    pub needs_second: &'static str,
    pub propose: &'static str,
    pub proposed: &'static str,
    pub return_to: fn(u32) -> String,
    pub return_sure: fn(u32) -> String,
    pub return_replaces: &'static str,
    pub return_yes: &'static str,
    pub returned: fn(u32) -> String,
    pub kept: fn(&str) -> String,
    pub demoted: &'static str,
    pub told: &'static str,
    pub waits: &'static str,
    pub limits_wait: &'static str,
    pub proposed_by: fn(&str, &str) -> String,
    pub review: &'static str,
    pub proposal_title: &'static str,
    pub proposal_limits_title: &'static str,
    pub approve: &'static str,
    pub approve_limits: &'static str,
    pub approved: fn(u32) -> String,
    pub limits_approved: &'static str,
    pub rejected: &'static str,
    pub withdrawn: &'static str,
    pub stale: &'static str,
    pub own: &'static str,
    pub how: &'static str,
    pub at_once: &'static str,
    pub at_a_time: fn(&str) -> String,
    pub limits_title: &'static str,
    pub limits_about: &'static str,
    pub limit_members: &'static str,
    pub limit_worth: fn(&str) -> String,
    pub limit_hint: &'static str,
    pub no_limit: &'static str,
    pub limits_now: fn(&str, &str) -> String,
    pub limits_saved: &'static str,
    pub limits_proposed: &'static str,
    pub put_aside: &'static str,
    pub news: &'static str,
    pub kept_for_you: fn(&str, &str) -> String,
}

impl Lang {
    pub const fn rules_safety(self) -> &'static RulesSafety {
        match self {
            Lang::Zh => &zh::RULES_SAFETY,
            Lang::En => &en::RULES_SAFETY,
        }
    }
}
