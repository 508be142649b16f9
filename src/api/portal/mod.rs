//! What members call.

pub mod access;
pub mod benefits;
pub mod mail;
pub mod members;
pub mod notifications;
pub mod rewards;
pub mod rules;
