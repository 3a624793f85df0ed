//! Values between tags: white space, character references, and how a writer protects them.

use encoding_rs::WINDOWS_1252;

/// Whether a character can stand in a value. Others are left out, by the reader and by the writer.
pub(crate) fn is_text(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r') || !(character.is_control() || character == '\u{feff}')
}

/// Builds a value from the pieces between two tags.
///
/// White space around the value does not count. Inside of it, white space with a line break is one
/// space, because files wrap long values; any other stays. References count as written.
#[derive(Debug, Default)]
pub(crate) struct Value {
    text: String,
    /// White space that counts only if more follows.
    pending: String,
}

impl Value {
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Adds a piece; a `literal` one (CDATA) has no references. Says whether it had a bare `&`.
    pub(crate) fn push(&mut self, piece: &str, literal: bool) -> bool {
        let mut bare = false;
        let mut rest = piece;
        while let Some(character) = rest.chars().next() {
            let mut length = character.len_utf8();
            if character == '&' && !literal {
                match reference(rest) {
                    Some((referred, reference_length)) => {
                        length = reference_length;
                        self.push_character(referred);
                    }
                    None => {
                        bare = true;
                        self.push_character('&');
                    }
                }
            } else if character.is_whitespace() {
                self.pending.push(character);
            } else {
                self.push_character(character);
            }
            rest = &rest[length..];
        }
        bare
    }

    fn push_character(&mut self, character: char) {
        if !is_text(character) {
            return;
        }
        if !self.text.is_empty() {
            if self.pending.contains(['\n', '\r']) {
                self.text.push(' ');
            } else {
                self.text.extend(self.pending.chars().filter(|space| is_text(*space)));
            }
        }
        self.pending.clear();
        self.text.push(character);
    }
}

/// The character of a reference at the start of `text`, and the length of the reference.
fn reference(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let character = match name.to_ascii_lowercase().as_str() {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        number => match number.strip_prefix("#x") {
            Some(digits) => numbered(u32::from_str_radix(digits, 16).ok()?)?,
            None => numbered(number.strip_prefix('#')?.parse().ok()?)?,
        },
    };
    Some((character, end + 1))
}

/// Numbers 128 to 159 mean Windows characters in practice, as in HTML.
fn numbered(number: u32) -> Option<char> {
    match u8::try_from(number) {
        Ok(byte @ 0x80..=0x9f) => WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next(),
        _ => char::from_u32(number),
    }
}

/// Appends a value so that the reader gives back the same text: no character of it can end the tag.
pub(crate) fn escape(value: &str, ascii_only: bool, out: &mut String) {
    let characters: Vec<char> = value.chars().filter(|character| is_text(*character)).collect();
    let last = characters.len().saturating_sub(1);
    for (place, character) in characters.into_iter().enumerate() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            ' ' if place != 0 && place != last => out.push(' '),
            _ if character.is_whitespace() || (ascii_only && !character.is_ascii()) => {
                out.push_str(&format!("&#{};", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(piece: &str) -> String {
        let mut value = Value::default();
        value.push(piece, false);
        value.into_text()
    }

    #[test]
    fn values_are_read_as_a_person_would() {
        let table = [
            ("  plain ", "plain"),
            ("two  spaces", "two  spaces"),
            ("Jersey\r\n     City\n", "Jersey City"),
            ("A &amp; B &LT;c&gt;", "A & B <c>"),
            ("AT&T & Co; &unknown; &", "AT&T & Co; &unknown; &"),
            ("&#65;&#x42;&#8364;", "AB€"),
            ("it&#146;s", "it’s"),
            ("&nbsp;x&#32;", " x "),
            ("a&#10;b", "a\nb"),
            ("a&#0;b\u{1}c\u{feff}d", "abcd"),
            ("&#xD800;&#99999999;", "&#xD800;&#99999999;"),
            ("\u{a0}x\u{a0}y\u{a0}", "x\u{a0}y"),
            ("&é;", "&é;"),
        ];
        for (piece, expected) in table {
            assert_eq!(read(piece), expected, "{piece:?}");
        }
    }

    #[test]
    fn cdata_has_no_references() {
        let mut value = Value::default();
        value.push("a ", false);
        value.push("&amp; <b>", true);
        value.push(" c", false);
        assert_eq!(value.into_text(), "a &amp; <b> c");
    }

    #[test]
    fn escaped_values_cannot_end_a_tag() {
        let mut out = String::new();
        escape(" a</X>\n&é\0 ", true, &mut out);
        assert_eq!(out, "&#32;a&lt;/X&gt;&#10;&amp;&#233;&#32;");
    }
}
