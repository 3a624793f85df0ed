//! Until when banks may answer, and days of the year.

use jiff::Timestamp;
use jiff::civil::{Date, time};

use crate::holidays::add_days;
use crate::{add_banking_days, instant, next_banking_day};

/// What has to happen in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deadline {
    /// A return of two banking days (R01 and most others), after settlement of the entry.
    Return,
    /// A return of sixty calendar days (R05, R07, R10, R11 and others), after settlement of the entry.
    ExtendedReturn,
    /// A notification of change, after settlement of the entry.
    Change,
    /// A refusal of a change, after settlement of the change: fifteen calendar days.
    RefusedChange,
    /// A dishonored return, after settlement of the return: five banking days.
    Dishonor,
    /// A contested or corrected return, after settlement of the dishonored return: two banking days.
    Contest,
    /// A reversal, after settlement of the erroneous entry: five banking days.
    Reversal,
    /// The first live entry after settlement of a prenote may settle on this day: the third banking day.
    AfterPrenote,
    /// The last retry of a return R01 or R09, after settlement of the first entry: 180 calendar days.
    Retry,
}

/// The last day for it, counted from the day of settlement. What banks send each other must have arrived by opening of
/// business of this day; see [`opening_of_business`].
///
/// ```
/// use calendar::{Deadline, deadline};
/// use jiff::civil::date;
///
/// assert_eq!(deadline(Deadline::Return, date(2026, 11, 24)), date(2026, 11, 27));
/// assert_eq!(deadline(Deadline::ExtendedReturn, date(2026, 11, 24)), date(2027, 1, 25));
/// ```
pub fn deadline(what: Deadline, settled: Date) -> Date {
    match what {
        Deadline::Return | Deadline::Change | Deadline::Contest => add_banking_days(settled, 2),
        // The banking day that follows the sixtieth day.
        Deadline::ExtendedReturn => next_banking_day(add_days(settled, 60)),
        Deadline::RefusedChange => add_days(settled, 15),
        Deadline::Dishonor | Deadline::Reversal => add_banking_days(settled, 5),
        Deadline::AfterPrenote => add_banking_days(settled, 3),
        Deadline::Retry => add_days(settled, 180),
    }
}

/// When banks open on a day: 08:30 Eastern time, when next-day entries settle.
pub fn opening_of_business(day: Date) -> Timestamp {
    instant(day.to_datetime(time(8, 30, 0, 0)))
}

/// The day of the year, 1 to 366, as operators write settlement dates.
pub fn day_of_year(day: Date) -> u16 {
    u16::try_from(day.day_of_year()).unwrap_or_default()
}

/// The day that a day of the year means, of those before and after `near` the nearest one; files do not name the year. `None`
/// if it is not 1 to 366, or 366 in years that have no such day.
///
/// ```
/// use calendar::calendar_day_of_year;
/// use jiff::civil::date;
///
/// assert_eq!(calendar_day_of_year(4, date(2026, 12, 31)), Some(date(2027, 1, 4)));
/// ```
pub fn calendar_day_of_year(day: u16, near: Date) -> Option<Date> {
    let offset = i32::from(day).checked_sub(1)?;
    let in_year = |year: i16| {
        let found = add_days(Date::new(year, 1, 1).ok()?, offset);
        (found.year() == year && (1..=366).contains(&day)).then_some(found)
    };
    let years = [near.year().checked_sub(1), Some(near.year()), near.year().checked_add(1)];
    let distance = |found: &Date| (*found - near).get_days().unsigned_abs();
    years.into_iter().flatten().filter_map(in_year).min_by_key(distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn deadlines_around_thanksgiving_2026() {
        let tuesday = date(2026, 11, 24);
        let table = [
            (Deadline::Return, tuesday, date(2026, 11, 27)),
            (Deadline::Change, tuesday, date(2026, 11, 27)),
            (Deadline::ExtendedReturn, tuesday, date(2027, 1, 25)),
            (Deadline::Reversal, tuesday, date(2026, 12, 2)),
            (Deadline::Dishonor, date(2026, 11, 25), date(2026, 12, 3)),
            (Deadline::Contest, date(2026, 12, 3), date(2026, 12, 7)),
            (Deadline::Retry, tuesday, date(2027, 5, 23)),
            (Deadline::AfterPrenote, tuesday, date(2026, 11, 30)),
            (Deadline::RefusedChange, tuesday, date(2026, 12, 9)),
            // The sixtieth day is a Monday, a Friday, a Sunday: always the banking day after it.
            (Deadline::ExtendedReturn, date(2026, 3, 5), date(2026, 5, 5)),
            (Deadline::ExtendedReturn, date(2026, 3, 2), date(2026, 5, 4)),
            (Deadline::ExtendedReturn, date(2026, 3, 4), date(2026, 5, 4)),
        ];
        for (what, settled, expected) in table {
            assert_eq!(deadline(what, settled), expected, "{what:?} {settled}");
        }
        assert_eq!(opening_of_business(date(2026, 11, 27)).to_string(), "2026-11-27T13:30:00Z");
    }

    #[test]
    fn days_of_the_year_find_their_year() {
        let table = [
            (329, date(2026, 11, 25), Some(date(2026, 11, 25))),
            (4, date(2026, 12, 31), Some(date(2027, 1, 4))),
            (364, date(2027, 1, 2), Some(date(2026, 12, 30))),
            (60, date(2028, 2, 20), Some(date(2028, 2, 29))),
            (366, date(2028, 12, 30), Some(date(2028, 12, 31))),
            (366, date(2026, 12, 30), None),
            (0, date(2026, 12, 30), None),
            (367, date(2028, 12, 30), None),
        ];
        for (day, near, expected) in table {
            assert_eq!(calendar_day_of_year(day, near), expected, "{day} near {near}");
        }
        assert_eq!(day_of_year(date(2028, 12, 31)), 366);
        let _ = (calendar_day_of_year(366, Date::MAX), calendar_day_of_year(1, Date::MIN));
    }
}
