//! Bytes to characters. What the header says about the character set is often false.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::error::{Notes, WarningKind};
use crate::header;

/// The text of a file: by its byte order mark, else as UTF-8 where it is that, else as declared.
pub(crate) fn decode<'a>(bytes: &'a [u8], notes: &mut Notes) -> Cow<'a, str> {
    let (marked, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (Some(encoding), &bytes[length..]),
        None => (None, bytes),
    };
    let wide = marked.filter(|encoding| *encoding != UTF_8).or_else(|| sixteen_bits(bytes));
    if let Some(encoding) = wide {
        let (text, lost) = encoding.decode_without_bom_handling(bytes);
        if lost {
            notes.add(1, WarningKind::CharactersLost);
        }
        return text;
    }
    let declared = header::declared_charset(bytes);
    let (text, actual) = eight_bits(bytes, declared, notes);
    if let Some(declared) = declared
        && declared != actual
        && !text.is_ascii()
    {
        notes.add(1, WarningKind::CharsetFalse { declared: declared.name(), actual: actual.name() });
    }
    text
}

/// UTF-16 without a mark: most characters of OFX are ASCII, so every second byte is zero.
fn sixteen_bits(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(512)];
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = head.len() / 4 + 1;
    match (even >= many, odd >= many) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

fn eight_bits<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>, notes: &mut Notes) -> (Cow<'a, str>, &'static Encoding) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), UTF_8);
    }
    // Banks cut names to a number of bytes: UTF-8 with a few broken characters is still UTF-8.
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if whole > broken {
        notes.add(1, WarningKind::CharactersLost);
        return (String::from_utf8_lossy(bytes), UTF_8);
    }
    let encoding = declared.filter(|encoding| *encoding != UTF_8).unwrap_or(WINDOWS_1252);
    let (text, lost) = encoding.decode_without_bom_handling(bytes);
    if lost {
        notes.add(1, WarningKind::CharactersLost);
    }
    (text, encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, usize) {
        let mut notes = Notes::default();
        let text = decode(bytes, &mut notes).into_owned();
        (text, notes.into_reading(()).warnings.len())
    }

    #[test]
    fn false_headers_are_seen_through() {
        let us = "ENCODING:USASCII\nCHARSET:1252\n<OFX>";
        let utf8 = "ENCODING:UTF-8\nCHARSET:NONE\n<OFX>";
        let xml = "<?xml encoding=\"ISO-8859-5\"?><OFX>";
        let table: [(&str, &[u8], &str, usize); 6] = [
            (us, b"caf\xe9", "café", 0),
            (us, "café".as_bytes(), "café", 1),
            (utf8, b"caf\xe9", "café", 1),
            (utf8, "café".as_bytes(), "café", 0),
            (utf8, b"\xc3\xa9\xc3\xa9\xc3", "éé\u{fffd}", 1),
            (xml, b"\xbc", "М", 0),
        ];
        for (header, body, expected, warnings) in table {
            let bytes = [header.as_bytes(), body].concat();
            assert_eq!(read(&bytes), (format!("{header}{expected}"), warnings), "{header} {body:?}");
        }
    }

    #[test]
    fn marks_and_sixteen_bits_are_recognised() {
        assert_eq!(read("\u{feff}<OFX>é".as_bytes()), ("<OFX>é".to_owned(), 0));
        let little: Vec<u8> = "<OFX>é".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "<OFX>é".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [little.clone(), big, [b"\xff\xfe".to_vec(), little].concat()] {
            assert_eq!(read(&bytes), ("<OFX>é".to_owned(), 0));
        }
    }
}
