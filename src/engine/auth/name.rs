//! What people sign in with: an e-mail address or a phone number, in one form each.

use std::fmt;

use thiserror::Error;

const LONGEST_EMAIL: usize = 254;
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 6..=15;

/// An e-mail address in lower case, or a phone number as `+` and digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SignInName {
    Email(String),
    Phone(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is neither an e-mail address nor a phone number with its country code")]
pub struct NotASignInName;

impl SignInName {
    pub fn parse(typed: &str) -> Result<Self, NotASignInName> {
        let typed = typed.trim();
        if typed.len() > LONGEST_EMAIL {
            return Err(NotASignInName);
        }
        let parsed = if typed.contains('@') { email(typed).map(Self::Email) } else { phone(typed).map(Self::Phone) };
        parsed.ok_or(NotASignInName)
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(text) | Self::Phone(text) => text,
        }
    }

    pub fn email(&self) -> Option<&str> {
        match self {
            Self::Email(text) => Some(text),
            Self::Phone(_) => None,
        }
    }

    pub fn phone(&self) -> Option<&str> {
        match self {
            Self::Email(_) => None,
            Self::Phone(text) => Some(text),
        }
    }
}

impl fmt::Display for SignInName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn email(typed: &str) -> Option<String> {
    let (local, domain) = typed.split_once('@')?;
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '@' | '"' | '<' | '>' | ',' | ';' | '\\');
    let local_fits = !local.is_empty() && local.chars().all(plain);
    let labels_fit = domain.split('.').all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'));
    (local_fits && labels_fit && domain.contains('.')).then(|| typed.to_lowercase())
}

fn phone(typed: &str) -> Option<String> {
    let without_marks: String = typed.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
    let international = without_marks.strip_prefix('+').or_else(|| without_marks.strip_prefix("00"));
    let digits = match international {
        Some(digits) => digits.to_owned(),
        // a mobile number as people write it in China
        None if without_marks.len() == 11 && without_marks.starts_with('1') => ["86", &without_marks].concat(),
        None => return None,
    };
    let fits = PHONE_DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    (fits && !digits.starts_with('0')).then(|| ["+", &digits].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, expected: Option<&str>) {
        let parsed = SignInName::parse(typed).ok();
        assert_eq!(parsed.as_ref().map(SignInName::as_str), expected, "{typed}");
    }

    #[test]
    fn one_name_has_one_form() {
        check(" Li.Lei@Example.COM ", Some("li.lei@example.com"));
        check("李雷@例子.中国", Some("李雷@例子.中国"));
        for typed in ["138 1234 5678", "+86 138-1234-5678", "008613812345678", "(+86)13812345678"] {
            check(typed, Some("+8613812345678"));
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for typed in
            ["", "li", "@", "a@b", "a b@c.de", "a@@c.de", "12345", "2345678901", "+12", "+0123456789", "+1234567890123456"]
        {
            check(typed, None);
        }
    }
}
