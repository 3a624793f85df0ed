//! Tags to a tree, whether end tags are there or not.

use crate::error::{Error, ErrorKind, Notes, WarningKind};
use crate::tags;
use crate::text::Value;
use crate::tokens::{Token, Tokens};
use crate::tree::Element;

/// Deeper files are refused. OFX needs less than 20.
const DEPTH_LIMIT: usize = 100;

/// An element whose end has not come yet.
#[derive(Default)]
struct Open {
    element: Element,
    value: Value,
    rank: Option<u8>,
}

/// Builds the tree. The stack always has the root at its bottom.
pub(crate) struct Builder {
    root: Open,
    stack: Vec<Open>,
    /// `</OFX>` was seen; what follows may be the next file or rubbish.
    ended: bool,
}

impl Builder {
    pub(crate) fn new(line: u32) -> Builder {
        let element = Element { name: "OFX".to_owned(), line, ..Element::default() };
        Builder { root: Open { element, rank: Some(0), ..Open::default() }, stack: Vec::new(), ended: false }
    }

    pub(crate) fn build(mut self, mut tokens: Tokens<'_>, notes: &mut Notes) -> Result<Element, Error> {
        let mut cut_off = false;
        while let Some((line, token)) = tokens.next(notes) {
            match token {
                Token::Open(name) => self.open(name, line, notes)?,
                Token::Empty(name) => {
                    self.open(name.clone(), line, notes)?;
                    self.close(&name, line, notes);
                }
                Token::Close(name) => self.close(&name, line, notes),
                Token::Text { raw, literal } => {
                    self.text(raw, literal, line, notes);
                    cut_off = tokens.at_end() && !raw.trim().is_empty() && !raw.ends_with(['\n', '\r']);
                }
            }
        }
        if !self.ended {
            notes.add(tokens.line(), WarningKind::EndMissing);
            // The last digits of an amount may be missing: no value is better than a false one.
            let is_value = |top: &Open| top.rank.is_none() && top.element.children.is_empty();
            if cut_off && self.stack.last().is_some_and(is_value) {
                self.stack.pop();
            }
        }
        self.close_from(0, notes);
        Ok(self.root.element)
    }

    fn open(&mut self, name: String, line: u32, notes: &mut Notes) -> Result<(), Error> {
        let top_is_value = self
            .stack
            .last()
            .is_some_and(|top| top.rank.is_none() && (!top.value.is_empty() || tags::is_value(&top.element.name)));
        if top_is_value {
            self.close_from(self.stack.len() - 1, notes);
        }
        let rank = tags::rank(&name);
        let ends_from = match rank {
            Some(rank) => self.stack.iter().position(|open| open.rank.is_some_and(|other| other >= rank)),
            None => self.misplaced_from(&name),
        };
        if let Some(place) = ends_from {
            self.close_from(place, notes);
        }
        if rank == Some(0) {
            self.close_from(0, notes);
            self.ended = false;
            return Ok(());
        }
        if self.stack.len() >= DEPTH_LIMIT {
            return Err(Error { line, kind: ErrorKind::TooDeep { limit: DEPTH_LIMIT } });
        }
        let element = Element { name, line, ..Element::default() };
        self.stack.push(Open { element, rank, ..Open::default() });
        Ok(())
    }

    /// Where the aggregates begin that must have ended before a value of this name.
    fn misplaced_from(&self, name: &str) -> Option<usize> {
        let homes = tags::homes(name)?;
        let is_home = |open: &Open| homes.contains(&open.element.name.as_str());
        let nearest = self.stack.iter().rposition(|open| open.rank.is_some())?;
        if is_home(&self.stack[nearest]) {
            return None;
        }
        self.stack.iter().rposition(is_home).map(|home| home + 1)
    }

    fn close(&mut self, name: &str, line: u32, notes: &mut Notes) {
        if name == "OFX" {
            self.close_from(0, notes);
            self.ended = true;
            return;
        }
        match self.stack.iter().rposition(|open| open.element.name == name) {
            Some(place) => {
                self.close_from(place + 1, notes);
                if let Some(open) = self.stack.pop() {
                    let element = finished(open, notes);
                    self.top().element.children.push(element);
                }
            }
            // Many files end values twice: by the next tag and by an end tag.
            None if tags::is_value(name) => {}
            None => notes.add(line, WarningKind::UnmatchedEnd { name: name.to_owned() }),
        }
    }

    /// Ends everything from a place of the stack on, without end tags. Unknown tags turn out to be
    /// values, perhaps empty ones, so what seemed to be inside of them stands beside them.
    fn close_from(&mut self, place: usize, notes: &mut Notes) {
        let mut aggregates: Vec<Open> = Vec::new();
        for mut open in self.stack.split_off(place.min(self.stack.len())) {
            if open.rank.is_some() {
                notes.add(open.element.line, WarningKind::Unclosed { name: open.element.name.clone() });
                aggregates.push(open);
                continue;
            }
            let beside = std::mem::take(&mut open.element.children);
            let element = finished(open, notes);
            let target = aggregates.last_mut().unwrap_or_else(|| self.top());
            target.element.children.push(element);
            target.element.children.extend(beside);
        }
        while let Some(open) = aggregates.pop() {
            let element = finished(open, notes);
            aggregates.last_mut().unwrap_or_else(|| self.top()).element.children.push(element);
        }
    }

    fn text(&mut self, raw: &str, literal: bool, line: u32, notes: &mut Notes) {
        let blank = raw.trim().is_empty();
        let Some(top) = self.stack.last_mut() else {
            if !blank && !self.ended {
                notes.add(line, WarningKind::StrayText);
            }
            return;
        };
        if !top.element.children.is_empty() {
            if !blank {
                notes.add(line, WarningKind::StrayText);
            }
        } else if top.value.push(raw, literal) {
            notes.add(line, WarningKind::BareCharacter { character: '&' });
        }
    }

    fn top(&mut self) -> &mut Open {
        self.stack.last_mut().unwrap_or(&mut self.root)
    }
}

fn finished(open: Open, notes: &mut Notes) -> Element {
    let mut element = open.element;
    element.value = open.value.into_text();
    if open.rank.is_some() && !element.value.is_empty() {
        notes.add(element.line, WarningKind::StrayText);
    }
    element
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_tree;

    /// A tree in one line: `name=value` and `name(children)`.
    fn show(element: &Element) -> String {
        let children: Vec<String> = element.children.iter().map(show).collect();
        match (element.value.as_str(), children.is_empty()) {
            ("", true) => element.name.clone(),
            (value, true) => format!("{}={value}", element.name),
            (_, false) => format!("{}({})", element.name, children.join(" ")),
        }
    }

    fn read(body: &str) -> String {
        let tree = read_tree(format!("<OFX>{body}</OFX>").as_bytes()).expect("a tree").value;
        show(&tree.root)
    }

    #[test]
    fn end_tags_may_be_missing() {
        let table = [
            ("<X><A>1<B>2</X>", "OFX(X(A=1 B=2))"),
            ("<X><A>1</A><B>2</X>", "OFX(X(A=1 B=2))"),
            // An empty value without an end tag is not an aggregate around the rest.
            ("<X><A><B>2<C>3</X><D>4", "OFX(X(A B=2 C=3) D=4)"),
            ("<X><A><B><C><D>3</D></X>", "OFX(X(A B C D=3))"),
            ("<X><A>1<Y><B>2</Y></X>", "OFX(X(A=1 Y(B=2)))"),
            // Known aggregates end where others begin.
            ("<STMTRS><STMTTRN><TRNAMT>1<STMTTRN><TRNAMT>2</STMTRS>", "OFX(STMTRS(STMTTRN(TRNAMT=1) STMTTRN(TRNAMT=2)))"),
            ("<STMTRS><LEDGERBAL><BALAMT>1<AVAILBAL><BALAMT>2</STMTRS>", "OFX(STMTRS(LEDGERBAL(BALAMT=1) AVAILBAL(BALAMT=2)))"),
            ("<SONRS><STATUS><CODE>0<DTSERVER>2<FI><ORG>x</SONRS>", "OFX(SONRS(STATUS(CODE=0) DTSERVER=2 FI(ORG=x)))"),
            ("<STMTTRN><PAYEE><NAME>x<MEMO>y</STMTTRN>", "OFX(STMTTRN(PAYEE(NAME=x) MEMO=y))"),
            ("<STMTTRN><MEMO><NAME></STMTTRN>", "OFX(STMTTRN(MEMO NAME))"),
            ("<STMTRS><CURDEF>USD", "OFX(STMTRS(CURDEF=USD))"),
            ("<A>1<BR>2</A><B>3", "OFX(A=1 BR=2 B=3)"),
        ];
        for (body, expected) in table {
            assert_eq!(read(body), expected, "{body}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("<OFX>\n{}", "<A>".repeat(101));
        let error = read_tree(deep.as_bytes()).expect_err("too deep");
        assert_eq!(error, Error { line: 2, kind: ErrorKind::TooDeep { limit: 100 } });
    }

    #[test]
    fn a_value_that_may_be_cut_off_is_left_out() {
        let root = |text: &str| show(&read_tree(text.as_bytes()).expect("a tree").value.root);
        assert_eq!(root("<OFX><STMTTRN><FITID>1<TRNAMT>-12"), "OFX(STMTTRN(FITID=1))");
        assert_eq!(root("<OFX><STMTTRN><FITID>1\n<TRNAMT>-12\n"), "OFX(STMTTRN(FITID=1 TRNAMT=-12))");
    }

    #[test]
    fn files_may_stand_behind_one_another() {
        let text = "<OFX><A>1</OFX>\nOFXHEADER:100\n<OFX><A>2</OFX> rubbish";
        assert_eq!(show(&read_tree(text.as_bytes()).expect("a tree").value.root), "OFX(A=1 A=2)");
    }
}
