//! Name resolution that hands out only addresses that the policy allows.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::error::EgressError;
use crate::policy::{Policy, is_localhost};

/// Why a name gave no address to connect to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("name not found")]
    NotFound,
    #[error("address is not public ({0})")]
    Refused(&'static str),
}

impl From<&ResolveError> for EgressError {
    fn from(error: &ResolveError) -> Self {
        match error {
            ResolveError::NotFound => EgressError::Dns,
            ResolveError::Refused(_) => EgressError::Forbidden { reason: error.to_string() },
        }
    }
}

/// Resolves with the system resolver, then keeps what the policy allows.
#[derive(Debug)]
pub(crate) struct CheckedResolver {
    policy: Arc<Policy>,
}

impl CheckedResolver {
    pub(crate) fn new(policy: Policy) -> Self {
        CheckedResolver { policy: Arc::new(policy) }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::clone(&self.policy);
        Box::pin(async move {
            let found = look_up(name.as_str()).await?;
            let kept = keep_allowed(&policy, found)?;
            let addresses = kept.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

async fn look_up(name: &str) -> Result<Vec<IpAddr>, ResolveError> {
    if is_localhost(name) {
        // Never asked of a server: a resolver that lies about localhost must not matter.
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    match tokio::net::lookup_host((name, 0)).await {
        Ok(found) => Ok(found.map(|address| address.ip()).collect()),
        Err(_) => Err(ResolveError::NotFound),
    }
}

/// Drops what the policy refuses. An answer that mixes public and private addresses is used only in
/// its public part; an answer with nothing left is refused.
fn keep_allowed(policy: &Policy, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, ResolveError> {
    let mut refused = None;
    let mut kept = Vec::with_capacity(found.len());
    for address in found {
        match policy.check_address(address) {
            Ok(()) => kept.push(address),
            Err(range) => refused = Some(range),
        }
    }
    match (kept.is_empty(), refused) {
        (false, _) => Ok(kept),
        (true, Some(range)) => Err(ResolveError::Refused(range)),
        (true, None) => Err(ResolveError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::{ResolveError, keep_allowed, look_up};
    use crate::policy::Policy;
    use std::net::IpAddr;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn only_the_public_part_of_a_mixed_answer_is_used() {
        let found = addresses(&["10.0.0.1", "8.8.8.8", "::1"]);
        let kept = keep_allowed(&Policy::default(), found).unwrap();
        assert_eq!(kept, addresses(&["8.8.8.8"]));
    }

    #[test]
    fn an_answer_of_private_addresses_only_is_refused() {
        let found = addresses(&["169.254.169.254"]);
        let outcome = keep_allowed(&Policy::default(), found);
        assert!(matches!(outcome, Err(ResolveError::Refused("link-local"))));
        let nothing = keep_allowed(&Policy::default(), Vec::new());
        assert!(matches!(nothing, Err(ResolveError::NotFound)));
    }

    #[tokio::test]
    async fn localhost_needs_no_resolver() {
        assert_eq!(look_up("localhost.").await.unwrap(), addresses(&["127.0.0.1", "::1"]));
    }
}
