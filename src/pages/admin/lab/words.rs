//! Sums of many members in words: they may be more than one member can hold.

use laurel_domain::lab::sum::{Amount, Sum};
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::numbers::points::Points;

use crate::i18n::{Lang, format};
use laurel_engine::usecase::lab::runs::Expected;

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

/// Begun ones count.
pub fn minutes(seconds: u64) -> i64 {
    i64::try_from(seconds.div_ceil(60)).unwrap_or(i64::MAX)
}

/// That the history does not fit into memory: how much it would take, how much it may, and how long a run takes therefore.
pub fn too_large(lang: Lang, expected: Expected) -> String {
    // what is wanted rounds up, what may be taken down, so that the one is never told as the other
    let [wanted, most] = [expected.wanted.saturating_add((1 << 20) - 1) >> 20, expected.most >> 20].map(format::count);
    let minutes = minutes(u64::try_from(expected.seconds).unwrap_or(0).max(1));
    (lang.lab().too_large)([&wanted, &most, &format::count(minutes)], minutes == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_to_the_last_digit() {
        assert_eq!([count(999), count(4_338), count(1_000_000)], ["999", "4,338", "1,000,000"]);
    }
}
