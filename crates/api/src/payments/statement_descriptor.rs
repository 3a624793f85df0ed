//! What a payer reads on a statement.

use kernel::{ApiError, ApiResult};

/// Longest, in characters.
const LENGTH_MAX: usize = 22;
/// What banks do not print.
const REFUSED: &[char] = &['<', '>', '\\', '\'', '"', '*'];

/// That a text can stand on a statement.
///
/// # Errors
/// 400 naming the parameter.
pub(crate) fn check(text: &str, param: &str) -> ApiResult<()> {
    let wrong = if text.chars().count() > LENGTH_MAX {
        format!("The statement descriptor must be at most {LENGTH_MAX} characters.")
    } else if text.contains(REFUSED) {
        "The statement descriptor must not contain any of < > \\ ' \" *".to_owned()
    } else if !text.is_ascii() || text.chars().any(|c| c.is_ascii_control()) {
        "The statement descriptor must be plain ASCII text.".to_owned()
    } else if !text.chars().any(|c| c.is_ascii_alphabetic()) {
        "The statement descriptor must contain at least one letter.".to_owned()
    } else {
        return Ok(());
    };
    Err(ApiError::invalid_param(param, wrong))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_statements_can_print() {
        for (text, fits) in [
            ("RUNCLUB", true),
            ("Rocket Rides 22 chars.", true),
            ("Rocket Rides 23 chars..", false),
            ("12345", false),
            ("A<B", false),
            ("A*B", false),
            ("Bäcker", false),
        ] {
            assert_eq!(check(text, "statement_descriptor").is_ok(), fits, "{text}");
        }
    }
}
