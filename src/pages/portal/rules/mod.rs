//! The rules as a member reads them.

pub mod tiers;
