//! From bytes to a tree: pairs, percent-decoding, brackets, limits.

use std::borrow::Cow;
use std::str::Utf8Error;

use crate::error::excerpt;
use crate::{Fields, FormError, Node, Params, Path};

/// What a form may cost. Anything above is refused with an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of the encoded form (default 1 MiB).
    pub bytes: usize,
    /// Most `name=value` pairs (default 10 000).
    pub pairs: usize,
    /// Most parts of one name, `a[b][c]` having three (default 16).
    pub depth: usize,
    /// Longest decoded name with its brackets, in bytes (default 2048).
    pub key_bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 1024 * 1024, pairs: 10_000, depth: 16, key_bytes: 2048 }
    }
}

/// A parsed form: a query string, a body, or both.
///
/// ```
/// use form::{Form, Limits};
///
/// let form = Form::parse(b"name=Jenny+Rosen&address[city]=Oslo", &Limits::default())?;
/// assert_eq!(form.get_text("name"), Some("Jenny Rosen"));
/// # Ok::<(), form::FormError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    pub(crate) fields: Fields,
}

impl Form {
    /// Parses `application/x-www-form-urlencoded` bytes with bracketed names.
    ///
    /// - A name whose brackets do not match (`a[b`, `[a]`, `a[b]c`) is a plain name.
    /// - Of several texts for one name the last counts, except below `[]`, where each is one more
    ///   element. `items[][a]=1&items[][b]=2` is one element; a name that its last element
    ///   already has starts the next.
    /// - A `%` without two hexadecimal digits stands for itself.
    ///
    /// # Errors
    /// Limits exceeded, text that is not UTF-8, a value without a name, or a name that is sent
    /// with a value and with names below it.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Form, FormError> {
        if bytes.len() > limits.bytes {
            return Err(FormError::whole(format!("The parameters are too large: at most {} bytes are accepted", limits.bytes)));
        }
        let mut fields = Fields::default();
        let mut pairs = 0;
        for pair in bytes.split(|byte| *byte == b'&') {
            if pair.is_empty() || pair == b"=" {
                continue;
            }
            pairs += 1;
            if pairs > limits.pairs {
                return Err(FormError::whole(format!("Too many parameters: at most {} are accepted", limits.pairs)));
            }
            add_pair(&mut fields, pair, limits)?;
        }
        Ok(Form { fields })
    }

    /// Adds the parameters of `other`, whose texts win over those already here.
    ///
    /// # Errors
    /// A name has a value in one form and names below it in the other.
    pub fn extend(&mut self, other: Form) -> Result<(), FormError> {
        self.fields.merge(other.fields).map_err(|clash| {
            let mut parts = clash.iter().rev();
            let mut name = parts.next().cloned().unwrap_or_default();
            for part in parts {
                name.push_str(&format!("[{part}]"));
            }
            clashing(&name)
        })
    }

    /// Whether no parameter was sent.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// All top-level parameters in the order they arrived.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.fields.iter()
    }

    /// Removes and returns a top-level parameter.
    pub fn take(&mut self, name: &str) -> Option<Node> {
        self.fields.take(name)
    }

    /// The text of a top-level parameter; `None` also when it has names below it.
    pub fn get_text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Node::as_text)
    }

    /// Decodes the whole form as `T`.
    ///
    /// # Errors
    /// Unknown parameters of any depth first, then the first field of `T`, in the order the
    /// struct declares them, that is missing or wrong.
    pub fn decode<T: Params>(self) -> Result<T, FormError> {
        Node::Map(self.fields).decode(&Path::root())
    }
}

/// The parameters as one value, for whoever decodes them later.
impl From<Form> for Node {
    fn from(form: Form) -> Node {
        Node::Map(form.fields)
    }
}

fn add_pair(fields: &mut Fields, pair: &[u8], limits: &Limits) -> Result<(), FormError> {
    let equals = pair.iter().position(|byte| *byte == b'=');
    let (raw_name, raw_value) = match equals {
        Some(position) => (&pair[..position], &pair[position + 1..]),
        None => (pair, &pair[..0]),
    };
    let name = decode_component(raw_name).map_err(|_| FormError::whole("The name of a parameter is not valid UTF-8"))?;
    if name.is_empty() {
        return Err(FormError::whole("Received a value without the name of its parameter"));
    }
    let (base, rest) = split_name(&name);
    if name.len() > limits.key_bytes {
        return Err(FormError::invalid(
            excerpt(base),
            format!("The name of a parameter is too long: at most {} bytes", limits.key_bytes),
        ));
    }
    if 1 + rest.bytes().filter(|byte| *byte == b'[').count() > limits.depth {
        return Err(FormError::invalid(base, format!("'{base}' is nested too deeply: at most {} levels", limits.depth)));
    }
    let value = decode_component(raw_value).map_err(|_| FormError::invalid(&name, "Invalid string: must be valid UTF-8"))?;
    insert(fields, base, rest, value.into_owned()).map_err(|Clash { rest }| clashing(&name[..name.len() - rest]))
}

fn clashing(name: &str) -> FormError {
    FormError::invalid(name, format!("Invalid object: '{name}' was sent as a value and also as an object or array"))
}

/// A name had both shapes; `rest` is how many bytes of the full name lie below it.
struct Clash {
    rest: usize,
}

/// Puts `value` where `key` and the brackets `rest` say.
fn insert(fields: &mut Fields, key: &str, rest: &str, value: String) -> Result<(), Clash> {
    let (mut fields, mut key, mut rest) = (fields, key, rest);
    while let Some((next, below)) = split_segment(rest) {
        fields = child(fields, key, next, below).ok_or(Clash { rest: rest.len() })?;
        (key, rest) = (next, below);
    }
    let known = if key.is_empty() { None } else { fields.position(key) };
    match known {
        None => {
            fields.push(key.to_owned(), Node::Text(value));
        }
        Some(position) => match fields.at_mut(position) {
            Node::Text(old) => *old = value,
            Node::Map(_) => return Err(Clash { rest: 0 }),
        },
    }
    Ok(())
}

/// The map below `key` that the rest of the name (`next`, then `below`) goes into; `None` when
/// `key` already has a text.
fn child<'a>(fields: &'a mut Fields, key: &str, next: &str, below: &str) -> Option<&'a mut Fields> {
    let usable = fields.position(key).filter(|position| {
        // An element of `a[]` is complete when it would be given the same name twice.
        !key.is_empty() || matches!(fields.at(*position), Node::Map(last) if !has_path(last, next, below))
    });
    let position = match usable {
        Some(position) => position,
        None => fields.push(key.to_owned(), Node::Map(Fields::default())),
    };
    match fields.at_mut(position) {
        Node::Map(below) => Some(below),
        Node::Text(_) => None,
    }
}

/// Whether the exact name `key` + `rest` was already given. Never through another `[]`: that
/// always has room for one more.
fn has_path(fields: &Fields, key: &str, rest: &str) -> bool {
    let (mut fields, mut key, mut rest) = (fields, key, rest);
    loop {
        if key.is_empty() {
            return false;
        }
        let Some(node) = fields.get(key) else {
            return false;
        };
        let Some((next, below)) = split_segment(rest) else {
            return true;
        };
        match node {
            Node::Map(inner) => (fields, key, rest) = (inner, next, below),
            Node::Text(_) => return false,
        }
    }
}

/// Splits `a[b][c]` into `a` and `[b][c]`; a name with other brackets is plain.
pub(crate) fn split_name(name: &str) -> (&str, &str) {
    let plain = (name, "");
    let Some(open) = name.find('[') else {
        return plain;
    };
    let (base, brackets) = name.split_at(open);
    if base.is_empty() {
        return plain;
    }
    let mut rest = brackets;
    while !rest.is_empty() {
        match split_segment(rest) {
            Some((_, below)) => rest = below,
            None => return plain,
        }
    }
    (base, brackets)
}

/// Splits `[b][c]` into `b` and `[c]`.
fn split_segment(brackets: &str) -> Option<(&str, &str)> {
    let (segment, rest) = brackets.strip_prefix('[')?.split_once(']')?;
    if segment.contains('[') { None } else { Some((segment, rest)) }
}

/// Percent-decoding with `+` for a space; borrows where nothing is encoded.
fn decode_component(raw: &[u8]) -> Result<Cow<'_, str>, Utf8Error> {
    if !raw.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return std::str::from_utf8(raw).map(Cow::Borrowed);
    }
    let mut decoded = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        decoded.push(match first {
            b'+' => b' ',
            b'%' => match after {
                [high, low, after_escape @ ..] => match (hex_digit(*high), hex_digit(*low)) {
                    (Some(high), Some(low)) => {
                        rest = after_escape;
                        high << 4 | low
                    }
                    _ => b'%',
                },
                _ => b'%',
            },
            other => *other,
        });
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|error| error.utf8_error())
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
