//! Redeeming points to cash.

use serde::{Deserialize, Serialize};

use crate::numbers::factor::Factor;
use crate::numbers::money::{Currency, Money};
use crate::numbers::points::Points;
use crate::refusal::Refusal;

/// What of the rules redeeming to cash goes by; little enough to be sent to the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashTerms {
    /// How many points pay one unit of currency.
    pub rate: Factor,
    pub currency: Currency,
    pub rules_version: u32,
}

/// What a number of points pays under a version of the rules, and what that takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub cash: Money,
    /// What this cash costs; at most what was asked for.
    pub points: Points,
    pub rules_version: u32,
}

/// `points ÷ rate`, floored to the minor unit. `None` when it is negative or more money than there can be.
pub fn cash_for(terms: &CashTerms, points: Points) -> Option<Money> {
    let minor_per_unit = terms.currency.minor_per_unit();
    let minor = i128::from(points.hundredths())
        .checked_mul(minor_per_unit * i128::from(Factor::UNIT))?
        .div_euclid(100 * terms.rate.millionths());
    let minor = i64::try_from(minor).ok().filter(|minor| *minor >= 0)?;
    Money::from_minor(minor, terms.currency).ok()
}

/// What an amount of cash costs: cash × rate, rounded up to a hundredth of a point. `None` beyond all points.
pub fn cost_of(terms: &CashTerms, cash: Money) -> Option<Points> {
    let exact = i128::from(cash.minor()).checked_mul(100 * terms.rate.millionths())?;
    let divisor = terms.currency.minor_per_unit() * i128::from(Factor::UNIT);
    let cost = exact / divisor + i128::from(exact % divisor != 0);
    i64::try_from(cost).map(Points::from_hundredths).ok()
}

/// Cash by the rule set's rate, floored to the minor unit; only what this cash costs (cash × rate, rounded up to a
/// hundredth of a point) is taken.
///
/// Refused: [`Refusal::NothingToPay`] when the cash would be 0, [`Refusal::PointsOutOfRange`] beyond all money.
pub fn quote(terms: &CashTerms, points: Points) -> Result<Quote, Refusal> {
    if !points.is_positive() {
        return Err(Refusal::NothingToPay);
    }
    let cash = cash_for(terms, points).ok_or(Refusal::PointsOutOfRange)?;
    if cash.minor() == 0 {
        return Err(Refusal::NothingToPay);
    }
    let points = cost_of(terms, cash).ok_or(Refusal::PointsOutOfRange)?;
    Ok(Quote { cash, points, rules_version: terms.rules_version })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(rate: &str, currency: &str) -> CashTerms {
        CashTerms { rate: rate.parse().unwrap(), currency: currency.parse().unwrap(), rules_version: 3 }
    }

    fn check(rate: &str, points: &str, cash: &str, taken: &str) {
        let quote = quote(&terms(rate, "CNY"), points.parse().unwrap()).unwrap();
        assert_eq!((quote.cash.amount().as_str(), quote.points.to_string().as_str()), (cash, taken), "{points} at {rate}");
        assert_eq!(quote.rules_version, 3);
    }

    #[test]
    fn only_what_the_cash_costs_is_taken() {
        check("100", "250", "2.50", "250.00");
        check("100", "150.50", "1.50", "150.00");
        check("33.333333", "50", "1.50", "50.00");
        check("0.000001", "0.01", "10000.00", "0.01");
    }

    #[test]
    fn points_that_pay_less_than_a_minor_unit_are_refused() {
        assert_eq!(quote(&terms("100", "CNY"), "0.99".parse().unwrap()), Err(Refusal::NothingToPay));
        assert_eq!(quote(&terms("100", "JPY"), "99.99".parse().unwrap()), Err(Refusal::NothingToPay));
        assert_eq!(quote(&terms("100", "CNY"), Points::ZERO), Err(Refusal::NothingToPay));
        assert_eq!(quote(&terms("100", "CNY"), "-5".parse().unwrap()), Err(Refusal::NothingToPay));
    }

    proptest! {
        #[test]
        fn a_quote_never_takes_more_than_was_asked_nor_less_than_its_cash_costs(
            points in 1..=10_i64.pow(15), rate in 1..=10_i64.pow(12), currency in 0..3_usize,
        ) {
            let currency = ["CNY", "JPY", "KWD"][currency];
            let rate = Factor::from_millionths(rate);
            if let Ok(quote) = quote(&terms(&rate.to_string(), currency), Points::from_hundredths(points)) {
                prop_assert!(quote.points.hundredths() <= points);
                let scale = quote.cash.currency().minor_per_unit() * i128::from(Factor::UNIT);
                let cost = i128::from(quote.cash.minor()) * 100 * rate.millionths();
                prop_assert!(i128::from(quote.points.hundredths()) * scale >= cost);
                let next = cost + 100 * rate.millionths();
                prop_assert!(next > i128::from(points) * scale, "one minor unit more would have been affordable");
            }
        }
    }
}
