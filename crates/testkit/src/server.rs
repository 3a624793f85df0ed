use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::App;
use kernel::{ApiResult, Clock, ManualClock, SystemEntropy, Tenant};
use server::http::{Shell, serve};
use server::wiring::{self, Surroundings};
use server::{Config, Running};
use store::testing::TestDatabase;
use store::{Database, Tx};
use tokio::task::JoinHandle;

use crate::{Client, HeldWrites, Sandbox, UnreliableBank};

/// When every test begins, in unix seconds: 18 November 2026.
pub const START: i64 = 1_795_000_000;
/// The master key of every test's vault; nodes on one database need the same.
const VAULT_KEY: &str = "7465737474657374746573747465737474657374746573747465737474657374";

/// A server as in production, on a database of its own, at a time that only the test moves.
///
/// Jobs run when the test says so: [`TestServer::run_due`], or a sandbox's `settle` and `advance`. Every test ends with
/// [`TestServer::finish`], which fails when work that was due was left undone; [`each`] does it.
pub struct TestServer {
    /// The product.
    pub app: App,
    /// Real time, for the product and for the bank.
    pub clock: Arc<ManualClock>,
    /// Where it listens. Banks and webhooks are reached over real sockets; calls of the API are made in process.
    pub base_url: String,
    shell: Shell,
    listening: JoinHandle<()>,
    world: World,
    finished: bool,
}

/// What the nodes of one test share.
#[derive(Clone)]
struct World {
    database: Arc<TestDatabase>,
    clock: Arc<ManualClock>,
    sandboxes: Arc<AtomicUsize>,
    bank: Option<Arc<UnreliableBank>>,
    ach: Option<PathBuf>,
    fees: Option<PathBuf>,
}

/// Runs a test on each engine that is there: SQLite always, PostgreSQL when the environment names a server.
pub async fn each(test: impl AsyncFn(&TestServer)) {
    for database in TestDatabase::each().await {
        println!("on {:?}", database.engine());
        let server = TestServer::start(database).await;
        test(&server).await;
        server.finish().await;
    }
}

/// Runs a test that needs several nodes on one database, on PostgreSQL if the environment names a server.
pub async fn on_postgres(test: impl AsyncFn(&TestServer, &TestServer)) {
    let Some(database) = TestDatabase::postgres().await else { return };
    let one = TestServer::start(database).await;
    let other = one.another_node().await;
    test(&one, &other).await;
    other.finish().await;
    one.finish().await;
}

/// Like [`each`], with a bank that misbehaves on demand. The server gives up on a call to it after `timeout_ms`, if given.
pub async fn each_with_bank(timeout_ms: Option<u64>, test: impl AsyncFn(&TestServer, &UnreliableBank)) {
    for database in TestDatabase::each().await {
        println!("on {:?}", database.engine());
        let bank = Arc::new(UnreliableBank::start(&std::env::temp_dir(), timeout_ms).await);
        let server = TestServer::start_with(database, Some(Arc::clone(&bank))).await;
        test(&server, &bank).await;
        server.finish().await;
    }
}

/// Like [`on_postgres`], with a bank that misbehaves on demand.
pub async fn on_postgres_with_bank(test: impl AsyncFn(&TestServer, &TestServer, &UnreliableBank)) {
    let Some(database) = TestDatabase::postgres().await else { return };
    let bank = Arc::new(UnreliableBank::start(&std::env::temp_dir(), None).await);
    let one = TestServer::start_with(database, Some(Arc::clone(&bank))).await;
    let other = one.another_node().await;
    test(&one, &other, &bank).await;
    other.finish().await;
    one.finish().await;
}

impl TestServer {
    /// A server on an empty database.
    pub async fn start(database: TestDatabase) -> TestServer {
        TestServer::start_with(database, None).await
    }

    async fn start_with(database: TestDatabase, bank: Option<Arc<UnreliableBank>>) -> TestServer {
        let clock = Arc::new(ManualClock::at(START));
        let world = World { database: Arc::new(database), clock, sandboxes: Arc::default(), bank, ach: None, fees: None };
        TestServer::node(world, None).await
    }

    /// Ends this process and starts another one on the same database, with a file that says who sends ACH files.
    pub async fn again_with_ach(self, file: PathBuf) -> TestServer {
        let world = World { ach: Some(file), ..self.world.clone() };
        self.again_in(world).await
    }

    /// Ends this process and starts another one on the same database, with a file that says what payments cost.
    pub async fn again_with_fees(self, file: PathBuf) -> TestServer {
        let world = World { fees: Some(file), ..self.world.clone() };
        self.again_in(world).await
    }

    async fn again_in(mut self, world: World) -> TestServer {
        self.finished = true;
        self.listening.abort();
        self.app.core.store.close().await;
        drop(self);
        TestServer::node(world, None).await
    }

    /// One more process on the same database, at the same time, reached at the same address from outside.
    pub async fn another_node(&self) -> TestServer {
        TestServer::node(self.world.clone(), Some(self.base_url.clone())).await
    }

    async fn node(world: World, public_url: Option<String>) -> TestServer {
        let (data, url) = match &world.database.config().database {
            Database::Sqlite { path } => (path.parent().expect("a directory").to_owned(), None),
            Database::Postgres { url } => (PathBuf::new(), Some(url.clone())),
        };
        let config = Config {
            data,
            database: url,
            vault_key: Some(VAULT_KEY.into()),
            listen: "127.0.0.1:0".parse().expect("an address"),
            public_url,
            institutions: world.bank.as_ref().map(|bank| bank.file()),
            ach: world.ach.clone(),
            smtp: None,
            mail_from: None,
            fees: world.fees.clone(),
            no_open_sandboxes: false,
        };
        let around = Surroundings { clock: Arc::clone(&world.clock) as Arc<dyn Clock>, entropy: Arc::new(SystemEntropy) };
        let Running { app, shell, listener, base_url, .. } =
            wiring::start(&config, around, None).await.expect("the server starts");
        let listening = tokio::spawn(serve(listener, shell.clone(), std::future::pending()));
        if let Some(bank) = &world.bank {
            bank.open(&app.core);
        }
        TestServer { app, clock: Arc::clone(&world.clock), base_url, shell, listening, world, finished: false }
    }

    /// A caller without a key.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.shell.clone())
    }

    /// A new sandbox: a key that nobody has used.
    #[must_use]
    pub fn sandbox(&self) -> Sandbox {
        let number = self.world.sandboxes.fetch_add(1, Ordering::Relaxed);
        let rest = format!("Sandbox{number:016}");
        Sandbox::new(self, &self.shell, &format!("sk_test_{rest}"), &format!("pk_test_{rest}"))
    }

    /// An account with keys for both modes: `(live, test)`.
    pub async fn account_with_both_modes(&self) -> (Sandbox, Sandbox) {
        let core = &self.app.core;
        let create = api::core::sandboxes::create_account(core, "Both Modes", false, false);
        let test = create.await.expect("an account");
        let live = api::core::sandboxes::add_keys(core, &test.account, "Both Modes", true, false).await.expect("keys");
        let open =
            |keys: &api::core::sandboxes::KeyPair| Sandbox::new(self, &self.shell, &keys.secret_key, &keys.publishable_key);
        (open(&live), open(&test))
    }

    /// Keeps transactions that store new objects from committing, on all nodes of this server.
    pub async fn hold_writes(&self) -> HeldWrites {
        HeldWrites::start(&self.app.core.store).await
    }

    /// The bank that misbehaves, if the test has one.
    pub(crate) fn bank(&self) -> Option<Arc<UnreliableBank>> {
        self.world.bank.clone()
    }

    /// Runs everything that is due now; answers how many jobs ran.
    pub async fn run_due(&self) -> usize {
        self.app.runner().run_due().await.expect("jobs run")
    }

    /// The jobs that are written down, with the seconds until each is due.
    pub async fn jobs(&self) -> Vec<(String, i64)> {
        let now = self.clock.now_ms();
        let core = &self.app.core;
        let read = core.store.read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Vec<(String, i64)>>> {
            Box::pin(async move {
                let rows = tx.query("select kind, key, due_at_ms from jobs order by due_at_ms, key", &[]).await?;
                let wait = |row: &store::Row| -> ApiResult<i64> { Ok((row.int(2)? - now).div_euclid(1_000)) };
                rows.iter().map(|row| Ok((format!("{} {}", row.text(0)?, row.text(1)?), wait(row)?))).collect()
            })
        });
        read.await.expect("jobs are read")
    }

    /// The kinds of what the vault keeps for a tenant, in order.
    pub async fn sealed(&self, tenant: &Tenant) -> Vec<String> {
        let read = self.app.core.read(tenant, |cx| {
            Box::pin(async move {
                let rows = cx.rows("select name from vault where tenant = $1 order by name", &[]).await?;
                rows.iter().map(|row| Ok(row.text(0)?.split('/').next().unwrap_or("").to_owned())).collect::<ApiResult<Vec<_>>>()
            })
        });
        read.await.expect("the vault is read")
    }

    /// Ends the test: nothing that is due may be left undone.
    ///
    /// # Panics
    /// If something is.
    pub async fn finish(mut self) {
        let due: Vec<String> = self.jobs().await.into_iter().filter(|(_, wait)| *wait < 0).map(|(job, _)| job).collect();
        assert!(due.is_empty(), "jobs that were due were left undone: {due:?}");
        self.finished = true;
        self.listening.abort();
        self.app.core.store.close().await;
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.listening.abort();
        assert!(
            self.finished || std::thread::panicking(),
            "a test ends with finish(), which looks for jobs that were left undone"
        );
    }
}
