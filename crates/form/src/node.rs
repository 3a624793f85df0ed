//! The tree a form is parsed into, before types are known.

use std::collections::BTreeMap;

use crate::{Decode, FormError, Path, Unknown};

/// Up to this many names, looking through all of them is faster than an index.
const UNINDEXED: usize = 16;

/// A value in a form: a text, or names with values below it.
///
/// Lists are maps with empty names (`a[]=x`) or digits (`a[0]=x`) until a type asks for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A value.
    Text(String),
    /// Everything that was sent below a name.
    Map(Fields),
}

impl Node {
    /// Decodes this value as `T`. Unknown parameters at any depth are reported before anything
    /// else that is wrong.
    pub fn decode<T: Decode>(self, at: &Path<'_>) -> Result<T, FormError> {
        let mut unknown = Unknown::default();
        T::unknown(&self, at, &mut unknown);
        unknown.into_result()?;
        T::decode(Some(self), at)
    }

    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            Node::Map(_) => None,
        }
    }
}

/// Names and their values in the order they arrived. A name occurs once, except the empty one of
/// `a[]`, which stands for "one more element" each time.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    entries: Vec<(String, Node)>,
    /// Position of each name (the last one of the empty name), kept only for many names.
    index: Option<BTreeMap<String, usize>>,
}

// The index follows from the entries.
impl PartialEq for Fields {
    fn eq(&self, other: &Fields) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Fields {}

impl Fields {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All entries in the order they arrived.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.entries.iter().map(|(name, node)| (name.as_str(), node))
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.position(name).map(|position| &self.entries[position].1)
    }

    /// Removes and returns the value of `name`.
    pub fn take(&mut self, name: &str) -> Option<Node> {
        let position = self.position(name)?;
        self.index = None;
        Some(self.entries.remove(position).1)
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self.entries.iter().rposition(|(key, _)| key == name),
        }
    }

    pub(crate) fn at(&self, position: usize) -> &Node {
        &self.entries[position].1
    }

    pub(crate) fn at_mut(&mut self, position: usize) -> &mut Node {
        &mut self.entries[position].1
    }

    pub(crate) fn into_entries(self) -> Vec<(String, Node)> {
        self.entries
    }

    /// Appends an entry and returns its position. The caller knows that the name is new or empty.
    pub(crate) fn push(&mut self, name: String, node: Node) -> usize {
        let position = self.entries.len();
        if let Some(index) = &mut self.index {
            index.insert(name.clone(), position);
        }
        self.entries.push((name, node));
        if self.index.is_none() && self.entries.len() > UNINDEXED {
            let names = self.entries.iter().map(|(name, _)| name.clone());
            self.index = Some(names.zip(0..).collect());
        }
        position
    }

    /// Adds everything of `other`; a text replaces a text of the same name.
    ///
    /// On a clash of shapes the error is the bracketed rest of the name below `self`, outermost
    /// part last.
    pub(crate) fn merge(&mut self, other: Fields) -> Result<(), Vec<String>> {
        for (name, node) in other.entries {
            let known = if name.is_empty() { None } else { self.position(&name) };
            let Some(position) = known else {
                self.push(name, node);
                continue;
            };
            match (self.at_mut(position), node) {
                (Node::Text(old), Node::Text(new)) => *old = new,
                (Node::Map(old), Node::Map(new)) => old.merge(new).map_err(|mut clash| {
                    clash.push(name);
                    clash
                })?,
                (Node::Text(_), Node::Map(_)) | (Node::Map(_), Node::Text(_)) => {
                    return Err(vec![name]);
                }
            }
        }
        Ok(())
    }
}
