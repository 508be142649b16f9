//! The code on a member's card: twenty digits that say who it is to the programme that made them, for some minutes.
//!
//! What stands in the digits cannot be read, made up or carried on without the programme's secret: the member's number is hidden
//! under a check of itself and the time. Whoever photographs a card can show it at a till until its time is over, and no longer.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// A code is good in the span it was made in and in the next: for five minutes at least, for ten at most.
const SPAN_SECONDS: i64 = 300;
const NUMBER_BITS: u32 = 34;
const CHECK_BITS: u32 = 32;

/// What only the programme knows.
#[derive(Clone, Copy)]
pub struct Secret(pub [u8; 16]);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardCode(String);

impl CardCode {
    pub const LENGTH: usize = 20;

    /// The code of a member at a time, and until when it is good at the least. None for a number that no programme reaches.
    pub fn of(secret: Secret, member_no: i64, now: Timestamp) -> Option<(CardCode, Timestamp)> {
        let number = u64::try_from(member_no).ok().filter(|number| *number < 1 << NUMBER_BITS)?;
        let span = span_of(now);
        let check = checked(secret, span, number);
        let hidden = number ^ mask(secret, span, check);
        let packed = u128::from(hidden) << CHECK_BITS | u128::from(check);
        let until = Timestamp::from_second((span + 2) * SPAN_SECONDS).ok()?;
        Some((CardCode(format!("{packed:020}")), until))
    }

    /// The code that somebody typed or scanned, if it can be one.
    pub fn parse(typed: &str) -> Option<CardCode> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(CardCode::LENGTH + 1).collect();
        (digits.len() == CardCode::LENGTH && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(CardCode(digits))
    }

    /// The member's number, if this was made by the programme lately.
    pub fn member_no(&self, secret: Secret, now: Timestamp) -> Option<i64> {
        let packed: u128 = self.0.parse().ok()?;
        let check = u32::try_from(packed & u128::from(u32::MAX)).ok()?;
        let hidden = u64::try_from(packed >> CHECK_BITS).ok().filter(|hidden| *hidden < 1 << NUMBER_BITS)?;
        // another server's clock may be a little ahead
        let spans = [span_of(now), span_of(now) - 1, span_of(now.saturating_add(AHEAD).unwrap_or(now))];
        let number = spans.into_iter().find_map(|span| {
            let number = hidden ^ mask(secret, span, check);
            (checked(secret, span, number) == check).then_some(number)
        })?;
        i64::try_from(number).ok()
    }

    /// Without groups, as scanners read it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const AHEAD: SignedDuration = SignedDuration::from_secs(5);

fn span_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(SPAN_SECONDS)
}

fn checked(secret: Secret, span: i64, number: u64) -> u32 {
    (drawn(secret, 0, span, number) >> 32) as u32
}

fn mask(secret: Secret, span: i64, check: u32) -> u64 {
    drawn(secret, 1, span, u64::from(check)) >> (u64::BITS - NUMBER_BITS)
}

/// What is hashed has one length, so that nothing can be added to it.
fn drawn(Secret(secret): Secret, purpose: u8, span: i64, value: u64) -> u64 {
    let hash = Sha256::new()
        .chain_update("laurel card\0")
        .chain_update(secret)
        .chain_update([purpose])
        .chain_update(span.to_be_bytes())
        .chain_update(value.to_be_bytes())
        .finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(first)
}

/// `1234 5678 9012 3456 7890`, as people read it out.
impl fmt::Display for CardCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, digit) in self.0.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                f.write_str(" ")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: Secret = Secret([7; 16]);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn a_code_says_who_it_is_for_five_minutes_at_least_and_ten_at_most() {
        for number in [1, 2, 4_338, 1_000_000, (1 << 34) - 1] {
            for shown in [0, 1, 150, 299] {
                let (code, until) = CardCode::of(SECRET, number, at(shown)).unwrap();
                assert_eq!(code.as_str().len(), CardCode::LENGTH);
                assert_eq!(CardCode::parse(&code.to_string()).as_ref(), Some(&code), "as people read it out");
                let good_for = until.as_second() - at(shown).as_second();
                assert!((300..=600).contains(&good_for), "{good_for}");
                for second in [shown, shown + 299, shown + good_for - 1] {
                    assert_eq!(code.member_no(SECRET, at(second)), Some(number), "{second}");
                }
                assert_eq!(code.member_no(SECRET, until), None, "its time is over");
                assert_eq!(code.member_no(Secret([8; 16]), at(shown)), None, "another programme's");
            }
        }
        assert!(CardCode::of(SECRET, 1 << 34, at(0)).is_none() && CardCode::of(SECRET, -1, at(0)).is_none());
    }

    #[test]
    fn no_digit_can_be_another_and_two_codes_tell_nothing_of_each_other() {
        let (code, _) = CardCode::of(SECRET, 4_338, at(0)).unwrap();
        for place in 0..CardCode::LENGTH {
            for digit in '0'..='9' {
                let mut digits: Vec<char> = code.as_str().chars().collect();
                if digits[place] == digit {
                    continue;
                }
                digits[place] = digit;
                let other = CardCode::parse(&digits.into_iter().collect::<String>()).unwrap();
                assert_eq!(other.member_no(SECRET, at(0)), None, "{other}");
            }
        }
        let next = CardCode::of(SECRET, 4_339, at(0)).unwrap().0;
        let same = code.as_str().chars().zip(next.as_str().chars()).filter(|(one, other)| one == other).count();
        assert!(same < 10, "{code} and {next}");
    }

    #[test]
    fn what_is_no_code_is_none() {
        for typed in ["", "1234", "1234 5678 9012 3456 789x", "123456789012345678901", "９".repeat(20).as_str()] {
            assert_eq!(CardCode::parse(typed), None, "{typed}");
        }
        assert_eq!(CardCode::parse(&"9".repeat(20)).unwrap().member_no(SECRET, at(0)), None, "larger than any");
    }
}
