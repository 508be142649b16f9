//! Signing in, accounts and their people.

pub mod account;
pub mod team;
