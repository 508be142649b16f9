//! The rules of Laurel: what points are, how they are earned, what they are worth, and the ledger that proves it.
//!
//! Pure: no I/O, no async, no clock, no randomness, no `cfg(feature)`. It knows nothing of databases, HTTP or time of day;
//! whoever calls passes the instant. Compiled into the server and into the browser alike, so both compute the same.
//! The meanings are those of design/domain.md; modules are listed in reading order.

pub mod points;
pub mod money;
pub mod factor;
pub mod text;
pub mod ids;
pub mod refusal;

pub mod calendar;
pub mod program;
pub mod member;
pub mod event;
pub mod rounding;
pub mod benefit;
pub mod claim;
pub mod window;
pub mod period;
pub mod tier;
pub mod terms;
pub mod rules;

pub mod earn;
pub mod redeem;
pub mod redemption;
pub mod reward;
pub mod adjustment;
pub mod ledger;
pub mod account;
pub mod posting;
pub mod due;
pub mod gathered;
pub mod statement;
pub mod explain;
pub mod form;
pub mod form_terms;
pub mod form_edit;
pub mod preview;
pub mod view;

mod decimal;

#[cfg(test)]
mod examples;
