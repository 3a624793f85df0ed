//! Lists: the order of their elements, and `Vec<T>`.

use crate::{Decode, Fields, FormError, Node, Path, Rules, Unknown};

/// One element of a list as it lies in [`Fields`].
pub(crate) struct Element {
    /// The index to name in errors: as sent for `a[3]`, counted for `a[]`.
    pub(crate) label: usize,
    /// Where in the fields the element is.
    pub(crate) position: usize,
}

/// The elements in the order of the list: numbered ones by their number, then those of `a[]` as
/// they arrived. `None` if a name is neither empty nor a number.
pub(crate) fn array_order(fields: &Fields) -> Option<Vec<Element>> {
    let mut numbered = Vec::with_capacity(fields.len());
    let mut appended = Vec::new();
    for (position, (name, _)) in fields.iter().enumerate() {
        if name.is_empty() {
            appended.push(position);
        } else {
            numbered.push(Element { label: parse_index(name)?, position });
        }
    }
    numbered.sort_by_key(|element| element.label);
    let count = numbered.len();
    let appended = appended.into_iter().zip(count..);
    numbered.extend(appended.map(|(position, label)| Element { label, position }));
    Some(numbered)
}

/// Whether every name is one of a list element.
pub(crate) fn is_array_like(fields: &Fields) -> bool {
    !fields.is_empty() && fields.iter().all(|(name, _)| name.is_empty() || parse_index(name).is_some())
}

fn parse_index(name: &str) -> Option<usize> {
    // The standard parser would take a sign as well.
    if name.bytes().all(|byte| byte.is_ascii_digit()) { name.parse().ok() } else { None }
}

/// Absent and the empty string are an empty list, unless the rules require elements.
impl<T: Decode> Decode for Vec<T> {
    const NESTED: bool = T::NESTED;

    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Vec<T>, FormError> {
        Vec::decode_with(node, at, &Rules::DEFAULT)
    }

    fn decode_with(node: Option<Node>, at: &Path<'_>, rules: &Rules) -> Result<Vec<T>, FormError> {
        let fields = match node {
            None => Fields::default(),
            Some(Node::Text(text)) if text.is_empty() => Fields::default(),
            Some(Node::Text(_)) => return Err(FormError::invalid(at, "Invalid array")),
            Some(Node::Map(fields)) => fields,
        };
        let order = array_order(&fields).ok_or_else(|| FormError::invalid(at, "Invalid array"))?;
        if order.is_empty() && rules.required {
            return Err(FormError::missing(at));
        }
        if order.len() > rules.max_items {
            let message = format!("Invalid array: at most {} elements", rules.max_items);
            return Err(FormError::invalid(at, message));
        }
        let mut nodes: Vec<_> = fields.into_entries().into_iter().map(|(_, node)| Some(node)).collect();
        let element_rules = Rules { required: false, max_items: usize::MAX, ..*rules };
        let decode = |element: Element| T::decode_with(nodes[element.position].take(), &at.index(element.label), &element_rules);
        order.into_iter().map(decode).collect()
    }

    fn unknown(node: &Node, at: &Path<'_>, found: &mut Unknown) {
        let Node::Map(fields) = node else {
            return;
        };
        if !T::NESTED {
            return;
        }
        for element in array_order(fields).unwrap_or_default() {
            T::unknown(fields.at(element.position), &at.index(element.label), found);
        }
    }
}
