//! The banks that can be linked, and `/v1/financial_connections/institutions`. The server fills the directory; nothing here
//! knows what kind of bank one is.

mod object;
mod ops;
mod params;

use std::sync::Arc;

use banks::BankConnector;
use kernel::{ApiResult, BoxFuture, Cx};
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

/// Banks that only one tenant has. The server gives it; nothing here knows where they come from.
pub trait Source: Send + Sync {
    /// The banks of the tenant of `cx`, in the order in which they are shown. One with the id of a common bank takes its
    /// place. Asked whenever a bank is looked for, also within transactions: what seldom changes is better kept, and
    /// nothing but the database may be waited for.
    fn institutions<'a>(&'a self, cx: &'a mut Cx<'_>) -> BoxFuture<'a, ApiResult<Arc<Vec<Institution>>>>;
}

/// All banks, in the order in which they are shown.
#[derive(Clone, Default)]
pub struct Directory {
    banks: Arc<Vec<Institution>>,
    source: Option<Arc<dyn Source>>,
}

impl Directory {
    /// A directory of these banks.
    #[must_use]
    pub fn new(institutions: Vec<Institution>) -> Self {
        Directory { banks: Arc::new(institutions), source: None }
    }

    /// The same directory, in which tenants have banks of their own.
    #[must_use]
    pub fn with_source(self, source: Arc<dyn Source>) -> Self {
        Directory { source: Some(source), ..self }
    }

    /// What the tenant of `cx` sees: the common banks and its own. Outside of transactions there is [`App::banks`].
    ///
    /// # Errors
    /// If the tenant's own banks cannot be read.
    ///
    /// [`App::banks`]: crate::App::banks
    pub async fn within(&self, cx: &mut Cx<'_>) -> ApiResult<Directory> {
        let Some(source) = &self.source else { return Ok(self.clone()) };
        let own = source.institutions(cx).await?;
        if own.is_empty() {
            return Ok(Directory { banks: Arc::clone(&self.banks), source: None });
        }
        let replaced = |id: &str| own.iter().find(|one| one.id == id);
        let new = own.iter().filter(|one| self.banks.iter().all(|common| common.id != one.id));
        let common = self.banks.iter().map(|one| replaced(&one.id).unwrap_or(one));
        Ok(Directory { banks: Arc::new(new.chain(common).cloned().collect()), source: None })
    }

    /// A bank of this mode.
    #[must_use]
    pub fn get(&self, id: &str, livemode: bool) -> Option<&Institution> {
        self.banks.iter().find(|one| one.id == id && one.livemode == livemode)
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
        self.banks.iter().filter(move |one| one.livemode == livemode)
    }
}
