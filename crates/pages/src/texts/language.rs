//! Which language a person reads: what the opener of the flow says, else what the browser says, else English.

use super::catalogue::Texts;
use super::english::ENGLISH;
use super::spanish::SPANISH;

/// Every language, the one for everybody else first.
pub static LANGUAGES: [&Texts; 2] = [&ENGLISH, &SPANISH];

/// The texts for a person. `locale` is a BCP 47 tag such as `es-419`; one that is not known counts as none. `accepted` is the
/// text of an `Accept-Language` header.
pub fn choose(locale: Option<&str>, accepted: Option<&str>) -> &'static Texts {
    locale.and_then(known).or_else(|| accepted.and_then(most_wanted)).unwrap_or(&ENGLISH)
}

/// The language of a tag, whatever the country.
fn known(tag: &str) -> Option<&'static Texts> {
    let language = tag.split(['-', '_']).next()?.trim();
    LANGUAGES.into_iter().find(|texts| texts.lang.eq_ignore_ascii_case(language))
}

/// The first of the languages with the highest weight that there are texts in; `*` is any, that is English.
fn most_wanted(header: &str) -> Option<&'static Texts> {
    let mut best: Option<(u16, &Texts)> = None;
    for item in header.split(',') {
        let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
        let texts = if tag.trim() == "*" { Some(&ENGLISH) } else { known(tag.trim()) };
        let (Some(texts), Some(weight)) = (texts, weight(parameters)) else { continue };
        if weight > best.map_or(0, |(highest, _)| highest) {
            best = Some((weight, texts));
        }
    }
    best.map(|(_, texts)| texts)
}

/// A weight in thousandths: `q=0.8` is 800. None if it reads as none.
fn weight(parameters: &str) -> Option<u16> {
    let text = parameters.trim();
    if text.is_empty() {
        return Some(1_000);
    }
    let value: f32 = text.strip_prefix("q=").or_else(|| text.strip_prefix("Q="))?.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000 after the check")]
    (0.0..=1.0).contains(&value).then(|| (value * 1_000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_what_they_ask_for() {
        let cases = [
            (None, None, "en"),
            (Some("es"), None, "es"),
            (Some("es-419"), Some("en-US,en;q=0.9"), "es"),
            (Some("ES_mx"), None, "es"),
            (Some("en-GB"), Some("es"), "en"),
            (Some("auto"), Some("es-MX,es;q=0.9,en;q=0.8"), "es"),
            (Some("fr"), Some("es"), "es"),
            (None, Some("fr-CH, fr;q=0.9, en;q=0.8, es;q=0.7, *;q=0.5"), "en"),
            (None, Some("en;q=0.3,es;q=0.4"), "es"),
            (None, Some("en;q=0, es;q=0.1"), "es"),
            (None, Some("de, *;q=0.5, es;q=0.2"), "en"),
            (None, Some("es;q=0"), "en"),
            (None, Some("es;q=7, en;q=x,;;,\u{1}"), "en"),
            (None, Some("estonian"), "en"),
            (None, Some(""), "en"),
        ];
        for (locale, accepted, expected) in cases {
            assert_eq!(choose(locale, accepted).lang, expected, "{locale:?} {accepted:?}");
        }
    }
}
