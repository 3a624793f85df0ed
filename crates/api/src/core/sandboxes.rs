//! Sandboxes: private worlds of test data. On a loopback server any unknown test key opens one of its own.

use std::sync::Arc;

use kernel::{Access, ApiResult, Caller, Core, Tenant, Vault};
use store::{Tx, Value};

use super::account;
use crate::App;

/// Least length of the part after `sk_test_` that opens a sandbox.
const REST_MIN: usize = 16;

/// The keys of an account in one mode, in plain. Shown once, when they are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPair {
    /// The account.
    pub account: String,
    /// `sk_…`
    pub secret_key: String,
    /// `pk_…`
    pub publishable_key: String,
}

/// Whether the rest of an unknown test key opens a sandbox.
#[must_use]
pub(crate) fn opens(rest: &str) -> bool {
    rest.len() >= REST_MIN && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Opens the sandbox of an unknown test key. Two nodes that do so at once open the same one.
///
/// # Errors
/// Those of the database.
pub(crate) async fn open(app: &App, rest: &str) -> ApiResult<Caller> {
    let account = account_of(rest);
    let pair =
        KeyPair { account: account.clone(), secret_key: format!("sk_test_{rest}"), publishable_key: format!("pk_test_{rest}") };
    create(&app.core, pair, "Sandbox", false, false).await?;
    let key_id = key_id(&format!("sk_test_{rest}"));
    Ok(Caller { tenant: Tenant::new(&account, false), key_id, access: Access::Secret })
}

/// A new account with fresh keys for one mode. `keep` seals a test key so that it can be shown again.
///
/// # Errors
/// Those of the database.
pub async fn create_account(core: &Arc<Core>, name: &str, livemode: bool, keep: bool) -> ApiResult<KeyPair> {
    let account = core.ids().id("acct_", 16, core.clock.now_us());
    add_keys(core, &account, name, livemode, keep).await
}

/// Fresh keys of one mode for an account, which is made if it does not exist.
///
/// # Errors
/// Those of the database.
pub async fn add_keys(core: &Arc<Core>, account: &str, name: &str, livemode: bool, keep: bool) -> ApiResult<KeyPair> {
    let mode = if livemode { "live" } else { "test" };
    let rest = core.ids().secret("", 32);
    let pair = KeyPair {
        account: account.to_owned(),
        secret_key: format!("sk_{mode}_{rest}"),
        publishable_key: format!("pk_{mode}_{}", core.ids().secret("", 32)),
    };
    create(core, pair.clone(), name, livemode, keep && !livemode).await?;
    Ok(pair)
}

async fn create(core: &Arc<Core>, pair: KeyPair, name: &str, livemode: bool, keep: bool) -> ApiResult<()> {
    let tenant = Tenant::new(&pair.account, livemode);
    let shared = Arc::new((pair, name.to_owned()));
    core.write(&tenant, move |cx| {
        let shared = Arc::clone(&shared);
        Box::pin(async move {
            let (pair, name) = &*shared;
            account::ensure(cx, name).await?;
            if cx.tenant.livemode() {
                let sql = "insert into server_settings (name, value) values ('live', 'true') on conflict (name) do nothing";
                cx.tx.execute(sql, &[]).await?;
            }
            for (kind, key) in [("secret", &pair.secret_key), ("publishable", &pair.publishable_key)] {
                let sealed = keep.then(|| cx.core.vault.seal(&cx.tenant, &format!("key/{kind}"), key.as_bytes()));
                let sql = "insert into api_keys (hash, id, tenant, kind, name, last4, permissions, created, expires_at, sealed) \
                           values ($2, $3, $1, $4, null, $5, null, $6, null, $7) on conflict (hash) do nothing";
                let params = [
                    Value::from(Vault::secret_hash(key)),
                    Value::from(key_id(key)),
                    Value::from(kind),
                    Value::from(&key[key.len() - 4..]),
                    Value::from(cx.real_now()),
                    Value::from(sealed),
                ];
                cx.run(sql, &params).await?;
            }
            Ok(())
        })
    })
    .await
}

/// The kept keys of the oldest account that has any: the local sandbox.
///
/// # Errors
/// Those of the database; keys that another vault key sealed.
pub async fn kept_keys(core: &Arc<Core>) -> ApiResult<Option<KeyPair>> {
    let rows = core
        .store
        .read(|tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Vec<store::Row>>> {
            Box::pin(async move {
                // Before any tenant is known: the one account whose keys this server shows to its own owner.
                let sql = "select tenant, kind, sealed from api_keys where sealed is not null order by created, tenant, kind";
                Ok(tx.query(sql, &[]).await?)
            })
        })
        .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let key = first.text(0)?.to_owned();
    let Some(tenant) = Tenant::from_key(&key) else { return Ok(None) };
    let mut pair = KeyPair { account: tenant.account().to_owned(), secret_key: String::new(), publishable_key: String::new() };
    for row in rows.iter().filter(|row| row.text(0).is_ok_and(|text| text == key)) {
        let kind = row.text(1)?;
        let plain = core
            .vault
            .open(&tenant, &format!("key/{kind}"), row.blob(2)?)
            .map_err(|error| kernel::ApiError::internal(error.to_string()))?;
        let plain = String::from_utf8_lossy(&plain).into_owned();
        match kind {
            "secret" => pair.secret_key = plain,
            _ => pair.publishable_key = plain,
        }
    }
    Ok(Some(pair))
}

/// Whether any live account exists: then unknown keys open nothing.
///
/// # Errors
/// Those of the database.
pub async fn has_live_accounts(core: &Arc<Core>) -> ApiResult<bool> {
    core.store
        .read(|tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<bool>> {
            Box::pin(async move { Ok(tx.query_opt("select 1 from server_settings where name = 'live'", &[]).await?.is_some()) })
        })
        .await
}

/// The public id of a key: it names the key in the log and tells nothing about it.
pub(crate) fn key_id(key: &str) -> String {
    let hash = Vault::secret_hash(&format!("id of {key}"));
    let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("key_{hex}")
}

fn account_of(rest: &str) -> String {
    let hash = Vault::secret_hash(&format!("account of {rest}"));
    let hex: String = hash.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    format!("acct_{}", &hex[..16])
}
