use std::collections::BTreeMap;

use crate::Tenant;

/// What a key may do with one kind of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Nothing.
    None,
    /// Retrieve and list.
    Read,
    /// All of it.
    Write,
}

impl Right {
    /// Reads `none`, `read` or `write`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "none" => Some(Right::None),
            "read" => Some(Right::Read),
            "write" => Some(Right::Write),
            _ => None,
        }
    }

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Right::None => "none",
            Right::Read => "read",
            Right::Write => "write",
        }
    }
}

/// The rights of a restricted key, by resource; what is not named is none.
pub type Permissions = BTreeMap<String, Right>;

/// The kind of key a request came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// `sk_`: everything.
    Secret,
    /// `rk_`: what it was given.
    Restricted(Permissions),
    /// `pk_`: only what an object's client secret opens.
    Publishable,
    /// `ek_`: the payment methods of this customer, for an hour.
    Ephemeral(String),
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Whose data.
    pub tenant: Tenant,
    /// The key's id, for the request log.
    pub key_id: String,
    /// What it may do.
    pub access: Access,
}
