//! Optional values of an update: left alone, unset, or set.

use crate::{Decode, FormError, Node, Path, Rules, Unknown};

/// What an update does to a value that can be unset.
///
/// ```
/// use form::Patch;
///
/// let mut name = Some("Jenny".to_owned());
/// Patch::Absent.apply(&mut name);
/// assert_eq!(name.as_deref(), Some("Jenny"));
/// Patch::Clear.apply(&mut name);
/// assert_eq!(name, None);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The parameter was not sent.
    #[default]
    Absent,
    /// The parameter was sent as an empty string.
    Clear,
    /// The parameter was sent with a value.
    Set(T),
}

impl<T> Patch<T> {
    /// Does to `target` what was asked for.
    pub fn apply(self, target: &mut Option<T>) {
        match self {
            Patch::Absent => {}
            Patch::Clear => *target = None,
            Patch::Set(value) => *target = Some(value),
        }
    }

    /// The new value, if there is one.
    pub fn set(self) -> Option<T> {
        match self {
            Patch::Set(value) => Some(value),
            Patch::Absent | Patch::Clear => None,
        }
    }

    /// Whether the parameter was not sent.
    pub fn is_absent(&self) -> bool {
        matches!(self, Patch::Absent)
    }

    /// The same change with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Patch::Absent => Patch::Absent,
            Patch::Clear => Patch::Clear,
            Patch::Set(value) => Patch::Set(change(value)),
        }
    }

    /// The same change by reference.
    pub fn as_ref(&self) -> Patch<&T> {
        match self {
            Patch::Absent => Patch::Absent,
            Patch::Clear => Patch::Clear,
            Patch::Set(value) => Patch::Set(value),
        }
    }
}

impl<T: Decode> Decode for Patch<T> {
    const NESTED: bool = T::NESTED;

    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Patch<T>, FormError> {
        Patch::decode_with(node, at, &Rules::DEFAULT)
    }

    fn decode_with(node: Option<Node>, at: &Path<'_>, rules: &Rules) -> Result<Patch<T>, FormError> {
        match node {
            None => Ok(Patch::Absent),
            Some(Node::Text(text)) if text.is_empty() => Ok(Patch::Clear),
            some => T::decode_with(some, at, rules).map(Patch::Set),
        }
    }

    fn unknown(node: &Node, at: &Path<'_>, found: &mut Unknown) {
        T::unknown(node, at, found);
    }
}
