//! Tables of benefits: claims.

pub mod claims;
