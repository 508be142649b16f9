//! What staff call, all under `/api/admin/`, which is refused to everyone else before any body runs.

pub mod adjustments;
pub mod benefits;
pub mod closing;
pub mod entry;
pub mod keys;
pub mod members;
pub mod redemptions;
pub mod rewards;
pub mod rules;
pub mod staff;
