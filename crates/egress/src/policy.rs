//! What one call may reach.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

use crate::address::{AddressClass, classify};
use crate::error::EgressError;

/// What one outgoing call may reach. [`Policy::default`] is the strict one: https to public
/// addresses only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Lets 127.0.0.0/8, ::1 and `localhost` through, over http as well as https. For sandboxes of
    /// a server that itself listens on loopback; never for live tenants.
    pub allow_loopback: bool,
    /// Networks that the operator declared reachable although they are not public.
    pub allowed_networks: Vec<Network>,
    /// Refuses plain http, except to loopback when `allow_loopback` is set.
    pub require_https: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy { allow_loopback: false, allowed_networks: Vec::new(), require_https: true }
    }
}

impl Policy {
    /// Checks everything about `url` that needs no name resolution: scheme, userinfo, literal
    /// addresses. Useful to refuse a webhook URL when it is stored; [`crate::Client::send`] checks
    /// it again, and then the resolved addresses as well.
    ///
    /// # Errors
    /// `InvalidUrl` for other schemes, userinfo or a missing host; `Forbidden` for destinations
    /// that this policy refuses.
    pub fn check_url(&self, url: &Url) -> Result<(), EgressError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EgressError::InvalidUrl("only http and https are allowed"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressError::InvalidUrl("user name and password are not allowed in a URL"));
        }
        if url.port() == Some(0) {
            return Err(EgressError::InvalidUrl("port 0 is not allowed"));
        }
        let on_loopback = match url.host() {
            None => return Err(EgressError::InvalidUrl("the URL has no host")),
            Some(Host::Ipv4(address)) => self.check_literal(address.into())?,
            Some(Host::Ipv6(address)) => self.check_literal(address.into())?,
            Some(Host::Domain(name)) => self.check_name(name)?,
        };
        if url.scheme() == "http" && self.require_https && !on_loopback {
            return Err(EgressError::Forbidden { reason: "https is required".to_owned() });
        }
        Ok(())
    }

    /// Whether a connection to `address` is allowed.
    ///
    /// # Errors
    /// The name of the refused range.
    pub fn check_address(&self, address: IpAddr) -> Result<(), &'static str> {
        if self.allowed_networks.iter().any(|network| network.contains(address)) {
            return Ok(());
        }
        match classify(address) {
            AddressClass::Public => Ok(()),
            AddressClass::Loopback if self.allow_loopback => Ok(()),
            AddressClass::Loopback => Err("loopback"),
            AddressClass::NotPublic(name) => Err(name),
        }
    }

    /// Returns whether the literal address is loopback.
    fn check_literal(&self, address: IpAddr) -> Result<bool, EgressError> {
        match self.check_address(address) {
            Ok(()) => Ok(classify(address) == AddressClass::Loopback),
            Err(range) => Err(EgressError::Forbidden { reason: format!("address is not public ({range})") }),
        }
    }

    /// Returns whether the name stands for loopback by definition (RFC 6761).
    fn check_name(&self, name: &str) -> Result<bool, EgressError> {
        let loopback = is_localhost(name);
        if loopback && !self.allow_loopback {
            return Err(EgressError::Forbidden { reason: "address is not public (loopback)".to_owned() });
        }
        Ok(loopback)
    }
}

/// Whether `name` is `localhost` or below it, with or without the trailing dot of the root.
pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// A range of addresses in CIDR notation, such as `10.1.0.0/16` or `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether `address` lies in this network. Families never match each other.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(candidate)) => {
                let difference = u32::from(network) ^ u32::from(candidate);
                difference.checked_shr(32 - u32::from(self.prefix)).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(candidate)) => {
                let difference = u128::from(network) ^ u128::from(candidate);
                difference.checked_shr(128 - u32::from(self.prefix)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// The text is not `address/prefix`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a network is written as address/prefix, for example 10.0.0.0/8")]
pub struct NetworkParseError;

impl FromStr for Network {
    type Err = NetworkParseError;

    /// Reads `address/prefix`; an address alone is a network of one.
    fn from_str(text: &str) -> Result<Self, NetworkParseError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkParseError)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| NetworkParseError)?,
            None => longest,
        };
        if prefix > longest {
            return Err(NetworkParseError);
        }
        Ok(Network { address, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::{Network, Policy};
    use crate::error::EgressError;
    use url::Url;

    fn sandbox() -> Policy {
        Policy { allow_loopback: true, allowed_networks: Vec::new(), require_https: false }
    }

    fn check(policy: &Policy, text: &str) -> Result<(), EgressError> {
        policy.check_url(&Url::parse(text).unwrap())
    }

    #[test]
    fn every_spelling_of_loopback_is_refused_by_the_strict_policy() {
        for text in [
            "https://127.0.0.1/",
            "https://127.0.0.1./",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://0x7f.1/",
            "https://%31%32%37.0.0.1/",
            "https://[::1]/",
            "https://[0:0:0:0:0:0:0:1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::127.0.0.1]/",
            "https://[64:ff9b::127.0.0.1]/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.b.localhost/",
            "https://0/",
            "https://0.0.0.0/",
            "https://169.254.169.254/latest/meta-data/",
            "https://3232235777/",
        ] {
            let outcome = check(&Policy::default(), text);
            assert!(matches!(outcome, Err(EgressError::Forbidden { .. })), "{text}: {outcome:?}");
        }
    }

    #[test]
    fn a_sandbox_reaches_loopback_but_no_other_private_range() {
        for text in ["http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]/", "https://127.1/"] {
            assert!(check(&sandbox(), text).is_ok(), "{text}");
        }
        for text in ["http://10.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/"] {
            let outcome = check(&sandbox(), text);
            assert!(matches!(outcome, Err(EgressError::Forbidden { .. })), "{text}");
        }
    }

    #[test]
    fn https_is_required_except_on_allowed_loopback() {
        let policy = Policy { require_https: true, ..sandbox() };
        assert!(check(&policy, "http://localhost:1/").is_ok());
        assert!(check(&policy, "http://127.0.0.1:1/").is_ok());
        assert!(check(&policy, "http://example.com/").is_err());
        assert!(check(&policy, "https://example.com/").is_ok());
        assert!(check(&sandbox(), "http://example.com/").is_ok());
    }

    #[test]
    fn userinfo_and_other_schemes_are_refused() {
        for text in [
            "https://user@example.com/",
            "https://user:pass@example.com/",
            "https://:pass@example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "gopher://example.com/",
            "https://example.com:0/",
        ] {
            let outcome = check(&Policy::default(), text);
            assert!(matches!(outcome, Err(EgressError::InvalidUrl(_))), "{text}: {outcome:?}");
        }
    }

    #[test]
    fn allowed_networks_open_exactly_their_range() {
        let policy =
            Policy { allowed_networks: vec!["10.1.0.0/16".parse().unwrap(), "fd00::/8".parse().unwrap()], ..Policy::default() };
        assert!(check(&policy, "https://10.1.2.3/").is_ok());
        assert!(check(&policy, "https://[fd12::1]/").is_ok());
        assert!(check(&policy, "https://10.2.0.1/").is_err());
        assert!(check(&policy, "https://[fc00::1]/").is_err());
    }

    #[test]
    fn networks_parse_and_print() {
        for (text, printed) in [("10.0.0.0/8", "10.0.0.0/8"), ("1.2.3.4", "1.2.3.4/32"), ("::/0", "::/0")] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), printed);
        }
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "x/8", "10.0.0.0/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("203.0.113.1".parse().unwrap()));
    }
}
