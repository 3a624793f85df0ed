//! Dates and times as files write them.

use crate::Moment;

/// Zones that stand without a number, as in `[EST]` or `[-:EST]`, in hours.
const ZONES: [(&str, i16); 13] = [
    ("GMT", 0),
    ("UTC", 0),
    ("Z", 0),
    ("NST", -3),
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
    ("BRT", -3),
];

/// A date, and whether everything behind it was understood as well.
pub(crate) fn read(text: &str) -> Option<(Moment, bool)> {
    let text = text.trim();
    let (year, month, day, rest) = read_date(text)?;
    let moment = Moment::new(year, month, day)?;
    let (zone_at, time_text) = match rest.find(['[', 'Z', 'z', '+', '-']) {
        Some(at) => (at, &rest[..at]),
        None => (rest.len(), rest),
    };
    let time = read_time(time_text);
    let zone = read_zone(&rest[zone_at..]);
    let timed = time.flatten().and_then(|(hour, minute, second, part)| moment.at(hour, minute, second, part));
    let clean_time = matches!(time, Some(None)) || timed.is_some();
    let moment = timed.unwrap_or(moment);
    let zoned = zone.flatten().and_then(|minutes| moment.with_offset(minutes));
    let clean_zone = matches!(zone, Some(None)) || zoned.is_some();
    Some((zoned.unwrap_or(moment), clean_time && clean_zone))
}

/// `YYYYMMDD`, `YYYY-MM-DD` or `YYYY/MM/DD`, and what follows.
fn read_date(text: &str) -> Option<(u16, u8, u8, &str)> {
    let separated = matches!(text.as_bytes().get(4), Some(b'-' | b'/')) && text.as_bytes().get(7) == text.as_bytes().get(4);
    let (month_at, day_at) = if separated { (5, 8) } else { (4, 6) };
    let year = number(text.get(..4)?)?;
    let month = number(text.get(month_at..month_at + 2)?)?;
    let day = number(text.get(day_at..day_at + 2)?)?;
    Some((year, u8::try_from(month).ok()?, u8::try_from(day).ok()?, text.get(day_at + 2..)?))
}

type Clock = (u8, u8, u8, u16);

/// `HH`, `HHMM`, `HHMMSS` or with colons, perhaps with a fraction. The outer option is whether the
/// text was understood, the inner one whether there is a time.
fn read_time(text: &str) -> Option<Option<Clock>> {
    let mut rest = text.trim().trim_start_matches(['T', 't']);
    let mut parts = [0_u8; 3];
    let mut count = 0;
    while count < 3 {
        let digits = if count > 0 { rest.strip_prefix(':').unwrap_or(rest) } else { rest };
        let Some(part) = digits.get(..2).and_then(number) else { break };
        parts[count] = u8::try_from(part).ok()?;
        rest = &digits[2..];
        count += 1;
    }
    if count == 0 {
        return rest.is_empty().then_some(None);
    }
    let mut millisecond = 0;
    if let Some(fraction) = rest.strip_prefix(['.', ',', ':']) {
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let three: String = fraction.chars().chain("000".chars()).take(3).collect();
        millisecond = three.parse().ok()?;
        rest = "";
    }
    rest.trim().is_empty().then_some(Some((parts[0], parts[1], parts[2], millisecond)))
}

/// `[-5:EST]`, `[+5.30:IST]`, `[EST]`, `Z`, `-0300` in minutes. Options as with [`read_time`].
fn read_zone(text: &str) -> Option<Option<i16>> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']').trim();
    if text.is_empty() {
        return Some(None);
    }
    let (number_text, name) = text.split_once(':').unwrap_or((text, text));
    let with_minutes = text.split_once(':').filter(|(hours, minutes)| hours.len() == 3 && minutes.len() == 2);
    let minutes = match with_minutes.and_then(|(hours, minutes)| offset(&format!("{hours}{minutes}"))) {
        Some(minutes) => Some(minutes),
        None => offset(number_text),
    };
    let named = || ZONES.iter().find(|(zone, _)| name.eq_ignore_ascii_case(zone)).map(|(_, hours)| hours * 60);
    minutes.or_else(named).map(Some)
}

/// `-5`, `-3.5`, `+5.30`, `-0300` in minutes. The part behind the dot is minutes in two digits, or
/// a fraction where it can only be one.
fn offset(text: &str) -> Option<i16> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let (hours, part) = digits.split_once('.').unwrap_or((digits, ""));
    let (hours, part) = if hours.len() == 4 { (hours.get(..2)?, hours.get(2..)?) } else { (hours, part) };
    let minutes = match part {
        "" | "0" | "00" => 0,
        "25" => 15,
        "5" | "50" => 30,
        "75" => 45,
        minutes if minutes.len() == 2 => number(minutes)?,
        _ => return None,
    };
    let hours = if hours.len() <= 2 { number(hours)? } else { return None };
    i16::try_from(hours * 60 + minutes).ok().map(|total| sign * total)
}

fn number(text: &str) -> Option<u16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_real_files_are_read() {
        let table = [
            ("20130618", "20130618", true),
            ("20090523122017", "20090523122017", true),
            ("20090401122017.000[-5:EST]", "20090401122017[-5]", true),
            ("20120908190849.317[-4:EDT]", "20120908190849.317[-4]", true),
            ("20240101000000.000[-3:GMT]", "20240101000000[-3]", true),
            ("20240101000000[+5.30:IST]", "20240101000000[+5.30]", true),
            ("20240101000000[-3.5:NST]", "20240101000000[-3.30]", true),
            ("20240101[0:GMT]", "20240101[0:GMT]", true),
            ("20091217162416.000[-:EST]", "20091217162416[-5]", true),
            ("202401011230", "20240101123000", true),
            ("20240101 12:30:05", "20240101123005", true),
            ("2024-01-01", "20240101", true),
            ("2024-01-01T12:30:05.25Z", "20240101123005.250[0:GMT]", true),
            ("2024-01-01T12:30:05-03:00", "20240101123005[-3]", true),
            ("20180804093914:014", "20180804093914.014", true),
            ("20240101250000", "20240101", false),
            ("20240101120000[-99:XX]", "20240101120000", false),
            ("20240101120000[+:AEST]", "20240101120000", false),
            ("20240101 noon", "20240101", false),
        ];
        for (text, expected, clean) in table {
            assert_eq!(
                read(text).map(|(moment, clean)| (moment.to_string(), clean)),
                Some((expected.to_owned(), clean)),
                "{text}"
            );
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in
            ["", "0", "00000000", "00000000000000", "20120231", "20131301", "30/06/2025", "2024é101", "tomorrow", "240101"]
        {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
