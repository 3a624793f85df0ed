//! Characters to tags and texts. Knows nothing of what tags mean.

use crate::error::{Notes, WarningKind};

/// A tag or a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A start tag, in upper case, without a namespace.
    Open(String),
    /// A tag that is start and end in one.
    Empty(String),
    /// An end tag.
    Close(String),
    /// A text, with references unless it is literal (CDATA).
    Text { raw: &'a str, literal: bool },
}

/// Longer names are no tags.
const NAME_LENGTH: usize = 80;

/// Splits the body of a file. Every character is looked at a bounded number of times.
pub(crate) struct Tokens<'a> {
    rest: &'a str,
    line: u32,
    /// Searches that found nothing once find nothing later, so they are not repeated.
    no_comment_end: bool,
    no_literal_end: bool,
    no_bracket: bool,
}

/// What stands at a `<`.
enum Markup<'a> {
    Token(Token<'a>),
    /// A comment, a processing instruction, a document type.
    Skip,
}

impl<'a> Tokens<'a> {
    /// `body` begins at `line` of its file.
    pub(crate) fn new(body: &'a str, line: u32) -> Tokens<'a> {
        Tokens { rest: body, line, no_comment_end: false, no_literal_end: false, no_bracket: false }
    }

    /// The line of what comes next.
    pub(crate) fn line(&self) -> u32 {
        self.line
    }

    /// Whether everything has been read.
    pub(crate) fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next token with its line.
    pub(crate) fn next(&mut self, notes: &mut Notes) -> Option<(u32, Token<'a>)> {
        while !self.rest.is_empty() {
            let line = self.line;
            if !self.rest.starts_with('<') {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                return Some((line, Token::Text { raw: self.take(end), literal: false }));
            }
            match self.markup() {
                Some((Markup::Token(token), length)) => {
                    self.take(length);
                    return Some((line, token));
                }
                Some((Markup::Skip, length)) => {
                    self.take(length);
                }
                None => {
                    notes.add(line, WarningKind::BareCharacter { character: '<' });
                    return Some((line, Token::Text { raw: self.take(1), literal: true }));
                }
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.line = self.line.saturating_add(line_breaks(taken));
        self.rest = rest;
        taken
    }

    /// What begins at this `<`, and its length; nothing if the `<` is a character of a value.
    fn markup(&mut self) -> Option<(Markup<'a>, usize)> {
        let rest = self.rest;
        let after = &rest[1..];
        if after.starts_with("!--") {
            return Some((Markup::Skip, find(rest, 4, "-->", &mut self.no_comment_end)?));
        }
        if after.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("![CDATA[")) {
            return Some(self.literal());
        }
        match after.chars().next()? {
            '!' | '?' => Some((Markup::Skip, find(rest, 2, ">", &mut self.no_bracket)?)),
            '/' => end_tag(rest),
            _ => start_tag(rest),
        }
    }

    /// A CDATA section; one without an end goes to the next tag.
    fn literal(&mut self) -> (Markup<'a>, usize) {
        const START: usize = 9;
        let rest = self.rest;
        let (raw, length) = match find(rest, START, "]]>", &mut self.no_literal_end) {
            Some(length) => (&rest[START..length - 3], length),
            None => {
                let end = rest[START..].find('<').map_or(rest.len(), |at| START + at);
                (&rest[START..end], end)
            }
        };
        (Markup::Token(Token::Text { raw, literal: true }), length)
    }
}

/// The length up to the end of `wanted`, unless it is known not to come any more.
fn find(text: &str, from: usize, wanted: &str, gone: &mut bool) -> Option<usize> {
    if *gone {
        return None;
    }
    let found = text.get(from..)?.find(wanted).map(|at| from + at + wanted.len());
    *gone = found.is_none();
    found
}

fn start_tag<'a>(rest: &'a str) -> Option<(Markup<'a>, usize)> {
    let (name, name_end) = name(rest, 1)?;
    let tail_length = rest[name_end..].find(['<', '>'])?;
    let tail = rest[name_end..name_end + tail_length].trim();
    if rest.as_bytes()[name_end + tail_length] != b'>' {
        return None;
    }
    // "a <b and c> d" is a text, not a tag with attributes.
    let is_empty = tail.ends_with('/');
    if !(tail.is_empty() || is_empty || tail.contains('=')) {
        return None;
    }
    let token = if is_empty { Token::Empty(name) } else { Token::Open(name) };
    Some((Markup::Token(token), name_end + tail_length + 1))
}

/// An end tag, also one whose `>` is missing.
fn end_tag<'a>(rest: &'a str) -> Option<(Markup<'a>, usize)> {
    let spaces = rest[2..].len() - rest[2..].trim_start_matches([' ', '\t']).len();
    let (name, name_end) = name(rest, 2 + spaces)?;
    let end = match rest[name_end..].find(['<', '>']) {
        Some(at) if rest.as_bytes()[name_end + at] == b'>' => name_end + at + 1,
        _ => name_end,
    };
    Some((Markup::Token(Token::Close(name)), end))
}

/// The name at `from`, without a namespace and in upper case, and where it ends.
fn name(rest: &str, from: usize) -> Option<(String, usize)> {
    let bytes = &rest.as_bytes()[from..];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-:".contains(byte);
    let length = bytes.iter().take(NAME_LENGTH + 1).take_while(|byte| is_name(byte)).count();
    let local = rest[from..from + length].rsplit(':').next()?;
    let starts_well = local.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    (starts_well && length <= NAME_LENGTH).then(|| (local.to_ascii_uppercase(), from + length))
}

/// Line breaks of all three kinds.
pub(crate) fn line_breaks(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let mut count = 0_u32;
    for (place, byte) in bytes.iter().enumerate() {
        let is_break = match byte {
            b'\n' => true,
            b'\r' => bytes.get(place + 1) != Some(&b'\n'),
            _ => false,
        };
        count = count.saturating_add(u32::from(is_break));
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let mut tokens = Tokens::new(text, 1);
        let mut notes = Notes::default();
        let mut parts = Vec::new();
        while let Some((line, token)) = tokens.next(&mut notes) {
            parts.push(match token {
                Token::Open(name) => format!("{line}<{name}"),
                Token::Empty(name) => format!("{line}<{name}/"),
                Token::Close(name) => format!("{line}/{name}"),
                Token::Text { raw, literal: true } => format!("{line}!{raw}"),
                Token::Text { raw, literal: false } => format!("{line}={raw}"),
            });
        }
        parts.join("|")
    }

    #[test]
    fn tags_and_texts_are_told_apart() {
        let table = [
            ("<A>b</A>", "1<A|1=b|1/A"),
            ("<ns:stmt.trn x=\"1\" >", "1<STMT.TRN"),
            ("<A/><B />", "1<A/|1<B/"),
            ("<A>1 < 2 <3> <b and c> d", "1<A|1=1 |1!<|1= 2 |1!<|1=3> |1!<|1=b and c> d"),
            ("<!-- <A> --><?pi x?><!DOCTYPE y><B>", "1<B"),
            ("<!-- never ends <A>", "1!<|1=!-- never ends |1<A"),
            ("<A><![CDATA[x <b> & y]]></A>", "1<A|1!x <b> & y|1/A"),
            ("<A><![cdata[cut</A>", "1<A|1!cut|1/A"),
            ("</A\n</ B >", "1/A|1=\n|2/B"),
            ("<A>\r\n<B>\r<C>\n<D>", "1<A|1=\r\n|2<B|2=\r|3<C|3=\n|4<D"),
            ("<", "1!<"),
            ("<é>", "1!<|1=é>"),
        ];
        for (text, expected) in table {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }
}
