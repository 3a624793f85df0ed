//! Text of fields.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// So many bytes live inline: the widest field that every entry has.
const INLINE: usize = 22;

/// The text of a field. Up to 22 bytes live inline, so that an entry is read without allocation; reading is fastest if it
/// can copy a field's columns as they are, whatever blanks follow the text.
///
/// Dereferences to `str`, and is made of anything that is text.
///
/// ```
/// let text = nacha::Text::from("JENNY ROSEN");
/// assert_eq!(text, "JENNY ROSEN");
/// assert!(text.starts_with("JENNY"));
/// ```
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    /// The first `length` bytes are the text, which is UTF-8; the others may be anything.
    Short {
        length: u8,
        bytes: [u8; INLINE],
    },
    Long(Box<str>),
}

impl Text {
    /// A copy of `text`.
    pub fn new(text: impl AsRef<str>) -> Text {
        let text = text.as_ref();
        let mut bytes = [0; INLINE];
        match bytes.get_mut(..text.len()) {
            Some(places) => {
                places.copy_from_slice(text.as_bytes());
                Text(Repr::Short { length: text.len() as u8, bytes })
            }
            None => Text(Repr::Long(text.into())),
        }
    }

    /// The text in columns of printable ASCII: without the blanks at their end.
    #[inline(always)]
    pub(crate) fn from_columns(columns: &[u8]) -> Text {
        let mut text = Text::default();
        text.fill(columns);
        text
    }

    /// Becomes the text in columns of printable ASCII, where it stands: texts that are made elsewhere and moved cost more.
    #[inline(always)]
    pub(crate) fn fill(&mut self, columns: &[u8]) {
        let end = length_without_blanks(columns);
        match &mut self.0 {
            Repr::Short { length, bytes } if columns.len() <= INLINE => {
                // All columns, not only those before `end`: that many are known when compiling.
                if let Some(places) = bytes.get_mut(..columns.len()) {
                    places.copy_from_slice(columns);
                }
                *length = end as u8;
            }
            _ => self.fill_wide(columns.get(..end).unwrap_or_default()),
        }
    }

    #[inline(never)]
    fn fill_wide(&mut self, text: &[u8]) {
        *self = Text::new(std::str::from_utf8(text).unwrap_or_default());
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Short { .. } => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Repr::Long(text) => text,
        }
    }

    /// The text's bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Short { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Repr::Long(text) => text.as_bytes(),
        }
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }
}

/// How long `columns` are without the blanks at their end. Looks at eight at a time.
#[inline(always)]
pub(crate) fn length_without_blanks(columns: &[u8]) -> usize {
    const BLANKS: u64 = u64::from_le_bytes([b' '; 8]);
    let mut rest = columns;
    while let Some((before, last)) = rest.split_last_chunk::<8>() {
        let other = u64::from_le_bytes(*last) ^ BLANKS;
        if other != 0 {
            return rest.len() - (other.leading_zeros() / 8) as usize;
        }
        rest = before;
    }
    rest.iter().rposition(|byte| *byte != b' ').map_or(0, |place| place + 1)
}

/// The number that digits say; `None` for anything else, also for signs.
pub(crate) fn number(digits: &str) -> Option<u64> {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

impl Default for Text {
    fn default() -> Text {
        Text(Repr::Short { length: 0, bytes: [0; INLINE] })
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl std::borrow::Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::new(text)
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Text {
        Text::new(text)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> String {
        text.as_str().to_owned()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Text) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Text) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Text {
    /// As `str`, so that maps can be asked by `&str`.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), formatter)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl serde::Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
        Ok(Text::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_texts_are_the_same_kind() {
        for text in
            ["", "a", "exactly 22 characters.", "one more: 23 characters", "Zażółć gęślą jaźń", "Zażółć gęślą jaźń na jutro"]
        {
            let made = Text::from(text);
            assert_eq!(made, text);
            assert_eq!((made.as_str(), made.to_string().as_str(), made.len()), (text, text, text.len()));
            assert_eq!(format!("{made:?}"), format!("{text:?}"));
            assert_eq!(serde_json::to_string(&made).ok(), serde_json::to_string(text).ok());
            let map = std::collections::HashMap::from([(made, 1)]);
            assert_eq!(map.get(text), Some(&1));
        }
        let ordered = [Text::default(), Text::from("a"), Text::from("b")];
        assert!(ordered.is_sorted() && ordered[0].is_empty());
        assert_eq!(std::mem::size_of::<Text>(), 24);
    }

    #[test]
    fn blanks_at_the_end_do_not_count() {
        for (columns, text) in [
            ("                      ", ""),
            ("JENNY ROSEN           ", "JENNY ROSEN"),
            (" 1234567", " 1234567"),
            ("12345678                                                     ", "12345678"),
            (
                "12345678                                                     9",
                "12345678                                                     9",
            ),
            ("x      ", "x"),
            ("", ""),
        ] {
            let made = Text::from_columns(columns.as_bytes());
            assert_eq!(made, text);
            assert_eq!(made, Text::from(text));
        }
    }
}
