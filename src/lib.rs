//! Laurel: membership and points for payment systems.

#[cfg(feature = "ssr")]
pub mod server;
