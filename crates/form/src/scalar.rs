//! Single values: strings, numbers, booleans, names of enums.

use crate::error::excerpt;
use crate::{Decode, FormError, Node, Path, Rules};

/// The text of a required, non-empty parameter; the start of most implementations of [`Decode`].
///
/// `kind` ("string", "integer") is named in the error for a parameter with names below it.
///
/// # Errors
/// `parameter_missing`, `parameter_invalid_empty`, or an error without code for a wrong shape.
pub fn scalar(node: Option<Node>, at: &Path<'_>, kind: &str) -> Result<String, FormError> {
    match node {
        None => Err(FormError::missing(at)),
        Some(Node::Text(text)) if text.is_empty() => Err(FormError::empty(at)),
        Some(Node::Text(text)) => Ok(text),
        Some(Node::Map(_)) => Err(FormError::invalid(at, format!("Invalid {kind}: must be a single value"))),
    }
}

/// Refuses texts that are too long or hold control characters other than tab and line breaks.
pub(crate) fn check_text(text: &str, at: &Path<'_>, kind: &str, max_chars: usize) -> Result<(), FormError> {
    // No text has more characters than bytes: counting is for the long ones.
    if text.len() > max_chars && text.chars().count() > max_chars {
        let message = format!("Invalid {kind}: must be at most {max_chars} characters");
        return Err(FormError::invalid(at, message));
    }
    let forbidden = |character: char| character.is_control() && !matches!(character, '\t' | '\n' | '\r');
    if text.chars().any(forbidden) {
        let message = format!("Invalid {kind}: must not contain control characters");
        return Err(FormError::invalid(at, message));
    }
    Ok(())
}

impl Decode for String {
    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<String, FormError> {
        String::decode_with(node, at, &Rules::DEFAULT)
    }

    fn decode_with(node: Option<Node>, at: &Path<'_>, rules: &Rules) -> Result<String, FormError> {
        let text = match node {
            Some(Node::Text(text)) if text.is_empty() && rules.empty => return Ok(text),
            Some(Node::Text(text)) if text.is_empty() && rules.not_blank => {
                return Err(FormError::string_empty(at));
            }
            other => scalar(other, at, "string")?,
        };
        check_text(&text, at, "string", rules.max_chars)?;
        if rules.not_blank && text.trim().is_empty() {
            return Err(FormError::string_blank(at));
        }
        Ok(text)
    }
}

/// Decimal digits with an optional minus sign, within the rules and what the type can hold.
fn integer(node: Option<Node>, at: &Path<'_>, minimum: i64, maximum: i64) -> Result<i64, FormError> {
    let text = match node {
        Some(Node::Map(_)) => return Err(FormError::integer(at, "must be a single value")),
        other => scalar(other, at, "integer")?,
    };
    // The standard parser would take a plus sign as well.
    let value: i64 = match text.parse() {
        Ok(value) if !text.starts_with('+') => value,
        _ => return Err(FormError::integer(at, &text)),
    };
    if value < minimum {
        Err(FormError::integer(at, &format!("must be at least {minimum}")))
    } else if value > maximum {
        Err(FormError::integer(at, &format!("must be at most {maximum}")))
    } else {
        Ok(value)
    }
}

impl Decode for i64 {
    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<i64, FormError> {
        integer(node, at, i64::MIN, i64::MAX)
    }

    fn decode_with(node: Option<Node>, at: &Path<'_>, rules: &Rules) -> Result<i64, FormError> {
        integer(node, at, rules.minimum, rules.maximum)
    }
}

impl Decode for u32 {
    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<u32, FormError> {
        u32::decode_with(node, at, &Rules::DEFAULT)
    }

    fn decode_with(node: Option<Node>, at: &Path<'_>, rules: &Rules) -> Result<u32, FormError> {
        let minimum = rules.minimum.max(0);
        let maximum = rules.maximum.min(i64::from(u32::MAX));
        let value = integer(node, at, minimum, maximum)?;
        u32::try_from(value).map_err(|_| FormError::integer(at, &value.to_string()))
    }
}

impl Decode for bool {
    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<bool, FormError> {
        let text = scalar(node, at, "boolean")?;
        match text.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(FormError::invalid(at, format!("Invalid boolean: {} (must be true or false)", excerpt(&text)))),
        }
    }
}

/// What `derive(ParamEnum)` decodes by: `names` are all names, in order, for the error.
#[doc(hidden)]
pub fn decode_enum<T>(node: Option<Node>, at: &Path<'_>, names: &[&str], parse: fn(&str) -> Option<T>) -> Result<T, FormError> {
    let value = match node {
        Some(Node::Map(_)) => None,
        other => parse(&scalar(other, at, "string")?),
    };
    value.ok_or_else(|| FormError::invalid(at, format!("Invalid {at}: must be one of {}", names.join(", "))))
}
