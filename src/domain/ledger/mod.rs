//! The ledger: what happened to a member's points, why, and the proof of it.
//!
//! An [`event`] or a decision of the staff comes in; [`earning`] says what it is worth; [`account`] and [`posting`] turn it
//! into [`entry`]s of the member's chain (a [`sink`] takes them), after what is [`due`]: [`earn`], [`refund`], [`invitation`], [`spend`], [`closing`] and
//! [`merging`] say what each thing that happens makes of an account. [`statement`] and [`explanation`] read entries again.

pub mod event;
pub mod earning;
pub mod entry;
pub mod account;
pub mod state;
pub mod undo;
pub mod sink;
pub mod posting;
pub(crate) mod plain;
pub mod earn;
pub mod refund;
pub mod invitation;
pub mod spend;
pub mod closing;
pub mod due;
pub mod merging;
pub mod month_totals;
pub mod year;
pub mod adjustment;
pub mod explanation;
pub mod history;
pub mod statement;
