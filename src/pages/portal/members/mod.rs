//! Becoming a member, and what a member keeps of themselves.

pub mod profile;
pub mod register;
