//! The cookie that ties a login at a bank to the browser that began it, so that nobody can send a person to a bank in the
//! name of a flow that is not theirs.

use http::{HeaderMap, HeaderValue, header};

/// Each flow has a cookie of its own, so that two at once do not disturb each other.
const PREFIX: &str = "drawbridge_login_";
/// A person may take this long at the bank.
const SECONDS: u32 = 1_800;

/// The cookie for a flow that goes to its bank. It comes back on the bank's own navigation, and to one address only.
pub(crate) fn set(token: &str, secure: bool) -> HeaderValue {
    let name: String = token.chars().rev().take(8).collect();
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{PREFIX}{name}={token}; Path=/connections/return; Max-Age={SECONDS}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// The flows whose logins this browser began.
pub(crate) fn flows(headers: &HeaderMap) -> Vec<String> {
    let texts = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| name.starts_with(PREFIX)).map(|(_, token)| token.to_owned()).take(50).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_set() {
        let cookie = set("flow_abcdefgh12345678", false);
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(&format!("other=1; {pair}; {PREFIX}x=flow_b")).unwrap());
        assert_eq!(flows(&headers), ["flow_abcdefgh12345678", "flow_b"]);
        assert!(cookie.to_str().unwrap().contains("HttpOnly; SameSite=Lax"));
    }
}
