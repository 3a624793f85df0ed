//! Puts a server together and lets it run.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::connections::institutions::Directory;
use api::core::{retention, sandboxes};
use api::payments::surroundings::{Modes, Plain};
use api::{App, Settings};
use kernel::{Clock, Core, Entropy, SystemClock, SystemEntropy, Tenant, Vault};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use store::{Engine, Store, Tx, Value};
use tokio::net::TcpListener;

use crate::config::Config;
use crate::http::{self, Shell};
use crate::mail::Smtp;
use crate::test_ach::SandboxAch;
use crate::test_values::TestValues;
use crate::{bank, directory, fees, live_ach, secrets, world};

/// How often what is too old is swept.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);
/// How often samples of `/metrics` are put together, so that they do not pile up when nobody asks for them.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
/// The name of the sandbox that a new server begins with.
const FIRST_BUSINESS: &str = "Rocket Rides";

/// Why a server did not start, as its owner can act on it.
#[derive(Debug)]
pub struct StartError(pub String);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

/// A server that is ready to answer.
pub struct Running {
    /// The product.
    pub app: App,
    /// What answers.
    pub shell: Shell,
    /// The bound socket.
    pub listener: TcpListener,
    /// Where it is reached.
    pub base_url: String,
    /// The keys of the local sandbox, if this server keeps one.
    pub keys: Option<sandboxes::KeyPair>,
    metrics: Option<PrometheusHandle>,
}

/// What tests put in place of the machine's.
pub struct Surroundings {
    /// Real time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Surroundings { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) }
    }
}

/// Opens the database and the vault.
///
/// # Errors
/// [`StartError`] with what is wrong and where.
pub async fn open_core(config: &Config, around: &Surroundings) -> Result<Arc<Core>, StartError> {
    let key = secrets::master_key(config, around.entropy.as_ref()).map_err(StartError)?;
    let store =
        Store::open(&config.store()).await.map_err(|error| StartError(format!("the database cannot be opened: {error}")))?;
    let vault = Arc::new(Vault::new(&key, Arc::clone(&around.entropy)));
    let core = Arc::new(Core::new(store, Arc::clone(&around.clock), Arc::clone(&around.entropy), vault));
    check_vault(&core).await?;
    Ok(core)
}

/// A database that was sealed with another key is refused before anything goes wrong with it.
async fn check_vault(core: &Arc<Core>) -> Result<(), StartError> {
    let own = |error: kernel::ApiError| StartError(format!("the database cannot be used: {error:?}"));
    let proof: String = core.vault.derived("proof of the vault key").iter().map(|byte| format!("{byte:02x}")).collect();
    let found = match vault_proof(core).await.map_err(own)? {
        Some(found) => Some(found),
        None => {
            keep_vault_proof(core, proof.clone()).await.map_err(own)?;
            // Of several nodes that start at once, the first one's key counts.
            vault_proof(core).await.map_err(own)?
        }
    };
    if found.as_deref() == Some(proof.as_str()) {
        return Ok(());
    }
    let message = "this database was sealed with another vault key; give the right one with DRAWBRIDGE_VAULT_KEY, or the data directory it came from";
    Err(StartError(message.to_owned()))
}

async fn vault_proof(core: &Arc<Core>) -> kernel::ApiResult<Option<String>> {
    core.store
        .read(|tx: &mut Tx| -> store::BoxFuture<'_, kernel::ApiResult<Option<String>>> {
            Box::pin(async move {
                let row = tx.query_opt("select value from server_settings where name = 'vault_proof'", &[]).await?;
                Ok(row.map(|mut row| row.take_text(0)).transpose()?)
            })
        })
        .await
}

async fn keep_vault_proof(core: &Arc<Core>, proof: String) -> kernel::ApiResult<()> {
    core.store
        .write(move |tx: &mut Tx| -> store::BoxFuture<'_, kernel::ApiResult<()>> {
            let proof = proof.clone();
            Box::pin(async move {
                let sql = "insert into server_settings (name, value) values ('vault_proof', $1) on conflict (name) do nothing";
                tx.execute(sql, &[Value::from(proof)]).await?;
                Ok(())
            })
        })
        .await
}

/// Opens everything and binds the address; nothing is answered yet.
///
/// # Errors
/// [`StartError`] with what is wrong and where.
pub async fn start(config: &Config, around: Surroundings, metrics: Option<PrometheusHandle>) -> Result<Running, StartError> {
    let own = |error: kernel::ApiError| StartError(format!("the database cannot be used: {error:?}"));
    let core = open_core(config, &around).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| StartError(format!("cannot listen on {}: {error}", config.listen)))?;
    let address = listener.local_addr().map_err(|error| StartError(error.to_string()))?;
    let base_url = base_url(config, address);
    // Behind a public address a loopback socket is a proxy's back end, and anybody may be in front of it.
    let loopback = address.ip().is_loopback() && config.public_url.as_deref().is_none_or(is_loopback_url);
    let live = sandboxes::has_live_accounts(&core).await.map_err(own)?;
    let keys = local_sandbox(&core, live).await?;
    let egress = egress::Client::new(egress::Limits::default()).map_err(|error| StartError(error.to_string()))?;
    let mut institutions = bank::institutions(&base_url, &egress);
    if let Some(file) = &config.institutions {
        institutions.extend(directory::read(file, &egress).map_err(StartError)?);
    }
    institutions.extend(directory::statement_file());
    let test_bank = bank::test_bank(&core, &base_url);
    let stated = world::StatedBanks::new(&base_url, egress.clone());
    let directory = Directory::new(institutions).with_source(Arc::new(stated));
    let fees = match &config.fees {
        Some(file) => fees::read(file).map_err(StartError)?,
        None => ledger::Fees::default(),
    };
    let settings =
        Settings { base_url: base_url.clone(), open_sandboxes: loopback && !live && !config.no_open_sandboxes, loopback, fees };
    let open_sandboxes = settings.open_sandboxes;
    let payments = Modes { live: Arc::new(Plain), test: Arc::new(TestValues) };
    let own_banks = match &config.ach {
        Some(file) => live_ach::read(file, &core.entropy).map_err(StartError)?,
        None => live_ach::LiveAch::default(),
    };
    let originators = SandboxAch::new(&core, &base_url, egress.clone(), Arc::new(own_banks));
    let app = App::new(Arc::clone(&core), settings, directory, egress, payments, Arc::new(originators));
    app.extend(Arc::new(world::TestWorlds(test_bank.clone())));
    if let (Some(url), Some(from)) = (&config.smtp, &config.mail_from) {
        app.send_mail_by(Arc::new(Smtp::new(url, from).map_err(StartError)?));
    }
    if core.store.engine() == Engine::Sqlite {
        app.runner().take_over().await.map_err(own)?;
    }
    let sandbox = match &keys {
        Some(pair) if loopback => Some(start_keys(&core, pair).await?),
        _ => None,
    };
    let settings =
        pages::Settings { base_url: base_url.clone(), sandbox, open_sandboxes, version: env!("CARGO_PKG_VERSION").into() };
    let person = pages::person_router(app.clone(), &settings);
    let verify = pages::verify_router(app.clone(), &settings);
    let pages = pages::router(app.clone(), settings).merge(person).merge(verify);
    let shell = Shell::new(app.clone(), pages, Some(test_bank.router()), metrics.clone());
    Ok(Running { app, shell, listener, base_url, keys, metrics })
}

fn is_loopback_url(url: &str) -> bool {
    let authority = url.split("://").nth(1).unwrap_or("").split('/').next().unwrap_or("");
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host).trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn base_url(config: &Config, address: SocketAddr) -> String {
    match &config.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None if address.ip().is_unspecified() => format!("http://localhost:{}", address.port()),
        None => format!("http://{address}"),
    }
}

/// The sandbox that a new server begins with; a server with live accounts makes none.
async fn local_sandbox(core: &Arc<Core>, live: bool) -> Result<Option<sandboxes::KeyPair>, StartError> {
    let own = |error: kernel::ApiError| StartError(format!("the database cannot be used: {error:?}"));
    match sandboxes::kept_keys(core).await.map_err(own)? {
        Some(pair) => Ok(Some(pair)),
        None if live => Ok(None),
        None => {
            sandboxes::create_account(core, FIRST_BUSINESS, false, true).await.map_err(own)?;
            // Of several nodes that start at once, all show the oldest.
            sandboxes::kept_keys(core).await.map_err(own)
        }
    }
}

async fn start_keys(core: &Arc<Core>, pair: &sandboxes::KeyPair) -> Result<pages::StartKeys, StartError> {
    let tenant = Tenant::new(&pair.account, false);
    let name = core
        .read(&tenant, |cx| Box::pin(async move { api::core::account::business_name(cx).await }))
        .await
        .map_err(|error| StartError(format!("{error:?}")))?;
    Ok(pages::StartKeys {
        secret_key: pair.secret_key.clone(),
        publishable_key: pair.publishable_key.clone(),
        business_name: name,
    })
}

impl Running {
    /// Answers requests and runs jobs until `stop` is done; then finishes what is under way and closes the database.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let metrics = self.metrics.clone();
        let upkeep = tokio::spawn(async move {
            let mut every = tokio::time::interval(UPKEEP_EVERY);
            loop {
                every.tick().await;
                if let Some(metrics) = &metrics {
                    metrics.run_upkeep();
                }
            }
        });
        let worker = tokio::spawn(Arc::clone(self.app.runner()).work());
        let core = Arc::clone(&self.app.core);
        let sweeper = tokio::spawn(async move {
            let mut every = tokio::time::interval(SWEEP_EVERY);
            loop {
                every.tick().await;
                if let Err(error) = retention::sweep(&core).await {
                    tracing::error!(?error, "what is too old could not be swept");
                }
            }
        });
        http::serve(self.listener, self.shell, stop).await;
        worker.abort();
        sweeper.abort();
        upkeep.abort();
        self.app.core.store.close().await;
    }
}

/// Counts and times for `/metrics`; one for each process.
#[must_use]
pub fn metrics() -> Option<PrometheusHandle> {
    PrometheusBuilder::new().install_recorder().ok()
}
