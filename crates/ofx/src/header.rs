//! What stands before `<OFX>`: the version, the character set, and often rubbish.

use encoding_rs::{Encoding, UTF_8};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// OFX 1.x: a header of lines, values without end tags.
    Sgml,
    /// OFX 2.x: XML.
    Xml,
}

/// A version of OFX in one of its two syntaxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Format {
    /// How it is written.
    pub syntax: Syntax,
    /// The version without its dots: 102 is 1.0.2.
    pub version: u16,
}

impl Format {
    /// 1.0.2, what most banks speak.
    pub const V102: Format = Format { syntax: Syntax::Sgml, version: 102 };
    /// 1.0.3, the first with `CLIENTUID` and MFA challenges.
    pub const V103: Format = Format { syntax: Syntax::Sgml, version: 103 };
    /// 2.0.3.
    pub const V203: Format = Format { syntax: Syntax::Xml, version: 203 };
    /// 2.1.1, the XML version with `CLIENTUID` and MFA challenges.
    pub const V211: Format = Format { syntax: Syntax::Xml, version: 211 };
}

/// How much before `<OFX>` is searched for a header.
const HEADER_BYTES: usize = 4_096;

/// Words that end a value in headers that stand on one line without spaces.
const KEYS: [&str; 9] =
    ["OFXHEADER", "DATA", "VERSION", "SECURITY", "ENCODING", "CHARSET", "COMPRESSION", "OLDFILEUID", "NEWFILEUID"];

/// Aggregates that show a file to be OFX when its `<OFX>` tag is missing.
const STARTS: [&str; 12] = [
    "SIGNONMSGSRSV1",
    "SIGNONMSGSRQV1",
    "SIGNUPMSGSRSV1",
    "PROFMSGSRSV1",
    "BANKMSGSRSV1",
    "CREDITCARDMSGSRSV1",
    "INVSTMTMSGSRSV1",
    "STMTTRNRS",
    "CCSTMTTRNRS",
    "STMTRS",
    "CCSTMTRS",
    "BANKTRANLIST",
];

/// Where the body begins.
pub(crate) struct Start {
    /// The place of its first `<`.
    pub(crate) at: usize,
    /// Whether that is the `<OFX>` tag.
    pub(crate) has_root: bool,
}

/// Finds the body: `<OFX>`, or else the first tag that only OFX has.
pub(crate) fn body(bytes: &[u8]) -> Option<Start> {
    let tag = |wanted: &dyn Fn(&str) -> bool| tags(bytes).find(|(_, name)| wanted(name)).map(|(at, _)| at);
    if let Some(at) = tag(&|name| name == "OFX") {
        return Some(Start { at, has_root: true });
    }
    tag(&|name| STARTS.contains(&name)).map(|at| Start { at, has_root: false })
}

/// The start tags of a file with their places, in upper case and without a namespace.
fn tags(bytes: &[u8]) -> impl Iterator<Item = (usize, String)> {
    let places = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'<').map(|(at, _)| at);
    places.filter_map(|at| {
        let rest = &bytes[at + 1..bytes.len().min(at + 82)];
        let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"_.-:".contains(byte)))?;
        if !matches!(rest[end], b'>' | b'/') && !rest[end].is_ascii_whitespace() {
            return None;
        }
        let name = std::str::from_utf8(&rest[..end]).ok()?;
        Some((at, name.rsplit(':').next()?.to_ascii_uppercase()))
    })
}

/// What the header says about versions, if it says anything.
pub(crate) fn format(before_body: &[u8]) -> Option<Format> {
    let header = text(before_body);
    let version = values(&header, "VERSION").find_map(version_number);
    let is_xml = header.contains("<?OFX") || values(&header, "OFXHEADER").any(|value| value == "200");
    let says_sgml = values(&header, "OFXHEADER").any(|value| value == "100");
    let syntax = if is_xml && !says_sgml { Syntax::Xml } else { Syntax::Sgml };
    Some(Format { syntax, version: version? })
}

/// Three digits, because `<?xml version="1.0"?>` stands there too.
fn version_number(value: &str) -> Option<u16> {
    value.parse().ok().filter(|number| (100..300).contains(number))
}

/// The character set that a header names.
pub(crate) fn declared_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let header = text(&bytes[..body(bytes)?.at]);
    let encoding = values(&header, "ENCODING").next().unwrap_or_default();
    if matches!(encoding, "UTF-8" | "UTF8" | "UNICODE") {
        return Some(UTF_8);
    }
    let charset = values(&header, "CHARSET").next().filter(|value| !matches!(*value, "" | "NONE"));
    let label = charset.unwrap_or(encoding);
    let full = match label {
        "USASCII" => "us-ascii".to_owned(),
        number if number.starts_with("125") => format!("windows-{number}"),
        number if number.starts_with("8859") => format!("iso-{number}"),
        other => other.to_owned(),
    };
    Encoding::for_label(full.as_bytes())
}

/// The end of what stands before the body, in upper case; other than ASCII plays no role.
fn text(before_body: &[u8]) -> String {
    let header = &before_body[before_body.len().saturating_sub(HEADER_BYTES)..];
    header.iter().map(|byte| if byte.is_ascii() { char::from(byte.to_ascii_uppercase()) } else { '?' }).collect()
}

/// The values of `KEY:value` and `KEY="value"`.
fn values<'a>(header: &'a str, key: &'static str) -> impl Iterator<Item = &'a str> {
    header.match_indices(key).filter_map(move |(at, _)| {
        let rest = header[at + key.len()..].trim_start_matches([' ', '\t']).strip_prefix([':', '='])?;
        let rest = rest.trim_start_matches([' ', '\t', '"', '\'']);
        let end = rest.find(|character: char| !(character.is_ascii_alphanumeric() || "-_.".contains(character)));
        let value = &rest[..end.unwrap_or(rest.len())];
        let next_key = KEYS.iter().filter_map(|key| value.find(key)).min();
        Some(&value[..next_key.unwrap_or(value.len())])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_good_and_bad_headers() {
        let table = [
            ("OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\n\r\n", Some(Format::V102)),
            ("ofxheader: 100 version : 103 ", Some(Format::V103)),
            ("OFXHEADER:100DATA:OFXSGMLVERSION:160SECURITY:NONE", Some(Format { syntax: Syntax::Sgml, version: 160 })),
            ("<?xml version=\"1.0\"?><?OFX OFXHEADER=\"200\" VERSION=\"211\"?>", Some(Format::V211)),
            ("<?xml version='1.0' ?>\n<?OFX OFXHEADER='200' VERSION='203' ?>", Some(Format::V203)),
            ("OFXHEADER:100\nVERSION:203\n", Some(Format { syntax: Syntax::Sgml, version: 203 })),
            ("<?xml version=\"1.0\"?>", None),
            ("VERSION:99999999", None),
            ("", None),
        ];
        for (header, expected) in table {
            assert_eq!(format(header.as_bytes()), expected, "{header:?}");
        }
    }

    #[test]
    fn the_body_is_found_behind_rubbish() {
        let at = |text: &str| body(text.as_bytes()).map(|start| (start.at, start.has_root));
        assert_eq!(at("junk < <OFXURL> <?OFX?> <OFX>"), Some((24, true)));
        assert_eq!(at("<o:ofx a='b'>"), Some((0, true)));
        assert_eq!(at("x<STMTRS>"), Some((1, false)));
        assert_eq!(at("<html><body>Sorry</body></html>"), None);
        assert_eq!(at("<OFX"), None);
    }
}
