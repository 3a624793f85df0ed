//! Routing numbers.

use std::fmt;
use std::str::FromStr;

/// An ABA routing number: eight digits that name a bank, and a check digit over them.
///
/// ```
/// use nacha::RoutingNumber;
///
/// let bank: RoutingNumber = "091000019".parse()?;
/// assert_eq!((bank.dfi(), bank.check_digit()), (9_100_001, 9));
/// assert_eq!(bank.to_string(), "091000019");
/// assert!("091000018".parse::<RoutingNumber>().is_err());
/// # Ok::<(), nacha::RoutingError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoutingNumber(u32);

/// Why a text is no routing number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoutingError {
    /// Not nine digits.
    #[error("a routing number has nine digits")]
    NotNineDigits,
    /// The last digit does not fit the others.
    #[error("the check digit is {found}, the other digits need {expected}")]
    CheckDigit {
        /// The digit that is there.
        found: u8,
        /// The digit that the first eight need.
        expected: u8,
    },
}

impl RoutingNumber {
    /// The routing number of the bank that these eight digits name; `None` above 99,999,999.
    pub fn from_dfi(dfi: u32) -> Option<RoutingNumber> {
        (dfi <= 99_999_999).then(|| RoutingNumber(dfi * 10 + u32::from(check_digit(dfi))))
    }

    /// The first eight digits, as they stand in ODFI and RDFI fields and enter the hash.
    pub fn dfi(self) -> u32 {
        self.0 / 10
    }

    /// The ninth digit.
    pub fn check_digit(self) -> u8 {
        u8::try_from(self.0 % 10).unwrap_or_default()
    }

    /// Whether the first two digits belong to a range that the Federal Reserve assigns: 00 (government), 01-12 (banks), 21-32
    /// (thrifts), 61-72 (electronic), 80 (traveller's cheques). Test numbers are often outside of it.
    pub fn has_assigned_prefix(self) -> bool {
        matches!(self.0 / 10_000_000, 0..=12 | 21..=32 | 61..=72 | 80)
    }
}

/// The check digit for the first eight digits of a routing number.
///
/// ```
/// assert_eq!(nacha::check_digit(9_100_001), 9);
/// ```
pub fn check_digit(dfi: u32) -> u8 {
    check_digit_of(format!("{:08}", dfi % 100_000_000).as_bytes())
}

/// The check digit for eight digits: with the weights 3, 7, 1 it makes their sum a multiple of ten.
#[inline]
pub(crate) fn check_digit_of(digits: &[u8]) -> u8 {
    let [a, b, c, d, e, f, g, h] = *digits else { return 0 };
    let digit = |byte: u8| u16::from(byte.wrapping_sub(b'0'));
    let sum = 3 * (digit(a) + digit(d) + digit(g)) + 7 * (digit(b) + digit(e) + digit(h)) + digit(c) + digit(f);
    u8::try_from((10 - sum % 10) % 10).unwrap_or_default()
}

impl FromStr for RoutingNumber {
    type Err = RoutingError;

    fn from_str(text: &str) -> Result<RoutingNumber, RoutingError> {
        if text.len() != 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(RoutingError::NotNineDigits);
        }
        let number = RoutingNumber(text.parse().map_err(|_| RoutingError::NotNineDigits)?);
        let expected = check_digit(number.dfi());
        if number.check_digit() == expected {
            Ok(number)
        } else {
            Err(RoutingError::CheckDigit { found: number.check_digit(), expected })
        }
    }
}

impl fmt::Display for RoutingNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:09}", self.0)
    }
}

impl serde::Serialize for RoutingNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for RoutingNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<RoutingNumber, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        for text in ["031300012", "121042882", "231380104", "888888884", "999999992", "061000146", "000000000", "110000000"] {
            assert_eq!(text.parse::<RoutingNumber>().map(|number| number.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("231380105".parse::<RoutingNumber>(), Err(RoutingError::CheckDigit { found: 5, expected: 4 }));
        for text in ["", "23138010", "2313801040", "23138010x", "+23138010", "２３１３"] {
            assert_eq!(text.parse::<RoutingNumber>(), Err(RoutingError::NotNineDigits), "{text}");
        }
        assert_eq!(RoutingNumber::from_dfi(100_000_000), None);
        assert!(RoutingNumber::from_dfi(9_100_001).is_some_and(RoutingNumber::has_assigned_prefix));
        assert!(!RoutingNumber::from_dfi(88_888_888).is_some_and(RoutingNumber::has_assigned_prefix));
    }
}
