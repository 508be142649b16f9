//! Closing and merging accounts.

pub mod closing;
pub mod merging;
