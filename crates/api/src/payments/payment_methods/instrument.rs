use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// What stands behind a payment method and is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Instrument {
    /// The payment method's.
    pub id: String,
    /// Its holder has shown that the account is theirs: by linking it, or by small deposits.
    pub verified: bool,
    /// It was detached, or used up, and can be used no more.
    pub spent: bool,
}

impl Resource for Instrument {
    const KIND: &'static str = "drawbridge.instrument";
    const NOUN: &'static str = "PaymentMethod";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [None, None, None, None]
    }
}
