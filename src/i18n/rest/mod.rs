//! What the API for payment systems says when it does not do as it was asked.

mod en;
mod zh;

use super::{Lang, Language};

pub struct Rest {
    /// The kind of problem, by status.
    pub title: fn(u16) -> &'static str,
    pub no_key: &'static str,
    pub bad_key: &'static str,
    pub missing_scope: fn(&str) -> String,
    pub foreign_source: fn(&str) -> String,
    pub no_route: &'static str,
    pub wrong_method: &'static str,
    pub no_event: &'static str,
    pub no_redemption: &'static str,
    pub no_voucher: &'static str,
    pub no_claim: &'static str,
    pub too_large: fn(usize) -> String,
    pub media_type: &'static str,
    pub malformed_json: &'static str,
    pub key_missing: &'static str,
    pub key_invalid: &'static str,
    pub key_reused: &'static str,
    pub key_running: &'static str,
    pub rate_limited: fn(u64) -> String,
    pub invalid: &'static str,
    pub unknown_field: &'static str,
    pub not_text: &'static str,
    pub not_object: &'static str,
    pub not_list: &'static str,
    pub not_whole: &'static str,
    pub not_a_cursor: &'static str,
    pub here: &'static str,
}

impl Lang {
    pub const fn rest(self) -> &'static Rest {
        match self.language() {
            Language::Zh => &zh::REST,
            Language::En => &en::REST,
        }
    }
}
