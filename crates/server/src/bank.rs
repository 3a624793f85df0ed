//! The built-in test bank: its storage on our database, its clocks on our sandboxes, and its institutions in the directory.
//! The product reaches it over HTTP like any other bank.

use std::sync::Arc;

use api::connections::institutions::Institution;
use banks::{BankConnector, Fdx, FdxConfig, Ofx, OfxConfig, SimpleFin, SimpleFinConfig};
use kernel::{ApiResult, Core, Tenant};
use store::{Row, Tx, Value};
use testbank::{BoxFuture, InstitutionInfo, Protocol, Shelf, ShelfError, TestBank, WorldClock};

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
}

/// The test bank at its address.
#[must_use]
pub fn test_bank(core: &Arc<Core>, base_url: &str) -> TestBank {
    let config = testbank::Config { base_url: format!("{base_url}{PATH}"), secret: core.vault.derived("test bank") };
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
            // It is this very server, wherever its own address leads.
            policy: everywhere(),
            connector: connector(base_url, info, http),
        })
        .collect()
}

/// The way to talk to an institution of the test bank: by the protocol that it speaks.
fn connector(base_url: &str, info: &InstitutionInfo, http: &egress::Client) -> Arc<dyn BankConnector> {
    let address = format!("{base_url}{PATH}/{}", info.slug);
    match info.protocol {
        Protocol::Fdx => Arc::new(Fdx::new(FdxConfig::new(address), http.clone())),
        Protocol::Ofx => {
            let config = OfxConfig {
                org: Some(testbank::OFX_ORG.to_owned()),
                fid: Some(info.slug.to_owned()),
                ..OfxConfig::new(format!("{address}/ofx"))
            };
            Arc::new(Ofx::new(config, http.clone()))
        }
        Protocol::SimpleFin => Arc::new(SimpleFin::new(SimpleFinConfig::default(), http.clone())),
    }
}

fn everywhere() -> egress::Policy {
    let allowed_networks = ["0.0.0.0/0", "::/0"].into_iter().filter_map(|text| text.parse().ok()).collect();
    egress::Policy { allow_loopback: true, allowed_networks, require_https: false }
}

/// An institution's id is the same on every server and after every start.
fn institution_id(slug: &str) -> String {
    let hash = kernel::Vault::secret_hash(&format!("test bank institution {slug}"));
    let text: String = hash.iter().take(7).map(|byte| format!("{byte:02x}")).collect();
    format!("fcinst_{text}")
}
