//! Totals of the whole programme, by difference: `changes` is what one transaction changed, which is written once at its end;
//! `sums` adds those rows up, reads totals and rows together, and counts everything anew. `posted` tells whose ledgers went on.

mod changes;
pub mod posted;
mod sums;

pub use changes::{Changes, Flow, Quarter, Sum, Totals, write};
pub use sums::{count, fold, has_unfolded, in_lots, is_counted, kept, read, recount, since};
