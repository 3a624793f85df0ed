//! Worlds that tests state: the endpoints below `/drawbridge/v1/testbank`, and the institutions stated there in the
//! directory of the sandbox that stated them. A sandbox is a world; its key is the world's name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::Reply;
use api::connections::institutions::{Institution, Offered, Source};
use api::extension::{Asked, Extension};
use kernel::{ApiError, ApiResult, BoxFuture, Cx, Tenant};
use serde_json::{Value as Json, json};
use store::{Row, StoreError, Value};
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
fn name_all(answer: &mut Json) {
    if let Some(list) = answer.get_mut("data").and_then(Json::as_array_mut) {
        list.iter_mut().for_each(name_all);
    } else if let Some(id) = answer.get("id").and_then(Json::as_str).map(bank::institution_id) {
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

/// The institutions that sandboxes stated, with their connectors. They are read from the bank's shelf by whoever looks for a
/// bank, within the same transaction.
pub struct StatedBanks {
    base_url: String,
    http: egress::Client,
    kept: Mutex<HashMap<String, Kept>>,
}

/// A sandbox's institutions as they were last.
#[derive(Clone, Default)]
struct Kept {
    revision: Vec<u8>,
    stated: Vec<Stated>,
    banks: Arc<Vec<Institution>>,
}

impl StatedBanks {
    /// Those of the test bank at this server's address.
    #[must_use]
    pub fn new(base_url: &str, http: egress::Client) -> Self {
        StatedBanks { base_url: base_url.to_owned(), http, kept: Mutex::default() }
    }

    async fn read(&self, cx: &mut Cx<'_>) -> ApiResult<Arc<Vec<Institution>>> {
        if cx.tenant.livemode() {
            return Ok(Arc::default());
        }
        let world = cx.tenant.key().to_owned();
        let revision = Stated::revision_key(&world);
        let found = cx.tx.query_opt("select value from bank_shelf where name = $1", &[Value::from(revision)]).await?;
        let Some(found) = found else { return Ok(Arc::default()) };
        let revision = found.blob(0)?.to_vec();
        let before = self.kept().get(&world).cloned().unwrap_or_default();
        if before.revision == revision {
            return Ok(before.banks);
        }
        let stated = stated(cx, &world).await?;
        // A connector lives as long as its institution behaves the same: what it learned of an outage is not true any more
        // after a change.
        let banks = stated.iter().map(|one| match before.stated.contains(one) {
            true => before.banks.iter().find(|bank| bank.id == bank::institution_id(&one.slug)).cloned(),
            false => None,
        });
        let banks: Vec<Institution> =
            banks.zip(&stated).map(|(known, one)| known.unwrap_or_else(|| self.institution(one))).collect();
        let banks = Arc::new(banks);
        let mut all = self.kept();
        if all.len() >= KEPT_MAX {
            all.clear();
        }
        all.insert(world, Kept { revision, stated, banks: Arc::clone(&banks) });
        Ok(banks)
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn institution(&self, stated: &Stated) -> Institution {
        Institution {
            id: bank::institution_id(&stated.slug),
            name: stated.name.clone(),
            url: stated.url.clone(),
            routing_numbers: routing_numbers(stated),
            featured: stated.featured,
            livemode: false,
            offered: Offered::Always,
            // It is this very server, as for the built-in ones.
            policy: bank::everywhere(),
            connector: bank::connector(&self.base_url, &stated.slug, stated.protocol, Some(stated.timeout_ms), &self.http),
        }
    }
}

/// Those of a built-in institution; at a stated one each account has its own.
fn routing_numbers(stated: &Stated) -> Vec<String> {
    let built_in = TestBank::institutions().iter().filter(|info| info.slug == stated.slug);
    built_in.map(|info| info.routing_number.to_owned()).collect()
}

/// The institutions of a world, newest first.
async fn stated(cx: &mut Cx<'_>, world: &str) -> ApiResult<Vec<Stated>> {
    let (from, to) = bank::range(&Stated::keys_prefix(world));
    let rows = cx.tx.query(bank::SCAN, &[Value::from(from), Value::from(to)]).await?;
    let read = |row: &Row| Stated::read(row.text(0)?, row.blob(1)?).map_err(|error| ApiError::internal(error.0));
    rows.iter().rev().map(read).collect()
}

impl Source for StatedBanks {
    fn institutions<'a>(&'a self, cx: &'a mut Cx<'_>) -> BoxFuture<'a, ApiResult<Arc<Vec<Institution>>>> {
        Box::pin(self.read(cx))
    }
}
