//! Finding rules that reach goals.

mod en;
mod zh;

use crate::i18n::Lang;
use crate::i18n::wording::Says;

pub struct Find {
    pub title: &'static str,
    pub about: &'static str,
    pub link: &'static str,
    pub start: &'static str,
    pub start_in_force: &'static str,
    pub start_draft: &'static str,
    pub start_search: &'static str,
    pub goals: &'static str,
    pub goals_about: &'static str,
    pub outstanding: &'static str,
    pub issued: &'static str,
    pub cost: fn(&str) -> String,
    pub cost_hint: &'static str,
    pub lowered: &'static str,
    pub lowered_hint: &'static str,
    pub shares: &'static str,
    pub at_least: &'static str,
    pub at_most: &'static str,
    pub tier_or_above: fn(&str) -> String,
    pub tier_at_least: fn(&str) -> String,
    pub tier_at_most: fn(&str) -> String,
    pub moving: &'static str,
    pub moving_about: &'static str,
    pub weights: &'static str,
    pub tiers: &'static str,
    pub scenes: &'static str,
    pub caps: &'static str,
    pub chosen: fn(usize) -> String,
    pub now: fn(&str) -> String,
    pub no_cap: &'static str,
    pub least: &'static str,
    pub most: &'static str,
    pub step: &'static str,
    pub find: &'static str,
    pub nothing_yet: &'static str,
    pub nothing_yet_about: &'static str,
    pub waiting: &'static str,
    pub running: fn(&str, &str) -> String,
    pub progress: &'static str,
    pub stopped: &'static str,
    pub was_stopped: &'static str,
    pub failed: fn(&str) -> String,
    pub found: fn(usize) -> String,
    pub found_already: &'static str,
    pub found_none: &'static str,
    pub how: fn(&str, &str, &str) -> String,
    pub proposal: fn(usize) -> String,
    pub nearest: &'static str,
    pub goal: &'static str,
    pub at_start: &'static str,
    pub reached: &'static str,
    pub missed: &'static str,
    pub missed_by: fn(&str) -> String,
    pub open_draft: &'static str,
    pub open_lab: &'static str,
    pub searches: &'static str,
    pub wants_outstanding: Says,
    pub wants_issued: Says,
    pub wants_cost: fn(&str) -> String,
    pub wants_least: fn(&str, &str) -> String,
    pub wants_most: fn(&str, &str) -> String,
    pub wants_nobody_lowered: &'static str,
    pub wants_lowered: fn(&str) -> String,
}

impl Lang {
    pub fn lab_find(self) -> &'static Find {
        self.texts(|areas| &areas.lab_find, [zh::find, en::find])
    }
}
