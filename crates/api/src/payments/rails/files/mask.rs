//! A file's text without account numbers.

/// Characters of a record.
const WIDTH: usize = 94;

/// The text of a file in which of every account number the last four characters are left. Lines keep their length. Records
/// that no line end divides, as mainframes write them, are divided as the reader divides them.
pub(super) fn masked(content: &[u8]) -> String {
    let text = String::from_utf8_lossy(content);
    let mut batch = Batch::default();
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive(['\n', '\r']) {
        let (mut rest, end) = line.split_at(line.trim_end_matches(['\n', '\r']).len());
        let is_long = rest.len() > WIDTH;
        while rest.is_ascii() && rest.len() > WIDTH {
            let (record, after) = rest.split_at(WIDTH);
            out.push_str(&batch.masked(record));
            rest = after;
        }
        // The columns of other than plain characters are anybody's guess, and so is what is left of a line that is too long.
        let is_record = rest.is_ascii() && (!is_long || rest.len() == WIDTH);
        out.push_str(&if is_record { batch.masked(rest) } else { hidden(rest, 1, rest.len()) });
        out.push_str(end);
    }
    out
}

/// What the header of the present batch says about where its entries have account numbers.
#[derive(Default)]
struct Batch {
    international: bool,
    advice: bool,
}

impl Batch {
    fn masked(&mut self, record: &str) -> String {
        match record.as_bytes() {
            [b'5', ..] => {
                self.international = columns(record, 51, 53) == "IAT" || columns(record, 5, 20).trim() == "IATCOR";
                self.advice = columns(record, 51, 53) == "ADV";
                record.to_owned()
            }
            [b'6', ..] if self.international => hidden(record, 40, 74),
            [b'6', ..] if self.advice => hidden(record, 13, 27),
            [b'6', ..] => hidden(record, 13, 29),
            [b'7', b'9', b'8', ..] => hidden(record, 36, 70),
            [b'1' | b'7' | b'8' | b'9', ..] => record.to_owned(),
            // Whatever it is, it may hold a number.
            _ => hidden(record, 1, record.len()),
        }
    }
}

/// What stands in columns `from` to `to`, counted from 1.
fn columns(line: &str, from: usize, to: usize) -> &str {
    line.get(from - 1..to.min(line.len())).unwrap_or_default()
}

/// The line with all letters and digits of the columns replaced but the last four.
fn hidden(line: &str, from: usize, to: usize) -> String {
    let inside = |position: usize| (from..=to).contains(&(position + 1));
    let counts = |(position, character): &(usize, char)| inside(*position) && character.is_alphanumeric();
    let all = line.char_indices().filter(counts).count();
    let mut left = all.saturating_sub(4);
    let replaced = line.char_indices().map(|(position, character)| {
        if left > 0 && counts(&(position, character)) {
            left -= 1;
            '*'
        } else {
            character
        }
    });
    replaced.collect()
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn account_numbers_are_hidden() {
        let table = [
            (
                "627999999992000123456789     0000150000py_1           JENNY ROSEN           S 1888888880000004\n",
                "627999999992********6789     0000150000py_1           JENNY ROSEN           S 1888888880000004\n",
            ),
            (
                "62299999999212               0000150000py_1           JENNY ROSEN             0888888880000004\r\n",
                "62299999999212               0000150000py_1           JENNY ROSEN             0888888880000004\r\n",
            ),
            (
                "798C03888888880000001      99999999999999992   000987654321                    999999990000102\n",
                "798C03888888880000001      99999999*********   ********4321                    999999990000102\n",
            ),
            ("not a file: 123456789\n", "*** * ****: *****6789\n"),
            ("799R01888888880000004      99999999", "799R01888888880000004      99999999"),
        ];
        for (given, expected) in table {
            assert_eq!(masked(given.as_bytes()), expected);
        }
        let header = "5220                FF3               US1234567890IATPAYMENT   USDUSD261124   1888888880000001\n";
        let entry = "6279999999920007             0000100000123456789012345                          1888888880000001\n";
        let shown = masked(format!("{header}{entry}").as_bytes());
        assert!(!shown.contains("12345678901") && shown.contains("2345"), "{shown}");
    }

    #[test]
    fn records_without_line_ends_are_records() {
        let entry =
            format!("{:<94}", "627999999992000123456789     0000150000py_1           JENNY ROSEN           S 1888888880000004");
        let header = format!("{:<94}", "101 061000146 8888888842611232100A094101");
        for between in ["", "\r"] {
            let shown = masked(format!("{header}{between}{entry}{between}{entry}12345678").as_bytes());
            assert!(!shown.contains("000123456789") && shown.contains("********6789"), "{shown}");
            assert!(shown.ends_with("****5678") && shown.starts_with(&header), "{shown}");
        }
        let foreign = masked("6279999999Ü2000123456789     0000150000".as_bytes());
        assert!(!foreign.contains("123456789"), "{foreign}");
    }
}
