//! Sums of many members in words: they may be more than one member can hold.

use laurel_domain::lab::sum::{Amount, Sum};
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::numbers::points::Points;

use crate::i18n::format;

pub fn points(sum: Sum) -> String {
    i64::try_from(sum.hundredths())
        .map_or_else(|_| sum.to_string(), |hundredths| format::points(Points::from_hundredths(hundredths)))
}

/// With its sign.
pub fn points_change(sum: Sum) -> String {
    let change = i64::try_from(sum.hundredths()).map(|hundredths| format::points_change(Points::from_hundredths(hundredths)));
    change.unwrap_or_else(|_| sum.to_string())
}

pub fn money(amount: Amount, currency: Currency) -> String {
    let minor = i64::try_from(amount.minor).ok();
    let known = minor.and_then(|minor| Money::from_minor(minor, currency).ok());
    known.map_or_else(|| amount.to_string(), format::money)
}

/// With its sign.
pub fn money_change(before: Amount, after: Amount, currency: Currency) -> String {
    let change = after.minor - before.minor;
    let size = money(Amount { minor: change.abs(), exponent: after.exponent }, currency);
    match change {
        0 => size,
        1.. => format!("+{size}"),
        _ => format!("−{size}"),
    }
}

pub fn count(number: u64) -> String {
    format::count(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_to_the_last_digit() {
        assert_eq!([count(999), count(4_338), count(1_000_000)], ["999", "4,338", "1,000,000"]);
    }
}
