use kernel::{ApiError, ApiResult, Page};
use serde::Serialize;
use serde_json::json;

use crate::download::Download;

/// What an endpoint answers: the text of a JSON document, or a refusal.
#[derive(Debug, Clone)]
pub struct Reply(Answer);

#[derive(Debug, Clone)]
enum Answer {
    Document(String),
    Refused(ApiError),
    File(Download),
}

impl Reply {
    /// A stored document, as it is.
    #[must_use]
    pub fn text(doc: String) -> Self {
        Reply(Answer::Document(doc))
    }

    /// Anything that serialises.
    ///
    /// # Errors
    /// If it does not serialise.
    pub fn json<T: Serialize>(value: &T) -> ApiResult<Self> {
        Ok(Reply(Answer::Document(serde_json::to_string(value)?)))
    }

    /// `{id, object, deleted: true}`.
    #[must_use]
    pub fn deleted(id: &str, object: &str) -> Self {
        Reply::text(json!({ "id": id, "object": object, "deleted": true }).to_string())
    }

    /// A list of documents; `url` is the list's own address.
    #[must_use]
    pub fn list(url: &str, page: &Page) -> Self {
        Reply::text(list_text(url, &page.rows, page.has_more))
    }

    /// A refusal that is itself an event to be kept, such as a declined payment: the caller gets the error, and what was
    /// written stays. Any other error is returned as `Err`, which undoes everything.
    #[must_use]
    pub fn refused(error: ApiError) -> Self {
        Reply(Answer::Refused(error))
    }

    /// A file; reads only.
    #[must_use]
    pub fn file(file: Download) -> Self {
        Reply(Answer::File(file))
    }

    /// The file, if it is one.
    ///
    /// # Errors
    /// The same reply, if it is none.
    pub(crate) fn into_file(self) -> Result<Download, Reply> {
        match self.0 {
            Answer::File(file) => Ok(file),
            other => Err(Reply(other)),
        }
    }

    /// The text.
    ///
    /// # Errors
    /// The refusal, if it is one.
    pub fn into_text(self) -> ApiResult<String> {
        match self.0 {
            Answer::Document(text) => Ok(text),
            Answer::Refused(error) => Err(error),
            Answer::File(_) => Err(ApiError::internal("a file was answered where a document is expected")),
        }
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
