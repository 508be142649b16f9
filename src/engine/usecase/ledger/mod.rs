//! Posting to the ledger, reading it, and proving it.
//!
//! [`Ledger`] is what every use case that posts works with. Events come in by [`ingest`] and [`import`]; [`due`] posts what
//! time brings; [`verify`] and [`checkpoint`] prove the result.

mod open;
pub mod ingest;
pub mod due;
pub mod adjustments;
pub mod adjust_limit;
pub mod reversals;
pub mod activity;
pub mod entry_list;
pub mod statement;
pub mod quote;
pub mod verify;
pub mod checkpoint;
pub mod whole;
pub(super) mod late;
pub(super) mod months;
pub(super) mod posting;

pub use open::Ledger;
