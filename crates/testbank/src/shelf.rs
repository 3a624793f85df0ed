//! What the bank needs from whoever runs it: durable storage and clocks.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The storage failed; the request that needed it is answered with a server error.
#[derive(Debug, thiserror::Error)]
#[error("the bank's storage failed: {0}")]
pub struct ShelfError(pub String);

/// The bank's durable key-value storage, possibly shared by several processes.
///
/// `expires_at` is in unix seconds of real time and only says when a key may be forgotten. The bank checks every expiry
/// itself, so a shelf may keep keys longer, but never shorter.
pub trait Shelf: Send + Sync {
    /// The value under `key`, if there is one.
    fn get(&self, key: &str) -> BoxFuture<'_, Result<Option<Vec<u8>>, ShelfError>>;

    /// Writes `key`, replacing what was there.
    fn put(&self, key: &str, value: Vec<u8>, expires_at: Option<i64>) -> BoxFuture<'_, Result<(), ShelfError>>;

    /// Writes `key` only if it is absent, in one atomic step; false if it was present. Single use rests on this.
    fn put_new(&self, key: &str, value: Vec<u8>, expires_at: Option<i64>) -> BoxFuture<'_, Result<bool, ShelfError>>;

    /// Removes `key`; nothing happens if it is absent.
    fn delete(&self, key: &str) -> BoxFuture<'_, Result<(), ShelfError>>;

    /// Every key that begins with `prefix`, which ends with a slash, and its value, in the order of the keys' bytes.
    fn scan(&self, prefix: &str) -> BoxFuture<'_, Result<Vec<Entry>, ShelfError>>;

    /// Makes all changes in one atomic step if `guard` still holds what it is expected to hold; else makes none, and
    /// answers false. Nothing that is written this way is forgotten by itself.
    fn commit(&self, guard: Guard, changes: Vec<Change>) -> BoxFuture<'_, Result<bool, ShelfError>>;
}

/// A key whose value tells whether anybody else has changed something meanwhile.
#[derive(Debug, Clone)]
pub struct Guard {
    /// The key.
    pub key: String,
    /// What it must hold; none if it must be absent.
    pub before: Option<Vec<u8>>,
    /// What it holds afterwards.
    pub after: Vec<u8>,
}

/// A key and its value.
pub type Entry = (String, Vec<u8>);

/// A key and what it shall hold; none to remove it.
pub type Change = (String, Option<Vec<u8>>);

/// The clocks of the bank. Data follow the world's clock, the OAuth protocol follows real time.
pub trait WorldClock: Send + Sync {
    /// Unix seconds in that world. Must never go back, or posted transactions would vanish.
    fn now(&self, world: &str) -> BoxFuture<'_, i64>;

    /// Unix seconds of real time.
    fn real_now(&self) -> i64;

    /// Whether there is such a world. Nothing is kept for others: anybody may write any name. By default there is any.
    fn knows(&self, world: &str) -> BoxFuture<'_, Result<bool, ShelfError>> {
        let _ = world;
        Box::pin(async { Ok(true) })
    }
}

/// A shelf that forgets when the process ends, and nothing before. For tests.
#[derive(Default)]
pub struct MemoryShelf {
    values: Mutex<HashMap<String, Vec<u8>>>,
}

impl MemoryShelf {
    /// An empty shelf.
    pub fn new() -> MemoryShelf {
        MemoryShelf::default()
    }

    fn with<T>(&self, action: impl FnOnce(&mut HashMap<String, Vec<u8>>) -> T) -> T {
        action(&mut self.values.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shelf for MemoryShelf {
    fn get(&self, key: &str) -> BoxFuture<'_, Result<Option<Vec<u8>>, ShelfError>> {
        let value = self.with(|values| values.get(key).cloned());
        Box::pin(async move { Ok(value) })
    }

    fn put(&self, key: &str, value: Vec<u8>, _expires_at: Option<i64>) -> BoxFuture<'_, Result<(), ShelfError>> {
        self.with(|values| values.insert(key.to_owned(), value));
        Box::pin(async { Ok(()) })
    }

    fn put_new(&self, key: &str, value: Vec<u8>, _expires_at: Option<i64>) -> BoxFuture<'_, Result<bool, ShelfError>> {
        let fresh = self.with(|values| {
            let fresh = !values.contains_key(key);
            if fresh {
                values.insert(key.to_owned(), value);
            }
            fresh
        });
        Box::pin(async move { Ok(fresh) })
    }

    fn delete(&self, key: &str) -> BoxFuture<'_, Result<(), ShelfError>> {
        self.with(|values| values.remove(key));
        Box::pin(async { Ok(()) })
    }

    fn scan(&self, prefix: &str) -> BoxFuture<'_, Result<Vec<Entry>, ShelfError>> {
        let mut found: Vec<Entry> = self.with(|values| {
            let below = values.iter().filter(|(key, _)| key.starts_with(prefix));
            below.map(|(key, value)| (key.clone(), value.clone())).collect()
        });
        found.sort();
        Box::pin(async move { Ok(found) })
    }

    fn commit(&self, guard: Guard, changes: Vec<Change>) -> BoxFuture<'_, Result<bool, ShelfError>> {
        let done = self.with(|values| {
            if values.get(&guard.key) != guard.before.as_ref() {
                return false;
            }
            values.insert(guard.key, guard.after);
            for (key, value) in changes {
                match value {
                    Some(value) => values.insert(key, value),
                    None => values.remove(&key),
                };
            }
            true
        });
        Box::pin(async move { Ok(done) })
    }
}
