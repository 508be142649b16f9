//! Redemptions as the staff works them off: what is asked before points or money move, and the history of each.

mod en;
mod zh;

use laurel_domain::rewards::redemption::RedemptionState;

use crate::i18n::Lang;
use crate::i18n::wording::{SaysOf, SaysOfTwoWith, SaysOfWith};

/// What became of so many, with their worth.
pub type SaysDone = Box<dyn Fn(RedemptionState, usize, &str, &str) -> String + Send + Sync>;

pub struct Fulfil {
    /// What is asked before a number of redemptions goes to a state: with the sum of cash, or of the points given back.
    pub ask: SaysOfTwoWith<RedemptionState, usize>,
    /// The button that does it.
    pub confirm: SaysOfWith<RedemptionState>,
    pub done: SaysDone,
    pub about: SaysOf<RedemptionState, &'static str>,
    pub reference: &'static str,
    pub reference_hint: &'static str,
    pub reason: &'static str,
    pub reason_hint: &'static str,
    pub total: &'static str,
    pub left_out: fn(usize) -> String,
    pub none_left: &'static str,
    pub nothing_selected: &'static str,
    pub no_such_state: &'static str,
    pub selected: &'static str,
    pub history: &'static str,
    pub details: &'static str,
    pub by: fn(&str) -> String,
    pub member_did: &'static str,
    /// Before a note, by whether it is a payment's reference.
    pub noted_reference: fn(&str) -> String,
    pub noted_reason: fn(&str) -> String,
    pub what: &'static str,
    pub points: &'static str,
    pub rules: &'static str,
    pub tracking: &'static str,
    pub deliver_to: &'static str,
    pub good_until: &'static str,
    pub to_list: &'static str,
    pub next_step: &'static str,
}

impl Lang {
    pub fn fulfil(self) -> &'static Fulfil {
        self.texts(|areas| &areas.fulfil, [zh::fulfil, en::fulfil])
    }
}
