//! Working redemptions off by the dozen: payout batches, tracking numbers, packing slips.

mod en;
mod zh;

use laurel_domain::rewards::paste::LineFaultKind;

use crate::i18n::Lang;

/// How many were paid, what they come to, and how many failed.
pub type SaysSettled = Box<dyn Fn(usize, &str, usize) -> String + Send + Sync>;

pub struct Payouts {
    pub search: &'static str,
    pub search_placeholder: &'static str,
    pub found: fn(&str) -> String,
    pub nothing_found: &'static str,
    pub nothing_found_about: &'static str,
    pub make: &'static str,
    pub make_title: fn(usize, &str) -> String,
    pub make_about: &'static str,
    pub make_confirm: fn(usize, &str) -> String,
    pub made: fn(usize, &str) -> String,
    pub none_for_batch: &'static str,
    pub already_batched: &'static str,
    pub already_settled: &'static str,
    pub batches: &'static str,
    pub no_batches: &'static str,
    pub no_batches_about: &'static str,
    pub batch: fn(i64) -> String,
    /// How many payouts.
    pub number: fn(usize) -> String,
    pub batch_columns: [&'static str; 5],
    pub open: &'static str,
    pub settled: &'static str,
    pub made_by: fn(&str, &str) -> String,
    pub settled_by: fn(&str, &str) -> String,
    pub file: &'static str,
    pub file_about: &'static str,
    pub file_columns: [&'static str; 8],
    pub settle: &'static str,
    pub settle_about: &'static str,
    pub reference: &'static str,
    pub reference_hint: &'static str,
    pub failures: &'static str,
    pub failures_hint: &'static str,
    pub ticked_reason: &'static str,
    pub ticked_reason_hint: &'static str,
    pub failed_column: &'static str,
    pub review: &'static str,
    pub paid_sum: &'static str,
    pub failed_sum: &'static str,
    pub settle_confirm: fn(usize, &str, usize) -> String,
    pub settle_done: SaysSettled,
    pub change: &'static str,
    pub line_fault: fn(usize, LineFaultKind) -> String,

    pub tracking: &'static str,
    pub tracking_title: &'static str,
    pub tracking_about: &'static str,
    pub lines: &'static str,
    pub lines_hint: &'static str,
    /// How many lines can be done, and how many cannot.
    pub reviewed: fn(usize, usize) -> String,
    pub review_columns: [&'static str; 6],
    pub ready: &'static str,
    pub ship_reviewed: fn(usize) -> String,
    pub was_shipped: &'static str,
    pub gift_twice: &'static str,
    pub shipped: fn(usize) -> String,
    pub some_shipped: fn(usize, usize) -> String,
    pub line: fn(usize, &str) -> String,
    pub unknown_gift: &'static str,
    pub several: &'static str,
    pub no_tracking: &'static str,
    pub too_long: &'static str,
    pub in_state: fn(&str) -> String,

    pub slips: &'static str,
    pub slips_title: fn(usize) -> String,
    pub slip: &'static str,
    pub print: &'static str,
    pub no_slips: &'static str,
    pub quantity: &'static str,
    pub ordered_on: &'static str,
}

impl Lang {
    pub fn payouts(self) -> &'static Payouts {
        self.texts(|areas| &areas.payouts, [zh::payouts, en::payouts])
    }
}
