//! What came of an experiment: sums by group, and what can honestly be said of them, also by whoever looks every day.
//!
//! [`tally`] adds members up by group, [`sequence`] and [`chance`] are the statistics, [`result`] is what is told. Statistics are
//! computed in floating point; money and points beside them are exact sums.

pub mod chance;
pub mod result;
pub mod sequence;
pub mod tally;
