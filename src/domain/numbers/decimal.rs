//! Parsing of plain decimal numbers, shared by points, money and weights.
//!
//! Every number that comes from outside is text, and all text goes through [`scaled`]: no exponent, no sign but a leading
//! minus, no digit grouping, so that a figure is either exactly what was meant or refused.

use crate::refusal::NumberError;

/// Longest text that is looked at. Whoever sends a million digits is told so without any of them being read.
const LONGEST: usize = 40;

/// Reads `text` as a whole number of 10^-`scale`: `scaled("1.5", 2)` is 150.
///
/// Trailing zeros beyond `scale` are no loss and accepted; any other digit there is [`NumberError::TooManyDecimals`].
pub fn scaled(text: &str, scale: u32) -> Result<i128, NumberError> {
    if text.len() > LONGEST {
        return Err(NumberError::TooLong);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(fraction) {
        return Err(NumberError::NotANumber);
    }
    let kept = scale as usize;
    if fraction.len() > kept && fraction.as_bytes()[kept..].iter().any(|b| *b != b'0') {
        return Err(NumberError::TooManyDecimals { most: scale });
    }
    let fraction = fraction.bytes().chain(std::iter::repeat(b'0')).take(kept);
    let mut value: i128 = 0;
    for digit in whole.bytes().chain(fraction) {
        value = value.checked_mul(10).and_then(|v| v.checked_add(i128::from(digit - b'0'))).ok_or(NumberError::OutOfRange)?;
    }
    Ok(if negative { -value } else { value })
}

/// The reverse of [`scaled`]: always `scale` decimals, a point only when there are any.
pub fn unscaled(value: i128, scale: u32) -> String {
    let unit = 10_i128.pow(scale);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, fraction) = ((value / unit).unsigned_abs(), (value % unit).unsigned_abs());
    match scale {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{fraction:0>width$}", width = scale as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        for (text, scale, value) in
            [("139.12", 2, 13912), ("0", 2, 0), ("-0.05", 2, -5), ("38.5", 2, 3850), ("7", 0, 7), ("1.500000", 2, 150)]
        {
            assert_eq!(scaled(text, scale), Ok(value), "{text}");
        }
        assert_eq!(unscaled(-5, 2), "-0.05");
        assert_eq!(unscaled(13912, 2), "139.12");
        assert_eq!(unscaled(7, 0), "7");
    }

    #[test]
    fn what_is_not_a_plain_number_is_refused_by_name() {
        for text in ["", "-", ".", ".5", "5.", "1e3", "+1", "1,000", " 1", "--1", "1.2.3", "NaN", "１"] {
            assert_eq!(scaled(text, 2), Err(NumberError::NotANumber), "{text:?}");
        }
        assert_eq!(scaled("0.001", 2), Err(NumberError::TooManyDecimals { most: 2 }));
        assert_eq!(scaled(&"9".repeat(1_000_000), 2), Err(NumberError::TooLong));
        assert_eq!(scaled(&"9".repeat(40), 2), Err(NumberError::OutOfRange));
    }
}
