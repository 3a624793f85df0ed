//! Which addresses belong to the public internet.
//!
//! The lists follow the IANA special-purpose registries. For IPv6 the rule is turned around: only
//! global unicast space (2000::/3) and NAT64 of a public IPv4 address are public at all.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What kind of destination an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressClass {
    /// Reachable on the public internet.
    Public,
    /// This machine: 127.0.0.0/8 or ::1.
    Loopback,
    /// Anything else, with the name of its range.
    NotPublic(&'static str),
}

/// Tells what kind of destination `address` is.
pub fn classify(address: IpAddr) -> AddressClass {
    match address {
        IpAddr::V4(v4) => classify_v4(v4),
        IpAddr::V6(v6) => classify_v6(v6),
    }
}

/// First address, prefix length and name of each IPv4 range that is not public.
const V4_SPECIAL: &[([u8; 4], u32, &str)] = &[
    ([0, 0, 0, 0], 8, "this network"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 64, 0, 0], 10, "carrier-grade NAT"),
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "protocol assignments"),
    ([192, 0, 2, 0], 24, "documentation"),
    ([192, 88, 99, 0], 24, "6to4 relay"),
    ([192, 168, 0, 0], 16, "private"),
    ([198, 18, 0, 0], 15, "benchmarking"),
    ([198, 51, 100, 0], 24, "documentation"),
    ([203, 0, 113, 0], 24, "documentation"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([240, 0, 0, 0], 4, "reserved"),
];

fn classify_v4(address: Ipv4Addr) -> AddressClass {
    if address.is_loopback() {
        return AddressClass::Loopback;
    }
    let bits = u32::from(address);
    for (first, prefix, name) in V4_SPECIAL {
        let first = u32::from_be_bytes(*first);
        if (bits ^ first) >> (32 - prefix) == 0 {
            return AddressClass::NotPublic(name);
        }
    }
    AddressClass::Public
}

/// First address, prefix length and name of each IPv6 range that is not public although it lies in
/// global unicast space, or that deserves its own name.
const V6_SPECIAL: &[([u16; 8], u32, &str)] = &[
    ([0, 0, 0, 0, 0, 0xffff, 0, 0], 96, "IPv4-mapped"),
    ([0, 0, 0, 0, 0, 0, 0, 0], 96, "IPv4-compatible"),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, "local NAT64"),
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 64, "discard"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "protocol assignments"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "documentation"),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "6to4"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "documentation"),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "unique local"),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "link-local"),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, "site-local"),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast"),
];

fn classify_v6(address: Ipv6Addr) -> AddressClass {
    if address.is_loopback() {
        return AddressClass::Loopback;
    }
    if let Some(embedded) = nat64_target(address) {
        return match classify_v4(embedded) {
            AddressClass::Public => AddressClass::Public,
            _ => AddressClass::NotPublic("NAT64 of an address that is not public"),
        };
    }
    let bits = u128::from(address);
    for (first, prefix, name) in V6_SPECIAL {
        let first = u128::from(Ipv6Addr::from(*first));
        if (bits ^ first) >> (128 - prefix) == 0 {
            return AddressClass::NotPublic(name);
        }
    }
    if bits >> 125 == 0b001 { AddressClass::Public } else { AddressClass::NotPublic("outside global unicast space") }
}

/// The IPv4 address that the well-known NAT64 prefix 64:ff9b::/96 carries.
fn nat64_target(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    if segments[..6] != [0x64, 0xff9b, 0, 0, 0, 0] {
        return None;
    }
    let [a, b] = segments[6].to_be_bytes();
    let [c, d] = segments[7].to_be_bytes();
    Some(Ipv4Addr::new(a, b, c, d))
}

#[cfg(test)]
mod tests {
    use super::{AddressClass, classify};

    #[test]
    fn public_addresses() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "2a00::1",
            "64:ff9b::808:808",
        ] {
            assert_eq!(classify(text.parse().unwrap()), AddressClass::Public, "{text}");
        }
    }

    #[test]
    fn loopback_addresses() {
        for text in ["127.0.0.1", "127.255.255.254", "::1"] {
            assert_eq!(classify(text.parse().unwrap()), AddressClass::Loopback, "{text}");
        }
    }

    #[test]
    fn every_range_that_is_not_public() {
        for text in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(matches!(classify(text.parse().unwrap()), AddressClass::NotPublic(_)), "{text} must not be public");
        }
    }
}
