//! Sums over many members, which may be more than any one member can hold.

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Deserialize, Serialize};

use crate::numbers::factor::Factor;
use crate::numbers::money::Currency;
use crate::numbers::points::Points;

/// Points of many, in hundredths; written with two decimals. It holds what 10^19 members of the most points have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sum(pub i128);

impl Sum {
    pub const ZERO: Sum = Sum(0);

    pub const fn hundredths(self) -> i128 {
        self.0
    }

    /// What these points come to in money at so many points a unit, floored to the minor unit; what is owed is negative.
    pub fn in_money(self, rate: Factor, currency: Currency) -> Amount {
        let rate = rate.millionths().max(1);
        let worth = self.0.saturating_mul(currency.minor_per_unit()).saturating_mul(i128::from(Factor::UNIT));
        Amount { minor: worth.div_euclid(rate.saturating_mul(100)), exponent: currency.exponent() }
    }
}

impl From<Points> for Sum {
    fn from(points: Points) -> Sum {
        Sum(points.hundredths().into())
    }
}

impl Add for Sum {
    type Output = Sum;
    fn add(self, other: Sum) -> Sum {
        Sum(self.0 + other.0)
    }
}

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Sum) {
        self.0 += other.0;
    }
}

impl Sub for Sum {
    type Output = Sum;
    fn sub(self, other: Sum) -> Sum {
        Sum(self.0 - other.0)
    }
}

impl Neg for Sum {
    type Output = Sum;
    fn neg(self) -> Sum {
        Sum(-self.0)
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&in_decimals(self.0, 2))
    }
}

impl From<Sum> for String {
    fn from(sum: Sum) -> String {
        sum.to_string()
    }
}

impl TryFrom<String> for Sum {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Sum, &'static str> {
        let (whole, rest) = text.split_once('.').filter(|(_, rest)| rest.len() == 2).ok_or("a sum has two decimals")?;
        format!("{whole}{rest}").parse().map(Sum).map_err(|_| "is no sum")
    }
}

/// Money of many, in minor units; written with the decimals of its currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    pub minor: i128,
    pub exponent: u32,
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&in_decimals(self.minor, self.exponent))
    }
}

impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

fn in_decimals(units: i128, places: u32) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let (size, unit) = (units.unsigned_abs(), 10_u128.pow(places));
    match places {
        0 => format!("{sign}{size}"),
        places => format!("{sign}{}.{:0>places$}", size / unit, size % unit, places = places as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_written_with_two_decimals_and_read_again() {
        for (units, text) in [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (13_912, "139.12"), (-1_234_567, "-12345.67")] {
            assert_eq!(Sum(units).to_string(), text);
            assert_eq!(Sum::try_from(text.to_owned()), Ok(Sum(units)));
        }
        assert!(Sum::try_from("1.5".to_owned()).is_err());
    }

    #[test]
    fn points_are_worth_what_the_rate_says_floored() {
        let rate = |text: &str| text.parse::<Factor>().unwrap();
        let (cny, jpy) = ("CNY".parse().unwrap(), "JPY".parse().unwrap());
        assert_eq!(Sum(25_099).in_money(rate("100"), cny).to_string(), "2.50");
        assert_eq!(Sum(25_099).in_money(rate("100"), jpy).to_string(), "2");
        assert_eq!(Sum(-1).in_money(rate("100"), cny).to_string(), "-0.01");
    }
}
