use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// The purpose of files that speak for a payment in a dispute.
pub const DISPUTE_EVIDENCE: &str = "dispute_evidence";

/// A file, as stored; shown with its newest links beside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// `file_…`
    pub id: String,
    /// `file`
    pub object: String,
    /// Unix seconds.
    pub created: i64,
    /// Unix seconds; none for what stays.
    pub expires_at: Option<i64>,
    pub filename: Option<String>,
    pub purpose: String,
    /// Bytes.
    pub size: i64,
    pub title: Option<String>,
    /// Such as `pdf`: what it was found to be, or how its name ends.
    pub r#type: Option<String>,
    /// Where its content is, for secret keys.
    pub url: Option<String>,
}

impl Resource for File {
    const KIND: &'static str = "file";
    const NOUN: &'static str = "file";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [Some(self.purpose.clone()), None, None, None]
    }
}
