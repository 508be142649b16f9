//! Redeeming points to cash, and what becomes of it.

mod en;
mod zh;

use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};

use crate::i18n::Lang;
use crate::i18n::wording::{Says, SaysOfTwo, SaysThree, SaysTwo};

pub struct Redeem {
    pub title: &'static str,
    pub available: &'static str,
    pub debt: Says,
    pub suspended: &'static str,
    pub closed: &'static str,
    pub too_few: SaysTwo,
    pub how: &'static str,
    pub how_paid: &'static str,
    pub how_cancel: &'static str,
    pub how_tier: &'static str,
    pub how_tier_balance: &'static str,

    pub confirm: &'static str,
    pub you_get: &'static str,
    pub points_taken: &'static str,
    pub balance_before: &'static str,
    pub balance_after: &'static str,
    pub rate: &'static str,
    pub kept: SaysThree,
    pub do_it: fn(&str) -> String,
    pub change: &'static str,
    pub done: fn(&str) -> String,
    pub form_used: &'static str,

    pub receipt: &'static str,
    pub number: &'static str,
    pub amount: &'static str,
    pub asked: &'static str,
    pub made: &'static str,
    pub total_before: &'static str,
    pub total_after: &'static str,
    pub rules: &'static str,
    pub by_rules: fn(u32) -> String,
    pub progress: &'static str,
    pub state: fn(RedemptionState) -> &'static str,
    pub state_about: SaysOfTwo<RedemptionKind, RedemptionState, &'static str>,
    /// Why a gift came back.
    pub returned_because: &'static str,
    pub next: &'static str,
    pub cancel: &'static str,
    pub cancel_sure: Says,
    pub cancel_yes: &'static str,
    pub cancelled: Says,
    pub too_late: &'static str,

    pub mine: &'static str,
    pub all: &'static str,
    pub none: &'static str,
    pub none_about: &'static str,
    pub older: &'static str,
    pub newest: &'static str,
}

impl Lang {
    pub fn redeem(self) -> &'static Redeem {
        self.texts(|areas| &areas.redeem, [zh::redeem, en::redeem])
    }
}
