//! Benefits of a tier: what a member has, and claiming what has a quota.

pub mod of_member;
pub mod claims;
