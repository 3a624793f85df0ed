//! The one error of this crate: what is wrong, and with which parameter.

use std::fmt;

/// Longest excerpt of a sender's text that an error message repeats, in characters.
const EXCERPT_CHARS: usize = 64;

/// Why a form was refused. Maps one to one onto an API error with status 400.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormError {
    /// Machine readable code, where the kind of error has one.
    pub code: Option<&'static str>,
    /// The parameter in bracket notation (`items[0][price]`), where one can be named.
    pub param: Option<String>,
    /// A sentence for the developer who sent the form.
    pub message: String,
}

impl fmt::Display for FormError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for FormError {}

impl FormError {
    fn with_code(code: &'static str, param: impl fmt::Display, message: impl Into<String>) -> FormError {
        FormError { code: Some(code), param: Some(param.to_string()), message: message.into() }
    }

    /// A required parameter was not sent (`parameter_missing`).
    ///
    /// ```
    /// let error = form::FormError::missing("account_holder[type]");
    /// assert_eq!(error.message, "Missing required param: account_holder[type].");
    /// ```
    pub fn missing(param: impl fmt::Display) -> FormError {
        let message = format!("Missing required param: {param}.");
        FormError::with_code("parameter_missing", param, message)
    }

    /// A parameter that the endpoint does not have (`parameter_unknown`).
    pub fn unknown(param: impl fmt::Display) -> FormError {
        let message = format!("Received unknown parameter: {param}");
        FormError::with_code("parameter_unknown", param, message)
    }

    /// Two parameters that cannot be sent together (`parameters_exclusive`).
    pub fn exclusive(param: impl fmt::Display, message: impl Into<String>) -> FormError {
        FormError::with_code("parameters_exclusive", param, message)
    }

    /// A value that is wrong in a way without a code of its own.
    pub fn invalid(param: impl fmt::Display, message: impl Into<String>) -> FormError {
        FormError { code: None, param: Some(param.to_string()), message: message.into() }
    }

    /// An empty string for a parameter that cannot be unset (`parameter_invalid_empty`).
    pub fn empty(param: impl fmt::Display) -> FormError {
        let message = format!(
            "'{param}' was sent as an empty string, which asks to unset it, but '{param}' cannot \
             be unset. Leave it out of the request or send a value."
        );
        FormError::with_code("parameter_invalid_empty", param, message)
    }

    /// A value that is not an integer, or not one in range (`parameter_invalid_integer`).
    pub fn integer(param: impl fmt::Display, detail: &str) -> FormError {
        let message = format!("Invalid integer: {}", excerpt(detail));
        FormError::with_code("parameter_invalid_integer", param, message)
    }

    /// An empty string where a text is needed (`parameter_invalid_string_empty`).
    pub fn string_empty(param: impl fmt::Display) -> FormError {
        let message = format!("Invalid string: '{param}' must not be empty");
        FormError::with_code("parameter_invalid_string_empty", param, message)
    }

    /// Only white space where a text is needed (`parameter_invalid_string_blank`).
    pub fn string_blank(param: impl fmt::Display) -> FormError {
        let message = format!("Invalid string: '{param}' must not be only white space");
        FormError::with_code("parameter_invalid_string_blank", param, message)
    }

    /// The form as a whole is refused; no parameter can be named.
    pub(crate) fn whole(message: impl Into<String>) -> FormError {
        FormError { code: None, param: None, message: message.into() }
    }
}

/// The beginning of a sender's text, short enough to be repeated in a message.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT_CHARS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}
