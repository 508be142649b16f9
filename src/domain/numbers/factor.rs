//! Weights, multipliers and rates: exact decimals with at most six places.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::numbers::plain;
use crate::refusal::{Fault, FieldFault, NumberError};

/// A decimal number of at most six places. The rules that are worked with have it as whole millionths, so that every product
/// is exact.
///
/// Written without needless zeros (`"1.2"`), sent as a string, kept as TEXT in tables. Its number of millionths fits an `i64`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Factor(Decimal);

impl Factor {
    pub const ZERO: Factor = Factor(Decimal::ZERO);
    pub const ONE: Factor = Factor(Decimal::ONE);
    /// How many millionths make 1.
    pub const UNIT: i64 = 1_000_000;
    pub const PLACES: u32 = 6;
    /// Largest weight: 10,000 points for a unit of currency, a referral or a review.
    pub const MOST_WEIGHT: Factor = Factor::whole(10_000);
    pub const MOST_MULTIPLIER: Factor = Factor::whole(100);
    pub const MOST_RATE: Factor = Factor::whole(1_000_000);

    /// Of a figure in the code; all that there are fit.
    pub const fn whole(units: i64) -> Factor {
        let size = units.unsigned_abs();
        Factor(Decimal::from_parts(size as u32, (size >> 32) as u32, 0, units < 0, 0))
    }

    pub fn from_millionths(millionths: i64) -> Factor {
        Factor(Decimal::new(millionths, Factor::PLACES).normalize())
    }

    pub const fn decimal(self) -> Decimal {
        self.0
    }

    pub fn millionths(self) -> i128 {
        plain::whole(self.0, Factor::PLACES).map_or(0, i128::from)
    }

    /// How many times 10^-`places` it is; `None` if that is no whole number.
    pub fn in_units(self, places: u32) -> Option<i64> {
        plain::whole(self.0, places).ok()
    }

    /// What is wrong with it as a weight or multiplier: between 0 and `most`.
    pub fn fault(self, field: &str, most: Factor) -> Option<FieldFault> {
        if self < Factor::ZERO {
            return Some(FieldFault::new(field, Fault::Negative));
        }
        (self > most).then(|| FieldFault::new(field, Fault::TooLarge { most: most.to_string() }))
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        plain::write(self.0, f)
    }
}

impl fmt::Debug for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Factor({self})")
    }
}

impl FromStr for Factor {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Factor, NumberError> {
        let factor = plain::read(text, Factor::PLACES)?;
        plain::whole(factor, Factor::PLACES).map(|_| Factor(factor))
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
