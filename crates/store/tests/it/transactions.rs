//! What a transaction promises, on both engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use store::{Engine, Retryable, Store, StoreError};

use crate::{execute, insert, is_waiting, number, stores};

const TABLE: &str = "create table t (id text not null, n bigint, version bigint, primary key (id))";
const COUNT: &str = "select count(*) from t";

/// An error of the caller's own, as the kernel has one.
#[derive(Debug, PartialEq)]
enum Own {
    Refused,
    Stale,
    Store(StoreError),
}

impl From<StoreError> for Own {
    fn from(error: StoreError) -> Own {
        Own::Store(error)
    }
}

impl Retryable for Own {
    fn is_conflict(&self) -> bool {
        matches!(self, Own::Stale | Own::Store(StoreError::Conflict))
    }
}

#[tokio::test]
async fn an_error_undoes_everything() {
    for (_database, store) in stores(TABLE).await {
        let result: Result<(), Own> = store
            .write(|tx| {
                Box::pin(async move {
                    tx.execute("insert into t (id) values ('a')", &[]).await?;
                    Err(Own::Refused)
                })
            })
            .await;
        assert_eq!(result, Err(Own::Refused));
        assert_eq!(number(&store, COUNT).await, 0);
    }
}

#[tokio::test]
async fn a_failed_statement_ends_the_transaction() {
    for (_database, store) in stores(TABLE).await {
        execute(&store, "insert into t (id) values ('a')").await.expect("inserts");
        let unique = StoreError::Unique { constraint: "t.id".into() };
        let expected = unique.clone();
        let result = store
            .write(move |tx| {
                let expected = expected.clone();
                Box::pin(async move {
                    tx.execute("insert into t (id) values ('b')", &[]).await?;
                    let first = tx.execute("insert into t (id) values ('a')", &[]).await;
                    assert_eq!(first, Err(expected.clone()));
                    let second = tx.execute("insert into t (id) values ('c')", &[]).await;
                    assert_eq!(second, Err(expected.clone()), "further statements are refused");
                    let third = tx.query("select 1", &[]).await;
                    assert_eq!(third, Err(expected));
                    Ok::<(), StoreError>(())
                })
            })
            .await;
        assert_eq!(result, Err(unique), "swallowing the error does not make it a success");
        assert_eq!(number(&store, COUNT).await, 1);
        store.write(insert("d")).await.expect("the next transaction is not affected");
    }
}

#[tokio::test]
async fn a_panic_undoes_only_its_own_request() {
    for (_database, store) in stores(TABLE).await {
        let result: Result<(), StoreError> = store
            .write(|tx| {
                Box::pin(async move {
                    tx.execute("insert into t (id) values ('a')", &[]).await?;
                    panic!("deliberate")
                })
            })
            .await;
        let text = "panic inside a transaction: deliberate".to_owned();
        assert_eq!(result, Err(StoreError::Database(text)));
        store.write(insert("b")).await.expect("the writer lives on");
        assert_eq!(number(&store, COUNT).await, 1);
    }
}

#[tokio::test]
async fn a_panicking_read_gives_its_connection_back() {
    for (_database, store) in stores(TABLE).await {
        for _ in 0..20 {
            let store = store.clone();
            let read = tokio::spawn(async move {
                store
                    .read(|_| Box::pin(async move { panic!("deliberate") }))
                    .await
                    .unwrap_or_else(|error: StoreError| panic!("{error}"))
            });
            read.await.expect_err("panics");
        }
        assert_eq!(number(&store, COUNT).await, 0);
    }
}

#[tokio::test]
async fn a_conflict_runs_the_transaction_again() {
    for (_database, store) in stores(TABLE).await {
        let runs = Arc::new(AtomicI64::new(0));
        let counted = Arc::clone(&runs);
        let result = store
            .write(move |tx| {
                let run = counted.fetch_add(1, Ordering::SeqCst);
                Box::pin(async move {
                    let sql = "insert into t (id, n) values ('a', $1)";
                    tx.execute(sql, &[run.into()]).await?;
                    if run < 10 { Err(Own::Stale) } else { Ok(run) }
                })
            })
            .await;
        assert_eq!(result, Ok(10));
        assert_eq!(number(&store, "select n from t").await, 10, "each attempt began anew");

        let counted = Arc::clone(&runs);
        let result: Result<(), Own> = store
            .write(move |_| {
                counted.fetch_add(1, Ordering::SeqCst);
                Box::pin(async move { Err(Own::Stale) })
            })
            .await;
        assert_eq!(result, Err(Own::Stale));
        assert_eq!(runs.load(Ordering::SeqCst), 11 + 11, "ten retries, no more");
    }
}

#[tokio::test]
async fn a_caller_that_leaves_does_not_stop_its_write() {
    for (_database, store) in stores(TABLE).await {
        {
            let mut write = Box::pin(store.write(insert("a")));
            assert!(is_waiting(write.as_mut()).await);
        }
        // Ends after all writes that were handed in.
        let other = store.clone();
        store.close().await;
        assert_eq!(other.write(insert("b")).await, Err(StoreError::Closed));
        let again = _database.open().await;
        assert_eq!(number(&again, "select count(*) from t where id = 'a'").await, 1);
    }
}

#[tokio::test]
async fn a_read_sees_what_was_committed_before() {
    for (_database, store) in stores(TABLE).await {
        execute(&store, "insert into t (id, n) values ('a', 0)").await.expect("inserts");
        for expected in 1..=200 {
            execute(&store, "update t set n = n + 1").await.expect("updates");
            assert_eq!(number(&store, "select n from t").await, expected);
        }
    }
}

/// Adds one, only if nobody else did in between.
async fn add_one(store: &Store, id: String, conflicts: Arc<AtomicUsize>) -> Result<(), Own> {
    store
        .write(move |tx| {
            let (id, conflicts) = (id.clone(), Arc::clone(&conflicts));
            Box::pin(async move {
                let sql = "select n, version from t where id = $1";
                let row = tx.query_opt(sql, &[(&id).into()]).await?.ok_or(Own::Refused)?;
                let sql = "update t set n = $1, version = version + 1 where id = $2 and version = $3";
                let params = [(row.int(0)? + 1).into(), (&id).into(), row.int(1)?.into()];
                match tx.execute(sql, &params).await? {
                    1 => Ok(()),
                    _ => {
                        conflicts.fetch_add(1, Ordering::Relaxed);
                        Err(Own::Stale)
                    }
                }
            })
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_update_is_lost_among_many_writers() {
    const TASKS: usize = 64;
    const ROUNDS: usize = 100;
    for (_database, store) in stores(TABLE).await {
        let counters = 8;
        for counter in 0..counters {
            let id = format!("c{counter}");
            store
                .write(move |tx| {
                    let id = id.clone();
                    Box::pin(async move {
                        let sql = "insert into t (id, n, version) values ($1, 0, 0)";
                        tx.execute(sql, &[id.into()]).await
                    })
                })
                .await
                .expect("inserts");
        }
        let conflicts = Arc::new(AtomicUsize::new(0));
        let tasks = (0..TASKS).map(|task| {
            let (store, conflicts) = (store.clone(), Arc::clone(&conflicts));
            tokio::spawn(async move {
                for round in 0..ROUNDS {
                    let id = format!("c{}", (task + round) % counters);
                    // Retries are bounded; among this many on one row a caller may need a second call.
                    while add_one(&store, id.clone(), Arc::clone(&conflicts)).await == Err(Own::Stale) {}
                }
            })
        });
        for task in futures_util::future::join_all(tasks).await {
            task.expect("no panic");
        }
        let sum = number(&store, "select cast(sum(n) as bigint) from t").await;
        assert_eq!(sum, (TASKS * ROUNDS) as i64);
        if store.engine() == Engine::Sqlite {
            assert_eq!(conflicts.load(Ordering::Relaxed), 0, "one writer never conflicts");
        }
    }
}
