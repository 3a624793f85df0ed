use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Real time, handed in so that tests own it. A sandbox's time is this plus its offset.
pub trait Clock: Send + Sync {
    /// Microseconds since 1970.
    fn now_us(&self) -> i64;

    /// Milliseconds since 1970.
    fn now_ms(&self) -> i64 {
        self.now_us() / 1_000
    }

    /// Seconds since 1970.
    fn now(&self) -> i64 {
        self.now_us() / 1_000_000
    }
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now_us(&self) -> i64 {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX)
    }
}

/// A clock that stands still but for one microsecond per question, so that ids stay in order.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now` (unix seconds).
    #[must_use]
    pub fn at(now: i64) -> Self {
        ManualClock(AtomicI64::new(now * 1_000_000))
    }

    /// Moves it forward by `seconds`.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_us(&self) -> i64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}
