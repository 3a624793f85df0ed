use serde_json::{Value, json};

use super::ControlError;

/// Things in a list if the caller does not say.
const USUAL: usize = 10;

/// A page of what is shown newest first; `ids` are in that order.
pub struct Page {
    /// The places of what is on the page.
    pub places: std::ops::Range<usize>,
    has_more: bool,
}

/// How many things a page has.
pub fn limit(asked: Option<i64>) -> usize {
    asked.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(USUAL)
}

/// Cuts a page that comes after an identifier.
pub fn cut(ids: &[&str], what: &'static str, limit: Option<i64>, after: Option<String>) -> Result<Page, ControlError> {
    let limit = self::limit(limit);
    let start = match after {
        None => 0,
        Some(id) => match ids.iter().position(|own| *own == id) {
            Some(at) => at + 1,
            None => return Err(ControlError::NoSuch { what, id, param: "starting_after".to_owned() }),
        },
    };
    let end = start.saturating_add(limit).min(ids.len());
    Ok(Page { places: start..end, has_more: end < ids.len() })
}

impl Page {
    /// The list's object.
    pub fn answer(&self, url: &str, data: Vec<Value>) -> Value {
        answer(url, data, self.has_more)
    }
}

/// A list's object.
pub fn answer(url: &str, data: Vec<Value>, has_more: bool) -> Value {
    json!({"object": "list", "data": data, "has_more": has_more, "url": format!("/drawbridge/v1/testbank{url}")})
}
