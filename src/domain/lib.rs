//! The rules of Laurel: what points are, how they are earned, what they are worth, and the ledger that proves it.
//!
//! Pure: no I/O, no async, no clock, no randomness, no `cfg(feature)`. It knows nothing of databases, HTTP or time of day;
//! whoever calls passes the instant. Compiled into the server and into the browser alike, so both compute the same.
//! The meanings are those of design/domain.md; modules are listed in reading order.

pub mod numbers;
pub mod text;
pub mod ids;
pub mod refusal;
pub mod row_refusal;
pub mod unit;
pub mod program;
pub mod member;
pub mod card;
pub mod access;

pub mod rules;
pub mod benefits;
pub mod ledger;
pub mod rewards;
pub mod pictures;
pub mod look;
pub mod lab;
pub mod experiments;
pub mod view;

#[cfg(test)]
mod stories;
