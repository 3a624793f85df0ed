//! One attempt to deliver an event.

use std::time::Instant;

use egress::{Client, EgressError, HeaderMap, HeaderValue, Method, Overflow, Policy, Request, Response, Url, header};

use crate::signature;

/// How much of a response body is kept, in characters.
pub const EXCERPT_CHARS_MAX: usize = 512;
/// A character has at most four bytes; more need not be read.
const EXCERPT_BYTES_MAX: usize = EXCERPT_CHARS_MAX * 4;
const USER_AGENT: &str = "Drawbridge/1.0 (+webhooks)";

/// What is to be delivered.
pub struct Delivery<'a> {
    /// The endpoint's URL as its owner wrote it.
    pub url: &'a str,
    /// Every secret that is valid now, newest first.
    pub secrets: &'a [&'a str],
    /// Time of this attempt in Unix seconds; goes into the signature.
    pub timestamp: i64,
    /// The JSON to post, byte for byte what is signed.
    pub body: &'a [u8],
    /// Further headers. They cannot replace signature, content type or user agent.
    pub headers: HeaderMap,
    /// Limit on the whole attempt in milliseconds; 10,000 is usual.
    pub timeout_ms: u64,
}

/// Whether the receiver took the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Any 2xx.
    Delivered,
    /// Everything else, redirects included.
    Failed,
}

/// What happened, in the form in which it is stored and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Whether the receiver took the event.
    pub outcome: Outcome,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Why there was no answer, or that it was not a 2xx.
    pub error: Option<String>,
    /// The beginning of the response body: at most [`EXCERPT_CHARS_MAX`] characters, valid UTF-8,
    /// without control characters except line breaks and tabs.
    pub excerpt: String,
    /// Length of the attempt in milliseconds.
    pub duration_ms: u64,
}

/// Makes one attempt. Never fails: whatever goes wrong is in the [`Attempt`].
pub async fn deliver(client: &Client, policy: &Policy, delivery: Delivery<'_>) -> Attempt {
    let started = Instant::now();
    let attempt = attempt(client, policy, delivery).await;
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    attempt.map_or_else(|error| failed(&error, duration_ms), |response| answered(&response))
}

async fn attempt(client: &Client, policy: &Policy, delivery: Delivery<'_>) -> Result<Response, EgressError> {
    let url = Url::parse(delivery.url).map_err(|_| EgressError::InvalidUrl("it cannot be parsed"))?;
    let signature = signature::sign_all(delivery.secrets, delivery.timestamp, delivery.body);
    let signature =
        HeaderValue::from_str(&signature).map_err(|_| EgressError::Other("the signature cannot be sent".to_owned()))?;
    let mut request = Request::new(Method::POST, url);
    request.headers = delivery.headers;
    request.headers.insert(signature::HEADER, signature);
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    request.headers.insert(header::CONTENT_TYPE, json);
    request.headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    request.headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    request.body = delivery.body.to_vec();
    request.timeout_ms = Some(delivery.timeout_ms);
    request.body_bytes_max = Some(EXCERPT_BYTES_MAX);
    request.overflow = Overflow::Truncate;
    client.send(request, policy).await
}

fn answered(response: &Response) -> Attempt {
    let delivered = (200..300).contains(&response.status);
    let error = match response.status {
        200..300 => None,
        300..400 => Some("the endpoint answered with a redirect, which is not followed".to_owned()),
        status => Some(format!("the endpoint answered with status {status}")),
    };
    Attempt {
        outcome: if delivered { Outcome::Delivered } else { Outcome::Failed },
        status: Some(response.status),
        error,
        excerpt: excerpt(&response.body),
        duration_ms: response.duration_ms,
    }
}

fn failed(error: &EgressError, duration_ms: u64) -> Attempt {
    Attempt { outcome: Outcome::Failed, status: None, error: Some(error.to_string()), excerpt: String::new(), duration_ms }
}

fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body)
        .chars()
        .filter(|character| !character.is_control() || matches!(character, '\n' | '\t'))
        .take(EXCERPT_CHARS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{EXCERPT_CHARS_MAX, excerpt};

    #[test]
    fn excerpts_are_short_clean_text() {
        assert_eq!(excerpt(b"ok\r\n\x00\x1b[31mred\t!"), "ok\n[31mred\t!");
        assert_eq!(excerpt(b"\xff\xfe"), "\u{fffd}\u{fffd}");
        assert_eq!(excerpt("é".repeat(2_000).as_bytes()).chars().count(), EXCERPT_CHARS_MAX);
    }
}
