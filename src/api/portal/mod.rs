//! What members call.

pub mod entry;
pub mod profile;
pub mod redeem;
