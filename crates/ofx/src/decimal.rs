//! Amounts as files write them.

use std::fmt;

use money::{Amount, Currency, MoneyError};

/// An exact decimal number. Keeps the digits of the file: 1.0 and 1.00 are different.
///
/// ```
/// let amount = ofx::Decimal::parse("-1.234,56").expect("an amount");
/// assert_eq!(amount.to_string(), "-1234.56");
/// assert_eq!(amount.minor_units(2), Some(-123_456));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Decimal {
    mantissa: i128,
    scale: u8,
}

/// More digits are no amount.
const DIGIT_LIMIT: usize = 30;

impl Decimal {
    /// `mantissa` divided by ten to the power of `scale`; nothing with more than 30 digits.
    pub fn new(mantissa: i128, scale: u8) -> Option<Decimal> {
        let limit = 10_u128.pow(30);
        (mantissa.unsigned_abs() < limit && usize::from(scale) <= DIGIT_LIMIT).then_some(Decimal { mantissa, scale })
    }

    /// Reads an amount with either decimal separator, thousands separators, a sign before or
    /// behind, parentheses for negative, and a currency sign or code beside it.
    ///
    /// A single comma before three digits is taken for a thousands separator.
    pub fn parse(text: &str) -> Option<Decimal> {
        read(text, false).map(|(value, _)| value)
    }

    /// Whether it is less than zero.
    pub fn is_negative(&self) -> bool {
        self.mantissa < 0
    }

    /// The amount in the smallest unit of a currency with so many decimal places; nothing if it
    /// has a smaller fraction or does not fit.
    pub fn minor_units(&self, places: u8) -> Option<i64> {
        let exact = match places.checked_sub(self.scale) {
            Some(more) => self.mantissa.checked_mul(10_i128.checked_pow(u32::from(more))?)?,
            None => {
                let unit = 10_i128.checked_pow(u32::from(self.scale - places))?;
                (self.mantissa % unit == 0).then_some(self.mantissa / unit)?
            }
        };
        i64::try_from(exact).ok()
    }

    /// The same number with as few digits as it needs.
    pub fn without_trailing_zeros(mut self) -> Decimal {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self = Decimal { mantissa: self.mantissa / 10, scale: self.scale - 1 };
        }
        self
    }

    /// The amount as money.
    ///
    /// # Errors
    /// Those of [`money::parse_decimal`]: a fraction that the currency does not have, a too large
    /// number.
    pub fn to_amount(&self, currency: Currency) -> Result<Amount, MoneyError> {
        Amount::from_decimal(&self.to_string(), currency)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative() { "-" } else { "" };
        let scale = usize::from(self.scale);
        let digits = format!("{:0width$}", self.mantissa.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if scale == 0 { "" } else { "." };
        write!(out, "{sign}{whole}{point}{fraction}")
    }
}

/// An amount, and whether its comma may mean something else. `thousandths` says that the currency
/// has three decimal places, which decides what a comma before three digits is.
pub(crate) fn read(text: &str, thousandths: bool) -> Option<(Decimal, bool)> {
    let (body, negative) = unsigned(text.trim())?;
    let digits = body.chars().filter(char::is_ascii_digit).count();
    if digits == 0 || digits > DIGIT_LIMIT {
        return None;
    }
    let (point, ambiguous) = decimal_point(body, thousandths)?;
    let (whole, fraction) = match point {
        Some(at) => (&body[..at], &body[at + 1..]),
        None => (body, ""),
    };
    if !(well_grouped(whole) && fraction.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let plain: String = whole.chars().chain(fraction.chars()).filter(char::is_ascii_digit).collect();
    let magnitude: i128 = plain.parse().ok()?;
    let scale = u8::try_from(fraction.len()).ok()?;
    Some((Decimal { mantissa: if negative { -magnitude } else { magnitude }, scale }, ambiguous))
}

/// Takes sign and currency off; at most one sign.
fn unsigned(text: &str) -> Option<(&str, bool)> {
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return Some((without_currency(inner.trim()), true));
    }
    let (mut rest, mut signs) = (text, Vec::new());
    let is_sign = |character: char| matches!(character, '-' | '+' | '\u{2212}');
    for _ in 0..2 {
        if let Some(sign) = rest.chars().next().filter(|first| is_sign(*first)) {
            signs.push(sign);
            rest = rest[sign.len_utf8()..].trim_start();
        }
        if let Some(sign) = rest.chars().next_back().filter(|last| is_sign(*last)) {
            signs.push(sign);
            rest = rest[..rest.len() - sign.len_utf8()].trim_end();
        }
        rest = without_currency(rest);
    }
    (signs.len() <= 1).then(|| (rest, signs.first().is_some_and(|sign| *sign != '+')))
}

/// Takes a currency sign (`R$`, `€`) or a code of three letters off either end. Other letters,
/// such as CR and DR, would change the meaning.
fn without_currency(text: &str) -> &str {
    let is_mark = |character: &char| character.is_alphabetic() || "$€£¥₹".contains(*character);
    let is_currency = |mark: &str| {
        let symbol = mark.contains(|character: char| !character.is_alphabetic());
        (symbol && mark.chars().count() <= 4) || (mark.len() == 3 && mark.bytes().all(|byte| byte.is_ascii_alphabetic()))
    };
    let front: usize = text.chars().take_while(is_mark).map(char::len_utf8).sum();
    let text = if is_currency(&text[..front]) { text[front..].trim_start() } else { text };
    let back: usize = text.chars().rev().take_while(is_mark).map(char::len_utf8).sum();
    let place = text.len() - back;
    if is_currency(&text[place..]) { text[..place].trim_end() } else { text }
}

/// Where the decimal separator is, if there is one, and whether that may be wrong.
fn decimal_point(body: &str, thousandths: bool) -> Option<(Option<usize>, bool)> {
    let last = |separator: char| body.rfind(separator);
    let count = |separator: char| body.matches(separator).count();
    let (separator, at) = match (last('.'), last(',')) {
        (None, None) => return Some((None, false)),
        (Some(dot), Some(comma)) if dot > comma => return (count('.') == 1).then_some((Some(dot), false)),
        (Some(_), Some(comma)) => return (count(',') == 1).then_some((Some(comma), false)),
        (Some(dot), None) => ('.', dot),
        (None, Some(comma)) => (',', comma),
    };
    if count(separator) > 1 {
        return Some((None, false));
    }
    let before = body[..at].len();
    let like_thousands = separator == ',' && body.len() - at - 1 == 3 && (1..=3).contains(&before) && !body.starts_with('0');
    if like_thousands && !thousandths { Some((None, true)) } else { Some((Some(at), false)) }
}

/// Whether the part before the decimal separator is digits, or groups of them with one kind of
/// separator: three digits in the last group, two (India) or three in those before.
fn well_grouped(whole: &str) -> bool {
    let Some(separator) = whole.chars().find(|character| !character.is_ascii_digit()) else {
        return true;
    };
    let is_separator = matches!(separator, '.' | ',' | '\'' | '’') || separator.is_whitespace();
    let groups: Vec<&str> = whole.split(separator).collect();
    let last = groups.len() - 1;
    is_separator
        && groups.iter().enumerate().all(|(place, group)| {
            let lengths = match place {
                0 => 1..=3,
                _ if place == last => 3..=3,
                _ => 2..=3,
            };
            lengths.contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_real_files_are_read() {
        let table = [
            ("-6.60", "-6.60"),
            ("120", "120"),
            ("+0000000000100.00000", "100.00000"),
            ("-00000000002571.4500", "-2571.4500"),
            ("            -11,76", "-11.76"),
            ("-1.234,56", "-1234.56"),
            ("1,234.56", "1234.56"),
            ("1.234.567", "1234567"),
            ("12,34,567.80", "1234567.80"),
            ("1 234,50", "1234.50"),
            ("1\u{a0}234\u{a0}567,5", "1234567.5"),
            ("1'234.50", "1234.50"),
            ("R$\u{a0} 5.326,43", "5326.43"),
            ("-R$ 10,00", "-10.00"),
            ("$-10.00", "-10.00"),
            ("12.30 EUR", "12.30"),
            ("12,30-", "-12.30"),
            ("(5.00)", "-5.00"),
            ("- 5", "-5"),
            ("\u{2212}5", "-5"),
            (".50", "0.50"),
            ("5.", "5"),
            ("-0.00", "0.00"),
            ("-33.3", "-33.3"),
            ("0,125", "0.125"),
            ("1.234", "1.234"),
        ];
        for (text, expected) in table {
            let read = read(text, false);
            assert_eq!(read.map(|(value, doubt)| (value.to_string(), doubt)), Some((expected.to_owned(), false)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_amounts() {
        let table = ["", "-", ".", "abc", "--5", "-5-", "(-5)", "1.2.3", "1,23,4", "1.234,567.8", "1e5", "5 CR", "12 34", "1..2"];
        for text in table.into_iter().chain(["1234567890123456789012345678901", "1,2345,678.00", "٣"]) {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_comma_before_three_digits_depends_on_the_currency() {
        let shown = |text, thousandths| read(text, thousandths).map(|(value, doubt)| (value.to_string(), doubt));
        assert_eq!(shown("-1,234", false), Some(("-1234".to_owned(), true)));
        assert_eq!(shown("-1,234", true), Some(("-1.234".to_owned(), false)));
    }

    #[test]
    fn minor_units_are_exact_or_nothing() {
        let table = [("1.5", 2, Some(150)), ("1.500", 2, Some(150)), ("1.505", 2, None), ("7", 0, Some(7)), ("0.1", 0, None)];
        for (text, places, expected) in table {
            assert_eq!(Decimal::parse(text).expect("an amount").minor_units(places), expected, "{text}");
        }
        assert_eq!(Decimal::new(i128::from(i64::MAX), 0).expect("fits").minor_units(1), None);
    }
}
