//! Benefits: what they are, how often, claiming them and using their codes; for members and at the console.

mod en;
mod zh;

use laurel_domain::benefits::benefit::{Period, Quota};
use laurel_domain::benefits::claim::ClaimState;

use super::Lang;

pub struct Benefits {
    // the portal
    pub title: &'static str,
    pub codes: &'static str,
    pub show_code: &'static str,
    /// The benefit.
    pub code_for: fn(&str) -> String,
    /// The tier.
    pub yours: fn(&str) -> String,
    pub all_tiers: &'static str,
    pub times: fn(Quota) -> String,
    /// How many are left, through which day.
    pub left: fn(u32, &str) -> String,
    /// From which day there are some again.
    pub none_left: fn(&str) -> String,
    pub claim: &'static str,
    pub claimed: fn(&str) -> String,
    pub good_through: fn(&str) -> String,
    pub give_back: &'static str,
    pub give_back_sure: &'static str,
    pub give_back_yes: &'static str,
    pub given_back: &'static str,
    pub earlier: &'static str,
    /// In the order of `ClaimState::ALL`.
    pub states: [&'static str; 4],
    pub nothing: fn(&str) -> String,
    pub nothing_about: &'static str,
    pub suspended: &'static str,
    pub not_given: &'static str,
    pub form_used: &'static str,
    pub how: &'static str,
    pub how_show: &'static str,
    pub how_period: &'static str,
    pub how_promise: &'static str,
    pub how_back: &'static str,

    // the console
    pub about: &'static str,
    pub edit: &'static str,
    pub check: &'static str,
    pub code: &'static str,
    pub code_hint: &'static str,
    pub look_up: &'static str,
    pub no_such_code: &'static str,
    pub benefit: &'static str,
    pub member: &'static str,
    pub claimed_at: &'static str,
    pub good_until: &'static str,
    pub by: &'static str,
    pub use_up: &'static str,
    pub used_up: fn(&str) -> String,
    pub in_chinese: &'static str,
    pub in_english: &'static str,
    pub kind: &'static str,
    pub how_often: &'static str,
    pub no_code_needed: &'static str,
    pub not_of_tier: &'static str,
    pub no_benefits: &'static str,
    pub used_last: &'static str,
    pub used_at: &'static str,
    pub none_used: &'static str,
}

impl Benefits {
    pub fn state(&self, state: ClaimState) -> &'static str {
        self.states[state as usize]
    }
}

impl Lang {
    pub fn benefits(self) -> &'static Benefits {
        self.texts(|areas| &areas.benefits, [zh::benefits, en::benefits])
    }
}
