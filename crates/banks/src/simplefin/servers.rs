//! One breaker for each server: people are at different ones, and one that is down says nothing about the others.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use egress::Url;

use crate::breaker::BreakerSettings;
use crate::guard::{Guard, RetryPolicy};

/// Servers that are remembered; the one that was met first is forgotten for a new one. Access addresses come from people, so
/// there may be any number of them.
const SERVERS_MAX: usize = 256;

pub(super) struct Servers {
    retry: RetryPolicy,
    breaker: BreakerSettings,
    /// By origin.
    known: Mutex<VecDeque<(String, Arc<Guard>)>>,
}

impl Servers {
    pub(super) fn new(retry: RetryPolicy, breaker: BreakerSettings) -> Self {
        Servers { retry, breaker, known: Mutex::default() }
    }

    /// What stands between us and the server of this address.
    pub(super) fn guard(&self, url: &Url) -> Arc<Guard> {
        let origin = url.origin().ascii_serialization();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, guard)) = known.iter().find(|(own, _)| *own == origin) {
            return Arc::clone(guard);
        }
        if known.len() == SERVERS_MAX {
            known.pop_front();
        }
        let guard = Arc::new(Guard::new(self.retry, self.breaker));
        known.push_back((origin, Arc::clone(&guard)));
        guard
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{SERVERS_MAX, Servers};

    #[test]
    fn each_origin_has_its_own_and_few_are_kept() {
        let servers = Servers::new(Default::default(), Default::default());
        let guard = |address: &str| servers.guard(&address.parse().unwrap());
        let first = guard("https://a.example/x");
        assert!(Arc::ptr_eq(&first, &guard("https://a.example/y")) && !Arc::ptr_eq(&first, &guard("https://a.example:8443/x")));
        for number in 0..SERVERS_MAX {
            guard(&format!("https://s{number}.example/"));
        }
        assert!(!Arc::ptr_eq(&first, &guard("https://a.example/x")), "forgotten");
        assert_eq!(servers.known.lock().unwrap().len(), SERVERS_MAX);
    }
}
