//! Dates as CSV files write them.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clean;

/// Which number comes first in dates like 01/02/2026.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As in the United States.
    MonthFirst,
    /// As almost everywhere else.
    DayFirst,
}

/// A date as far as it can be read alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// No doubt about it: year, month, day.
    Day(i16, i8, i8),
    /// First number, second number, year.
    Either(i8, i8, i16),
}

impl Written {
    /// Reads a date with whatever stands behind it; none if it is not one.
    pub(super) fn parse(text: &str) -> Option<Written> {
        let text = text.trim();
        let mut tokens = text.split(|character: char| !character.is_alphanumeric()).filter(|token| !token.is_empty());
        let mut first = tokens.next()?;
        if first.len() >= 8 && first.as_bytes()[..8].iter().all(u8::is_ascii_digit) {
            return Some(Written::Day(number(&first[..4])?, number(&first[4..6])?, number(&first[6..8])?));
        }
        if is_weekday(first) {
            first = tokens.next()?;
        }
        let (second, third) = (tokens.next()?, tokens.next()?);
        // 2026-01-02T03:04:05
        let third = third.split(['T', 't']).next()?;
        if let Some(month) = month(first) {
            return Some(Written::Day(year(third)?, month, day_number(second)?));
        }
        if let Some(month) = month(second) {
            return match first.len() {
                4 => Some(Written::Day(number(first)?, month, day_number(third)?)),
                _ => Some(Written::Day(year(third)?, month, day_number(first)?)),
            };
        }
        if first.len() == 4 {
            return Some(Written::Day(number(first)?, number(second)?, number(third)?));
        }
        // Points stand between the numbers only where the day comes first.
        if text.find(|character: char| !character.is_ascii_digit()).is_some_and(|at| text[at..].starts_with('.')) {
            return Some(Written::Day(year(third)?, number(second)?, number(first)?));
        }
        Some(Written::Either(number(first)?, number(second)?, year(third)?))
    }

    /// The order that this date alone proves.
    pub(super) fn order(self) -> Option<Order> {
        match self {
            Written::Either(first, _, _) if first > 12 => Some(Order::DayFirst),
            Written::Either(_, second, _) if second > 12 => Some(Order::MonthFirst),
            _ => None,
        }
    }

    /// Midnight UTC in Unix seconds; none if there is no such day, or none that a bank can mean.
    pub(super) fn seconds(self, order: Order) -> Option<i64> {
        let (year, month, day) = match (self, order) {
            (Written::Day(year, month, day), _) => (year, month, day),
            (Written::Either(month, day, year), Order::MonthFirst) | (Written::Either(day, month, year), Order::DayFirst) => {
                (year, month, day)
            }
        };
        let midnight = Date::new(year, month, day).ok()?.to_zoned(TimeZone::UTC).ok()?;
        clean::believable(midnight.timestamp().as_second())
    }
}

/// The order of all dates of a file; none if they contradict each other.
pub(super) fn order(dates: impl Iterator<Item = Written>) -> Option<Order> {
    let mut found = None;
    for proven in dates.filter_map(Written::order) {
        if found.is_some_and(|order| order != proven) {
            return None;
        }
        found = Some(proven);
    }
    Some(found.unwrap_or(Order::MonthFirst))
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// 1st, 2nd, 3rd, 4th as well.
fn day_number(text: &str) -> Option<i8> {
    let lower = text.to_ascii_lowercase();
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| lower.strip_suffix(ending)).unwrap_or(&lower);
    number(digits)
}

/// Two digits mean 1970 to 2069.
fn year(text: &str) -> Option<i16> {
    let year: i16 = number(text)?;
    match text.len() {
        2 if year < 70 => Some(2000 + year),
        2 => Some(1900 + year),
        4 => Some(year),
        _ => None,
    }
}

fn beginning(text: &str) -> String {
    text.chars().take(3).collect::<String>().to_lowercase()
}

/// English and Spanish names, in full or short.
fn month(text: &str) -> Option<i8> {
    if !text.chars().all(char::is_alphabetic) {
        return None;
    }
    Some(match beginning(text).as_str() {
        "jan" | "ene" => 1,
        "feb" => 2,
        "mar" => 3,
        "apr" | "abr" => 4,
        "may" => 5,
        "jun" => 6,
        "jul" => 7,
        "aug" | "ago" => 8,
        "sep" => 9,
        "oct" => 10,
        "nov" => 11,
        "dec" | "dic" => 12,
        _ => return None,
    })
}

fn is_weekday(text: &str) -> bool {
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&beginning(text).as_str())
}

#[cfg(test)]
mod tests {
    use super::{Order, Written, order};
    use proptest::prelude::{any, proptest};

    #[test]
    fn one_day_in_every_spelling() {
        for text in [
            "2026-01-05",
            "2026/1/5",
            "20260105",
            "20260105120000",
            "2026-01-05T10:11:12Z",
            "2026-01-05 10:11",
            "1/5/2026",
            "01/05/26",
            "01-05-2026",
            "01/05/2026 12:00 AM",
            "5.1.2026",
            "05 Jan 2026",
            "5-Jan-26",
            "Jan 5, 2026",
            "January 5th, 2026",
            "Mon, 5 January 2026",
            "2026-Jan-05",
            "5 ene 2026",
        ] {
            let seconds = Written::parse(text).and_then(|written| written.seconds(Order::MonthFirst));
            assert_eq!(seconds, Some(1_767_571_200), "{text}");
        }
        for text in ["", "Total", "1/5", "2026", "13/13/2026", "2/30/2026", "1/5/1066", "1/5/3000", "x/y/z", "1/5/126"] {
            let seconds = Written::parse(text).and_then(|written| written.seconds(Order::MonthFirst));
            assert_eq!(seconds, None, "{text}");
        }
    }

    #[test]
    fn the_order_is_that_of_all_dates() {
        let of = |texts: &[&str]| order(texts.iter().filter_map(|text| Written::parse(text)));
        assert_eq!(of(&["1/2/2026", "3/4/2026"]), Some(Order::MonthFirst));
        assert_eq!(of(&["1/2/2026", "13/4/2026"]), Some(Order::DayFirst));
        assert_eq!(of(&["1/13/2026", "13/1/2026"]), None);
        let second = Written::parse("2/1/2026").unwrap();
        assert_eq!(second.seconds(Order::DayFirst), Some(1_767_312_000 - 86_400 + 86_400));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>(), day in 0..40_i32, month in 0..20_i32, year in 0..3000_i32) {
            for text in [text, format!("{day}/{month}/{year}"), format!("{year}-{month}-{day}")] {
                if let Some(written) = Written::parse(&text) {
                    let _ = (written.seconds(Order::MonthFirst), written.seconds(Order::DayFirst), written.order());
                }
            }
        }
    }
}
