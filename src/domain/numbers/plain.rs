//! What counts as a number when it comes as text, from outside or out of a table.
//!
//! [`Decimal`] reads and prints the digits. Its own parser also takes `1_000`, `+1` and `.5` and rounds what has too many
//! decimals; here a figure is either exactly what was meant or refused by name.

use std::fmt;

use rust_decimal::Decimal;

use crate::refusal::NumberError;

/// Longest text that is looked at. Whoever sends a million digits is told so without any of them being read.
const LONGEST: usize = 40;

/// Reads digits with at most one point and a leading minus: no exponent, no grouping, no sign of zero, no trailing zeros kept.
///
/// Zeros beyond `places` are no loss and accepted; any other digit there is [`NumberError::TooManyDecimals`].
pub fn read(text: &str, places: u32) -> Result<Decimal, NumberError> {
    if text.len() > LONGEST {
        return Err(NumberError::TooLong);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole.strip_prefix('-').unwrap_or(whole)) || !are_digits(fraction) {
        return Err(NumberError::NotANumber);
    }
    let kept = fraction.trim_end_matches('0').len();
    if kept > places as usize {
        return Err(NumberError::TooManyDecimals { most: places });
    }
    let end = if kept == 0 { whole.len() } else { whole.len() + 1 + kept };
    let value = Decimal::from_str_exact(&text[..end]).map_err(|_| NumberError::OutOfRange)?;
    Ok(if value.is_zero() { Decimal::ZERO } else { value })
}

/// How many times 10^-`places` it is. Refused: [`NumberError::TooManyDecimals`] if that is no whole number.
pub fn whole(value: Decimal, places: u32) -> Result<i64, NumberError> {
    let more = places.checked_sub(value.scale()).ok_or(NumberError::TooManyDecimals { most: places })?;
    let whole = 10_i128.checked_pow(more).and_then(|unit| value.mantissa().checked_mul(unit));
    whole.and_then(|whole| i64::try_from(whole).ok()).ok_or(NumberError::OutOfRange)
}

/// Prints it with the decimals that it has, whatever width the format asks for.
pub fn write(value: Decimal, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(value.array_string().as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scaled(text: &str, places: u32) -> Result<i64, NumberError> {
        whole(read(text, places)?, places)
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        for (text, places, value) in [
            ("139.12", 2, 13912),
            ("0", 2, 0),
            ("-0.05", 2, -5),
            ("38.5", 2, 3850),
            ("7", 0, 7),
            ("7.0", 0, 7),
            ("1.500000", 2, 150),
            ("-0.00", 2, 0),
            ("0001.5", 2, 150),
            ("1.00000000000000000000000000000000000000", 2, 100),
            ("00000000000000000000000000000000000000.5", 2, 50),
        ] {
            assert_eq!(scaled(text, places), Ok(value), "{text}");
        }
        assert_eq!(read("-0", 2).unwrap().to_string(), "0");
    }

    #[test]
    fn what_is_not_a_plain_number_is_refused_by_name() {
        for text in ["", "-", ".", ".5", "5.", "1e3", "+1", "1,000", "1_000", " 1", "--1", "1.2.3", "-.5", "NaN", "１"] {
            assert_eq!(scaled(text, 2), Err(NumberError::NotANumber), "{text:?}");
        }
        assert_eq!(scaled("0.001", 2), Err(NumberError::TooManyDecimals { most: 2 }));
        assert_eq!(scaled("0.00000000000000000000000000000000000001", 2), Err(NumberError::TooManyDecimals { most: 2 }));
        assert_eq!(scaled(&"9".repeat(1_000_000), 2), Err(NumberError::TooLong));
        for text in ["9".repeat(40), "9".repeat(29), "-9223372036854775808".to_owned()] {
            assert_eq!(scaled(&text, 2), Err(NumberError::OutOfRange), "{text}");
        }
    }

    /// Reads by hand, digit by digit, as numbers were read before `rust_decimal` did it.
    fn by_hand(text: &str, places: u32) -> Result<i128, NumberError> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) {
            return Err(NumberError::NotANumber);
        }
        let kept = places as usize;
        if fraction.len() > kept && fraction.as_bytes()[kept..].iter().any(|b| *b != b'0') {
            return Err(NumberError::TooManyDecimals { most: places });
        }
        let fraction = fraction.bytes().chain(std::iter::repeat(b'0')).take(kept);
        let value = whole.bytes().chain(fraction).try_fold(0_i128, |value, digit| {
            value.checked_mul(10).and_then(|value| value.checked_add(i128::from(digit - b'0'))).ok_or(NumberError::OutOfRange)
        })?;
        Ok(if negative { -value } else { value })
    }

    proptest! {
        #[test]
        fn a_text_reads_as_it_did_before_rust_decimal(text in "-?[0-9_.+e]{0,4}[0-9]{0,20}\\.?[0-9]{0,8}0{0,6}", places in 0..7_u32) {
            let before = by_hand(&text, places).and_then(|value| i64::try_from(value).map_err(|_| NumberError::OutOfRange));
            prop_assert_eq!(scaled(&text, places), before);
        }
    }
}
