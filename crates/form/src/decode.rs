//! The traits that turn a tree into types, and the rules a field can carry.

use crate::array::is_array_like;
use crate::{Fields, FormError, Node, Path};

/// Most unknown parameters that an error names.
const UNKNOWN_NAMED: usize = 10;

/// Bounds of one field, written as `#[params(…)]`. Each type looks at those that concern it, and
/// wrappers (`Option`, `Patch`, `Vec`, `Box`) hand them on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Most characters of a string (`max`).
    pub max_chars: usize,
    /// Smallest integer (`min`).
    pub minimum: i64,
    /// Largest integer (`maximum`).
    pub maximum: i64,
    /// Most elements of a list (`max_items`).
    pub max_items: usize,
    /// A list needs an element, an `Option` a value (`required`).
    pub required: bool,
    /// The empty string is accepted (`empty`).
    pub empty: bool,
    /// A string of white space is refused (`not_blank`).
    pub not_blank: bool,
}

impl Rules {
    /// The rules of a field without attributes.
    pub const DEFAULT: Rules = Rules {
        max_chars: 5000,
        minimum: i64::MIN,
        maximum: i64::MAX,
        max_items: usize::MAX,
        required: false,
        empty: false,
        not_blank: false,
    };
}

impl Default for Rules {
    fn default() -> Rules {
        Rules::DEFAULT
    }
}

/// A type that can be read from a parameter.
///
/// Types of other crates implement [`decode`](Decode::decode), mostly with [`scalar`](crate::scalar):
///
/// ```
/// use form::{Decode, FormError, Node, Path};
///
/// struct Even(i64);
///
/// impl Decode for Even {
///     fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Even, FormError> {
///         match i64::decode(node, at)? {
///             even if even % 2 == 0 => Ok(Even(even)),
///             odd => Err(FormError::invalid(at, format!("Invalid number: {odd} is odd"))),
///         }
///     }
/// }
/// ```
pub trait Decode: Sized {
    /// Whether values have parameters of their own, so that [`unknown`](Decode::unknown) has
    /// something to look for.
    const NESTED: bool = false;

    /// Reads the value; `None` says that the parameter was not sent.
    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Self, FormError>;

    /// Reads the value within the bounds of its field.
    fn decode_with(node: Option<Node>, at: &Path<'_>, rules: &Rules) -> Result<Self, FormError> {
        let _ = rules;
        Self::decode(node, at)
    }

    /// Collects the parameters below `node` that this type does not have.
    fn unknown(node: &Node, at: &Path<'_>, found: &mut Unknown) {
        let _ = (node, at, found);
    }
}

/// The parameters of an endpoint or of an object in it. Implemented by
/// [`derive(Params)`](derive@crate::Params).
pub trait Params: Decode {
    /// Whether the parameter `name` exists; if so, collects what is unknown below it.
    #[doc(hidden)]
    fn visit(name: &str, node: &Node, at: &Path<'_>, found: &mut Unknown) -> bool;

    /// Reads every field, in order.
    #[doc(hidden)]
    fn from_fields(fields: &mut Fields, at: &Path<'_>) -> Result<Self, FormError>;
}

/// Unknown parameters met so far.
#[derive(Debug, Default)]
pub struct Unknown {
    names: Vec<String>,
    unnamed: usize,
}

impl Unknown {
    /// Notes an unknown parameter.
    pub fn add(&mut self, at: &Path<'_>) {
        if self.names.len() < UNKNOWN_NAMED {
            self.names.push(at.to_string());
        } else {
            self.unnamed += 1;
        }
    }

    /// An error (`parameter_unknown`) that names the unknown parameters, if there are any.
    pub fn into_result(self) -> Result<(), FormError> {
        let Some(first) = self.names.first() else {
            return Ok(());
        };
        let mut error = FormError::unknown(first);
        if self.names.len() > 1 {
            error.message = format!("Received unknown parameters: {}", self.names.join(", "));
        }
        if self.unnamed > 0 {
            error.message.push_str(&format!(" and {} more", self.unnamed));
        }
        Err(error)
    }
}

/// What `derive(Params)` decodes a struct by.
#[doc(hidden)]
pub fn decode_struct<T: Params>(node: Option<Node>, at: &Path<'_>) -> Result<T, FormError> {
    match node {
        None => Err(FormError::missing(at)),
        Some(Node::Text(text)) if text.is_empty() => Err(FormError::empty(at)),
        Some(Node::Map(mut fields)) if at.is_root() || !is_array_like(&fields) => T::from_fields(&mut fields, at),
        Some(_) => Err(FormError::invalid(at, "Invalid object")),
    }
}

/// What `derive(Params)` finds unknown parameters of a struct by.
#[doc(hidden)]
pub fn find_unknown<T: Params>(node: &Node, at: &Path<'_>, found: &mut Unknown) {
    match node {
        // A list in the place of an object is a wrong shape, not a list of unknown parameters.
        Node::Map(fields) if at.is_root() || !is_array_like(fields) => {
            for (name, below) in fields.iter() {
                if !T::visit(name, below, at, found) {
                    found.add(&at.field(name));
                }
            }
        }
        _ => {}
    }
}

/// An endpoint without parameters.
impl Params for () {
    fn visit(_: &str, _: &Node, _: &Path<'_>, _: &mut Unknown) -> bool {
        false
    }

    fn from_fields(_: &mut Fields, _: &Path<'_>) -> Result<(), FormError> {
        Ok(())
    }
}

impl Decode for () {
    const NESTED: bool = true;

    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<(), FormError> {
        decode_struct(node, at)
    }

    fn unknown(node: &Node, at: &Path<'_>, found: &mut Unknown) {
        find_unknown::<()>(node, at, found);
    }
}

impl<T: Decode> Decode for Option<T> {
    const NESTED: bool = T::NESTED;

    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Option<T>, FormError> {
        Option::decode_with(node, at, &Rules::DEFAULT)
    }

    fn decode_with(node: Option<Node>, at: &Path<'_>, rules: &Rules) -> Result<Option<T>, FormError> {
        match node {
            None if rules.required => Err(FormError::missing(at)),
            None => Ok(None),
            Some(Node::Text(text)) if rules.empty && text.is_empty() => Ok(None),
            some => T::decode_with(some, at, rules).map(Some),
        }
    }

    fn unknown(node: &Node, at: &Path<'_>, found: &mut Unknown) {
        T::unknown(node, at, found);
    }
}

impl<T: Decode> Decode for Box<T> {
    const NESTED: bool = T::NESTED;

    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Box<T>, FormError> {
        T::decode(node, at).map(Box::new)
    }

    fn decode_with(node: Option<Node>, at: &Path<'_>, rules: &Rules) -> Result<Box<T>, FormError> {
        T::decode_with(node, at, rules).map(Box::new)
    }

    fn unknown(node: &Node, at: &Path<'_>, found: &mut Unknown) {
        T::unknown(node, at, found);
    }
}

/// The raw value, for parameters that are interpreted later.
impl Decode for Node {
    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Node, FormError> {
        node.ok_or_else(|| FormError::missing(at))
    }
}
