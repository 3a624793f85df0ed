//! Amounts on the wire: JSON numbers with two decimals, written from integers so that no digit is ever rounded.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// Hundredths: cents of an amount, or hundredths of a percent of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cents(pub i64);

impl Cents {
    /// With two decimals.
    pub fn text(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let value = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", value / 100, value % 100)
    }
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.text()).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::Cents;

    #[test]
    fn every_digit_is_written() {
        let cases = [
            (0, "0.00"),
            (5, "0.05"),
            (-5, "-0.05"),
            (1_230, "12.30"),
            (-123_456, "-1234.56"),
            (i64::MAX, "92233720368547758.07"),
            (i64::MIN, "-92233720368547758.08"),
        ];
        for (cents, text) in cases {
            assert_eq!(serde_json::to_string(&Cents(cents)).ok().as_deref(), Some(text));
        }
    }
}
