use std::fmt;

/// Whose data: an account in one mode. Every query starts from one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tenant {
    key: String,
    account_bytes: usize,
}

impl Tenant {
    /// The tenant of an account id (`acct_…`) in live or test mode.
    #[must_use]
    pub fn new(account: &str, livemode: bool) -> Self {
        let mode = if livemode { "live" } else { "test" };
        Tenant { key: format!("{account}:{mode}"), account_bytes: account.len() }
    }

    /// Reads what [`Tenant::key`] wrote.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        let (account, mode) = key.split_once(':')?;
        match mode {
            "live" | "test" => Some(Tenant { key: key.to_owned(), account_bytes: account.len() }),
            _ => None,
        }
    }

    /// The value of the `tenant` column.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The account id.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.key[..self.account_bytes]
    }

    /// True for live data.
    #[must_use]
    pub fn livemode(&self) -> bool {
        self.key.ends_with(":live")
    }

    /// The same account in the other mode.
    #[must_use]
    pub fn other_mode(&self) -> Tenant {
        Tenant::new(self.account(), !self.livemode())
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)
    }
}
