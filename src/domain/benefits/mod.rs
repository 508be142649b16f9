//! What a tier gives besides points: benefits, and claims of those that have a quota.

pub mod benefit;
pub mod claim;
