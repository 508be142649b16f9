//! Numbers and days: points, money, decimals, rounding and the programme's calendar.
//!
//! What comes in is text or whole numbers; what goes out is exact. Nothing here knows of rules or members.

pub mod points;
pub mod money;
pub mod factor;
pub mod rounding;
pub mod calendar;
pub(crate) mod civil;
pub mod time;
pub mod sorted;
mod offsets;

pub(crate) mod plain;
