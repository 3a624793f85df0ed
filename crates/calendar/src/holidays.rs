//! Holidays of the Federal Reserve, and banking days.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// A holiday of the Federal Reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    /// The name.
    pub name: &'static str,
    /// The day itself.
    pub date: Date,
    /// The day on which the Federal Reserve is closed for it: the day itself, the Monday after a Sunday, and none if the day
    /// is a Saturday.
    pub closed: Option<Date>,
}

/// How a holiday is found in a year.
enum Rule {
    /// Month and day.
    On(i8, i8),
    /// Month, weekday, which one; -1 is the last.
    Nth(i8, Weekday, i8),
}

/// Name, first year, rule, in the order of the year.
const RULES: [(&str, i16, Rule); 11] = [
    ("New Year's Day", 0, Rule::On(1, 1)),
    ("Birthday of Martin Luther King, Jr.", 1986, Rule::Nth(1, Weekday::Monday, 3)),
    ("Washington's Birthday", 1971, Rule::Nth(2, Weekday::Monday, 3)),
    ("Memorial Day", 1971, Rule::Nth(5, Weekday::Monday, -1)),
    ("Juneteenth National Independence Day", 2022, Rule::On(6, 19)),
    ("Independence Day", 0, Rule::On(7, 4)),
    ("Labor Day", 0, Rule::Nth(9, Weekday::Monday, 1)),
    ("Columbus Day", 1971, Rule::Nth(10, Weekday::Monday, 2)),
    ("Veterans Day", 1978, Rule::On(11, 11)),
    ("Thanksgiving Day", 1942, Rule::Nth(11, Weekday::Thursday, 4)),
    ("Christmas Day", 0, Rule::On(12, 25)),
];

/// The holidays of a year, by the rules now in force and since the years in which they began; other rules of earlier years
/// are not known here. Ascending.
pub fn holidays(year: i16) -> Vec<Holiday> {
    let known = RULES.iter().filter(|(_, since, _)| year >= *since);
    known
        .filter_map(|(name, _, rule)| {
            let date = match rule {
                Rule::On(month, day) => Date::new(year, *month, *day).ok()?,
                Rule::Nth(month, weekday, which) => {
                    Date::new(year, *month, 1).ok()?.nth_weekday_of_month(*which, *weekday).ok()?
                }
            };
            let closed = match date.weekday() {
                Weekday::Saturday => None,
                Weekday::Sunday => date.tomorrow().ok(),
                _ => Some(date),
            };
            Some(Holiday { name, date, closed })
        })
        .collect()
}

/// Whether banks settle on this day: no Saturday, no Sunday, and the Federal Reserve is not closed.
pub fn is_banking_day(day: Date) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !weekend && !holidays(day.year()).iter().any(|holiday| holiday.closed == Some(day))
}

/// The first banking day after this day.
pub fn next_banking_day(day: Date) -> Date {
    step(day, 1)
}

/// The last banking day before this day.
pub fn previous_banking_day(day: Date) -> Date {
    step(day, -1)
}

/// The banking day `count` banking days after this day, or before it if `count` is negative. With 0 the day itself if it is a
/// banking day, else the next.
pub fn add_banking_days(day: Date, count: i32) -> Date {
    if count == 0 {
        return if is_banking_day(day) { day } else { next_banking_day(day) };
    }
    let mut found = day;
    for _ in 0..count.unsigned_abs() {
        let next = step(found, count.signum());
        if next == found {
            break;
        }
        found = next;
    }
    found
}

/// The nearest banking day in a direction; at the ends of the calendar the last day that there is.
fn step(day: Date, direction: i32) -> Date {
    let mut found = day;
    loop {
        match found.checked_add(direction.days()) {
            Ok(next) if is_banking_day(next) => return next,
            Ok(next) => found = next,
            Err(_) => return found,
        }
    }
}

/// The day that is `count` calendar days after `day`; at the end of the calendar the last day that there is.
pub(crate) fn add_days(day: Date, count: i32) -> Date {
    day.checked_add(count.days()).unwrap_or(date(9999, 12, 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days on which the Federal Reserve is closed, month and day, in the order of the year: New Year, King, Washington,
    /// Memorial, Juneteenth, Independence, Labor, Columbus, Veterans, Thanksgiving, Christmas. `(0, 0)`: a Saturday, open on
    /// Friday.
    type Row = (i16, [(i8, i8); 11]);

    const NONE: (i8, i8) = (0, 0);
    const CLOSED: [Row; 7] = [
        (2024, [(1, 1), (1, 15), (2, 19), (5, 27), (6, 19), (7, 4), (9, 2), (10, 14), (11, 11), (11, 28), (12, 25)]),
        (2025, [(1, 1), (1, 20), (2, 17), (5, 26), (6, 19), (7, 4), (9, 1), (10, 13), (11, 11), (11, 27), (12, 25)]),
        (2026, [(1, 1), (1, 19), (2, 16), (5, 25), (6, 19), NONE, (9, 7), (10, 12), (11, 11), (11, 26), (12, 25)]),
        (2027, [(1, 1), (1, 18), (2, 15), (5, 31), NONE, (7, 5), (9, 6), (10, 11), (11, 11), (11, 25), NONE]),
        (2028, [NONE, (1, 17), (2, 21), (5, 29), (6, 19), (7, 4), (9, 4), (10, 9), NONE, (11, 23), (12, 25)]),
        (2029, [(1, 1), (1, 15), (2, 19), (5, 28), (6, 19), (7, 4), (9, 3), (10, 8), (11, 12), (11, 22), (12, 25)]),
        (2030, [(1, 1), (1, 21), (2, 18), (5, 27), (6, 19), (7, 4), (9, 2), (10, 14), (11, 11), (11, 28), (12, 25)]),
    ];

    #[test]
    fn the_federal_reserve_is_closed_on_these_days() {
        for (year, days) in CLOSED {
            let found = holidays(year);
            assert_eq!(found.len(), days.len(), "{year}");
            for (holiday, (month, day)) in found.iter().zip(days) {
                let expected = (month > 0).then(|| date(year, month, day));
                assert_eq!(holiday.closed, expected, "{year} {}", holiday.name);
                if let Some(closed) = expected {
                    assert!(!is_banking_day(closed), "{closed}");
                }
            }
            let closed = days.iter().filter(|day| **day != NONE).count();
            let weekdays = (0..366).map(|count| add_days(date(year, 1, 1), count)).filter(|day| day.year() == year);
            let closed_weekdays = weekdays
                .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_banking_day(*day))
                .count();
            assert_eq!(closed_weekdays, closed, "{year}");
        }
    }

    #[test]
    fn no_friday_replaces_a_saturday() {
        for friday in [date(2026, 7, 3), date(2027, 6, 18), date(2027, 12, 24), date(2027, 12, 31), date(2028, 11, 10)] {
            assert!(is_banking_day(friday), "{friday}");
        }
        // Good Friday and the day after Thanksgiving are banking days.
        assert!(is_banking_day(date(2026, 4, 3)) && is_banking_day(date(2026, 11, 27)));
        // Juneteenth is a holiday since 2022.
        assert!(is_banking_day(date(2020, 6, 19)) && !is_banking_day(date(2023, 6, 19)));
    }

    #[test]
    fn counting_banking_days() {
        let table = [
            (date(2026, 11, 24), 1, date(2026, 11, 25)),
            (date(2026, 11, 24), 2, date(2026, 11, 27)),
            (date(2026, 11, 24), 3, date(2026, 11, 30)),
            (date(2026, 11, 26), 0, date(2026, 11, 27)),
            (date(2026, 11, 25), 0, date(2026, 11, 25)),
            (date(2026, 11, 28), 1, date(2026, 11, 30)),
            (date(2026, 11, 30), -1, date(2026, 11, 27)),
            (date(2026, 11, 27), -1, date(2026, 11, 25)),
            (date(2026, 12, 31), 1, date(2027, 1, 4)),
            (date(2027, 7, 2), 1, date(2027, 7, 6)),
        ];
        for (day, count, expected) in table {
            assert_eq!(add_banking_days(day, count), expected, "{day} {count:+}");
        }
        assert_eq!(next_banking_day(date(2026, 7, 3)), date(2026, 7, 6));
        assert_eq!(previous_banking_day(date(2026, 7, 6)), date(2026, 7, 3));
        assert_eq!(next_banking_day(Date::MAX), Date::MAX);
        assert_eq!(add_banking_days(Date::MIN, i32::MIN), Date::MIN);
    }
}
