use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// A blocked bank account, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// `blk_…`
    pub id: String,
    /// `drawbridge.blocked_account`
    pub object: String,
    /// Unix seconds.
    pub created: i64,
    /// The fingerprint that all its payment methods show.
    pub fingerprint: String,
    pub livemode: bool,
    /// The return code, such as `R02`, if a return blocked it.
    pub network_code: Option<String>,
    pub reason: Option<String>,
}

impl Resource for Block {
    const KIND: &'static str = "drawbridge.blocked_account";
    const NOUN: &'static str = "blocked account";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [Some(self.fingerprint.clone()), None, None, None]
    }
}
