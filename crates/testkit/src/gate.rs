use std::sync::Arc;

use tokio::sync::Semaphore;

/// Holds what waits before it until it is opened. Clones are the same gate.
#[derive(Clone)]
pub struct Gate(Arc<Semaphore>);

impl Default for Gate {
    fn default() -> Self {
        Gate(Arc::new(Semaphore::new(0)))
    }
}

impl Gate {
    /// Lets through what waits and what comes.
    pub fn open(&self) {
        self.0.close();
    }

    pub(crate) async fn wait(&self) {
        // A semaphore that never has permits ends its waits only by being closed.
        let _ = self.0.acquire().await;
    }
}
