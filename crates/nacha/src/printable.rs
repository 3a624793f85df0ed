//! How names become printable.

use crate::Text;

/// `text` in the characters that a Nacha file may hold, at most `width` of them.
///
/// Letters with accents lose them, typographic quotes and dashes become plain ones, other characters outside printable
/// ASCII become a space. Blanks at both ends go.
///
/// ```
/// assert_eq!(nacha::printable("Zoë Müller–Øst", 22), "Zoe Muller-Ost");
/// assert_eq!(nacha::printable("Distracted Austin and Company", 22), "Distracted Austin and");
/// ```
pub fn printable(text: &str, width: usize) -> Text {
    let mut out = String::with_capacity(text.len());
    for character in text.trim().chars() {
        match character {
            ' '..='~' => out.push(character),
            _ => out.push_str(plain(character)),
        }
    }
    let cut = out.get(..width.min(out.len())).unwrap_or_default();
    Text::new(cut.trim_end())
}

/// The nearest ASCII spelling of a character outside of ASCII.
fn plain(character: char) -> &'static str {
    match character {
        'À'..='Å' | 'Ā' | 'Ă' | 'Ą' => "A",
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'Æ' => "AE",
        'æ' => "ae",
        'Ç' | 'Ć' | 'Č' => "C",
        'ç' | 'ć' | 'č' => "c",
        'Ď' | 'Đ' | 'Ð' => "D",
        'ď' | 'đ' | 'ð' => "d",
        'È'..='Ë' | 'Ē' | 'Ę' | 'Ě' => "E",
        'è'..='ë' | 'ē' | 'ę' | 'ě' => "e",
        'Ğ' => "G",
        'ğ' => "g",
        'Ì'..='Ï' | 'Ī' | 'İ' => "I",
        'ì'..='ï' | 'ī' | 'ı' => "i",
        'Ł' => "L",
        'ł' => "l",
        'Ñ' | 'Ń' | 'Ň' => "N",
        'ñ' | 'ń' | 'ň' => "n",
        'Ò'..='Ö' | 'Ø' | 'Ō' | 'Ő' => "O",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'Œ' => "OE",
        'œ' => "oe",
        'Ř' => "R",
        'ř' => "r",
        'Ś' | 'Ş' | 'Š' => "S",
        'ś' | 'ş' | 'š' => "s",
        'ß' => "ss",
        'Ť' => "T",
        'ť' => "t",
        'Ù'..='Ü' | 'Ū' | 'Ů' | 'Ű' => "U",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
        'Ý' | 'Ÿ' => "Y",
        'ý' | 'ÿ' => "y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'ź' | 'ż' | 'ž' => "z",
        '‘' | '’' | '`' => "'",
        '“' | '”' => "\"",
        '–' | '—' | '‐' => "-",
        _ => " ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_printable() {
        let table = [
            ("Jenny Rosen", 22, "Jenny Rosen"),
            ("  Łukasz Żak ", 22, "Lukasz Zak"),
            ("Straße 5", 22, "Strasse 5"),
            ("a\u{0}b\u{1F600}c", 22, "a b c"),
            ("Company with a long name", 16, "Company with a l"),
            ("Company with a  long name", 15, "Company with a"),
            ("", 5, ""),
        ];
        for (given, width, expected) in table {
            assert_eq!(printable(given, width), expected, "{given}");
        }
    }
}
