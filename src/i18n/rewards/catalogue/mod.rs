//! The catalogue of rewards, and taking one.

mod en;
mod zh;

use laurel_domain::rewards::reward::Period;

use crate::i18n::Lang;
use crate::i18n::wording::{Says, SaysTwo};

pub struct Rewards {
    pub title: &'static str,
    pub available: &'static str,
    pub cash: &'static str,
    pub cash_about: SaysTwo,
    pub to_cash: &'static str,
    pub vouchers: &'static str,
    pub gifts: &'static str,
    pub nothing_yet: &'static str,
    pub nothing_yet_about: &'static str,
    pub search: &'static str,
    pub only_mine: &'static str,
    pub none_fits: &'static str,
    pub show_all: &'static str,
    pub price: Says,
    pub take: &'static str,
    pub take_what: fn(&str) -> String,
    pub missing: Says,
    pub how_to_earn: &'static str,
    pub for_tier: fn(&str) -> String,
    pub limit: fn(u32, Period) -> String,
    pub from_day: fn(&str) -> String,
    pub until_day: fn(&str) -> String,
    pub left: fn(&str) -> String,
    pub valid_days: fn(u32) -> String,

    pub confirm: &'static str,
    pub you_get: &'static str,
    pub quantity: &'static str,
    pub change_quantity: &'static str,
    pub before: &'static str,
    pub taken: &'static str,
    pub after: &'static str,
    pub deliver_to: &'static str,
    pub recipient: &'static str,
    pub phone: &'static str,
    pub address: &'static str,
    pub address_about: &'static str,
    pub do_it: Says,
    pub others: &'static str,
    pub how_voucher: &'static str,
    pub how_voucher_cancel: &'static str,
    pub how_gift: &'static str,
    pub how_gift_cancel: &'static str,
    pub done_voucher: fn(&str) -> String,
    pub done_gift: fn(&str) -> String,
    pub form_used: &'static str,

    pub code: &'static str,
    pub qr: &'static str,
    pub good_until: fn(&str) -> String,
    pub good_for_ever: &'static str,
    pub reveal: &'static str,
    pub reveal_about: &'static str,
    pub reveal_yes: &'static str,
    pub revealed: &'static str,
    pub tracking: &'static str,
    pub unit_price: &'static str,
}

impl Lang {
    pub fn rewards(self) -> &'static Rewards {
        self.texts(|areas| &areas.rewards, [zh::rewards, en::rewards])
    }
}
