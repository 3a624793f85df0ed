//! The banks that can be linked, and `/v1/financial_connections/institutions`. The server fills the directory; nothing here
//! knows what kind of bank one is.

mod object;
mod ops;
mod params;

use std::sync::Arc;

use banks::BankConnector;
use url::Url;

pub(crate) use ops::document;
pub use ops::{find, list, retrieve};

/// Search results shown at once.
const RESULTS_MAX: usize = 20;

/// A bank and the way to talk to it.
#[derive(Clone)]
pub struct Institution {
    /// `fcinst_…`
    pub id: String,
    /// As people know it.
    pub name: String,
    /// Its website.
    pub url: Option<String>,
    /// ABA routing numbers of its accounts, as far as they are known.
    pub routing_numbers: Vec<String>,
    /// Shown before anything is typed.
    pub featured: bool,
    /// Offered in live mode, or in test mode.
    pub livemode: bool,
    /// What calls to it may reach: it is the operator who names it, not a tenant.
    pub policy: egress::Policy,
    /// The way to talk to it.
    pub connector: Arc<dyn BankConnector>,
}

impl Institution {
    /// The host of its website.
    #[must_use]
    pub fn host(&self) -> Option<String> {
        let text = self.url.as_deref()?;
        // Banks are often listed by their host alone.
        let url = Url::parse(text).or_else(|_| Url::parse(&format!("https://{text}"))).ok()?;
        url.host_str().map(|host| host.trim_start_matches("www.").to_owned())
    }

    /// Whether its name or host has every word; the words are lowercase.
    fn has(&self, words: &[&str]) -> bool {
        let (name, host) = (self.name.to_lowercase(), self.host().unwrap_or_default());
        words.iter().all(|word| name.contains(word) || host.contains(word))
    }
}

/// All banks, in the order in which they are shown.
#[derive(Clone, Default)]
pub struct Directory(Arc<Vec<Institution>>);

impl Directory {
    /// A directory of these banks.
    #[must_use]
    pub fn new(institutions: Vec<Institution>) -> Self {
        Directory(Arc::new(institutions))
    }

    /// A bank of this mode.
    #[must_use]
    pub fn get(&self, id: &str, livemode: bool) -> Option<&Institution> {
        self.0.iter().find(|one| one.id == id && one.livemode == livemode)
    }

    /// The banks to show for what was typed: the featured ones for nothing, else those whose name or host has every word,
    /// names that begin with it first.
    #[must_use]
    pub fn search(&self, query: &str, livemode: bool) -> Vec<&Institution> {
        let query = query.trim().to_lowercase();
        let own = self.all(livemode);
        if query.is_empty() {
            return own.filter(|one| one.featured).take(RESULTS_MAX).collect();
        }
        let words: Vec<&str> = query.split_whitespace().collect();
        let mut found: Vec<&Institution> = own.filter(|one| one.has(&words)).collect();
        found.sort_by_key(|one| !one.name.to_lowercase().starts_with(&query));
        found.truncate(RESULTS_MAX);
        found
    }

    /// The banks of this mode, in the order in which they are shown.
    pub fn all(&self, livemode: bool) -> impl Iterator<Item = &Institution> {
        self.0.iter().filter(move |one| one.livemode == livemode)
    }
}
