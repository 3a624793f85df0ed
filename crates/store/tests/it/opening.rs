//! Opening databases that are not as they should be.

use std::path::Path;

use store::testing::TestDatabase;
use store::{Config, Database, Store, StoreError};

use crate::{execute, number};

async fn open_file(path: &Path) -> Result<Store, StoreError> {
    Store::open(&Config::new(Database::Sqlite { path: path.to_owned() })).await
}

fn path_of(database: &TestDatabase) -> &Path {
    match &database.config().database {
        Database::Sqlite { path } => path,
        Database::Postgres { .. } => panic!("not SQLite"),
    }
}

#[tokio::test]
async fn a_database_from_a_newer_program_is_refused() {
    for database in TestDatabase::each().await {
        let store = database.open().await;
        let sql = "insert into schema_migrations (version, name, checksum) values (999, 'later', '')";
        execute(&store, sql).await.expect("inserts");
        store.close().await;
        let error = Store::open(database.config()).await.err().expect("is refused");
        assert!(matches!(error, StoreError::NewerSchema { found: 999, .. }), "{error}");
        assert!(error.to_string().contains("schema version 999"), "{error}");
    }
}

#[tokio::test]
async fn directories_are_created() {
    let database = TestDatabase::sqlite();
    let path = path_of(&database).with_file_name("new").join("deeper").join("data.db");
    let store = open_file(&path).await.expect("opens");
    assert!(number(&store, "select count(*) from schema_migrations").await > 0, "it has its schema");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = path.parent().expect("a directory").metadata().expect("exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "bank data is for its owner only");
    }
}

#[tokio::test]
async fn a_directory_that_cannot_be_used_is_named() {
    let database = TestDatabase::sqlite();
    let file = path_of(&database).with_file_name("file");
    std::fs::write(&file, "").expect("writes");
    let error = open_file(&file.join("data.db")).await.err().expect("is refused");
    assert!(matches!(&error, StoreError::ReadOnly(text) if text.contains("file")), "{error}");

    // A directory in place of the database file.
    let directory = path_of(&database).with_file_name("directory");
    std::fs::create_dir(&directory).expect("creates");
    let error = open_file(&directory).await.err().expect("is refused");
    assert!(matches!(&error, StoreError::ReadOnly(text) if text.contains("directory")), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_directory_without_rights_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let database = TestDatabase::sqlite();
    let locked = path_of(&database).with_file_name("locked");
    std::fs::create_dir(&locked).expect("creates");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o500)).expect("locks");
    // Root may write anywhere; then there is nothing to refuse.
    if std::fs::write(locked.join("probe"), "").is_ok() {
        return;
    }
    let error = open_file(&locked.join("data.db")).await.err().expect("is refused");
    assert!(matches!(&error, StoreError::ReadOnly(text) if text.contains("locked")), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let database = TestDatabase::sqlite();
    let path = path_of(&database).with_file_name("notes.txt");
    std::fs::write(&path, "not a database, but longer than the header of one; ".repeat(20)).expect("writes");
    let error = open_file(&path).await.err().expect("is refused");
    assert!(matches!(&error, StoreError::Corrupt(text) if text.contains("notes.txt")), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    // Port 1 of this machine: nothing listens there.
    for url in ["postgres://nobody@127.0.0.1:1/nothing", "no url at all"] {
        let config = Config::new(Database::Postgres { url: url.to_owned() });
        let error = Store::open(&config).await.err().expect("is refused");
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    }
}

#[tokio::test]
async fn a_closed_store_says_so() {
    for database in TestDatabase::each().await {
        let store = database.open().await;
        store.close().await;
        store.close().await;
        assert_eq!(execute(&store, "delete from server_settings").await, Err(StoreError::Closed));
        let read = store.read(|tx| Box::pin(async move { tx.query("select 1", &[]).await })).await;
        assert_eq!(read, Err(StoreError::Closed));
    }
}
