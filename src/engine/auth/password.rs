//! What may be a password: long enough, and not one that everybody tries first.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use thiserror::Error;

const COMMON: &str = include_str!("common_passwords.txt");
static REFUSED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| COMMON.lines().collect());

/// A password that somebody typed. Not shown by `Debug`, and never stored.
#[derive(Clone)]
pub struct Password(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordFault {
    #[error("has fewer than {least} characters")]
    TooShort { least: usize },
    #[error("has more than {most} characters")]
    TooLong { most: usize },
    #[error("is one of the first that anybody would try")]
    TooCommon,
}

impl Password {
    pub const LEAST: usize = 8;
    pub const MOST: usize = 128;

    /// A new password. Spaces and every script are welcome; `about` is what an attacker would know, like the sign-in name.
    pub fn new(typed: &str, about: &[&str]) -> Result<Self, PasswordFault> {
        if typed.len() > Self::MOST * 4 || typed.chars().count() > Self::MOST {
            return Err(PasswordFault::TooLong { most: Self::MOST });
        }
        if typed.chars().count() < Self::LEAST {
            return Err(PasswordFault::TooShort { least: Self::LEAST });
        }
        let lower = typed.to_lowercase();
        if REFUSED.contains(lower.as_str()) || is_monotonous(&lower) || about.iter().any(|known| is_about(&lower, known)) {
            return Err(PasswordFault::TooCommon);
        }
        Ok(Self(typed.to_owned()))
    }

    /// One to compare with what is stored, which may be older than today's rules. Nothing if it cannot be right.
    pub fn presented(typed: &str) -> Option<Self> {
        (typed.len() <= Self::MOST * 4).then(|| Self(typed.to_owned()))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// One or two characters again and again, or a run like `abcdefgh` or `87654321`.
fn is_monotonous(password: &str) -> bool {
    let characters: Vec<u32> = password.chars().map(u32::from).collect();
    let different = characters.iter().collect::<HashSet<_>>().len();
    let steps_by = |step: i64| characters.windows(2).all(|pair| i64::from(pair[1]) - i64::from(pair[0]) == step);
    different <= 2 || steps_by(1) || steps_by(-1)
}

/// The name itself, or what stands before its `@`, with at most two characters more.
fn is_about(password: &str, known: &str) -> bool {
    let known = known.to_lowercase();
    let local = known.split('@').next().unwrap_or_default();
    let close = |part: &str| part.len() >= 4 && password.contains(part) && password.chars().count() <= part.chars().count() + 2;
    close(&known) || close(local) || close(local.trim_start_matches("+86"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, expected: Result<(), PasswordFault>) {
        assert_eq!(Password::new(typed, &["li.lei@example.com", "+8613812345678"]).map(drop), expected, "{typed}");
    }

    #[test]
    fn length_counts_characters_and_every_script_will_do() {
        check("短密码", Err(PasswordFault::TooShort { least: 8 }));
        check("一个足够长的密码", Ok(()));
        check("correct horse battery staple", Ok(()));
        check(&"x7".repeat(65), Err(PasswordFault::TooLong { most: 128 }));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for common in ["password", "Password1", "12345678", "88888888", "abababab", "abcdefghij", "987654321", "woaini1314"] {
            check(common, Err(PasswordFault::TooCommon));
        }
        for about in ["li.lei@example.com", "li.lei12", "13812345678", "+8613812345678"] {
            check(about, Err(PasswordFault::TooCommon));
        }
    }

    #[test]
    fn the_list_holds_a_few_hundred_that_are_long_enough_to_matter() {
        assert!(REFUSED.len() >= 300);
        for word in COMMON.lines() {
            assert!(word.chars().count() >= Password::LEAST && word == word.to_lowercase(), "{word}");
        }
    }
}
