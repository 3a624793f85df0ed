//! One record and its fields.

use crate::{RecordKind, Text};

/// Characters in a record.
pub(crate) const WIDTH: usize = 94;

/// A field: a name and columns of one kind of record, counted from 1 and inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) record: RecordKind,
    pub(crate) name: &'static str,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

impl Field {
    pub(crate) const fn new(record: RecordKind, name: &'static str, from: usize, to: usize) -> Field {
        Field { record, name, from, to }
    }

    pub(crate) const fn width(&self) -> usize {
        self.to + 1 - self.from
    }
}

/// How the length of a line differs from 94 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    Right,
    /// So many characters; read as if blanks followed.
    Short(usize),
    /// At least so many characters; what follows the 94th is left out.
    Long(usize),
}

/// A record: 94 printable ASCII characters. Others, which a strict file must not have, stand beside with their index and are
/// `?` in the bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) number: u64,
    pub(crate) bytes: &'a [u8; WIDTH],
    pub(crate) foreign: &'a [(usize, char)],
    pub(crate) length: Length,
}

// Fields are constants, so once these are inlined the columns are known when compiling, and copying or testing them takes a
// few instructions without a loop or a check of bounds.
impl<'a> Line<'a> {
    /// The first character, which says what the record is.
    pub(crate) fn kind(&self) -> u8 {
        self.bytes[0]
    }

    /// Whether this only fills up a block.
    pub(crate) fn is_filler(&self) -> bool {
        let text = self.bytes.trim_ascii_end();
        text.starts_with(b"99") && text.iter().all(|byte| *byte == b'9')
    }

    /// The columns as they stand.
    #[inline(always)]
    pub(crate) fn columns(&self, field: Field) -> &'a [u8] {
        self.bytes.get(field.from - 1..field.to).unwrap_or_default()
    }

    /// The columns as they stand, as text.
    pub(crate) fn raw(&self, field: Field) -> &'a str {
        std::str::from_utf8(self.columns(field)).unwrap_or_default()
    }

    /// The field without the blanks that fill it up at the end.
    #[inline(always)]
    pub(crate) fn text(&self, field: Field) -> Text {
        if self.foreign.is_empty() { Text::from_columns(self.columns(field)) } else { self.foreign_text(field) }
    }

    /// Puts the field into a text.
    #[inline(always)]
    pub(crate) fn fill(&self, text: &mut Text, field: Field) {
        if self.foreign.is_empty() {
            text.fill(self.columns(field));
        } else {
            *text = self.foreign_text(field);
        }
    }

    /// The field with the characters outside of ASCII that it has.
    #[cold]
    fn foreign_text(&self, field: Field) -> Text {
        let raw = self.raw(field).trim_end_matches(' ');
        let mut out = String::with_capacity(raw.len());
        for (index, character) in (field.from - 1..).zip(raw.chars()) {
            let original = self.foreign.iter().find(|(place, _)| *place == index);
            out.push(original.map_or(character, |(_, original)| *original));
        }
        Text::new(out)
    }

    /// The field as a number; `None` unless every column holds a digit.
    #[inline(always)]
    pub(crate) fn number(&self, field: Field) -> Option<u64> {
        let (mut number, mut other, mut overflow) = (0_u64, 0_u8, false);
        for byte in self.columns(field) {
            let digit = byte.wrapping_sub(b'0');
            other |= u8::from(digit > 9);
            // 19 digits always fit.
            if field.width() > 19 {
                overflow |= number > u64::MAX / 10 - 1;
            }
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        }
        (other == 0 && !overflow).then_some(number)
    }

    /// The field as a number, 0 if it is none.
    #[inline(always)]
    pub(crate) fn number_or_zero(&self, field: Field) -> u64 {
        self.number(field).unwrap_or_default()
    }

    /// The one character of a field.
    #[inline(always)]
    pub(crate) fn character(&self, field: Field) -> char {
        self.columns(field).first().copied().map_or(' ', char::from)
    }

    #[inline(always)]
    pub(crate) fn is_blank(&self, field: Field) -> bool {
        self.columns(field).iter().fold(0, |other, byte| other | (byte ^ b' ')) == 0
    }

    #[inline(always)]
    pub(crate) fn is_numeric(&self, field: Field) -> bool {
        self.columns(field).iter().fold(0, |other, byte| other | u8::from(byte.wrapping_sub(b'0') > 9)) == 0
    }
}
