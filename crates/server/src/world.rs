//! Worlds that tests state: the endpoints below `/drawbridge/v1/testbank`, and the institutions stated there in the
//! directory of the sandbox that stated them. A sandbox is a world; its key is the world's name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use api::Reply;
use api::connections::institutions::{Institution, Source};
use api::extension::{Asked, Extension};
use kernel::{ApiError, ApiResult, BoxFuture, Tenant};
use serde_json::{Value, json};
use store::StoreError;
use testbank::{Command, ControlError, ShelfError, Stated, TestBank};

use crate::bank;

/// Where the endpoints lie.
const PREFIX: &str = "/drawbridge/v1/testbank";
/// The field that names an institution as the product knows it.
const KNOWN_AS: &str = "financial_connections_institution";
/// Sandboxes whose institutions are kept at once.
const KEPT_MAX: usize = 1_000;

/// What answers the endpoints.
pub struct TestWorlds(pub TestBank);

impl Extension for TestWorlds {
    fn answer(&self, tenant: Tenant, asked: Asked) -> BoxFuture<'_, ApiResult<Reply>> {
        Box::pin(async move {
            let Asked { method, path, ids, params } = asked;
            let below = path.strip_prefix(PREFIX).unwrap_or(path);
            let command = Command { method, path: below, ids: &ids, params };
            let mut answer = self.0.control(tenant.key(), command).await.map_err(|error| refusal(error, method, path))?;
            if below.starts_with("/institutions") {
                name_all(&mut answer);
            }
            Reply::json(&answer)
        })
    }
}

/// Adds to institutions, alone or in a list, what the product calls them.
fn name_all(answer: &mut Value) {
    if let Some(list) = answer["data"].as_array_mut() {
        list.iter_mut().for_each(name_all);
    } else if let Some(slug) = answer["id"].as_str() {
        let id = bank::institution_id(slug);
        answer[KNOWN_AS] = json!(id);
    }
}

fn refusal(error: ControlError, method: &str, path: &str) -> ApiError {
    match error {
        ControlError::Invalid(error) => error.into(),
        ControlError::Missing { what, id } => ApiError::missing(what, &id, "id"),
        ControlError::NoSuch { what, id, param } => ApiError::missing(what, &id, &param).as_bad_request(),
        ControlError::Unknown => ApiError::unknown_url(method, path),
        ControlError::Busy => StoreError::LockTimeout.into(),
        ControlError::Storage(ShelfError(text)) => ApiError::internal(text),
    }
}

/// The institutions that sandboxes stated, with their connectors.
pub struct StatedBanks {
    bank: TestBank,
    base_url: String,
    http: egress::Client,
    kept: Mutex<HashMap<String, Kept>>,
}

/// A sandbox's institutions as they were last.
#[derive(Clone, Default)]
struct Kept {
    stated: Vec<Stated>,
    banks: Arc<Vec<Institution>>,
}

impl StatedBanks {
    /// Those of the test bank at this server's address.
    #[must_use]
    pub fn new(bank: TestBank, base_url: &str, http: egress::Client) -> Self {
        StatedBanks { bank, base_url: base_url.to_owned(), http, kept: Mutex::default() }
    }

    async fn read(&self, tenant: &Tenant) -> ApiResult<Arc<Vec<Institution>>> {
        if tenant.livemode() {
            return Ok(Arc::default());
        }
        let stated = self.bank.stated_institutions(tenant.key()).await.map_err(|error| ApiError::internal(error.0))?;
        if stated.is_empty() {
            return Ok(Arc::default());
        }
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.get(tenant.key()).cloned().unwrap_or_default();
        if before.stated == stated {
            return Ok(before.banks);
        }
        // A connector lives as long as its institution behaves the same: what it learned of an outage is not true any more
        // after a change.
        let banks = stated.iter().filter_map(|one| match before.stated.contains(one) {
            true => before.banks.iter().find(|bank| bank.id == bank::institution_id(&one.slug)).cloned(),
            false => Some(self.institution(one)),
        });
        let banks = Arc::new(banks.collect::<Vec<_>>());
        if all.len() >= KEPT_MAX {
            all.clear();
        }
        all.insert(tenant.key().to_owned(), Kept { stated, banks: Arc::clone(&banks) });
        Ok(banks)
    }

    fn institution(&self, stated: &Stated) -> Institution {
        Institution {
            id: bank::institution_id(&stated.slug),
            name: stated.name.clone(),
            url: stated.url.clone(),
            featured: stated.featured,
            livemode: false,
            // It is this very server, as for the built-in ones.
            policy: bank::everywhere(),
            connector: bank::connector(&self.base_url, &stated.slug, stated.protocol, Some(stated.timeout_ms), &self.http),
        }
    }
}

impl Source for StatedBanks {
    fn institutions<'a>(&'a self, tenant: &'a Tenant) -> BoxFuture<'a, ApiResult<Arc<Vec<Institution>>>> {
        Box::pin(self.read(tenant))
    }
}
