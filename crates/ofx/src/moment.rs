//! Dates and times.

use std::fmt;

use crate::moment_text;

/// A date, perhaps with a time and the distance of its zone from Greenwich.
///
/// Displays as OFX writes it. Without a zone it means Greenwich time, without a time it means the
/// day as such.
///
/// ```
/// let moment = ofx::Moment::parse("20240101120000.000[-3:BRT]").expect("a date");
/// assert_eq!(moment.date(), (2024, 1, 1));
/// assert_eq!(moment.offset_minutes(), Some(-180));
/// assert_eq!(moment.unix_seconds(), 1_704_121_200);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    year: u16,
    month: u8,
    day: u8,
    time: Option<Time>,
    offset_minutes: Option<i16>,
}

/// A time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Time {
    hour: u8,
    minute: u8,
    second: u8,
    millisecond: u16,
}

impl Moment {
    /// 1 January 1970, what clients send for "whenever".
    pub const EPOCH: Moment = Moment { year: 1970, month: 1, day: 1, time: None, offset_minutes: None };

    /// A day. Years 1000 to 9999; nothing if there is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Moment> {
        let exists = (1000..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Moment { year, month, day, time: None, offset_minutes: None })
    }

    /// This day at a time; nothing if there is no such time.
    pub fn at(self, hour: u8, minute: u8, second: u8, millisecond: u16) -> Option<Moment> {
        let exists = hour < 24 && minute < 60 && second < 60 && millisecond < 1000;
        exists.then_some(Moment { time: Some(Time { hour, minute, second, millisecond }), ..self })
    }

    /// The same with a zone: whole quarters of an hour up to 15 hours.
    pub fn with_offset(self, minutes: i16) -> Option<Moment> {
        let exists = minutes.abs() <= 15 * 60 && minutes % 15 == 0;
        exists.then_some(Moment { offset_minutes: Some(minutes), ..self })
    }

    /// The date and time in Greenwich at so many seconds after 1 January 1970; nothing outside of
    /// the years 1000 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Option<Moment> {
        let (year, month, day) = civil(seconds.div_euclid(86_400))?;
        let of_day = seconds.rem_euclid(86_400);
        let part = |value: i64| u8::try_from(value).ok();
        Moment::new(year, month, day)?.at(part(of_day / 3600)?, part(of_day / 60 % 60)?, part(of_day % 60)?, 0)
    }

    /// Reads a date with whatever of time and zone is readable behind it.
    pub fn parse(text: &str) -> Option<Moment> {
        moment_text::read(text).map(|(moment, _)| moment)
    }

    /// Year, month and day, in the zone of the file.
    pub fn date(&self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// Hour, minute, second and millisecond, if there is a time.
    pub fn time(&self) -> Option<(u8, u8, u8, u16)> {
        self.time.map(|time| (time.hour, time.minute, time.second, time.millisecond))
    }

    /// Minutes east of Greenwich, if there is a zone.
    pub fn offset_minutes(&self) -> Option<i16> {
        self.offset_minutes
    }

    /// Seconds after 1 January 1970 in Greenwich. A day without a time begins at midnight.
    pub fn unix_seconds(&self) -> i64 {
        let of_day =
            self.time.map_or(0, |time| i64::from(time.hour) * 3600 + i64::from(time.minute) * 60 + i64::from(time.second));
        let offset = i64::from(self.offset_minutes.unwrap_or(0)) * 60;
        days(self.year, self.month, self.day) * 86_400 + of_day - offset
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}{:02}{:02}", self.year, self.month, self.day)?;
        if let Some(time) = self.time {
            write!(out, "{:02}{:02}{:02}", time.hour, time.minute, time.second)?;
            if time.millisecond > 0 {
                write!(out, ".{:03}", time.millisecond)?;
            }
        }
        match self.offset_minutes {
            None => Ok(()),
            Some(0) => out.write_str("[0:GMT]"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
                match minutes {
                    0 => write!(out, "[{sign}{hours}]"),
                    _ => write!(out, "[{sign}{hours}.{minutes:02}]"),
                }
            }
        }
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1 January 1970, in the Gregorian calendar.
fn days(year: u16, month: u8, day: u8) -> i64 {
    let before = i64::from(year) - 1;
    let of_years = before * 365 + before / 4 - before / 100 + before / 400;
    let of_months: i64 = (1..month).map(|earlier| i64::from(days_in(year, earlier))).sum();
    of_years + of_months + i64::from(day) - 1 - 719_162
}

/// The date of a day counted from 1 January 1970.
fn civil(day: i64) -> Option<(u16, u8, u8)> {
    if !(days(1000, 1, 1)..=days(9999, 12, 31)).contains(&day) {
        return None;
    }
    // Years have 365.2425 days on average, so the guess is at most one off.
    let guess = u16::try_from(1970 + day * 400 / 146_097).ok()?;
    let year = (guess - 1..=guess + 1).rev().find(|year| days(*year, 1, 1) <= day)?;
    let month = (1..=12).rev().find(|month| days(year, *month, 1) <= day)?;
    Some((year, month, u8::try_from(day - days(year, month, 1) + 1).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_agree() {
        let table = [("19700101", 0), ("20000229", 951_782_400), ("20240301000000[-5]", 1_709_269_200), ("19691231235959", -1)];
        for (text, seconds) in table {
            assert_eq!(Moment::parse(text).expect("a date").unix_seconds(), seconds, "{text}");
        }
        for seconds in (-30_000_000_000..200_000_000_000).step_by(86_400 * 97 + 12_345) {
            assert_eq!(Moment::from_unix_seconds(seconds).expect("in range").unix_seconds(), seconds);
        }
        assert_eq!(Moment::from_unix_seconds(i64::MAX), None);
        assert_eq!(Moment::from_unix_seconds(i64::MIN), None);
    }
}
