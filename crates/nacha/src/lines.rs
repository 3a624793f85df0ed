//! Cutting a stream into records, with memory that does not depend on the stream.

use std::io::{self, BufRead};

use crate::line::{Length, Line, WIDTH};

/// Bytes of one line kept in memory. A line without an end, as mainframes write files, is cut in pieces of 94.
const KEPT: usize = 4 * 1024;
/// So many bytes decide about a record: 95 characters of up to four bytes.
const ENOUGH: usize = 4 * (WIDTH + 1);

/// The records of a stream. Lines end with LF, CRLF or not at all; blank lines are skipped, but counted.
pub(crate) struct Lines<R> {
    source: R,
    /// What is read of the present line and not yet given out, from `start`.
    buffer: Vec<u8>,
    start: usize,
    /// Whether the buffer holds the rest of its line.
    line_ended: bool,
    /// Whether the rest of the line is to be thrown away.
    discard: bool,
    source_ended: bool,
    number: u64,
    /// The present record.
    record: [u8; WIDTH],
    foreign: Vec<(usize, char)>,
}

/// How a record that is not simply 94 printable characters was read.
struct Piece {
    length: Length,
    consumed: usize,
    whole_line: bool,
    blank: bool,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(source: R) -> Lines<R> {
        Lines {
            source,
            buffer: Vec::new(),
            start: 0,
            line_ended: true,
            discard: false,
            source_ended: false,
            number: 0,
            record: [b' '; WIDTH],
            foreign: Vec::new(),
        }
    }

    /// The number of the last line.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The next record, `None` at the end of the stream.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        if self.take_usual()? {
            self.number += 1;
            return Ok(Some(Line { number: self.number, bytes: &self.record, foreign: &[], length: Length::Right }));
        }
        loop {
            if !self.supply()? {
                return Ok(None);
            }
            self.number += 1;
            self.foreign.clear();
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            let piece = decode(rest, self.line_ended, &mut self.record, &mut self.foreign);
            self.start += piece.consumed;
            if piece.whole_line {
                self.start = self.buffer.len();
                self.discard = !self.line_ended;
            }
            if !piece.blank {
                let Lines { number, record, foreign, .. } = self;
                return Ok(Some(Line { number: *number, bytes: record, foreign, length: piece.length }));
            }
        }
    }

    /// Takes the next line if it is 94 printable characters, as nearly all are, and lies in the source's own buffer.
    fn take_usual(&mut self) -> io::Result<bool> {
        if !self.line_ended || self.start < self.buffer.len() {
            return Ok(false);
        }
        let available = match self.source.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(false),
            Err(error) => return Err(error),
        };
        let Some((record, rest)) = available.split_first_chunk::<WIDTH>() else { return Ok(false) };
        let end = match rest {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return Ok(false),
        };
        if !is_printable(record) {
            return Ok(false);
        }
        self.record = *record;
        self.source.consume(WIDTH + end);
        Ok(true)
    }

    /// Fills the buffer with enough to cut the next record; false at the end of the stream.
    fn supply(&mut self) -> io::Result<bool> {
        if self.line_ended && self.start >= self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
            self.line_ended = false;
            return self.fill();
        }
        if !self.line_ended && (self.discard || self.buffer.len() - self.start < ENOUGH) {
            self.buffer.drain(..self.start);
            self.start = 0;
            self.fill()?;
            if self.buffer.is_empty() && self.line_ended {
                // The line ended with the last piece.
                return self.supply();
            }
        }
        Ok(!self.buffer.is_empty() || !self.source_ended)
    }

    /// Reads on until the line ends or the buffer is full; false if the stream had nothing more.
    fn fill(&mut self) -> io::Result<bool> {
        let mut any = false;
        while self.discard || self.buffer.len() < KEPT {
            let available = match self.source.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                (self.source_ended, self.line_ended, self.discard) = (true, true, false);
                strip_return(&mut self.buffer);
                return Ok(any);
            }
            any = true;
            let room = if self.discard { available.len() } else { available.len().min(KEPT - self.buffer.len()) };
            let searched = available.get(..room).unwrap_or_default();
            let end = memchr::memchr(b'\n', searched);
            let content = searched.get(..end.unwrap_or(room)).unwrap_or_default();
            if !self.discard {
                self.buffer.extend_from_slice(content);
            }
            self.source.consume(end.map_or(room, |end| end + 1));
            if end.is_some() {
                (self.line_ended, self.discard) = (true, false);
                strip_return(&mut self.buffer);
                return Ok(true);
            }
        }
        Ok(any)
    }
}

fn strip_return(buffer: &mut Vec<u8>) {
    if buffer.last() == Some(&b'\r') {
        buffer.pop();
    }
}

/// Whether all bytes are printable ASCII. Looks at all of them without a branch, which compilers turn into wide steps.
fn is_printable(bytes: &[u8; WIDTH]) -> bool {
    bytes.iter().fold(0, |other, byte| other | u8::from(byte.wrapping_sub(b' ') > b'~' - b' ')) == 0
}

/// Takes the first record of `rest` apart into `record` and `foreign`.
fn decode(rest: &[u8], line_ended: bool, record: &mut [u8; WIDTH], foreign: &mut Vec<(usize, char)>) -> Piece {
    record.fill(b' ');
    let head = rest.get(..ENOUGH.min(rest.len())).unwrap_or_default();
    // UTF-8 if it can be that, and one character a byte otherwise.
    let utf8 = match std::str::from_utf8(head) {
        Ok(head) => Some(head),
        Err(error) if error.error_len().is_none() && head.len() < rest.len() + usize::from(!line_ended) => {
            head.get(..error.valid_up_to()).and_then(|head| std::str::from_utf8(head).ok())
        }
        Err(_) => None,
    };
    let (mut consumed, mut length) = (0, 0);
    for (index, place) in record.iter_mut().enumerate() {
        let next = match utf8 {
            Some(head) => head.get(consumed..).and_then(|rest| rest.chars().next()),
            None => head.get(consumed).map(|byte| char::from(*byte)),
        };
        let Some(character) = next else { break };
        consumed += if utf8.is_some() { character.len_utf8() } else { 1 };
        length = index + 1;
        *place = match u8::try_from(character) {
            Ok(byte @ b' '..=b'~') => byte,
            _ => {
                foreign.push((index, character));
                b'?'
            }
        };
    }
    let only_blanks = record.iter().all(|byte| *byte == b' ');
    // Old systems end files with U+001A.
    let blank = only_blanks || foreign == &[(0, '\u{1a}')] && length == 1;
    let tail = rest.get(consumed..).unwrap_or_default();
    if tail.is_empty() {
        let length = if length < WIDTH { Length::Short(length) } else { Length::Right };
        return Piece { length, consumed, whole_line: false, blank };
    }
    // A file without line ends goes on with a record; a line with a few characters too many does not.
    let next_record = matches!(tail.first(), Some(b'1' | b'5'..=b'9')) && tail.len() > WIDTH / 2;
    let length = if next_record { Length::Right } else { Length::Long(WIDTH + tail.len()) };
    Piece { length, consumed, whole_line: !next_record, blank }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line number, text without blanks at the end, length.
    fn cut(bytes: &[u8], capacity: usize) -> Vec<(u64, String, Length)> {
        let mut lines = Lines::new(io::BufReader::with_capacity(capacity, bytes));
        let mut found = Vec::new();
        while let Ok(Some(line)) = lines.next() {
            let text = String::from_utf8_lossy(line.bytes);
            found.push((line.number, text.trim_end().to_owned(), line.length));
        }
        found
    }

    fn record(first: char) -> String {
        format!("{first}{}", "x".repeat(WIDTH - 1))
    }

    #[test]
    fn all_line_ends_give_the_same_records() {
        let (one, five, nine) = (record('1'), record('5'), record('9'));
        let expected = vec![(1, one.clone(), Length::Right), (2, five.clone(), Length::Right), (3, nine.clone(), Length::Right)];
        for end in ["\n", "\r\n", ""] {
            for last in [end, ""] {
                let bytes = format!("{one}{end}{five}{end}{nine}{last}");
                for capacity in [1, 7, 94, 95, 8192] {
                    assert_eq!(cut(bytes.as_bytes(), capacity), expected, "{end:?} {last:?} {capacity}");
                }
            }
        }
    }

    #[test]
    fn a_file_without_line_ends_may_be_longer_than_the_buffer() {
        let records: Vec<String> = (0..500).map(|_| record('6')).collect();
        let found = cut(records.concat().as_bytes(), 100);
        assert_eq!(found.len(), 500);
        assert!(found.iter().all(|(_, text, length)| *text == record('6') && *length == Length::Right));
    }

    #[test]
    fn short_long_and_blank_lines() {
        let long = format!("{}  ", record('5'));
        let wrong = format!("{}yyy", record('6'));
        let endless = format!("{}{}", record('7'), "z".repeat(20_000));
        let bytes = format!("101 short\n\n   \n{long}\n{wrong}\n{endless}\n8\n\u{1a}");
        let found = cut(bytes.as_bytes(), 64);
        let lengths: Vec<_> = found.iter().map(|(number, text, length)| (*number, text.len(), *length)).collect();
        assert_eq!(lengths.first(), Some(&(1, 9, Length::Short(9))));
        assert_eq!(lengths.get(1), Some(&(4, 94, Length::Long(96))));
        assert_eq!(lengths.get(2), Some(&(5, 94, Length::Long(97))));
        assert!(matches!(lengths.get(3), Some((6, 94, Length::Long(_)))));
        assert_eq!(lengths.get(4), Some(&(7, 1, Length::Short(1))));
        assert_eq!(lengths.len(), 5);
    }

    #[test]
    fn characters_outside_ascii_take_one_column() {
        let text = format!("6{}ż{}", "x".repeat(9), "y".repeat(WIDTH - 11));
        for bytes in [text.clone().into_bytes(), [b"6xxxxxxxxx\xa6".to_vec(), vec![b'y'; WIDTH - 11]].concat()] {
            let mut lines = Lines::new(bytes.as_slice());
            let line = lines.next().ok().flatten().map(|line| (line.length, line.foreign.to_vec()));
            assert!(matches!(&line, Some((Length::Right, foreign)) if matches!(foreign[..], [(10, 'ż' | '¦')])), "{line:?}");
        }
    }
}
