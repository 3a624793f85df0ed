use kernel::{ApiResult, Page};
use serde::Serialize;
use serde_json::json;

/// What an endpoint answers: the text of a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply(String);

impl Reply {
    /// A stored document, as it is.
    #[must_use]
    pub fn text(doc: String) -> Self {
        Reply(doc)
    }

    /// Anything that serialises.
    ///
    /// # Errors
    /// If it does not serialise.
    pub fn json<T: Serialize>(value: &T) -> ApiResult<Self> {
        Ok(Reply(serde_json::to_string(value)?))
    }

    /// `{id, object, deleted: true}`.
    #[must_use]
    pub fn deleted(id: &str, object: &str) -> Self {
        Reply(json!({ "id": id, "object": object, "deleted": true }).to_string())
    }

    /// A list of documents; `url` is the list's own address.
    #[must_use]
    pub fn list(url: &str, page: &Page) -> Self {
        Reply(list_text(url, &page.rows, page.has_more))
    }

    /// The text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

/// The text of a list object made of documents' texts.
#[must_use]
pub fn list_text(url: &str, docs: &[String], has_more: bool) -> String {
    let length: usize = docs.iter().map(|doc| doc.len() + 1).sum();
    let mut text = String::with_capacity(length + url.len() + 64);
    text.push_str(r#"{"object":"list","data":["#);
    for (index, doc) in docs.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(doc);
    }
    text.push_str(&format!(r#"],"has_more":{has_more},"url":{}}}"#, json!(url)));
    text
}
