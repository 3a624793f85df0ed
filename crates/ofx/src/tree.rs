//! A file as a tree of tags.

use std::fmt;

use crate::builder::Builder;
use crate::error::{Error, ErrorKind, Notes, Reading, WarningKind};
use crate::header::Format;
use crate::tokens::Tokens;

/// A tag with what is in it: a value or other elements.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// The tag in upper case, without a namespace.
    pub name: String,
    /// The value with references resolved; empty for aggregates.
    pub value: String,
    /// What is inside, in the order of the file.
    pub children: Vec<Element>,
    /// The line of the start tag, counted from 1.
    pub line: u32,
}

/// A file as tags, for what the typed readers do not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// What the header says, or [`Format::V102`].
    pub format: Format,
    /// The `OFX` element.
    pub root: Element,
}

impl Element {
    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The value of the first child of a name that has one.
    pub fn text(&self, name: &str) -> Option<&str> {
        let values = self.children.iter().filter(|child| child.name == name).map(|child| child.value.as_str());
        values.into_iter().find(|value| !value.trim().is_empty())
    }

    /// The first element of a name inside of this one, at any depth.
    pub fn find(&self, name: &str) -> Option<&Element> {
        self.children.iter().find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }
}

impl fmt::Debug for Element {
    /// Leaves passwords and answers out, because such texts end in logs.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SECRET: [&str; 9] = [
            "USERPASS",
            "USERKEY",
            "SESSCOOKIE",
            "ACCESSKEY",
            "ACCESSTOKEN",
            "AUTHTOKEN",
            "USERCRED1",
            "USERCRED2",
            "MFAPHRASEA",
        ];
        let value = if SECRET.contains(&self.name.as_str()) { "(secret)" } else { &self.value };
        let mut shown = out.debug_struct(&self.name);
        shown.field("line", &self.line).field("value", &value).field("children", &self.children).finish()
    }
}

/// Reads a file as tags.
///
/// # Errors
/// [`ErrorKind::Empty`], [`ErrorKind::NotOfx`], [`ErrorKind::TooDeep`].
///
/// ```
/// let tree = ofx::read_tree(b"<OFX><STATUS><CODE>0<SEVERITY>INFO</STATUS></OFX>")?.value;
/// assert_eq!(tree.root.find("STATUS").and_then(|status| status.text("SEVERITY")), Some("INFO"));
/// # Ok::<(), ofx::Error>(())
/// ```
pub fn read_tree(bytes: &[u8]) -> Result<Reading<Tree>, Error> {
    let mut notes = Notes::default();
    let tree = parse(bytes, &mut notes)?;
    Ok(notes.into_reading(tree))
}

/// [`read_tree`] for readers that go on with the warnings.
pub(crate) fn parse(bytes: &[u8], notes: &mut Notes) -> Result<Tree, Error> {
    let text = crate::decode::decode(bytes, notes);
    if text.trim().is_empty() {
        return Err(Error { line: 1, kind: ErrorKind::Empty });
    }
    let Some(start) = crate::header::body(text.as_bytes()) else {
        return Err(Error { line: 1, kind: ErrorKind::NotOfx });
    };
    let (before, body) = text.split_at(start.at);
    let line = crate::tokens::line_breaks(before).saturating_add(1);
    let format = crate::header::format(before.as_bytes()).unwrap_or_else(|| {
        notes.add(1, WarningKind::HeaderMissing);
        Format::V102
    });
    if !start.has_root {
        notes.add(line, WarningKind::RootMissing);
    }
    let root = Builder::new(line).build(Tokens::new(body, line), notes)?;
    Ok(Tree { format, root })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let tree = read_tree(b"<OFX><SONRQ><USERPASS>hunter2</SONRQ></OFX>").expect("a tree").value;
        assert!(!format!("{tree:?}").contains("hunter2"));
    }
}
