//! Which requests come from our own pages. Forms of the flow carry no cookie, so this is a second wall: the first is
//! that nobody else knows a flow's token.

use http::{HeaderMap, header};
use url::Url;

/// Where a navigation was begun, as browsers say it: `same-origin` on a page of ours, `none` by the person or an app,
/// `cross-site` or `same-site` on a page of somebody else. None from old browsers and without TLS.
pub fn site(headers: &HeaderMap) -> Option<&str> {
    text(headers, "sec-fetch-site")
}

/// True when a request that changes something was sent by a page of another site.
pub fn is_foreign(headers: &HeaderMap, base_url: &str) -> bool {
    let site = site(headers);
    let Some(origin) = text(headers, header::ORIGIN.as_str()) else {
        // Programs send no origin; browsers that send none still say whether the page was ours.
        return matches!(site, Some("cross-site" | "same-site"));
    };
    if origin == "null" {
        // Pages with `Referrer-Policy: no-referrer` post their forms with an opaque origin.
        return site != Some("same-origin");
    }
    let Ok(origin) = Url::parse(origin) else {
        return true;
    };
    let own = Url::parse(base_url).is_ok_and(|base| base.origin() == origin.origin());
    let asked = text(headers, header::HOST.as_str()).is_some_and(|host| authority(&origin) == host.to_lowercase());
    !(own || asked)
}

/// True when the request was addressed to this machine by one of its loopback names or by the configured address. A
/// page elsewhere whose name was made to point here fails this, and so never sees keys.
pub fn is_addressed_to_us(headers: &HeaderMap, base_url: &str) -> bool {
    let Some(host) = text(headers, header::HOST.as_str()) else {
        return false;
    };
    let Ok(asked) = Url::parse(&format!("http://{host}")) else {
        return false;
    };
    let loopback = match asked.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    loopback || Url::parse(base_url).is_ok_and(|base| base.host_str() == asked.host_str())
}

fn authority(origin: &Url) -> String {
    let host = origin.host_str().unwrap_or_default();
    origin.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://127.0.0.1:12111";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?))).collect()
    }

    #[test]
    fn origins_are_told_apart() {
        let cases: [(&[(&'static str, &str)], bool); 9] = [
            (&[], false),
            (&[("origin", "http://127.0.0.1:12111")], false),
            (&[("origin", "http://localhost:12111"), ("host", "localhost:12111")], false),
            (&[("origin", "https://evil.example"), ("host", "127.0.0.1:12111")], true),
            (&[("origin", "http://127.0.0.1:9999"), ("host", "127.0.0.1:12111")], true),
            (&[("origin", "null")], true),
            (&[("origin", "null"), ("sec-fetch-site", "same-origin")], false),
            (&[("origin", "null"), ("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "cross-site")], true),
        ];
        for (pairs, foreign) in cases {
            assert_eq!(is_foreign(&headers(pairs), BASE), foreign, "{pairs:?}");
        }
    }

    #[test]
    fn only_loopback_names_and_our_own_address_see_keys() {
        let cases =
            [("127.0.0.1:12111", true), ("localhost:12111", true), ("[::1]:12111", true), ("rebound.example:12111", false)];
        for (host, ours) in cases {
            assert_eq!(is_addressed_to_us(&headers(&[("host", host)]), BASE), ours, "{host}");
        }
        assert!(is_addressed_to_us(&headers(&[("host", "bank.example")]), "https://bank.example"));
        assert!(!is_addressed_to_us(&HeaderMap::new(), BASE));
    }
}
