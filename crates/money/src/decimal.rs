//! Exact decimal text, both ways.

use std::fmt;

use crate::{Currency, MoneyError};

/// Longest text that is read as a number, in bytes.
const MAX_LENGTH: usize = 64;

/// The minor units that a decimal number says, exactly.
///
/// Takes the numbers of JSON (`-12.30`, `1.5E+2`) and leading zeros. Decimal places beyond those
/// of the currency have to be zeros.
///
/// ```
/// use money::{Currency, MoneyError, parse_decimal};
///
/// assert_eq!(parse_decimal("-12.30", Currency::USD), Ok(-1230));
/// assert_eq!(parse_decimal("7.5000", Currency::USD), Ok(750));
/// assert_eq!(parse_decimal("7.505", Currency::USD), Err(MoneyError::TooPrecise));
/// ```
///
/// # Errors
/// [`MoneyError::NotDecimal`], [`MoneyError::TooPrecise`], [`MoneyError::Overflow`].
pub fn parse_decimal(text: &str, currency: Currency) -> Result<i64, MoneyError> {
    let number = Number::parse(text)?;
    // Trailing zeros say nothing, so the digits that count end with another one.
    let digits: Vec<i64> = number.whole.bytes().chain(number.fraction.bytes()).map(|byte| i64::from(byte - b'0')).collect();
    let Some(last) = digits.iter().rposition(|digit| *digit != 0) else {
        return Ok(0);
    };
    let zeros = digits.len() - 1 - last;
    let places = to_i64(number.fraction.len())? - to_i64(zeros)? - number.exponent;
    let shift = i64::from(currency.exponent()) - places;
    if shift < 0 {
        return Err(MoneyError::TooPrecise);
    }
    // Counting down from zero reaches the smallest amount as well as the largest.
    let mut minor: i64 = 0;
    for digit in &digits[..=last] {
        minor = minor.checked_mul(10).and_then(|minor| minor.checked_sub(*digit)).ok_or(MoneyError::Overflow)?;
    }
    for _ in 0..shift {
        minor = minor.checked_mul(10).ok_or(MoneyError::Overflow)?;
    }
    if number.negative { Ok(minor) } else { minor.checked_neg().ok_or(MoneyError::Overflow) }
}

fn to_i64(length: usize) -> Result<i64, MoneyError> {
    i64::try_from(length).map_err(|_| MoneyError::NotDecimal)
}

/// The parts of a decimal number.
struct Number<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    /// The power of ten behind an `E`.
    exponent: i64,
}

impl Number<'_> {
    fn parse(text: &str) -> Result<Number<'_>, MoneyError> {
        if text.len() > MAX_LENGTH {
            return Err(MoneyError::NotDecimal);
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, digits(fraction)?),
            None => (mantissa, ""),
        };
        Ok(Number { negative, whole: digits(whole)?, fraction, exponent })
    }
}

/// An exponent small enough that moving the point by it is cheap; the numbers beyond are no
/// amounts of money.
fn parse_exponent(text: &str) -> Result<i64, MoneyError> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let exponent: i16 = digits(unsigned)?.parse().map_err(|_| MoneyError::Overflow)?;
    Ok(sign * i64::from(exponent))
}

/// `text`, if it is one digit or more and nothing else.
fn digits(text: &str) -> Result<&str, MoneyError> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) { Ok(text) } else { Err(MoneyError::NotDecimal) }
}

/// Minor units that display as a decimal number with the places of the currency.
///
/// ```
/// use money::{Currency, Decimal};
///
/// assert_eq!(Decimal { minor: -5, currency: Currency::USD }.to_string(), "-0.05");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// The amount in minor units.
    pub minor: i64,
    /// Whose decimal places are shown.
    pub currency: Currency,
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.currency.exponent();
        let unit = 10_u64.pow(places);
        let minor = self.minor.unsigned_abs();
        let mut text = (minor / unit).to_string();
        if places > 0 {
            text.push_str(&format!(".{:0width$}", minor % unit, width = places as usize));
        }
        out.pad_integral(self.minor >= 0, "", &text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("a currency of the table")
    }

    #[test]
    fn decimal_texts_are_read_exactly() {
        let table = [
            ("0", "usd", 0),
            ("-0.00", "usd", 0),
            ("12", "usd", 1200),
            ("12.3", "usd", 1230),
            ("-12.30", "usd", -1230),
            ("0.05", "usd", 5),
            ("007.10", "usd", 710),
            ("12.3000", "usd", 1230),
            ("1E2", "usd", 10_000),
            ("1.5e+2", "usd", 15_000),
            ("1230e-2", "usd", 1230),
            ("1200e-4", "usd", 12),
            ("0e999", "usd", 0),
            ("500", "jpy", 500),
            ("500.00", "jpy", 500),
            ("1.234", "kwd", 1234),
            ("92233720368547758.07", "usd", i64::MAX),
            ("-92233720368547758.08", "usd", i64::MIN),
        ];
        for (text, code, minor) in table {
            assert_eq!(parse_decimal(text, currency(code)), Ok(minor), "{text} {code}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        use MoneyError::{NotDecimal, Overflow, TooPrecise};
        let table = [
            ("", NotDecimal),
            ("-", NotDecimal),
            ("+1", NotDecimal),
            ("--1", NotDecimal),
            (" 1", NotDecimal),
            ("1 ", NotDecimal),
            (".5", NotDecimal),
            ("5.", NotDecimal),
            ("1,000", NotDecimal),
            ("1.2.3", NotDecimal),
            ("1e", NotDecimal),
            ("1e1.5", NotDecimal),
            ("1e+-1", NotDecimal),
            ("NaN", NotDecimal),
            ("٣", NotDecimal),
            ("$5", NotDecimal),
            ("0.001", TooPrecise),
            ("12.345", TooPrecise),
            ("1e-3", TooPrecise),
            ("1e-9999", TooPrecise),
            ("1e30", Overflow),
            ("1e99999", Overflow),
            ("92233720368547758.08", Overflow),
            ("-92233720368547758.09", Overflow),
        ];
        for (text, error) in table {
            assert_eq!(parse_decimal(text, Currency::USD), Err(error), "{text}");
        }
        assert_eq!(parse_decimal("1.5", currency("jpy")), Err(TooPrecise));
        assert_eq!(parse_decimal(&"0".repeat(65), Currency::USD), Err(NotDecimal));
    }

    #[test]
    fn amounts_display_with_the_places_of_the_currency() {
        let table = [
            (0, "usd", "0.00"),
            (5, "usd", "0.05"),
            (-5, "usd", "-0.05"),
            (-1230, "usd", "-12.30"),
            (500, "jpy", "500"),
            (-1, "kwd", "-0.001"),
            (i64::MIN, "usd", "-92233720368547758.08"),
        ];
        for (minor, code, text) in table {
            let currency = currency(code);
            assert_eq!(Decimal { minor, currency }.to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_displayed_reads_back(minor: i64, code in "usd|jpy|kwd") {
            let currency = currency(&code);
            let text = Decimal { minor, currency }.to_string();
            prop_assert_eq!(parse_decimal(&text, currency), Ok(minor));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9.eE]{0,24}|.*") {
            let _ = parse_decimal(&text, Currency::USD);
            let _ = Currency::parse(&text);
        }
    }
}
