use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// A link to a file, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLink {
    /// `link_…`
    pub id: String,
    /// `file_link`
    pub object: String,
    /// Unix seconds.
    pub created: i64,
    /// Its time is over: it opens nothing any more.
    pub expired: bool,
    /// Unix seconds; none for a link that stays.
    pub expires_at: Option<i64>,
    pub file: String,
    pub livemode: bool,
    pub metadata: Metadata,
    /// Where the file is fetched. Whoever has it needs no key.
    pub url: Option<String>,
}

impl Resource for FileLink {
    const KIND: &'static str = "file_link";
    const NOUN: &'static str = "file link";

    fn id(&self) -> &str {
        &self.id
    }

    /// The file, and whether it has expired.
    fn columns(&self) -> Columns {
        [Some(self.file.clone()), Some(self.expired.to_string()), None, None]
    }
}
