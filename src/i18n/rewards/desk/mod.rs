//! The console's pages about rewards: keeping them, and working off what was redeemed for them.

mod en;
mod zh;

use crate::i18n::Lang;
use crate::i18n::wording::{Says, SaysTwo};

pub struct RewardDesk {
    pub title: &'static str,
    pub new: &'static str,
    pub none: &'static str,
    pub none_about: &'static str,
    pub name_column: &'static str,
    pub kind: &'static str,
    /// By [`laurel_domain::rewards::reward::Supply`].
    pub supplies: [&'static str; 3],
    pub supplies_about: [&'static str; 3],
    pub price_column: &'static str,
    pub left_column: &'static str,
    pub conditions: &'static str,
    pub state: &'static str,
    pub offered: &'static str,
    pub not_yet: &'static str,
    pub over: &'static str,
    pub retired: &'static str,
    pub used_up: &'static str,
    pub no_end: &'static str,

    /// What is left of how many there were 30 days ago, in words for the bar.
    pub stock_bar: fn(&str, &str) -> String,
    pub taken: fn(&str) -> String,
    /// In about so many days.
    pub runs_out: fn(i64) -> String,
    pub duplicate: &'static str,
    pub duplicate_about: fn(&str) -> String,
    pub preview_button: &'static str,
    pub preview: &'static str,
    pub preview_about: &'static str,

    pub choose_kind: &'static str,
    pub create: &'static str,
    pub created: &'static str,
    pub saved: &'static str,
    pub name_zh: &'static str,
    pub name_en: &'static str,
    pub about_zh: &'static str,
    pub about_en: &'static str,
    pub price: &'static str,
    pub price_about: &'static str,
    pub least_tier: &'static str,
    pub any_tier: &'static str,
    pub limit: &'static str,
    pub limit_about: &'static str,
    pub period: &'static str,
    /// By [`laurel_domain::rewards::reward::Period`].
    pub periods: [&'static str; 4],
    pub starts: &'static str,
    pub ends: &'static str,
    pub day_about: &'static str,
    pub valid_days: &'static str,
    pub valid_days_about: &'static str,
    pub terms: &'static str,
    pub terms_about: &'static str,
    pub tier_gone: &'static str,

    pub picture: &'static str,
    pub picture_about: &'static str,
    pub picture_none: &'static str,
    pub picture_upload: &'static str,
    pub picture_saved: &'static str,
    pub picture_remove: &'static str,
    pub picture_removed: &'static str,

    pub stock: &'static str,
    pub in_stock: fn(&str) -> String,
    pub change: &'static str,
    pub change_about: &'static str,
    pub reason: &'static str,
    pub change_stock: &'static str,
    pub stock_changed: &'static str,
    pub change_column: &'static str,

    pub codes: &'static str,
    pub codes_sum: fn(&str, &str, &str) -> String,
    pub paste: &'static str,
    pub paste_about: &'static str,
    pub add_codes: &'static str,
    pub file: &'static str,
    pub file_about: &'static str,
    pub upload: &'static str,
    pub codes_added: fn(&str, &str) -> String,
    pub all_codes: &'static str,
    pub no_codes: &'static str,
    /// Code, what became of it, added, redemption, given out.
    pub code_columns: [&'static str; 5],
    /// Free, held, given out.
    pub code_states: [&'static str; 3],
    pub find_code: &'static str,
    pub find_code_about: &'static str,
    pub codes_made: &'static str,

    pub retire: &'static str,
    pub retire_about: &'static str,
    pub retire_yes: &'static str,
    pub was_retired: &'static str,
    pub offer_again: &'static str,
    pub offer_again_about: &'static str,
    pub is_offered_again: &'static str,

    // redemptions of every kind
    /// By [`laurel_domain::rewards::redemption::RedemptionKind`].
    pub kinds: [&'static str; 3],
    pub kind_label: &'static str,
    pub what_column: &'static str,
    pub deliver_to: &'static str,
    pub tracking: &'static str,
    pub mark_shipped: &'static str,
    pub mark_delivered: &'static str,
    pub take_back: &'static str,
    pub take_back_title: &'static str,
    pub take_back_about: SaysTwo,
    pub take_back_where: &'static str,
    pub take_back_restock: &'static str,
    pub take_back_reason: &'static str,
    pub take_back_reason_about: &'static str,
    pub take_back_yes: Says,
    pub taken_back: Says,
    pub not_to_take_back: &'static str,
    pub mark_used: &'static str,
    pub mark_voided: &'static str,
    pub mark_cancelled: &'static str,
    pub code: &'static str,
    /// A voucher that its member has not revealed.
    pub kept: &'static str,
    pub waiting_gifts: &'static str,
}

impl Lang {
    pub fn reward_desk(self) -> &'static RewardDesk {
        self.texts(|areas| &areas.reward_desk, [zh::reward_desk, en::reward_desk])
    }
}
