//! A member's file at the console, inviting friends, closing and merging accounts.

pub mod card;
pub mod closing;
pub mod file;
pub mod invite;
pub mod merging;
