//! Tables of members: who they are, searching them, and erasing who they were.

pub mod friends;
pub mod details;
pub mod member;
pub mod ids;
pub mod keys;
pub mod last_activity;
mod look;
pub mod merging;
mod new_member;
pub mod notes;
mod ordered;
pub mod roll;
pub(in crate::store) mod row;
pub mod search;
pub(in crate::store) mod shards;
pub mod sums;
pub mod unconfirmed;
pub mod wanted;
pub mod erasure;
pub mod for_jobs;
