//! Throw-away databases for tests, on both engines. Only with the feature `testing`.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_postgres::NoTls;

use crate::{Config, Database, Engine, Store};

/// The environment variable with the url of a PostgreSQL server for tests.
pub const POSTGRES_VARIABLE: &str = "DRAWBRIDGE_TEST_POSTGRES";

/// An empty database of its own, removed when dropped: a directory with a SQLite file, or a schema in PostgreSQL.
pub struct TestDatabase {
    config: Config,
    remains: Remains,
}

enum Remains {
    Directory(PathBuf),
    Schema { url: String, name: String },
}

impl TestDatabase {
    /// A place for a SQLite file, in a new temporary directory.
    pub fn sqlite() -> TestDatabase {
        let directory = loop {
            let directory = std::env::temp_dir().join(unique_name());
            match std::fs::create_dir(&directory) {
                Ok(()) => break directory,
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => panic!("cannot create {}: {error}", directory.display()),
            }
        };
        let config = Config::new(Database::Sqlite { path: directory.join("drawbridge.db") });
        TestDatabase { config, remains: Remains::Directory(directory) }
    }

    /// An empty schema on the server that `DRAWBRIDGE_TEST_POSTGRES` names; none when it names none.
    pub async fn postgres() -> Option<TestDatabase> {
        let url = std::env::var(POSTGRES_VARIABLE).ok().filter(|url| !url.is_empty())?;
        let name = unique_name();
        run_sql(&url, &format!("drop schema if exists {name} cascade; create schema {name}")).await;
        let separator = if url.contains('?') { '&' } else { '?' };
        let own = format!("{url}{separator}options=-c%20search_path%3D{name}");
        let mut config = Config::new(Database::Postgres { url: own });
        config.postgres_connections = 8;
        Some(TestDatabase { config, remains: Remains::Schema { url, name } })
    }

    /// One database of each engine that is there: SQLite always, PostgreSQL when the environment names a server.
    pub async fn each() -> Vec<TestDatabase> {
        let mut all = vec![TestDatabase::sqlite()];
        all.extend(TestDatabase::postgres().await);
        all
    }

    /// How to open it, also more than once.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        match self.remains {
            Remains::Directory(_) => Engine::Sqlite,
            Remains::Schema { .. } => Engine::Postgres,
        }
    }

    /// Opens it.
    pub async fn open(&self) -> Store {
        Store::open(&self.config).await.expect("a new test database opens")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.remains {
            Remains::Directory(directory) => {
                // What is left over lies in the temporary directory; no reason to fail a test.
                let _ = std::fs::remove_dir_all(directory);
            }
            Remains::Schema { url, name } => {
                let (url, sql) = (url.clone(), format!("drop schema {name} cascade"));
                // Drop cannot wait within the runtime of the test, so another thread does.
                let cleanup = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    runtime.expect("a runtime").block_on(run_sql(&url, &sql));
                });
                let _ = cleanup.join();
            }
        }
    }
}

async fn run_sql(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the test server answers");
    let (result, ()) = tokio::join!(
        async move {
            let result = client.batch_execute(sql).await;
            drop(client);
            result
        },
        async move {
            let _ = connection.await;
        }
    );
    result.expect("the test server runs the statement");
}

/// Different in each process and for each call.
fn unique_name() -> String {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    format!("drawbridge_test_{}_{call}", std::process::id())
}
