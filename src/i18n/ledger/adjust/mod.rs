//! Adjustments of points by the staff: making one, and deciding those that need a second person.

mod en;
mod zh;

use laurel_domain::ledger::adjustment::AdjustmentState;

use crate::i18n::Lang;
use crate::i18n::wording::{Says, SaysThreeWith, SaysTwo, SaysTwoWith, SaysWith};

/// Of two limits, each with its hours.
pub type SaysLimits = Box<dyn Fn((&str, u32), (&str, u32)) -> String + Send + Sync>;

pub struct Adjust {
    // making one
    pub title: &'static str,
    pub about: &'static str,
    /// What is still left to give and to take, of the limit, within so many hours.
    pub about_limit: SaysThreeWith<u32>,
    pub points: &'static str,
    pub points_hint: &'static str,
    pub go_on: &'static str,
    /// The member.
    pub title_of: Says,
    pub before: &'static str,
    pub given: &'static str,
    pub taken: &'static str,
    pub after: &'static str,
    pub debt_before: &'static str,
    pub debt_after: &'static str,
    /// What is left, the limit, and its hours.
    pub large: SaysTwoWith<u32>,
    pub reason: &'static str,
    pub reason_hint: &'static str,
    pub give: Says,
    pub take: Says,
    pub propose: &'static str,
    pub posted: Says,
    pub proposed: &'static str,
    pub closed: &'static str,
    pub form_used: &'static str,
    /// The entry, the one that took it back, by how many points, when, and who.
    pub was_reversed: fn(i64, i64, &str, &str, &str) -> String,
    /// The entry, by how many points, when, and who proposed it.
    pub reversal_waits: fn(i64, &str, &str, &str) -> String,
    /// To whoever approves a reversal of what has been reversed meanwhile.
    pub reverses_again: &'static str,
    pub reverse_again: &'static str,
    pub already_reversed: &'static str,

    // deciding
    pub proposals: &'static str,
    pub proposals_about: &'static str,
    pub waiting: &'static str,
    pub nothing_waits: &'static str,
    pub nothing_waits_about: &'static str,
    pub decided: &'static str,
    pub nothing_decided: &'static str,
    pub member: &'static str,
    pub points_column: &'static str,
    pub proposed_by: &'static str,
    pub decided_by: &'static str,
    pub when: &'static str,
    pub state_label: &'static str,
    /// In the order of `AdjustmentState::ALL`.
    pub states: [&'static str; 4],
    pub review: &'static str,
    pub approve_title: SaysTwo,
    pub decided_already: fn(&str) -> String,
    pub approve: &'static str,
    pub approve_points: Says,
    pub reject: &'static str,
    pub objection: &'static str,
    pub withdraw: &'static str,
    pub approved: Says,
    pub rejected: &'static str,
    pub withdrawn: &'static str,
    pub for_others: &'static str,
    pub pick_a_decision: &'static str,
    pub erased: &'static str,

    // the limit
    pub limit: &'static str,
    pub limit_about: &'static str,
    pub limit_now: SaysWith<u32>,
    pub limit_points: &'static str,
    pub limit_hint: &'static str,
    pub limit_hours: &'static str,
    pub limit_hours_hint: &'static str,
    pub limit_reason: &'static str,
    pub limit_reason_hint: &'static str,
    pub limit_saved: &'static str,
    pub limit_proposed: &'static str,
    /// What is in force, and what is asked for.
    pub limit_waits: SaysLimits,
    /// Who asked, and when.
    pub limit_asked: fn(&str, &str) -> String,
    pub limit_own: &'static str,
    pub limit_approved: &'static str,
    pub limit_decided: &'static str,
    pub limit_states: [&'static str; 4],
    pub limit_column: &'static str,
    pub limit_now_of: fn(&str, u32) -> String,
}

impl Adjust {
    pub fn state(&self, state: AdjustmentState) -> &'static str {
        self.states[state as usize]
    }

    pub fn limit_state(&self, state: AdjustmentState) -> &'static str {
        self.limit_states[state as usize]
    }
}

impl Lang {
    pub fn adjust(self) -> &'static Adjust {
        self.texts(|areas| &areas.adjust, [zh::adjust, en::adjust])
    }
}
