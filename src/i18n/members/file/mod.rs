//! A member's file at the console.

mod en;
mod zh;

use crate::i18n::Lang;

pub struct MemberFile {
    /// The member's own words for how far the next tier is, and what keeps this one.
    pub tier_seen: &'static str,
    pub tabs_label: &'static str,
    /// Ledger, redemptions, benefits, tiers, log.
    pub tabs: [&'static str; 6],
    pub ledger_columns: [&'static str; 7],
    /// What the picture above the ledger shows.
    pub balances: &'static str,
    pub balance: &'static str,
    pub reverse: &'static str,
    /// The number of the entry.
    pub reverse_entry: fn(i64) -> String,
    /// Why: the number of the entry, and what it was.
    pub reverses: fn(i64, &str) -> String,
    /// The number of the entry that took it back.
    pub reversed_by: fn(i64) -> String,
    pub none_match: &'static str,
    pub clear: &'static str,
    pub export: &'static str,
    pub no_redemptions: &'static str,
    pub no_tier_changes: &'static str,
    pub tier_columns: [&'static str; 3],
    pub became: &'static str,
    pub held: &'static str,
    pub no_benefits: &'static str,
    pub left: fn(u32, u32) -> String,
    pub always: &'static str,
    pub open_codes: &'static str,
    pub ended_codes: &'static str,
    pub no_codes: &'static str,
    pub code_columns: [&'static str; 3],
    pub csv_columns: [&'static str; 11],
    pub version: fn(u32) -> String,
}

impl Lang {
    pub fn member_file(self) -> &'static MemberFile {
        self.texts(|areas| &areas.member_file, [zh::member_file, en::member_file])
    }
}
