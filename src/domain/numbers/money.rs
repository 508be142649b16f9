//! Money: whole minor units of one currency.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::numbers::plain;
use crate::refusal::{MoneyError, NumberError};

/// ISO 4217 alphabetic code with the number of decimals that the currency has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

/// ISO 4217 active currencies with another number of decimals than two.
const NOT_TWO: [(&str, u8); 23] = [
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// ISO 4217 active currencies with two decimals.
const TWO: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP \
CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS \
KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN \
PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS \
UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";

impl Currency {
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("???")
    }

    /// How many decimals amounts in this currency have: 2 for CNY, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        u32::from(self.exponent)
    }

    /// How many minor units make one unit: 100 for CNY.
    pub fn minor_per_unit(self) -> i128 {
        10_i128.pow(self.exponent())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Currency, MoneyError> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| MoneyError::UnknownCurrency)?;
        let exponent = match NOT_TWO.iter().find(|(c, _)| *c == text) {
            Some((_, exponent)) => *exponent,
            None if TWO.split(' ').any(|c| c == text) => 2,
            None => return Err(MoneyError::UnknownCurrency),
        };
        Ok(Currency { code, exponent })
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Currency, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of money: whole minor units (fen, pence) of a currency, at most 10^12 of them either way.
///
/// Shown and sent as `{ "amount": "38.50", "currency": "CNY" }`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Money {
    minor: i64,
    currency: Currency,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    amount: String,
    currency: Currency,
}

impl Money {
    pub const MOST_MINOR: i64 = 1_000_000_000_000;

    /// Refused: [`NumberError::OutOfRange`] beyond 10^12 minor units.
    #[inline]
    pub fn from_minor(minor: i64, currency: Currency) -> Result<Money, NumberError> {
        match (-Self::MOST_MINOR..=Self::MOST_MINOR).contains(&minor) {
            true => Ok(Money { minor, currency }),
            false => Err(NumberError::OutOfRange),
        }
    }

    /// Reads a decimal string. More decimals than the currency has is an error, not a rounding.
    pub fn parse(amount: &str, currency: Currency) -> Result<Money, NumberError> {
        let places = currency.exponent();
        Money::from_minor(plain::whole(plain::read(amount, places)?, places)?, currency)
    }

    #[inline]
    pub fn minor(self) -> i64 {
        self.minor
    }

    #[inline]
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// In units of the currency, with as many decimals as it has.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }

    /// The decimal string without the currency, `"38.50"`.
    pub fn amount(self) -> String {
        self.decimal().array_string().as_ref().to_owned()
    }
}

impl TryFrom<Wire> for Money {
    type Error = NumberError;

    fn try_from(wire: Wire) -> Result<Money, NumberError> {
        Money::parse(&wire.amount, wire.currency)
    }
}

impl From<Money> for Wire {
    fn from(money: Money) -> Wire {
        Wire { amount: money.amount(), currency: money.currency }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_the_decimals_of_its_currency() {
        let (cny, jpy, kwd): (Currency, Currency, Currency) =
            ("CNY".parse().unwrap(), "JPY".parse().unwrap(), "KWD".parse().unwrap());
        assert_eq!(Money::parse("38.5", cny).unwrap().to_string(), "38.50 CNY");
        assert_eq!(Money::parse("38.555", cny), Err(NumberError::TooManyDecimals { most: 2 }));
        assert_eq!(Money::parse("38", jpy).unwrap().minor(), 38);
        assert_eq!(Money::parse("38.5", jpy), Err(NumberError::TooManyDecimals { most: 0 }));
        assert_eq!(Money::parse("1.234", kwd).unwrap().minor(), 1234);
    }

    #[test]
    fn amounts_beyond_ten_to_the_twelve_minor_units_are_refused() {
        let cny: Currency = "CNY".parse().unwrap();
        assert!(Money::parse("10000000000.00", cny).is_ok());
        assert_eq!(Money::parse("10000000000.01", cny), Err(NumberError::OutOfRange));
    }

    #[test]
    fn an_unknown_currency_is_refused() {
        for code in ["XXX", "cny", "", "CNYY", "人民币"] {
            assert_eq!(code.parse::<Currency>(), Err(MoneyError::UnknownCurrency), "{code}");
        }
    }
}
