//! What stands beside the versions of the rules: drafts that were thrown away, experiments, limits of what one person may publish, proposals to a second one, and what members
//! have put aside of what they were told.

pub mod discarded;
pub mod experiment_sums;
pub mod experiments;
pub mod notices;
pub mod proposals;
