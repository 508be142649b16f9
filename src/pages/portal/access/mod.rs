//! Coming in: signing in, and the invitation that lets a member in.

pub mod activate;
pub mod sign_in;
