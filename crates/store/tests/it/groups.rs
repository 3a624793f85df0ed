//! Group commit on SQLite. A first request holds the writer, so that the others gather behind it.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use store::testing::TestDatabase;
use store::{Store, StoreError};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::{execute, insert, is_waiting, number};

const COUNT: &str = "select count(*) from t";

async fn store_with_table() -> (TestDatabase, Store) {
    let database = TestDatabase::sqlite();
    let store = database.open().await;
    execute(&store, "create table t (id text not null, primary key (id))").await.expect("creates");
    (database, store)
}

/// A write that has begun and goes on when told.
struct Gate {
    open: Sender<()>,
    write: JoinHandle<Result<(), StoreError>>,
}

/// Occupies the writer thread with a write that inserts `id`.
async fn hold_writer(store: &Store, id: &'static str) -> Gate {
    let (open, opened): (Sender<()>, Receiver<()>) = channel();
    let (entered, inside) = oneshot::channel();
    let state = Arc::new(Mutex::new(Some((opened, entered))));
    let store = store.clone();
    let write = tokio::spawn(async move {
        store
            .write(move |tx| {
                let state = Arc::clone(&state);
                Box::pin(async move {
                    tx.execute("insert into t (id) values ($1)", &[id.into()]).await?;
                    // It runs again when another request of its group fails; the gate is open then.
                    let Some((opened, entered)) = state.lock().expect("lock").take() else { return Ok(()) };
                    entered.send(()).expect("the test waits");
                    opened.recv().expect("the test opens the gate");
                    Ok(())
                })
            })
            .await
    });
    inside.await.expect("the writer arrives");
    Gate { open, write }
}

impl Gate {
    async fn release(self) -> Result<(), StoreError> {
        self.open.send(()).expect("the writer waits");
        self.write.await.expect("no panic")
    }
}

#[tokio::test]
async fn nobody_is_answered_before_the_commit() {
    let (_database, store) = store_with_table().await;
    let first = hold_writer(&store, "first").await;
    let mut early = Box::pin(store.write(insert("early")));
    assert!(is_waiting(early.as_mut()).await);
    // Queued behind, so that the group is still open when `early` has run.
    let (open, write) = {
        let holding = hold_writer(&store, "late");
        tokio::pin!(holding);
        assert!(is_waiting(holding.as_mut()).await);
        // Runs the spawned task up to its place in the queue.
        tokio::task::yield_now().await;
        first.open.send(()).expect("the writer waits");
        let gate = holding.await;
        (gate.open, gate.write)
    };
    assert!(is_waiting(early.as_mut()).await, "answered before the commit");
    assert_eq!(number(&store, COUNT).await, 0, "visible before the commit");
    open.send(()).expect("the writer waits");
    assert_eq!(early.await, Ok(1));
    assert_eq!(write.await.expect("no panic"), Ok(()));
    assert_eq!(first.write.await.expect("no panic"), Ok(()));
    assert_eq!(number(&store, COUNT).await, 3);
}

#[tokio::test]
async fn requests_of_a_group_fail_alone() {
    let (_database, store) = store_with_table().await;
    let gate = hold_writer(&store, "first").await;
    let mut before = Box::pin(store.write(insert("before")));
    let mut twice = Box::pin(store.write(insert("before")));
    let mut panics = Box::pin(store.write(|tx| {
        Box::pin(async move {
            tx.execute("insert into t (id) values ('half')", &[]).await?;
            if tx.query("select 1", &[]).await?.len() == 1 {
                panic!("deliberate");
            }
            Ok::<(), StoreError>(())
        })
    }));
    let mut after = Box::pin(store.write(insert("after")));
    assert!(is_waiting(before.as_mut()).await);
    assert!(is_waiting(twice.as_mut()).await);
    assert!(is_waiting(panics.as_mut()).await);
    assert!(is_waiting(after.as_mut()).await);
    assert_eq!(gate.release().await, Ok(()));
    assert_eq!(before.await, Ok(1));
    assert_eq!(twice.await, Err(StoreError::Unique { constraint: "t.id".into() }));
    assert!(matches!(panics.await, Err(StoreError::Database(_))));
    assert_eq!(after.await, Ok(1));
    assert_eq!(number(&store, COUNT).await, 3);
}

#[tokio::test]
async fn a_first_request_that_fails_takes_nobody_with_it() {
    let (_database, store) = store_with_table().await;
    execute(&store, "insert into t (id) values ('there')").await.expect("inserts");
    let gate = hold_writer(&store, "first").await;
    // The gate ends its group with an error, and the next requests join the same group.
    let mut fails = Box::pin(store.write(insert("there")));
    let mut works = Box::pin(store.write(insert("works")));
    assert!(is_waiting(fails.as_mut()).await);
    assert!(is_waiting(works.as_mut()).await);
    drop(gate.open);
    let gate = gate.write.await.expect("no panic outside");
    assert!(matches!(gate, Err(StoreError::Database(_))), "{gate:?}");
    assert!(matches!(fails.await, Err(StoreError::Unique { .. })));
    assert_eq!(works.await, Ok(1));
    assert_eq!(number(&store, COUNT).await, 2);
}

#[tokio::test]
async fn a_failing_commit_fails_the_group_and_leaves_nothing() {
    let (_database, store) = store_with_table().await;
    // The one way to make SQLite refuse a commit without touching the disk; migrations may not use it.
    execute(&store, "create table child (id text references t (id) deferrable initially deferred)").await.expect("creates");
    let gate = hold_writer(&store, "first").await;
    let mut orphan = Box::pin(execute(&store, "insert into child (id) values ('nobody')"));
    let mut other = Box::pin(store.write(insert("other")));
    assert!(is_waiting(orphan.as_mut()).await);
    assert!(is_waiting(other.as_mut()).await);
    let expected = gate.release().await.expect_err("the commit fails");
    assert!(expected.to_string().contains("FOREIGN KEY"), "{expected}");
    assert_eq!(orphan.await, Err(expected.clone()));
    assert_eq!(other.await, Err(expected));
    assert_eq!(number(&store, COUNT).await, 0);
    store.write(insert("next")).await.expect("the writer lives on");
}

#[tokio::test]
async fn a_full_disk_is_told_and_leaves_nothing_half() {
    let (_database, store) = store_with_table().await;
    // SQLite answers a full disk the same way as a full allowance of pages.
    let limited = store
        .write(|tx| {
            Box::pin(async move {
                let pages = tx.query("pragma page_count", &[]).await?[0].int(0)?;
                let sql = format!("pragma max_page_count = {}", pages + 4);
                tx.query(&sql, &[]).await
            })
        })
        .await;
    limited.expect("sets the limit");
    let gate = hold_writer(&store, "first").await;
    let mut big = Box::pin(store.write(|tx| {
        Box::pin(async move {
            for size in 0..50 {
                let id = format!("{size}{}", "x".repeat(4000));
                tx.execute("insert into t (id) values ($1)", &[id.into()]).await?;
            }
            Ok::<(), StoreError>(())
        })
    }));
    assert!(is_waiting(big.as_mut()).await);
    let gate = gate.release().await;
    assert_eq!(big.await, Err(StoreError::Full));
    // SQLite may undo the whole group or only the statement; either way answer and data agree.
    assert_eq!(number(&store, COUNT).await, i64::from(gate.is_ok()));
    store.write(insert("small")).await.expect("the writer lives on");
}

#[tokio::test]
async fn waiting_inside_a_transaction_is_a_bug() {
    let (_database, store) = store_with_table().await;
    for reading in [false, true] {
        let store = store.clone();
        let waiting = tokio::spawn(async move {
            if reading {
                store.read(|_| Box::pin(std::future::pending::<Result<(), StoreError>>())).await
            } else {
                store.write(|_| Box::pin(std::future::pending::<Result<(), StoreError>>())).await
            }
        });
        let told = match waiting.await {
            Ok(outcome) => outcome.expect_err("release builds fail").to_string(),
            Err(panic) => format!("{:?}", panic.into_panic().downcast_ref::<String>()),
        };
        assert!(told.contains("a SQLite transaction may not wait"), "{told}");
    }
    store.write(insert("next")).await.expect("the writer lives on");
}

#[tokio::test]
async fn more_requests_than_the_queue_holds_all_run() {
    let (_database, store) = store_with_table().await;
    let gate = hold_writer(&store, "first").await;
    let writes: Vec<_> = (0..5000_i64)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .write(move |tx| {
                        Box::pin(async move {
                            let id = n.to_string();
                            tx.execute("insert into t (id) values ($1)", &[id.into()]).await
                        })
                    })
                    .await
            })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(gate.release().await, Ok(()));
    for write in writes {
        assert_eq!(write.await.expect("no panic"), Ok(1));
    }
    assert_eq!(number(&store, COUNT).await, 5001);
}

#[tokio::test]
async fn the_log_does_not_grow_without_end_and_close_empties_it() {
    let (database, store) = store_with_table().await;
    let store::Database::Sqlite { path } = &database.config().database else { unreachable!() };
    let log = path.with_file_name("drawbridge.db-wal");
    let size = || std::fs::metadata(&log).map(|file| file.len()).unwrap_or(0);
    for round in 0..600_i64 {
        store
            .write(move |tx| {
                Box::pin(async move {
                    for row in 0..100 {
                        let id = format!("{round}-{row}-{}", "x".repeat(1000));
                        tx.execute("insert into t (id) values ($1)", &[id.into()]).await?;
                    }
                    Ok::<(), StoreError>(())
                })
            })
            .await
            .expect("writes");
    }
    // 60,000 rows of 1 kB, in the table and in its index, are over 120 MB of log.
    assert!(size() <= 64 << 20, "the log has {} bytes", size());
    store.close().await;
    assert_eq!(size(), 0);
    let again = database.open().await;
    assert_eq!(number(&again, COUNT).await, 60_000);
}
