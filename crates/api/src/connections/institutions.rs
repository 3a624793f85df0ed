//! The banks that can be linked. The server fills the directory; nothing here knows what kind of bank one is.

use std::sync::Arc;

use banks::BankConnector;
use url::Url;

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
        let own = self.0.iter().filter(|one| one.livemode == livemode);
        if query.is_empty() {
            return own.filter(|one| one.featured).take(RESULTS_MAX).collect();
        }
        let words: Vec<&str> = query.split_whitespace().collect();
        let mut found: Vec<(bool, &Institution)> = own
            .filter_map(|one| {
                let name = one.name.to_lowercase();
                let host = one.host().unwrap_or_default();
                let all = words.iter().all(|word| name.contains(word) || host.contains(word));
                all.then(|| (!name.starts_with(&query), one))
            })
            .collect();
        found.sort_by_key(|(later, _)| *later);
        found.into_iter().map(|(_, one)| one).take(RESULTS_MAX).collect()
    }
}
