//! One HTTP call to a bank, whatever its protocol, and what its failures mean.

use aws_lc_rs::digest::{SHA256, digest};
use egress::{EgressError, HeaderValue, Overflow, Request, header};

use crate::connector::{CallContext, Entropy};
use crate::error::BankError;

/// Largest answer of a bank in bytes.
const BODY_BYTES_MAX: usize = 20 * 1024 * 1024;

/// An answer that is not an outage.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// Makes a call once, under the policy of its surroundings, and sorts outages from answers.
pub(crate) async fn exchange(
    http: &egress::Client,
    ctx: &CallContext,
    mut request: Request,
    timeout_ms: u64,
) -> Result<Answer, BankError> {
    request.headers.insert(header::USER_AGENT, HeaderValue::from_static("Drawbridge/1.0"));
    request.timeout_ms = Some(timeout_ms);
    request.body_bytes_max = Some(BODY_BYTES_MAX);
    request.overflow = Overflow::Fail;
    let response = http.send(request, &ctx.policy).await.map_err(from_egress)?;
    let retry_after = response.header("retry-after").and_then(|raw| seconds_until(raw, ctx.now));
    match response.status {
        408 | 504 => Err(BankError::Timeout),
        429 => Err(BankError::RateLimited { retry_after_s: retry_after }),
        500 => Err(BankError::InternalFailure),
        // 501 says that something is not offered, not that the bank is down.
        502.. => {
            let expected_at =
                retry_after.and_then(|seconds| i64::try_from(seconds).ok()).map(|seconds| ctx.now.saturating_add(seconds));
            Err(BankError::Unavailable { expected_at })
        }
        status => Ok(Answer { status, body: response.body }),
    }
}

fn from_egress(error: EgressError) -> BankError {
    match error {
        EgressError::Forbidden { reason } => BankError::Forbidden(reason),
        EgressError::InvalidUrl(reason) => BankError::Forbidden(reason.to_owned()),
        EgressError::Timeout => BankError::Timeout,
        EgressError::Dns | EgressError::Connect | EgressError::Tls => BankError::Unavailable { expected_at: None },
        EgressError::BodyTooLarge => BankError::Protocol("the answer is too large".to_owned()),
        EgressError::Other(reason) => BankError::Protocol(reason),
    }
}

/// Seconds from `now` until what a `Retry-After` header names: a number of seconds or a date.
fn seconds_until(raw: &str, now: i64) -> Option<u64> {
    let raw = raw.trim();
    if let Ok(seconds) = raw.parse() {
        return Some(seconds);
    }
    let at = jiff::fmt::rfc2822::parse(raw).ok()?.timestamp().as_second();
    Some(u64::try_from(at.saturating_sub(now)).unwrap_or(0))
}

/// A random UUID (version 4).
pub(crate) fn random_uuid(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// SHA-256 of several texts in hexadecimal, 64 characters. Lengths are part of it, so that texts do
/// not run into each other.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut all = Vec::new();
    for part in parts {
        all.extend_from_slice(&(part.len() as u64).to_be_bytes());
        all.extend_from_slice(part.as_bytes());
    }
    hex(digest(&SHA256, &all).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{fingerprint, random_uuid, seconds_until};
    use crate::connector::Entropy;

    struct Ones;
    impl Entropy for Ones {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0xff);
        }
    }

    #[test]
    fn random_ids_are_uuids() {
        assert_eq!(random_uuid(&Ones), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn fingerprints_keep_their_parts_apart() {
        assert_eq!(fingerprint(&["ab", "c"]).len(), 64);
        assert_eq!(fingerprint(&["ab", "c"]), fingerprint(&["ab", "c"]));
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }

    #[test]
    fn retry_after_in_both_forms() {
        assert_eq!(seconds_until("120", 0), Some(120));
        assert_eq!(seconds_until("Fri, 02 Jan 2026 03:04:05 GMT", 1_767_323_000), Some(45));
        assert_eq!(seconds_until("Fri, 02 Jan 2026 03:04:05 GMT", 1_767_400_000), Some(0));
        assert_eq!(seconds_until("soon", 0), None);
        assert_eq!(seconds_until("-1", 0), None);
    }
}
