//! What runs on the server only.

pub mod clock;
pub mod random;
pub mod store;
pub mod usecase;
