//! Experiments: two rule sets side by side, and what came of them.

mod en;
mod zh;

use crate::i18n::Lang;

pub struct Experiments {
    pub title: &'static str,
    pub about: &'static str,
    pub new: &'static str,
    pub none: &'static str,
    pub none_about: &'static str,
    pub list_columns: [&'static str; 4],
    pub new_title: &'static str,
    pub new_about: &'static str,
    pub no_draft: &'static str,
    pub to_editor: &'static str,
    pub draft_title: &'static str,
    pub name: &'static str,
    pub hypothesis: &'static str,
    pub hypothesis_hint: &'static str,
    pub variant_share: &'static str,
    pub control_share: &'static str,
    pub shares_hint: &'static str,
    pub at: &'static str,
    pub at_hint: fn(&str) -> String,
    pub until: &'static str,
    pub until_hint: &'static str,
    pub start: &'static str,
    pub started: fn(&str) -> String,
    /// Scheduled, running, over, stopped, adopted, withdrawn.
    pub states: [&'static str; 6],
    pub from_until: fn(&str, &str) -> String,
    pub groups_title: &'static str,
    pub groups_about: &'static str,
    /// Variant, control, holdout.
    pub groups: [&'static str; 3],
    pub group_columns: [&'static str; 4],
    pub differs_title: &'static str,
    pub version: &'static str,
    pub results_title: &'static str,
    pub work_out: &'static str,
    pub work_out_again: &'static str,
    pub working: &'static str,
    pub reload: &'static str,
    pub none_yet: &'static str,
    pub failed: &'static str,
    pub as_of: fn(&str) -> String,
    pub honest: &'static str,
    /// Share active, payments, paid, issued, redeemed; a member.
    pub metrics: [&'static str; 5],
    pub figure_columns: [&'static str; 6],
    pub sum: fn(&str) -> String,
    pub between: fn(&str, &str) -> String,
    pub too_few: &'static str,
    pub inconclusive: &'static str,
    pub more: fn(&str, &str) -> String,
    pub less: fn(&str, &str) -> String,
    pub chart: fn(&str) -> String,
    pub cost: &'static str,
    pub shares_off: fn(&str) -> String,
    pub shares_fine: &'static str,
    pub balance_title: &'static str,
    pub balance_about: &'static str,
    pub balance_columns: [&'static str; 4],
    pub payments_before: &'static str,
    pub paid_before: &'static str,
    pub held: &'static str,
    pub in_tier: fn(&str) -> String,
    pub is_off: &'static str,
    pub stop: &'static str,
    pub stop_sure: &'static str,
    pub stop_yes: &'static str,
    pub stopped: fn(u32) -> String,
    pub adopt: &'static str,
    pub adopt_sure: &'static str,
    pub adopt_yes: &'static str,
    pub adopted: fn(u32) -> String,
    pub withdraw: &'static str,
    pub withdraw_sure: &'static str,
    pub withdraw_yes: &'static str,
    pub withdrawn: &'static str,
    pub is_on: fn(&str) -> String,
    pub look: &'static str,
    pub of_member: fn(&str, &str) -> String,
}

impl Lang {
    pub const fn experiments(self) -> &'static Experiments {
        match self {
            Lang::Zh => &zh::EXPERIMENTS,
            Lang::En => &en::EXPERIMENTS,
        }
    }
}
