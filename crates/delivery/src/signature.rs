//! The `Stripe-Signature` header.
//!
//! The signed text is `<timestamp>.<body>`, the key is the whole secret including its `whsec_`
//! prefix, the algorithm HMAC-SHA256, written as lowercase hexadecimal.

use aws_lc_rs::hmac;

/// Name of the header that carries the signature.
pub const HEADER: &str = "stripe-signature";

/// The header value for one secret: `t=<timestamp>,v1=<hex>`. `timestamp` is in Unix seconds and
/// should be the time of the attempt, so that every retry is fresh for the receiver.
pub fn sign(secret: &str, timestamp: i64, body: &[u8]) -> String {
    sign_all(&[secret], timestamp, body)
}

/// The header value for all secrets that are valid now: one `v1` each, in the order given. While a
/// secret is being rolled, the old and the new one both sign.
pub fn sign_all(secrets: &[&str], timestamp: i64, body: &[u8]) -> String {
    let mut header = format!("t={timestamp}");
    for secret in secrets {
        header.push_str(",v1=");
        push_hex(&mut header, mac(secret, timestamp, body).as_ref());
    }
    header
}

/// Whether `header` carries a `v1` signature of `body` by `secret`, made within `tolerance_seconds`
/// before `now` (Unix seconds). As in the official libraries, only age is checked: a timestamp
/// ahead of `now` passes. Signatures are compared in constant time.
pub fn verify(header: &str, secret: &str, body: &[u8], now: i64, tolerance_seconds: i64) -> bool {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let timestamp = parts().find(|(name, _)| *name == "t").and_then(|(_, value)| value.parse().ok());
    let Some(timestamp) = timestamp else {
        return false;
    };
    if now.saturating_sub(timestamp) > tolerance_seconds {
        return false;
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let text = signed_text(timestamp, body);
    parts()
        .filter(|(name, _)| *name == "v1")
        .filter_map(|(_, value)| parse_hex(value))
        .any(|tag| hmac::verify(&key, &text, &tag).is_ok())
}

fn mac(secret: &str, timestamp: i64, body: &[u8]) -> hmac::Tag {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::sign(&key, &signed_text(timestamp, body))
}

fn signed_text(timestamp: i64, body: &[u8]) -> Vec<u8> {
    let mut text = format!("{timestamp}.").into_bytes();
    text.extend_from_slice(body);
    text
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

fn parse_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{sign, sign_all, verify};

    const BODY: &[u8] = br#"{"id":"evt_1","object":"event"}"#;
    const TIME: i64 = 1_700_000_000;

    #[test]
    fn agrees_with_the_official_node_library() {
        assert_eq!(
            sign("whsec_test", TIME, BODY),
            "t=1700000000,v1=4c15fb2a43f93ef61eaa3e0893866d57cad9cad4223242cfb96f362480cb4021"
        );
    }

    #[test]
    fn while_rolling_both_secrets_verify() {
        let header = sign_all(&["whsec_new", "whsec_old"], TIME, BODY);
        assert_eq!(header.matches(",v1=").count(), 2);
        assert!(verify(&header, "whsec_new", BODY, TIME, 300));
        assert!(verify(&header, "whsec_old", BODY, TIME, 300));
        assert!(!verify(&header, "whsec_other", BODY, TIME, 300));
    }

    #[test]
    fn changed_old_or_malformed_is_refused() {
        let header = sign("whsec_test", TIME, BODY);
        assert!(verify(&header, "whsec_test", BODY, TIME + 300, 300));
        assert!(!verify(&header, "whsec_test", BODY, TIME + 301, 300));
        assert!(!verify(&header, "whsec_test", b"{}", TIME, 300));
        let later = header.replace("t=1700000000", "t=1700000001");
        assert!(!verify(&later, "whsec_test", BODY, TIME, 300));
        for broken in ["", "t=1", "v1=00", "t=x,v1=00", "t=1700000000,v1=zz", "t=1700000000,v1=€0"] {
            assert!(!verify(broken, "whsec_test", BODY, TIME, 300), "{broken}");
        }
    }
}
