//! Calendar days. The bank keeps its books in UTC.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

/// Seconds in a day.
pub const DAY_SECONDS: i64 = 86_400;

/// A day, counted from 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i64);

impl Day {
    /// The day in which a moment (unix seconds) lies.
    pub fn of(instant: i64) -> Day {
        Day(instant.div_euclid(DAY_SECONDS))
    }

    /// The day that many days later.
    pub fn plus(self, days: i64) -> Day {
        Day(self.0 + days)
    }

    /// Unix seconds of the moment that many seconds after midnight.
    pub fn at(self, seconds: i64) -> i64 {
        self.0 * DAY_SECONDS + seconds
    }

    /// Year, month and day of month. Days outside years -9999 to 9999 read as the nearest of them.
    pub fn civil(self) -> Date {
        let limit = if self.0 < 0 { Date::MIN } else { Date::MAX };
        Date::constant(1970, 1, 1).checked_add(Span::new().days(self.0.clamp(-3_000_000, 2_900_000))).unwrap_or(limit)
    }

    /// Whether it is a Friday.
    pub fn is_friday(self) -> bool {
        self.0.rem_euclid(7) == 1
    }

    /// Reads `2026-11-22`, or the date in which a timestamp such as `2026-11-22T10:00:00Z` lies.
    pub fn parse(text: &str) -> Option<Day> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(Day::of(instant.as_second()));
        }
        let date: Date = text.parse().ok().filter(|_| text.len() == 10)?;
        let span = Date::constant(1970, 1, 1).until(date).ok()?;
        Some(Day(i64::from(span.get_days())))
    }

    /// `2026-11-22`.
    pub fn text(self) -> String {
        self.civil().to_string()
    }
}

/// A moment (unix seconds) as RFC 3339 in UTC. Moments out of range read as the start of 1970.
pub fn instant_text(instant: i64) -> String {
    Timestamp::from_second(instant).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// A month, counted from January of the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthNumber(pub i64);

impl MonthNumber {
    /// The month of a date.
    pub fn of(date: Date) -> MonthNumber {
        MonthNumber(i64::from(date.year()) * 12 + i64::from(date.month()) - 1)
    }

    /// The first day of the month.
    pub fn first_day(self) -> Day {
        let year = self.0.div_euclid(12).clamp(-9999, 9999) as i16;
        let month = (self.0.rem_euclid(12) + 1) as i8;
        let date = Date::new(year, month, 1).unwrap_or(Date::MAX);
        let days = Date::constant(1970, 1, 1).until(date).map_or(0, |span| span.get_days());
        Day(i64::from(days))
    }

    /// The last day of the month.
    pub fn last_day(self) -> Day {
        MonthNumber(self.0 + 1).first_day().plus(-1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(Day::of(0).text(), "1970-01-01");
        assert_eq!(Day::of(1_763_769_600).text(), "2025-11-22");
        assert_eq!(Day::parse("2025-11-22"), Some(Day::of(1_763_769_600)));
        assert_eq!(Day::parse("2025-11-22T23:59:59Z"), Some(Day::of(1_763_769_600)));
        assert_eq!(Day::parse("2025-13-22"), None);
        assert_eq!(Day::parse("yesterday"), None);
        assert!(Day::parse("2026-11-20").is_some_and(Day::is_friday));
    }

    #[test]
    fn months_begin_and_end_where_the_calendar_says() {
        let february = MonthNumber::of(Date::constant(2028, 2, 10));
        assert_eq!(february.first_day().text(), "2028-02-01");
        assert_eq!(february.last_day().text(), "2028-02-29");
    }
}
