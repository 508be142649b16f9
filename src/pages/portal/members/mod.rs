//! Becoming a member, and what a member keeps of themselves.

pub mod card;
pub mod invite;
pub mod profile;
pub mod register;
