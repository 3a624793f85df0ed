//! Connections for reads, lent to one read at a time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{StoreError, Tx};

/// The pool of reading connections.
pub(super) struct Readers {
    idle: Mutex<Vec<Tx>>,
    /// One permit per connection in `idle`.
    permits: Semaphore,
}

/// A connection on loan; it goes back when dropped, also by a panic.
pub(crate) struct Reader<'p> {
    tx: Option<Tx>,
    home: &'p Readers,
    _permit: SemaphorePermit<'p>,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Readers {
        let permits = Semaphore::new(connections.len());
        let idle = connections.into_iter().map(|connection| Tx::sqlite(connection, false)).collect();
        Readers { idle: Mutex::new(idle), permits }
    }

    /// A free connection; waits for one, in turn.
    pub(super) async fn acquire(&self) -> Result<Reader<'_>, StoreError> {
        let permit = self.permits.acquire().await.map_err(|_| StoreError::Closed)?;
        let tx = self.idle().pop().ok_or(StoreError::Closed)?;
        Ok(Reader { tx: Some(tx), home: self, _permit: permit })
    }

    pub(super) fn close(&self) {
        self.permits.close();
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Tx>> {
        // No code that can panic runs under this lock.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader<'_> {
    pub(crate) fn tx(&mut self) -> &mut Tx {
        self.tx.as_mut().expect("only drop takes it")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(mut tx) = self.tx.take() {
            tx.reset();
            // Before the permit is free, which the next reader waits for.
            self.home.idle().push(tx);
        }
    }
}
