//! Points given or taken by the staff.

pub mod adjustments;
