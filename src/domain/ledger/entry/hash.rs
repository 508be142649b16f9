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
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
