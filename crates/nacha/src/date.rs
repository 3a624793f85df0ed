//! Dates as Nacha files write them.

use std::fmt;

/// A day, written `YYMMDD`; years are 2000 to 2099.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// 2000 to 2099.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to the length of the month.
    pub day: u8,
}

impl Date {
    /// The day that six digits say; `None` if there is no such day.
    ///
    /// ```
    /// use nacha::Date;
    ///
    /// assert_eq!(Date::parse("261124"), Some(Date { year: 2026, month: 11, day: 24 }));
    /// assert_eq!(Date::parse("260229"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Date> {
        let [year, month, day] = [text.get(0..2)?, text.get(2..4)?, text.get(4..)?].map(two_digits);
        let (year, month, day) = (2000 + u16::from(year?), month?, day?);
        let length = match month {
            4 | 6 | 9 | 11 => 30,
            2 if year % 4 == 0 => 29,
            2 => 28,
            1..=12 => 31,
            _ => return None,
        };
        (1..=length).contains(&day).then_some(Date { year, month, day })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}{:02}{:02}", self.year % 100, self.month, self.day)
    }
}

/// Whether four digits are a time of day, `HHMM`.
pub(crate) fn is_time(text: &str) -> bool {
    let (hour, minute) = (text.get(0..2).and_then(two_digits), text.get(2..).and_then(two_digits));
    matches!((hour, minute), (Some(0..=23), Some(0..=59)))
}

fn two_digits(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_exist() {
        for text in ["240229", "000101", "991231", "250430"] {
            assert_eq!(Date::parse(text).map(|date| date.to_string()).as_deref(), Some(text));
        }
        for text in ["", "000000", "250229", "251301", "250431", "2501", "2501011", "25 101", "ééé"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert!(is_time("0000") && is_time("2359") && !is_time("2400") && !is_time("1260") && !is_time("12"));
    }
}
