//! The built-in test bank: its storage on our database, its clocks on our sandboxes, and its institutions in the directory.
//! The product reaches it over HTTP like any other bank.

use std::sync::Arc;

use api::connections::institutions::{Institution, Offered};
use banks::{BankConnector, Fdx, FdxConfig, Ofx, OfxConfig, SimpleFin, SimpleFinConfig};
use kernel::{ApiResult, Core, Tenant};
use store::{Row, Tx, Value};
use testbank::{BoxFuture, Change, Entry, Guard, Protocol, Shelf, ShelfError, TestBank, WorldClock};

use crate::test_ach;

/// The path below which the test bank answers.
pub const PATH: &str = "/testbank";

/// The test bank's keys and values in our database.
pub struct StoredShelf(pub Arc<Core>);

impl StoredShelf {
    async fn run(
        &self,
        sql: &'static str,
        name: &str,
        value: Option<Vec<u8>>,
        expires_at: Option<i64>,
    ) -> Result<u64, ShelfError> {
        let name = name.to_owned();
        self.0
            .store
            .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<u64>> {
                let (name, value) = (name.clone(), value.clone());
                Box::pin(async move {
                    let mut params = vec![Value::from(name)];
                    if let Some(value) = value {
                        params.extend([Value::from(value), Value::from(expires_at)]);
                    }
                    Ok(tx.execute(sql, &params).await?)
                })
            })
            .await
            .map_err(|error| ShelfError(format!("{error:?}")))
    }
}

impl Shelf for StoredShelf {
    fn get(&self, key: &str) -> BoxFuture<'_, Result<Option<Vec<u8>>, ShelfError>> {
        let key = key.to_owned();
        Box::pin(async move {
            let row = self
                .0
                .store
                .read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Option<Row>>> {
                    Box::pin(async move {
                        Ok(tx.query_opt("select value from bank_shelf where name = $1", &[Value::from(key)]).await?)
                    })
                })
                .await
                .map_err(|error| ShelfError(format!("{error:?}")))?;
            row.map(|row| row.blob(0).map(<[u8]>::to_vec)).transpose().map_err(|error| ShelfError(error.to_string()))
        })
    }

    fn put(&self, key: &str, value: Vec<u8>, expires_at: Option<i64>) -> BoxFuture<'_, Result<(), ShelfError>> {
        let key = key.to_owned();
        Box::pin(async move {
            let sql = "insert into bank_shelf (name, value, expires_at) values ($1, $2, $3) \
                       on conflict (name) do update set value = excluded.value, expires_at = excluded.expires_at";
            self.run(sql, &key, Some(value), expires_at).await.map(|_| ())
        })
    }

    fn put_new(&self, key: &str, value: Vec<u8>, expires_at: Option<i64>) -> BoxFuture<'_, Result<bool, ShelfError>> {
        let key = key.to_owned();
        Box::pin(async move {
            let sql = "insert into bank_shelf (name, value, expires_at) values ($1, $2, $3) on conflict (name) do nothing";
            self.run(sql, &key, Some(value), expires_at).await.map(|count| count == 1)
        })
    }

    fn delete(&self, key: &str) -> BoxFuture<'_, Result<(), ShelfError>> {
        let key = key.to_owned();
        Box::pin(async move { self.run("delete from bank_shelf where name = $1", &key, None, None).await.map(|_| ()) })
    }

    fn scan(&self, prefix: &str) -> BoxFuture<'_, Result<Vec<Entry>, ShelfError>> {
        let (from, to) = range(prefix);
        Box::pin(async move {
            let rows = self
                .0
                .store
                .read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Vec<Row>>> {
                    Box::pin(async move { Ok(tx.query(SCAN, &[Value::from(from), Value::from(to)]).await?) })
                })
                .await
                .map_err(|error| ShelfError(format!("{error:?}")))?;
            let pair = |row: &Row| Ok((row.text(0)?.to_owned(), row.blob(1)?.to_vec()));
            let pairs: Result<Vec<_>, store::StoreError> = rows.iter().map(pair).collect();
            pairs.map_err(|error| ShelfError(error.to_string()))
        })
    }

    fn commit(&self, guard: Guard, changes: Vec<Change>) -> BoxFuture<'_, Result<bool, ShelfError>> {
        let shared = Arc::new((guard, changes));
        Box::pin(async move {
            self.0
                .store
                .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<bool>> {
                    let shared = Arc::clone(&shared);
                    Box::pin(async move {
                        let (guard, changes) = &*shared;
                        if !pass(tx, guard).await? {
                            return Ok(false);
                        }
                        for (key, value) in changes {
                            apply(tx, key, value.as_ref()).await?;
                        }
                        Ok(true)
                    })
                })
                .await
                .map_err(|error| ShelfError(format!("{error:?}")))
        })
    }
}

/// What a range of keys holds, in the order of the keys.
pub(crate) const SCAN: &str = "select name, value from bank_shelf where name >= $1 and name < $2 order by name";

/// The range of the keys that begin with a prefix, which ends with a slash: keys sort by their bytes, and what follows a slash
/// is a zero.
pub(crate) fn range(prefix: &str) -> (String, String) {
    (prefix.to_owned(), format!("{}0", prefix.trim_end_matches('/')))
}

/// Writes a guard's new value over the expected one; false if there is another.
async fn pass(tx: &mut Tx, guard: &Guard) -> ApiResult<bool> {
    let (key, after) = (Value::from(guard.key.as_str()), Value::from(guard.after.clone()));
    let count = match &guard.before {
        Some(before) => {
            let sql = "update bank_shelf set value = $2 where name = $1 and value = $3";
            tx.execute(sql, &[key, after, Value::from(before.clone())]).await?
        }
        None => {
            let sql = "insert into bank_shelf (name, value, expires_at) values ($1, $2, null) on conflict (name) do nothing";
            tx.execute(sql, &[key, after]).await?
        }
    };
    Ok(count == 1)
}

async fn apply(tx: &mut Tx, key: &str, value: Option<&Vec<u8>>) -> ApiResult<()> {
    match value {
        Some(value) => {
            let sql = "insert into bank_shelf (name, value, expires_at) values ($1, $2, null) \
                       on conflict (name) do update set value = excluded.value, expires_at = null";
            tx.execute(sql, &[Value::from(key), Value::from(value.clone())]).await?;
        }
        None => {
            tx.execute("delete from bank_shelf where name = $1", &[Value::from(key)]).await?;
        }
    }
    Ok(())
}

/// The time in a sandbox; the bank's worlds are our tenants.
pub struct SandboxClock(pub Arc<Core>);

impl WorldClock for SandboxClock {
    fn now(&self, world: &str) -> BoxFuture<'_, i64> {
        let tenant = Tenant::from_key(world);
        Box::pin(async move {
            let Some(tenant) = tenant else { return self.0.clock.now() };
            let now = self.0.read(&tenant, |cx| Box::pin(async move { Ok(cx.now()) })).await;
            now.unwrap_or_else(|error| {
                tracing::error!(?error, "a sandbox's time could not be read");
                self.0.clock.now()
            })
        })
    }

    fn real_now(&self) -> i64 {
        self.0.clock.now()
    }

    /// The sandboxes of this server.
    fn knows(&self, world: &str) -> BoxFuture<'_, Result<bool, ShelfError>> {
        let account = Tenant::from_key(world).filter(|tenant| !tenant.livemode()).map(|tenant| tenant.account().to_owned());
        Box::pin(async move {
            let Some(account) = account else { return Ok(false) };
            let found = self
                .0
                .store
                .read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Option<Row>>> {
                    Box::pin(
                        async move { Ok(tx.query_opt("select id from accounts where id = $1", &[Value::from(account)]).await?) },
                    )
                })
                .await;
            found.map(|row| row.is_some()).map_err(|error| ShelfError(format!("{error:?}")))
        })
    }
}

/// The test bank at its address.
#[must_use]
pub fn test_bank(core: &Arc<Core>, base_url: &str) -> TestBank {
    let config = testbank::Config {
        base_url: format!("{base_url}{PATH}"),
        secret: core.vault.derived("test bank"),
        ach_key: test_ach::key(core),
    };
    TestBank::new(config, Arc::new(StoredShelf(Arc::clone(core))), Arc::new(SandboxClock(Arc::clone(core))))
}

/// The test bank's institutions, as the directory lists them: test mode only.
#[must_use]
pub fn institutions(base_url: &str, http: &egress::Client) -> Vec<Institution> {
    TestBank::institutions()
        .iter()
        .map(|info| Institution {
            id: institution_id(info.slug),
            name: info.name.to_owned(),
            url: Some(info.url.to_owned()),
            routing_numbers: vec![info.routing_number.to_owned()],
            featured: info.featured,
            livemode: false,
            offered: Offered::Always,
            // It is this very server, wherever its own address leads.
            policy: everywhere(),
            connector: connector(base_url, info.slug, info.protocol, None, http),
        })
        .collect()
}

/// The way to talk to an institution of the test bank: by the protocol that it speaks. `timeout_ms` limits one call; without
/// it, and for SimpleFIN, the protocol's usual limit holds.
pub(crate) fn connector(
    base_url: &str,
    slug: &str,
    protocol: Protocol,
    timeout_ms: Option<u64>,
    http: &egress::Client,
) -> Arc<dyn BankConnector> {
    let address = format!("{base_url}{PATH}/{slug}");
    match protocol {
        Protocol::Fdx => {
            let usual = FdxConfig::new(address);
            let config = FdxConfig { timeout_ms: timeout_ms.unwrap_or(usual.timeout_ms), ..usual };
            Arc::new(Fdx::new(config, http.clone()))
        }
        Protocol::Ofx => {
            let usual = OfxConfig::new(format!("{address}/ofx"));
            let (org, fid) = (Some(testbank::OFX_ORG.to_owned()), Some(slug.to_owned()));
            let config = OfxConfig { org, fid, timeout_ms: timeout_ms.unwrap_or(usual.timeout_ms), ..usual };
            Arc::new(Ofx::new(config, http.clone()))
        }
        Protocol::SimpleFin => {
            // What people paste must not lead the server anywhere else.
            // What a test states shows at once.
            let config = SimpleFinConfig { only: Some(format!("{address}/")), reuse_s: 0, ..SimpleFinConfig::default() };
            Arc::new(SimpleFin::new(config, http.clone()))
        }
    }
}

pub(crate) fn everywhere() -> egress::Policy {
    let allowed_networks = ["0.0.0.0/0", "::/0"].into_iter().filter_map(|text| text.parse().ok()).collect();
    egress::Policy { allow_loopback: true, allowed_networks, require_https: false }
}

/// An institution's id is the same on every server and after every start.
pub(crate) fn institution_id(slug: &str) -> String {
    let hash = kernel::Vault::secret_hash(&format!("test bank institution {slug}"));
    let text: String = hash.iter().take(7).map(|byte| format!("{byte:02x}")).collect();
    format!("fcinst_{text}")
}
