//! A file's text without account numbers.

/// The text of a file in which of every account number the last four characters are left. Lines keep their length.
pub(super) fn masked(content: &[u8]) -> String {
    let text = String::from_utf8_lossy(content);
    let mut international = false;
    let mut advice = false;
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.as_bytes() {
            [b'5', ..] => {
                international = columns(line, 51, 53) == "IAT" || columns(line, 5, 20).trim() == "IATCOR";
                advice = columns(line, 51, 53) == "ADV";
                out.push_str(line);
            }
            [b'6', ..] if international => out.push_str(&hidden(line, 40, 74)),
            [b'6', ..] if advice => out.push_str(&hidden(line, 13, 27)),
            [b'6', ..] => out.push_str(&hidden(line, 13, 29)),
            [b'7', b'9', b'8', ..] => out.push_str(&hidden(line, 36, 70)),
            [b'1' | b'7' | b'8' | b'9', ..] => out.push_str(line),
            // Whatever it is, it may hold a number.
            _ => out.push_str(&hidden(line, 1, line.len())),
        }
    }
    out
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
}
