//! Where in a form the decoder stands. Text is built only when an error needs it.

use std::fmt;

/// The way from the root of a form to a parameter, borrowed from the decoders on the way.
///
/// ```
/// let root = form::Path::root();
/// let items = root.field("items");
/// let first = items.index(0);
/// assert_eq!(first.field("price").to_string(), "items[0][price]");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Root,
    Field(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// The form itself.
    pub const fn root() -> Path<'static> {
        Path { parent: None, step: Step::Root }
    }

    /// The parameter `name` below this one.
    pub const fn field(&'a self, name: &'a str) -> Path<'a> {
        Path { parent: Some(self), step: Step::Field(name) }
    }

    /// The element `index` of this list.
    pub const fn index(&'a self, index: usize) -> Path<'a> {
        Path { parent: Some(self), step: Step::Index(index) }
    }

    /// Whether this is the form itself.
    pub const fn is_root(&self) -> bool {
        self.parent.is_none()
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else {
            return Ok(());
        };
        parent.fmt(out)?;
        match self.step {
            Step::Root => Ok(()),
            Step::Field(name) if parent.is_root() => out.write_str(name),
            Step::Field(name) => write!(out, "[{name}]"),
            Step::Index(index) => write!(out, "[{index}]"),
        }
    }
}
