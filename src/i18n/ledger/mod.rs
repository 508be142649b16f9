//! Entries, adjustments, and the proof.

pub mod activity;
pub mod adjust;
pub mod proof;
