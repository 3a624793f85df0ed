//! What stands between a connector and a bank that fails: retries and the circuit breaker.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::breaker::{Breaker, BreakerSettings};
use crate::connector::{CallContext, Entropy, Health};
use crate::error::BankError;

/// How often and how soon a safe call is repeated.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// Attempts in total, the first included.
    pub tries_max: u32,
    /// Wait before the second attempt in milliseconds; doubles each time, half of it random.
    pub base_ms: u64,
    /// Longest wait in milliseconds. A bank that asks for more is not waited for here.
    pub wait_ms_max: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy { tries_max: 3, base_ms: 200, wait_ms_max: 5_000 }
    }
}

/// One per institution, shared by all calls to it.
#[derive(Debug)]
pub struct Guard {
    retry: RetryPolicy,
    record: Mutex<Record>,
}

#[derive(Debug)]
struct Record {
    breaker: Breaker,
    /// What went wrong last, to be told while the breaker is open.
    cause: BankError,
}

impl Default for Guard {
    fn default() -> Self {
        Guard::new(RetryPolicy::default(), BreakerSettings::default())
    }
}

impl Guard {
    /// A guard with a closed breaker.
    pub fn new(retry: RetryPolicy, breaker: BreakerSettings) -> Self {
        let record = Record { breaker: Breaker::new(breaker), cause: BankError::Unavailable { expected_at: None } };
        Guard { retry, record: Mutex::new(record) }
    }

    /// What the calls up to `now` say about the bank.
    pub fn health(&self, now: i64) -> Health {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).breaker.health(now)
    }

    /// Runs a call that must not be repeated, such as redeeming a code.
    ///
    /// # Errors
    /// `CircuitOpen`, or what the call gives.
    pub async fn once<T>(&self, ctx: &CallContext, call: impl Future<Output = Result<T, BankError>>) -> Result<T, BankError> {
        self.admit(ctx.now)?;
        let outcome = call.await;
        self.report(ctx.now, outcome.as_ref().err());
        outcome
    }

    /// Runs a call that may be repeated safely, up to [`RetryPolicy::tries_max`] times. Repeats
    /// outages and rate limits, not timeouts: a slow bank would make a person wait a multiple of
    /// the timeout, and a background job comes back by itself.
    ///
    /// # Errors
    /// `CircuitOpen`, or what the last attempt gave.
    pub async fn repeat<T, F>(&self, ctx: &CallContext, mut call: impl FnMut() -> F) -> Result<T, BankError>
    where
        F: Future<Output = Result<T, BankError>>,
    {
        let mut tries = 1;
        let mut error = match self.once(ctx, call()).await {
            Err(error) => error,
            done => return done,
        };
        while tries < self.retry.tries_max {
            let Some(wait) = self.wait_after(&error, tries, ctx) else {
                break;
            };
            tokio::time::sleep(wait).await;
            tries += 1;
            error = match self.once(ctx, call()).await {
                // The real cause says more than that we stopped asking.
                Err(BankError::CircuitOpen { .. }) => break,
                Err(error) => error,
                done => return done,
            };
        }
        Err(error)
    }

    fn admit(&self, now: i64) -> Result<(), BankError> {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let admitted = record.breaker.admit(now);
        admitted.map_err(|until| BankError::CircuitOpen { until, cause: Box::new(record.cause.clone()) })
    }

    fn report(&self, now: i64, error: Option<&BankError>) {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        match error {
            Some(error) if error.counts_as_outage() => {
                record.breaker.failed(now);
                record.cause = error.clone();
            }
            _ => record.breaker.succeeded(),
        }
    }

    /// How long to wait before the next attempt; none when another makes no sense.
    fn wait_after(&self, error: &BankError, tries: u32, ctx: &CallContext) -> Option<Duration> {
        let asked_ms = match error {
            BankError::Unavailable { expected_at: None } | BankError::InternalFailure => 0,
            BankError::Unavailable { expected_at: Some(at) } => {
                u64::try_from(at.saturating_sub(ctx.now)).unwrap_or(0).saturating_mul(1_000)
            }
            BankError::RateLimited { retry_after_s } => retry_after_s.unwrap_or(0).saturating_mul(1_000),
            _ => return None,
        };
        if asked_ms > self.retry.wait_ms_max {
            return None;
        }
        let backoff = backoff_ms(&self.retry, tries, ctx.entropy.as_ref());
        Some(Duration::from_millis(asked_ms.max(backoff)))
    }
}

/// `base * 2^(tries - 1)`, of which the upper half is random.
fn backoff_ms(retry: &RetryPolicy, tries: u32, entropy: &dyn Entropy) -> u64 {
    let factor = 1_u64.checked_shl(tries.saturating_sub(1)).unwrap_or(u64::MAX);
    let full = retry.base_ms.saturating_mul(factor).min(retry.wait_ms_max);
    let mut random = [0; 8];
    entropy.fill(&mut random);
    let half = full / 2;
    half + u64::from_le_bytes(random) % (full - half + 1)
}

#[cfg(test)]
mod tests {
    use super::{Guard, RetryPolicy, backoff_ms};
    use crate::breaker::BreakerSettings;
    use crate::connector::{CallContext, Entropy};
    use crate::error::BankError;
    use std::cell::Cell;
    use std::sync::Arc;
    use std::time::Duration;

    struct Fixed(u8);
    impl Entropy for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    fn context() -> CallContext {
        CallContext { now: 1_000, policy: egress::Policy::default(), user_present: false, entropy: Arc::new(Fixed(0)) }
    }

    const DOWN: BankError = BankError::Unavailable { expected_at: None };

    /// Runs calls that give the outcomes in turn, and tells how many were made.
    async fn run(guard: &Guard, outcomes: &[Result<(), BankError>]) -> (Result<(), BankError>, usize) {
        let made = Cell::new(0);
        let next = || {
            let outcome = outcomes[made.get()].clone();
            made.set(made.get() + 1);
            outcome
        };
        let outcome = guard.repeat(&context(), || async { next() }).await;
        (outcome, made.get())
    }

    #[tokio::test(start_paused = true)]
    async fn outages_are_repeated_up_to_three_times() {
        let guard = Guard::default();
        assert_eq!(run(&guard, &[Err(DOWN), Err(DOWN), Ok(())]).await, (Ok(()), 3));
        assert_eq!(run(&guard, &[Err(DOWN), Err(DOWN), Err(DOWN)]).await, (Err(DOWN), 3));
    }

    #[tokio::test(start_paused = true)]
    async fn short_waits_are_honoured_and_long_ones_given_back() {
        let guard = Guard::default();
        let soon = Err(BankError::RateLimited { retry_after_s: Some(4) });
        let started = tokio::time::Instant::now();
        assert_eq!(run(&guard, &[soon, Ok(())]).await, (Ok(()), 2));
        assert_eq!(started.elapsed(), Duration::from_secs(4));
        for late in [
            BankError::RateLimited { retry_after_s: Some(60) },
            BankError::Unavailable { expected_at: Some(5_000) },
            BankError::Timeout,
            BankError::TokenExpired,
        ] {
            assert_eq!(run(&guard, &[Err(late.clone())]).await, (Err(late), 1));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_breaker_opens_and_the_real_cause_is_told_first() {
        let settings = BreakerSettings { failures_to_open: 2, ..BreakerSettings::default() };
        let guard = Guard::new(RetryPolicy::default(), settings);
        assert_eq!(run(&guard, &[Err(DOWN), Err(DOWN)]).await, (Err(DOWN), 2));
        assert_eq!(run(&guard, &[]).await, (Err(BankError::CircuitOpen { until: 1_030, cause: Box::new(DOWN) }), 0));
    }

    #[tokio::test(start_paused = true)]
    async fn planned_maintenance_does_not_open_the_breaker() {
        let settings = BreakerSettings { failures_to_open: 1, ..BreakerSettings::default() };
        let guard = Guard::new(RetryPolicy::default(), settings);
        let planned = BankError::Unavailable { expected_at: Some(9_000) };
        assert_eq!(run(&guard, &[Err(planned.clone())]).await, (Err(planned.clone()), 1));
        assert_eq!(run(&guard, &[Err(planned.clone())]).await, (Err(planned), 1));
    }

    #[test]
    fn backoff_doubles_with_half_of_it_random() {
        let retry = RetryPolicy { tries_max: 3, base_ms: 200, wait_ms_max: 5_000 };
        assert_eq!(backoff_ms(&retry, 1, &Fixed(0)), 100);
        assert_eq!(backoff_ms(&retry, 2, &Fixed(0)), 200);
        assert_eq!(backoff_ms(&retry, 90, &Fixed(0)), 2_500);
        assert!((100..=200).contains(&backoff_ms(&retry, 1, &Fixed(0xff))));
    }
}
