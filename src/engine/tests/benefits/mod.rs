//! What a tier gives, claimed and used.

mod claims;
