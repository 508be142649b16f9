//! Inviting friends, closing and merging accounts.

pub mod closing;
pub mod invite;
pub mod merging;
