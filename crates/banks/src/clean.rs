//! Cleaning of what banks send: texts, identifiers, times, amounts.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Longest name, description or similar, in characters.
pub(crate) const TEXT_MAX: usize = 500;
/// Longest address, in characters.
pub(crate) const ADDRESS_MAX: usize = 5_000;
/// Longest identifier, in characters (the limit of FDX).
const ID_MAX: usize = 256;
/// No account holds a quadrillion minor units (ten trillion dollars); more is a mistake.
const MINOR_MAX: i64 = 1_000_000_000_000_000;
/// Earliest believable time: 1990-01-01.
const TIME_MIN: i64 = 631_152_000;
/// Latest believable time: 2200-01-01.
const TIME_MAX: i64 = 7_258_118_400;

/// Removes control characters and characters that change the direction of text, joins white space,
/// and caps the length. None when nothing is left.
pub(crate) fn text(raw: &str, chars_max: usize) -> Option<String> {
    let mut clean = String::new();
    let mut length = 0;
    let mut gap = false;
    for character in raw.chars() {
        if character.is_whitespace() || character.is_control() {
            gap = length > 0;
            continue;
        }
        if is_invisible(character) {
            continue;
        }
        if length + usize::from(gap) >= chars_max {
            break;
        }
        if std::mem::take(&mut gap) {
            clean.push(' ');
            length += 1;
        }
        clean.push(character);
        length += 1;
    }
    (!clean.is_empty()).then_some(clean)
}

/// Zero-width and direction-changing characters: they hide or reorder what people read.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// An identifier is kept as it is or not at all: changing it would make it name something else.
pub(crate) fn identifier(raw: String) -> Option<String> {
    let fits = raw.chars().count() <= ID_MAX && !raw.chars().any(char::is_control);
    let names_something = !matches!(raw.as_str(), "" | "." | "..");
    (fits && names_something).then_some(raw)
}

/// The last four characters, if they are digits.
pub(crate) fn last_four(raw: &str) -> Option<String> {
    let tail: Vec<char> = raw.trim().chars().rev().take(4).collect();
    let digits = tail.len() == 4 && tail.iter().all(char::is_ascii_digit);
    digits.then(|| tail.into_iter().rev().collect())
}

/// Unix seconds of an RFC 3339 time, of a time without zone (taken as UTC) or of a date (midnight
/// UTC). None for times that no bank can mean.
pub(crate) fn time(raw: &str) -> Option<i64> {
    let timestamp = raw.parse::<Timestamp>().ok().or_else(|| {
        let local = raw
            .parse::<DateTime>()
            .ok()
            .or_else(|| raw.parse::<Date>().ok().map(|date| date.to_datetime(jiff::civil::Time::midnight())))?;
        local.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })?;
    believable(timestamp.as_second())
}

/// A time in Unix seconds, unless no bank can mean it.
pub(crate) fn believable(seconds: i64) -> Option<i64> {
    (TIME_MIN..=TIME_MAX).contains(&seconds).then_some(seconds)
}

/// The UTC date of a time in Unix seconds, `YYYY-MM-DD`, `days` later.
pub(crate) fn date(seconds: i64, days: i64) -> Option<String> {
    let timestamp = Timestamp::from_second(seconds).ok()?;
    let moved = timestamp.checked_add(SignedDuration::from_hours(days.checked_mul(24)?)).ok()?;
    Some(moved.to_zoned(TimeZone::UTC).date().to_string())
}

/// Minor units of an exact decimal. None when it is not one, has more digits than the currency, or
/// is absurd.
pub(crate) fn minor(raw: &str, currency: money::Currency) -> Option<i64> {
    let minor = money::parse_decimal(raw.trim(), currency).ok()?;
    (-MINOR_MAX..=MINOR_MAX).contains(&minor).then_some(minor)
}

#[cfg(test)]
mod tests {
    use super::{date, identifier, last_four, minor, text, time};
    use proptest::prelude::{any, proptest};

    #[test]
    fn texts_lose_what_people_cannot_see() {
        assert_eq!(text("  PAY\u{0}ROLL \t\n ACME  ", 500).as_deref(), Some("PAY ROLL ACME"));
        assert_eq!(text("evil\u{202e}txt.\u{200b}exe", 500).as_deref(), Some("eviltxt.exe"));
        assert_eq!(text(" \u{1b}\r\n", 500), None);
        assert_eq!(text("ééééé", 3).as_deref(), Some("ééé"));
        assert_eq!(text("ab cd", 3).as_deref(), Some("ab"), "no blank at the end");
    }

    proptest! {
        #[test]
        fn any_text_ends_up_short_and_clean(raw in any::<String>(), max in 1_usize..20) {
            if let Some(clean) = text(&raw, max) {
                assert!(clean.chars().count() <= max);
                assert!(!clean.chars().any(char::is_control));
                assert_eq!(clean.trim(), clean);
            }
        }
    }

    #[test]
    fn identifiers_are_kept_or_refused() {
        assert_eq!(identifier("a b/c".to_owned()).as_deref(), Some("a b/c"));
        for bad in ["", ".", "..", "a\nb"] {
            assert_eq!(identifier(bad.to_owned()), None, "{bad:?}");
        }
        assert_eq!(identifier("x".repeat(257)), None);
    }

    #[test]
    fn last_digits() {
        assert_eq!(last_four("XXXX-1234 ").as_deref(), Some("1234"));
        for raw in ["123", "12345x", "", "١٢٣٤"] {
            assert_eq!(last_four(raw), None, "{raw}");
        }
    }

    #[test]
    fn times_in_every_spelling() {
        for raw in [
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.000Z",
            "2026-01-01T22:04:05-05:00",
            "2026-01-01T22:04:05-0500",
            "2026-01-02T03:04:05",
        ] {
            assert_eq!(time(raw), Some(1_767_323_045), "{raw}");
        }
        assert_eq!(time("2026-01-02"), Some(1_767_312_000));
        for absurd in ["0001-01-01", "9999-12-31T00:00:00Z", "yesterday", "", "1767323045"] {
            assert_eq!(time(absurd), None, "{absurd}");
        }
    }

    #[test]
    fn dates_of_times() {
        assert_eq!(date(1_767_323_045, 0).as_deref(), Some("2026-01-02"));
        assert_eq!(date(1_767_323_045, 1).as_deref(), Some("2026-01-03"));
        assert_eq!(date(i64::MAX, 0), None);
    }

    #[test]
    fn amounts_are_exact_or_nothing() {
        let usd = money::Currency::parse("usd").unwrap();
        for (raw, expected) in [
            ("12.5", Some(1_250)),
            ("12.50", Some(1_250)),
            ("-0.01", Some(-1)),
            ("90071992547409.93", None),
            ("9007199254740.93", Some(900_719_925_474_093)),
            ("12.345", None),
            ("abc", None),
        ] {
            assert_eq!(minor(raw, usd), expected, "{raw}");
        }
    }
}
