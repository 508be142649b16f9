//! Signing in to the console, the staff, and API keys.

pub mod account;
pub mod entry;
pub mod keys;
pub mod staff;
