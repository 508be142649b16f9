//! The member's card, and the till that reads it.

mod en;
mod zh;

use crate::i18n::Lang;

pub struct Card {
    // the portal
    pub title: &'static str,
    pub show: &'static str,
    pub label: &'static str,
    pub good_until: fn(&str) -> String,
    pub renew: &'static str,
    pub about: &'static str,
    pub safe: &'static str,
    pub codes: &'static str,
    pub codes_about: &'static str,
    pub suspended: &'static str,

    // the till
    pub till: &'static str,
    pub scan: &'static str,
    pub scan_hint: &'static str,
    pub look_up: &'static str,
    pub nothing: &'static str,
    pub too_old: &'static str,
    pub waiting: &'static str,
    pub waiting_about: &'static str,
    pub points: &'static str,
    pub since: fn(&str) -> String,
    pub always: &'static str,
    pub may_claim: &'static str,
    pub claimed: &'static str,
    pub nothing_claimed: &'static str,
    pub nothing_held: &'static str,
    pub not_active: &'static str,
    pub voucher: &'static str,
    pub voucher_more: &'static str,
    pub to_till: &'static str,
}

impl Lang {
    pub fn card(self) -> &'static Card {
        self.texts(|areas| &areas.card, [zh::card, en::card])
    }
}
