use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{ApiError, ApiResult};
use store::{BoxFuture, Engine, Store, StoreError, Tx};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::Gate;

/// What makes the trigger and takes its lock name the same thing, another one in each test's schema.
const LOCK: &str = "hashtext(current_schema())";

/// Keeps every transaction that stores a new object from committing, on all nodes, until it is released. Reads go on.
///
/// SQLite has one writer, and that one is kept busy: everything else waits in its queue. On PostgreSQL a trigger makes
/// transactions wait in the middle of their work, with the locks that they took by then, and without the usual end.
pub struct HeldWrites {
    release: Release,
    holding: JoinHandle<ApiResult<()>>,
}

enum Release {
    Thread(Sender<()>),
    Task(Gate),
}

impl HeldWrites {
    pub(crate) async fn start(store: &Store) -> HeldWrites {
        match store.engine() {
            Engine::Sqlite => keep_writer_busy(store).await,
            Engine::Postgres => {
                install_trigger(store).await.expect("a trigger");
                take_lock(store).await
            }
        }
    }

    /// Lets them go on.
    pub async fn release(self) {
        match self.release {
            Release::Thread(sender) => drop(sender),
            Release::Task(gate) => gate.open(),
        }
        self.holding.await.expect("the hold ends").expect("the hold is a transaction like others");
    }
}

async fn keep_writer_busy(store: &Store) -> HeldWrites {
    let (sender, receiver) = channel::<()>();
    let receiver: Arc<Mutex<Receiver<()>>> = Arc::new(Mutex::new(receiver));
    let (entered, begun) = signal();
    let store = store.clone();
    let holding = tokio::spawn(async move {
        store
            .write(move |_tx: &mut Tx| -> BoxFuture<'_, ApiResult<()>> {
                entered.notify_one();
                // The writer's own thread is the one to stop; it is released by the end of the sender.
                let _ = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
                Box::pin(std::future::ready(Ok(())))
            })
            .await
    });
    begun.notified().await;
    HeldWrites { release: Release::Thread(sender), holding }
}

async fn install_trigger(store: &Store) -> ApiResult<()> {
    let function = format!(
        "create or replace function held() returns trigger language plpgsql set lock_timeout = 0 as \
         $$ begin perform pg_advisory_xact_lock_shared({LOCK}); return new; end $$"
    );
    // It stays for the rest of the test: while nobody has the lock, it does nothing.
    let trigger = "create trigger held before insert on objects for each row execute function held()";
    store
        .write(move |tx: &mut Tx| -> BoxFuture<'_, ApiResult<()>> {
            let function = function.clone();
            Box::pin(async move {
                for sql in [function.as_str(), "drop trigger if exists held on objects", trigger] {
                    tx.execute(sql, &[]).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn take_lock(store: &Store) -> HeldWrites {
    let gate = Gate::default();
    let (entered, begun) = signal();
    let (store, held) = (store.clone(), gate.clone());
    let holding = tokio::spawn(async move {
        store
            .write(move |tx: &mut Tx| -> BoxFuture<'_, ApiResult<()>> {
                let (entered, held) = (Arc::clone(&entered), held.clone());
                Box::pin(async move {
                    let locked: Result<u64, StoreError> = tx.execute(&format!("select pg_advisory_xact_lock({LOCK})"), &[]).await;
                    locked.map_err(ApiError::from)?;
                    entered.notify_one();
                    held.wait().await;
                    Ok(())
                })
            })
            .await
    });
    begun.notified().await;
    HeldWrites { release: Release::Task(gate), holding }
}

fn signal() -> (Arc<Notify>, Arc<Notify>) {
    let signal = Arc::new(Notify::new());
    (Arc::clone(&signal), signal)
}
