//! Weights, multipliers and rates: exact decimals with at most six places.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::numbers::decimal;
use crate::refusal::{Fault, FieldFault, NumberError};

/// A decimal number of at most six places, held as whole millionths, so that every product of them is exact.
///
/// Written without needless zeros (`"1.2"`), sent as a string, kept as TEXT in tables.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Factor(i64);

impl Factor {
    pub const ONE: Factor = Factor(Factor::UNIT);
    /// How many millionths make 1.
    pub const UNIT: i64 = 1_000_000;
    pub const PLACES: u32 = 6;
    /// Largest weight: 10,000 points for a unit of currency, a referral or a review.
    pub const MOST_WEIGHT: Factor = Factor::whole(10_000);
    pub const MOST_MULTIPLIER: Factor = Factor::whole(100);
    pub const MOST_RATE: Factor = Factor::whole(1_000_000);

    pub const fn whole(units: i64) -> Factor {
        Factor(units * Factor::UNIT)
    }

    pub const fn from_millionths(millionths: i64) -> Factor {
        Factor(millionths)
    }

    pub const fn millionths(self) -> i128 {
        self.0 as i128
    }

    /// What is wrong with it as a weight or multiplier: between 0 and `most`.
    pub fn fault(self, field: &str, most: Factor) -> Option<FieldFault> {
        if self.0 < 0 {
            return Some(FieldFault::new(field, Fault::Negative));
        }
        (self > most).then(|| FieldFault::new(field, Fault::TooLarge { most: most.to_string() }))
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(trimmed(&decimal::unscaled(self.millionths(), Factor::PLACES)))
    }
}

impl fmt::Debug for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Factor({self})")
    }
}

/// A decimal without the zeros that say nothing: `1.200000` is `1.2`.
pub fn trimmed(decimal: &str) -> &str {
    match decimal.contains('.') {
        true => decimal.trim_end_matches('0').trim_end_matches('.'),
        false => decimal,
    }
}

impl FromStr for Factor {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Factor, NumberError> {
        let millionths = decimal::scaled(text, Factor::PLACES)?;
        i64::try_from(millionths).map(Factor).map_err(|_| NumberError::OutOfRange)
    }
}

impl TryFrom<String> for Factor {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Factor, NumberError> {
        text.parse()
    }
}

impl From<Factor> for String {
    fn from(factor: Factor) -> String {
        factor.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_is_written_without_needless_zeros() {
        for (text, written) in
            [("1", "1"), ("1.20", "1.2"), ("0.000001", "0.000001"), ("100", "100"), ("33.333333", "33.333333")]
        {
            assert_eq!(text.parse::<Factor>().unwrap().to_string(), written);
        }
        assert_eq!("0.0000001".parse::<Factor>(), Err(NumberError::TooManyDecimals { most: 6 }));
    }
}
