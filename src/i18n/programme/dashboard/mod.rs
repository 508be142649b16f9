//! The console's dashboard.

mod en;
mod zh;

use crate::i18n::Lang;
use crate::i18n::wording::Says;

pub struct Dashboard {
    pub span: &'static str,
    /// 30 days, 90 days, 12 months, all.
    pub spans: [&'static str; 4],
    pub export: &'static str,
    /// How much more or less than in the span before, as a percentage with its sign.
    pub than_before: fn(&str) -> String,
    pub as_before: &'static str,
    pub no_before: &'static str,
    pub of_issued: fn(&str) -> String,

    pub needs: &'static str,
    pub all_done: &'static str,
    pub all_done_about: &'static str,
    pub payouts: fn(&str) -> String,
    pub oldest: fn(&str) -> String,
    pub in_payment: fn(&str) -> String,
    pub gifts: fn(&str) -> String,
    pub approvals: fn(&str) -> String,
    pub draft: &'static str,
    pub draft_of: fn(&str) -> String,
    /// The name of a reward and how many there are left.
    pub running_out: fn(&str, &str) -> String,
    pub ago: fn(i64) -> String,

    pub outstanding_picture: Says,
    pub outstanding_about: &'static str,
    pub flows: &'static str,
    pub flows_about: &'static str,
    pub when: &'static str,
    pub worth: &'static str,
    pub issued: &'static str,
    pub gone: &'static str,
    pub clawed_back: &'static str,
    pub refund_rate: &'static str,

    pub tiers_picture: &'static str,
    pub tiers_picture_about: &'static str,
    /// One that the rules in force do not have.
    pub tier: fn(u16) -> String,
    pub active: &'static str,
    pub active_about: &'static str,
    pub of_members: fn(&str) -> String,
    pub by_scene: &'static str,
    pub by_scene_about: &'static str,
    pub nothing_issued: &'static str,
    pub referrals: &'static str,
    pub reviews: &'static str,
    pub refunds: &'static str,
    /// Of so many members so many have been looked at.
    pub counting: fn(&str, &str) -> String,
    pub being_counted: &'static str,
    pub as_of: fn(&str) -> String,
    /// Of the file, for each tier and each origin.
    pub members_of_tier: fn(&str) -> String,
    pub issued_for: fn(&str) -> String,

    pub lapsing: &'static str,
    pub lapsing_about: &'static str,
    pub within: fn(u16) -> String,
    pub nothing_lapses: &'static str,
    pub in_force: &'static str,
    pub since: fn(u32, &str) -> String,
    pub all_time: &'static str,

    pub steps: &'static str,
    pub steps_about: fn(usize, usize) -> String,
    pub step_founded: &'static str,
    pub step_rules: &'static str,
    pub step_rules_about: &'static str,
    pub step_key: &'static str,
    pub step_key_about: &'static str,
    pub step_event: &'static str,
    pub step_event_about: &'static str,
    pub step_reward: &'static str,
    pub step_reward_about: &'static str,
    pub step_done: &'static str,
    pub columns: [&'static str; 10],
}

impl Lang {
    pub fn dashboard(self) -> &'static Dashboard {
        self.texts(|areas| &areas.dashboard, [zh::dashboard, en::dashboard])
    }
}
