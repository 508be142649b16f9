//! A member's entries: the list, what each is made of, the statement and its check.

pub mod activity;
pub mod entries;
pub mod explanation;
pub mod verify;
