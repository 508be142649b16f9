//! What members call.

pub mod access;
pub mod benefits;
pub mod members;
pub mod rewards;
pub mod rules;
