//! Eastern time by the rule in force since 2007: standard time is five hours behind UTC, daylight time four hours, from the
//! second Sunday of March to the first Sunday of November, changing at 2:00 local time.
//!
//! Times before 2007 follow the same rule, which is not how it was.

use jiff::civil::{Date, DateTime, Weekday, date};
use jiff::{SignedDuration, Timestamp};

const STANDARD: SignedDuration = SignedDuration::from_hours(-5);
const DAYLIGHT: SignedDuration = SignedDuration::from_hours(-4);
/// The hour of standard time at which daylight time begins, and of daylight time at which it ends.
const CHANGE_HOUR: i8 = 2;

/// Wall clock time in New York at an instant.
pub fn eastern(instant: Timestamp) -> DateTime {
    let standard = shifted(instant, STANDARD);
    let Some((begins, ends)) = daylight(standard.year()) else { return standard };
    // On the clock of standard time, daylight time ends an hour earlier than on its own.
    if standard >= begins && standard < earlier(ends) { shifted(instant, DAYLIGHT) } else { standard }
}

/// The day in New York at an instant.
pub fn eastern_date(instant: Timestamp) -> Date {
    eastern(instant).date()
}

/// The instant at which clocks in New York show this. Of two such instants, in November, the first; in the hour that March
/// skips, as if clocks had not changed yet.
pub fn instant(wall: DateTime) -> Timestamp {
    let offset = match daylight(wall.year()) {
        Some((begins, ends)) if wall >= later(begins) && wall < ends => DAYLIGHT,
        _ => STANDARD,
    };
    let seconds = jiff::tz::Offset::UTC.to_timestamp(wall).map_or(0, Timestamp::as_second);
    Timestamp::new(seconds - offset.as_secs(), wall.subsec_nanosecond()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// When daylight time begins, on the clock of standard time, and ends, on its own clock.
fn daylight(year: i16) -> Option<(DateTime, DateTime)> {
    let begins = date(year, 3, 1).nth_weekday_of_month(2, Weekday::Sunday).ok()?;
    let ends = date(year, 11, 1).nth_weekday_of_month(1, Weekday::Sunday).ok()?;
    Some((begins.at(CHANGE_HOUR, 0, 0, 0), ends.at(CHANGE_HOUR, 0, 0, 0)))
}

fn shifted(instant: Timestamp, by: SignedDuration) -> DateTime {
    let moved = instant.checked_add(by).unwrap_or(instant);
    jiff::tz::Offset::UTC.to_datetime(moved)
}

fn earlier(time: DateTime) -> DateTime {
    time.checked_sub(SignedDuration::from_hours(1)).unwrap_or(time)
}

fn later(time: DateTime) -> DateTime {
    time.checked_add(SignedDuration::from_hours(1)).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Year, day daylight time begins in March, day it ends in November.
    const CHANGES: [(i16, i8, i8); 9] = [
        (2007, 11, 4),
        (2023, 12, 5),
        (2024, 10, 3),
        (2025, 9, 2),
        (2026, 8, 1),
        (2027, 14, 7),
        (2028, 12, 5),
        (2029, 11, 4),
        (2030, 10, 3),
    ];

    fn utc(text: &str) -> Timestamp {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn clocks_change_on_these_days() {
        for (year, march, november) in CHANGES {
            // 06:59:59 UTC is 01:59:59 standard time; a second later it is 03:00 daylight time.
            let last = utc(&format!("{year}-03-{march:02}T06:59:59Z"));
            assert_eq!(eastern(last), date(year, 3, march).at(1, 59, 59, 0));
            let first = utc(&format!("{year}-03-{march:02}T07:00:00Z"));
            assert_eq!(eastern(first), date(year, 3, march).at(3, 0, 0, 0));
            // 05:59:59 UTC is 01:59:59 daylight time; a second later it is 01:00 standard time.
            let last = utc(&format!("{year}-11-{november:02}T05:59:59Z"));
            assert_eq!(eastern(last), date(year, 11, november).at(1, 59, 59, 0));
            let first = utc(&format!("{year}-11-{november:02}T06:00:00Z"));
            assert_eq!(eastern(first), date(year, 11, november).at(1, 0, 0, 0));
        }
    }

    #[test]
    fn instants_of_wall_clock_times() {
        let table = [
            (date(2026, 1, 15).at(10, 30, 0, 0), "2026-01-15T15:30:00Z"),
            (date(2026, 7, 15).at(10, 30, 0, 0), "2026-07-15T14:30:00Z"),
            (date(2026, 3, 8).at(1, 59, 59, 0), "2026-03-08T06:59:59Z"),
            // Skipped: 02:15 is read as standard time, 03:15 in daylight time.
            (date(2026, 3, 8).at(2, 15, 0, 0), "2026-03-08T07:15:00Z"),
            (date(2026, 3, 8).at(3, 0, 0, 0), "2026-03-08T07:00:00Z"),
            // Twice: the first.
            (date(2026, 11, 1).at(1, 30, 0, 0), "2026-11-01T05:30:00Z"),
            (date(2026, 11, 1).at(2, 0, 0, 0), "2026-11-01T07:00:00Z"),
            (date(2026, 12, 31).at(23, 59, 59, 0), "2027-01-01T04:59:59Z"),
        ];
        for (wall, expected) in table {
            assert_eq!(instant(wall), utc(expected), "{wall}");
        }
    }

    #[test]
    fn every_hour_of_a_year_comes_back() {
        let start = utc("2026-01-01T05:00:00Z");
        for hour in 0..24 * 365 {
            let at = start + SignedDuration::from_hours(hour);
            let back = instant(eastern(at));
            let repeated = at == utc("2026-11-01T06:00:00Z");
            assert_eq!(back, if repeated { at - SignedDuration::from_hours(1) } else { at });
        }
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for at in [Timestamp::MIN, Timestamp::MAX] {
            let _ = instant(eastern(at));
        }
        let _ = (instant(DateTime::MIN), instant(DateTime::MAX));
    }
}
