//! `drawbridge ledger check`, as it is called.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use store::{Config, Database, Store, StoreError, Tx};

/// A directory for data of its own, removed at the end.
struct Data(PathBuf);

impl Data {
    fn new() -> Data {
        let path = std::env::temp_dir().join(format!("drawbridge-ledger-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a directory");
        Data(path)
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn check(data: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drawbridge"));
    command.env_clear().args(["ledger", "check", "--data"]).arg(data).output().expect("it runs")
}

/// Writes an entry whose postings do not sum to zero, which the product never does.
async fn spoil(data: &Path) {
    let store = Store::open(&Config::new(Database::Sqlite { path: data.join("drawbridge.db") })).await.expect("opens");
    let written = store.write(|tx: &mut Tx| -> store::BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            let sql =
                "insert into ledger_entries (tenant, id, created, kind, source) values ('acct_1:test', 'lent_1', 1, 'x', 'x')";
            tx.execute(sql, &[]).await?;
            let sql = "insert into ledger_postings (tenant, entry, account, currency, amount) \
                       values ('acct_1:test', 'lent_1', 'bank', 'usd', 5), ('acct_1:test', 'lent_1', 'network', 'usd', -4)";
            tx.execute(sql, &[]).await
        })
    });
    written.await.expect("writes");
    store.close().await;
}

#[tokio::test]
async fn books_are_checked_and_what_disagrees_is_named() {
    let data = Data::new();
    let right = check(&data.0);
    assert!(right.status.success(), "{right:?}");
    assert_eq!(String::from_utf8_lossy(&right.stdout), "the books are right\n");
    spoil(&data.0).await;
    let wrong = check(&data.0);
    assert_eq!(wrong.status.code(), Some(1), "{wrong:?}");
    let told = String::from_utf8_lossy(&wrong.stdout);
    assert!(told.contains("acct_1:test lent_1: its 2 postings sum to 1"), "{told}");
    assert!(told.contains("acct_1:test usd: all accounts together hold 1"), "{told}");
}
