//! Random secrets: session tokens, keys and one-time codes. Only their SHA-256 is ever stored.
//! A plain hash is enough, because nobody can try all of 256 bits.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::random;

const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 43 of 62 characters are 256 bits.
const LENGTH: usize = 43;
const LONGEST: usize = 128;

/// A secret in its readable form. Given to its owner once; not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// What is stored of a secret.
pub type TokenHash = [u8; 32];

impl Token {
    /// 256 random bits, in letters and digits.
    pub fn random() -> Self {
        Self(random::text(LENGTH, ALPHABET))
    }

    /// As `random`, after a prefix that says what it is.
    pub fn random_with_prefix(prefix: &str) -> Self {
        Self(format!("{prefix}{}", random::text(LENGTH, ALPHABET)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// The hash of what somebody presents, or nothing if it cannot be a token.
    pub fn hash_of(presented: &str) -> Option<TokenHash> {
        let plausible = !presented.is_empty() && presented.len() <= LONGEST;
        plausible.then(|| Sha256::digest(presented.as_bytes()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A code that a person reads out or types: 60 bits in twelve characters of which none looks like another.
pub struct LinkCode;

impl LinkCode {
    const ALPHABET: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    const LENGTH: usize = 12;

    /// `ABCD-EFGH-JKLM`, with its hash.
    pub fn random() -> (String, TokenHash) {
        let code = random::text(Self::LENGTH, Self::ALPHABET);
        let shown = [&code[..4], &code[4..8], &code[8..]].join("-");
        (shown, Sha256::digest(code.as_bytes()).into())
    }

    /// The hash of a code as somebody typed it, or nothing if it cannot be one.
    pub fn hash_of(typed: &str) -> Option<TokenHash> {
        if typed.len() > LONGEST {
            return None;
        }
        let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        let plausible = code.len() == Self::LENGTH && code.bytes().all(|byte| Self::ALPHABET.contains(&byte));
        plausible.then(|| Sha256::digest(code.as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_by_what_its_owner_presents_and_shows_nothing_of_itself() {
        let token = Token::random();
        assert_eq!(Token::hash_of(token.as_str()), Some(token.hash()));
        assert_ne!(token, Token::random());
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_eq!(Token::hash_of(""), None);
        assert_eq!(Token::hash_of(&"x".repeat(200)), None);
    }

    #[test]
    fn a_link_code_may_be_typed_in_any_way() {
        let (shown, hash) = LinkCode::random();
        assert_eq!(shown.len(), 14);
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', ""), format!(" {} ", shown.replace('-', " "))] {
            assert_eq!(LinkCode::hash_of(&typed), Some(hash), "{typed}");
        }
        assert_eq!(LinkCode::hash_of("ABCD-EFGH-JKL0"), None);
        assert_eq!(LinkCode::hash_of("ABCD-EFGH"), None);
    }
}
