//! Entries of the ledger and why they have the points they have.

mod en;
mod zh;

use laurel_domain::ledger::entry::EntryKind;
use laurel_domain::ledger::event::Scene;

use crate::i18n::Lang;
use crate::i18n::wording::Says;

pub struct Activity {
    pub title: &'static str,
    pub about: &'static str,
    pub payment: fn(&str, &str) -> String,
    pub scene: fn(Scene) -> &'static str,
    pub refund: fn(&str) -> String,
    pub of_payment: fn(&str) -> String,
    pub referral: &'static str,
    pub referral_taken_back: &'static str,
    pub review: &'static str,
    pub redeemed: fn(&str) -> String,
    pub restored: fn(&str) -> String,
    pub redemption: &'static str,
    pub lapsed: &'static str,
    pub activated: &'static str,
    pub restored_for_refund: &'static str,
    pub closed: &'static str,
    pub merged_into: &'static str,
    pub merged_from: &'static str,
    pub merged: &'static str,
    pub merged_debt: &'static str,
    pub adjusted: &'static str,
    /// Taken back, on which day.
    pub reversed: fn(&str) -> String,
    pub receipt: &'static str,
    pub balance_after: fn(&str) -> String,
    pub pending_until: fn(&str) -> String,
    pub good_through: fn(&str) -> String,

    pub filter: &'static str,
    pub kind: &'static str,
    pub kinds: fn(EntryKind) -> &'static str,
    pub all_kinds: &'static str,
    pub month: &'static str,
    pub all_months: &'static str,
    pub show: &'static str,
    pub clear: &'static str,
    pub older: &'static str,
    pub newest: &'static str,
    pub none: &'static str,
    pub none_about: &'static str,
    pub none_found: &'static str,
    pub none_found_about: &'static str,

    pub why: Says,
    pub paid: &'static str,
    pub weight: Says,
    pub scene_multiplier: fn(&str) -> String,
    pub tier_multiplier: fn(&str) -> String,
    pub for_referral: &'static str,
    pub for_review: &'static str,
    pub exact: &'static str,
    pub rounding: &'static str,
    pub cap: &'static str,
    pub earned: &'static str,
    pub repaid: &'static str,
    pub refunded_before: &'static str,
    pub this_refund: &'static str,
    pub taken_back: &'static str,
    pub forgiven: &'static str,
    pub owed: &'static str,
    pub taken: &'static str,
    pub from_pending: &'static str,
    pub available_from: &'static str,
    pub redeemable_through: &'static str,
    pub without_expiry: &'static str,
    pub cash: &'static str,
    pub price: &'static str,
    pub quantity: &'static str,
    pub cost: &'static str,
    pub given_back: &'static str,
    pub became_available: &'static str,
    pub last_day: &'static str,
    pub expired: &'static str,
    pub adjustment: &'static str,
    pub was_available: &'static str,
    pub was_pending: &'static str,
    pub was_owed: &'static str,
    pub removed: &'static str,
    pub by_rules: fn(u32) -> String,
    pub unexplained: &'static str,
}

impl Lang {
    pub fn activity(self) -> &'static Activity {
        self.texts(|areas| &areas.activity, [zh::activity, en::activity])
    }
}
