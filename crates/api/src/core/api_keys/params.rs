use form::{Metadata, ParamEnum, Params};

/// `POST /drawbridge/v1/api_keys`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    /// Which kind of key.
    pub r#type: KeyType,
    /// A name for people.
    #[params(max = 100)]
    pub name: Option<String>,
    /// For restricted keys: `permissions[customers]=read`; what is not named is none.
    pub permissions: Metadata,
    /// Unix seconds of real time.
    pub expires_at: Option<i64>,
}

/// The kinds of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum KeyType {
    Secret,
    Restricted,
    Publishable,
}
