//! Key-value pairs that applications keep with an object.

use std::collections::BTreeMap;

use crate::error::excerpt;
use crate::scalar::check_text;
use crate::{Decode, Fields, FormError, Node, Path};

/// Most keys an object can have.
pub const METADATA_KEYS: usize = 50;
/// Longest key, in characters.
pub const METADATA_KEY_CHARS: usize = 40;
/// Longest value, in characters.
pub const METADATA_VALUE_CHARS: usize = 500;

/// Metadata as stored with an object.
pub type Metadata = BTreeMap<String, String>;

/// What an update does to metadata.
///
/// ```
/// use form::{Metadata, MetadataPatch};
///
/// let mut stored = Metadata::from([("a".to_owned(), "1".to_owned())]);
/// let patch = MetadataPatch::Merge(vec![("a".to_owned(), String::new())]);
/// patch.apply(&mut stored)?;
/// assert!(stored.is_empty());
/// # Ok::<(), form::FormError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum MetadataPatch {
    /// The parameter was not sent.
    #[default]
    Absent,
    /// `metadata=`: every key goes.
    ClearAll,
    /// Keys to set; one with an empty value is removed.
    Merge(Vec<(String, String)>),
}

impl MetadataPatch {
    /// Changes stored metadata.
    ///
    /// # Errors
    /// More than [`METADATA_KEYS`] keys would result; `current` is then as before.
    pub fn apply(&self, current: &mut Metadata) -> Result<(), FormError> {
        let changes = match self {
            MetadataPatch::Absent => return Ok(()),
            MetadataPatch::ClearAll => {
                current.clear();
                return Ok(());
            }
            MetadataPatch::Merge(changes) => changes,
        };
        let mut merged = current.clone();
        for (key, value) in changes {
            if value.is_empty() {
                merged.remove(key);
            } else {
                merged.insert(key.clone(), value.clone());
            }
        }
        check_count(merged.len(), &Path::root().field("metadata"))?;
        *current = merged;
        Ok(())
    }

    /// Whether the parameter was not sent.
    pub fn is_absent(&self) -> bool {
        matches!(self, MetadataPatch::Absent)
    }
}

impl Decode for MetadataPatch {
    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<MetadataPatch, FormError> {
        match node {
            None => Ok(MetadataPatch::Absent),
            Some(Node::Text(text)) if text.is_empty() => Ok(MetadataPatch::ClearAll),
            Some(Node::Text(_)) => Err(FormError::invalid(at, "Invalid object")),
            Some(Node::Map(fields)) => pairs(fields, at).map(MetadataPatch::Merge),
        }
    }
}

/// For a new object: keys with empty values are left out.
impl Decode for Metadata {
    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Metadata, FormError> {
        let mut metadata = Metadata::new();
        if let MetadataPatch::Merge(pairs) = MetadataPatch::decode(node, at)? {
            metadata.extend(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
            check_count(metadata.len(), at)?;
        }
        Ok(metadata)
    }
}

fn pairs(fields: Fields, at: &Path<'_>) -> Result<Vec<(String, String)>, FormError> {
    let mut pairs = Vec::with_capacity(fields.len());
    for (key, node) in fields.into_entries() {
        let at = at.field(&key);
        if key.is_empty() {
            return Err(FormError::invalid(at, "Invalid metadata: a key must not be empty"));
        }
        check_key(&key, &at)?;
        let Node::Text(value) = node else {
            let message = "Invalid metadata: values must be strings, not objects or arrays";
            return Err(FormError::invalid(at, message));
        };
        check_text(&value, &at, "metadata value", METADATA_VALUE_CHARS)?;
        pairs.push((key, value));
    }
    Ok(pairs)
}

fn check_key(key: &str, at: &Path<'_>) -> Result<(), FormError> {
    if key.contains(['[', ']']) {
        let message = format!("Invalid metadata key: {} contains a bracket", excerpt(key));
        return Err(FormError::invalid(at, message));
    }
    check_text(key, at, "metadata key", METADATA_KEY_CHARS)
}

fn check_count(keys: usize, at: &Path<'_>) -> Result<(), FormError> {
    if keys > METADATA_KEYS {
        let message = format!("Invalid metadata: at most {METADATA_KEYS} keys, not {keys}");
        return Err(FormError::invalid(at, message));
    }
    Ok(())
}
