//! A circuit breaker: a bank that fails again and again is left alone for a while.
//!
//! ```text
//! closed --failures_to_open failures in a row--> open --open_s passed--> half open (one probe)
//!   ^------------------------- probe succeeds -----------------------------|
//!                                    open, twice as long <--- probe fails -|
//! ```
//! Pure: time is handed in as Unix seconds.

use crate::connector::Health;

/// When a breaker opens and for how long.
#[derive(Clone, Copy, Debug)]
pub struct BreakerSettings {
    /// Failures in a row that open it.
    pub failures_to_open: u32,
    /// Seconds it stays open the first time; doubles with every failed probe.
    pub open_s: i64,
    /// Longest time it stays open, in seconds.
    pub open_s_max: i64,
    /// Seconds after which a probe that reported nothing counts as lost.
    pub probe_s: i64,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        BreakerSettings { failures_to_open: 5, open_s: 30, open_s_max: 600, probe_s: 60 }
    }
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed { failures: u32 },
    Open { until: i64 },
    HalfOpen { probe_until: i64 },
}

/// The state machine; one per institution.
#[derive(Clone, Debug)]
pub struct Breaker {
    settings: BreakerSettings,
    state: State,
    next_open_s: i64,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(settings: BreakerSettings) -> Self {
        Breaker { settings, state: State::Closed { failures: 0 }, next_open_s: settings.open_s }
    }

    /// Asks to make a call at `now`. Every admitted call reports by [`Breaker::succeeded`] or
    /// [`Breaker::failed`]; one that never does (cancelled) costs at most `probe_s`.
    ///
    /// # Errors
    /// The time at which to ask again.
    pub fn admit(&mut self, now: i64) -> Result<(), i64> {
        match self.state {
            State::Closed { .. } => Ok(()),
            State::Open { until } if now < until => Err(until),
            State::HalfOpen { probe_until } if now < probe_until => Err(probe_until),
            State::Open { .. } | State::HalfOpen { .. } => {
                self.state = State::HalfOpen { probe_until: now.saturating_add(self.settings.probe_s) };
                Ok(())
            }
        }
    }

    /// What the calls up to `now` say about the bank.
    pub fn health(&self, now: i64) -> Health {
        match self.state {
            State::Closed { failures: 0 } => Health::Up,
            State::Open { until } if now < until => Health::Down,
            State::Closed { .. } | State::Open { .. } | State::HalfOpen { .. } => Health::Degraded,
        }
    }

    /// A call succeeded. Calls that began before the breaker opened do not close it.
    pub fn succeeded(&mut self) {
        if !matches!(self.state, State::Open { .. }) {
            self.state = State::Closed { failures: 0 };
            self.next_open_s = self.settings.open_s;
        }
    }

    /// A call failed at `now` in a way that speaks against the bank as a whole.
    pub fn failed(&mut self, now: i64) {
        match self.state {
            State::Open { .. } => {}
            State::Closed { failures } if failures + 1 < self.settings.failures_to_open => {
                self.state = State::Closed { failures: failures + 1 };
            }
            State::Closed { .. } | State::HalfOpen { .. } => {
                self.state = State::Open { until: now.saturating_add(self.next_open_s) };
                let doubled = self.next_open_s.saturating_mul(2);
                self.next_open_s = doubled.min(self.settings.open_s_max);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaker, BreakerSettings};
    use crate::connector::Health;

    fn breaker() -> Breaker {
        Breaker::new(BreakerSettings { failures_to_open: 2, open_s: 10, open_s_max: 15, probe_s: 5 })
    }

    #[test]
    fn opens_after_failures_in_a_row_only() {
        let mut breaker = breaker();
        breaker.failed(0);
        breaker.succeeded();
        breaker.failed(0);
        assert_eq!(breaker.admit(0), Ok(()));
        breaker.failed(0);
        assert_eq!(breaker.admit(9), Err(10));
    }

    #[test]
    fn one_probe_decides_and_waits_grow_to_the_limit() {
        let mut breaker = breaker();
        breaker.failed(0);
        breaker.failed(0);
        assert_eq!(breaker.admit(10), Ok(()));
        assert_eq!(breaker.admit(10), Err(15), "a second call waits for the probe");
        breaker.failed(11);
        assert_eq!(breaker.admit(25), Err(26), "15 seconds, not 20");
        assert_eq!(breaker.admit(26), Ok(()));
        breaker.succeeded();
        breaker.failed(27);
        assert_eq!(breaker.admit(27), Ok(()), "closed again, counting from zero");
        breaker.failed(27);
        assert_eq!(breaker.admit(36), Err(37), "back to the first wait");
    }

    #[test]
    fn tells_how_the_bank_does() {
        let mut breaker = breaker();
        assert_eq!(breaker.health(0), Health::Up);
        breaker.failed(0);
        assert_eq!(breaker.health(0), Health::Degraded);
        breaker.failed(0);
        assert_eq!((breaker.health(9), breaker.health(10)), (Health::Down, Health::Degraded));
        assert_eq!(breaker.admit(10), Ok(()));
        assert_eq!(breaker.health(10), Health::Degraded, "the probe is under way");
        breaker.succeeded();
        assert_eq!(breaker.health(10), Health::Up);
    }

    #[test]
    fn lost_probes_and_late_reports_do_no_harm() {
        let mut breaker = breaker();
        breaker.failed(0);
        breaker.failed(0);
        breaker.failed(1);
        breaker.succeeded();
        assert_eq!(breaker.admit(9), Err(10), "late reports change nothing");
        assert_eq!(breaker.admit(10), Ok(()));
        assert_eq!(breaker.admit(15), Ok(()), "the first probe was lost");
    }
}
