//! SHA-256 digests, as chains and texts have them.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest, in hexadecimal where it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first entry of a member follows.
    pub const NONE: Hash = Hash([0; 32]);

    /// A text that must not stand in the chain itself: SHA-256(random salt ‖ text), so that the text can be erased.
    pub fn of_text(salt: &[u8; 16], text: &str) -> Hash {
        Hash(Sha256::new().chain_update(salt).chain_update(text.as_bytes()).finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
