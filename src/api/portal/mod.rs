//! What members call.

pub mod benefits;
pub mod closing;
pub mod entry;
pub mod profile;
pub mod redeem;
pub mod rewards;
