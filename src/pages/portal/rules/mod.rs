//! The rules as a member reads them.

pub mod notices;
pub mod tiers;
