//! Points, in hundredths, with checked arithmetic only.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::numbers::plain;
use crate::refusal::NumberError;

/// An amount of points, held as hundredths of a point; shown and sent as a decimal string with two decimals, `"139.12"`.
///
/// Range: every `i64` number of hundredths. There is no `From<i64>`: whether a number means points or hundredths has to be said.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Points(i64);

impl Points {
    pub const ZERO: Points = Points(0);

    #[inline]
    pub const fn from_hundredths(hundredths: i64) -> Points {
        Points(hundredths)
    }

    #[inline]
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// With two decimals.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    #[inline]
    pub fn checked_add(self, other: Points) -> Option<Points> {
        self.0.checked_add(other.0).map(Points)
    }

    #[inline]
    pub fn checked_sub(self, other: Points) -> Option<Points> {
        self.0.checked_sub(other.0).map(Points)
    }

    #[inline]
    pub fn checked_neg(self) -> Option<Points> {
        self.0.checked_neg().map(Points)
    }

    #[inline]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    #[inline]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    #[inline]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The smaller of the two, and never below zero: how much of `wanted` can come out of `self`.
    #[inline]
    pub fn available_for(self, wanted: Points) -> Points {
        Points(self.0.min(wanted.0).max(0))
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        plain::write(self.decimal(), f)
    }
}

impl fmt::Debug for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Points({self})")
    }
}

impl FromStr for Points {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Points, NumberError> {
        plain::whole(plain::read(text, 2)?, 2).map(Points)
    }
}

impl TryFrom<String> for Points {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Points, NumberError> {
        text.parse()
    }
}

impl From<Points> for String {
    fn from(points: Points) -> String {
        points.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_sent_as_text_and_come_back_the_same() {
        for hundredths in [0, 1, -1, 13912, i64::MAX, i64::MIN] {
            let points = Points::from_hundredths(hundredths);
            let json = serde_json::to_string(&points).unwrap();
            assert_eq!(serde_json::from_str::<Points>(&json).unwrap(), points, "{json}");
        }
        assert!(serde_json::from_str::<Points>("1.5").is_err(), "a JSON number is a float and not points");
    }

    #[test]
    fn points_beyond_i64_are_refused() {
        assert_eq!("92233720368547758.08".parse::<Points>(), Err(NumberError::OutOfRange));
        assert_eq!("92233720368547758.07".parse::<Points>(), Ok(Points(i64::MAX)));
        assert_eq!(Points(i64::MAX).checked_add(Points(1)), None);
    }
}
