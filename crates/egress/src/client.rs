//! The client itself.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::error::EgressError;
use crate::policy::Policy;
use crate::resolver::CheckedResolver;

/// Connections kept open per host: enough for a refresh and a person at the same bank.
const IDLE_CONNECTIONS_PER_HOST: usize = 4;
/// How long an unused connection stays open.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// Policies in use at the same time are two or three; more only if the operator's list changes.
const POLICIES_KEPT: usize = 8;

/// Bounds of every call. A [`Request`] may lower the total time and the size for itself.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Name resolution, TCP and TLS together, in milliseconds.
    pub connect_timeout_ms: u64,
    /// The whole call including the body, in milliseconds.
    pub total_timeout_ms: u64,
    /// Largest response body in bytes.
    pub body_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { connect_timeout_ms: 5_000, total_timeout_ms: 30_000, body_bytes_max: 20 * 1024 * 1024 }
    }
}

/// What to do with a response body over the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// Fail with [`EgressError::BodyTooLarge`]: half an answer is worth nothing.
    Fail,
    /// Keep the beginning. The status alone decides, so a body that stalls or breaks only truncates.
    Truncate,
}

/// One call. Not `Clone`, and `Debug` shows neither headers nor body, because they carry secrets.
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// Absolute http or https URL.
    pub url: Url,
    /// Headers to send; `Host` and `Content-Length` are set by the client.
    pub headers: HeaderMap,
    /// The body; empty means none.
    pub body: Vec<u8>,
    /// Lowers [`Limits::total_timeout_ms`] for this call.
    pub timeout_ms: Option<u64>,
    /// Lowers [`Limits::body_bytes_max`] for this call.
    pub body_bytes_max: Option<usize>,
    /// What to do with a body over the limit.
    pub overflow: Overflow,
}

impl Request {
    /// A call without headers and body, under the client's limits, failing on overflow.
    pub fn new(method: Method, url: Url) -> Self {
        Request {
            method,
            url,
            headers: HeaderMap::new(),
            body: Vec::new(),
            timeout_ms: None,
            body_bytes_max: None,
            overflow: Overflow::Fail,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The query may carry tokens, so only the origin is shown.
        let origin = self.url.origin().ascii_serialization();
        formatter.debug_struct("Request").field("method", &self.method).field("to", &origin).finish()
    }
}

/// An answer of any status; redirects are answers like all others.
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers as received.
    pub headers: HeaderMap,
    /// The body, at most the limit.
    pub body: Vec<u8>,
    /// The body is only the beginning ([`Overflow::Truncate`]).
    pub truncated: bool,
    /// From the start of the call to the last byte read, in milliseconds.
    pub duration_ms: u64,
}

impl Response {
    /// The header as text, if present and visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Response")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("truncated", &self.truncated)
            .field("duration_ms", &self.duration_ms)
            .finish()
    }
}

/// The only HTTP client of this program. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    limits: Limits,
    /// One inner client per policy: a pool of connections must never serve a stricter policy than
    /// the one that opened them. Made on first use, because loading root certificates costs
    /// start-up time and memory that a server without outgoing calls does not owe.
    inner: Mutex<Vec<(Policy, reqwest::Client)>>,
}

impl Client {
    /// Makes a client; nothing is loaded or opened before the first call.
    ///
    /// # Errors
    /// `Other` when a limit is zero.
    pub fn new(limits: Limits) -> Result<Self, EgressError> {
        if limits.connect_timeout_ms == 0 || limits.total_timeout_ms == 0 || limits.body_bytes_max == 0 {
            return Err(EgressError::Other("every limit must be above zero".to_owned()));
        }
        let shared = Shared { limits, inner: Mutex::new(Vec::new()) };
        Ok(Client { shared: Arc::new(shared) })
    }

    /// Makes one call under `policy`. Answers of every status are `Ok`.
    ///
    /// # Errors
    /// See [`EgressError`]; nothing is sent when the policy refuses the destination.
    pub async fn send(&self, request: Request, policy: &Policy) -> Result<Response, EgressError> {
        policy.check_url(&request.url)?;
        let limits = &self.shared.limits;
        let inner = self.inner_for(policy)?;
        let started = Instant::now();
        let timeout_ms = request.timeout_ms.map_or(limits.total_timeout_ms, |ms| ms.min(limits.total_timeout_ms));
        let body_bytes_max = request.body_bytes_max.map_or(limits.body_bytes_max, |max| max.min(limits.body_bytes_max));
        let deadline = started + Duration::from_millis(timeout_ms);

        let call = inner.request(request.method, request.url).headers(request.headers);
        let call = if request.body.is_empty() { call } else { call.body(request.body) };
        let mut answer = timeout_at(deadline, call.send()).await.map_err(|_| EgressError::Timeout)??;
        let status = answer.status().as_u16();
        let headers = std::mem::take(answer.headers_mut());

        let mut body = Vec::new();
        let reading = timeout_at(deadline, read_body(&mut answer, &mut body, body_bytes_max)).await;
        let outcome = reading.unwrap_or(Err(EgressError::Timeout));
        let truncated = match (outcome, request.overflow) {
            (Ok(()), _) => false,
            (Err(_), Overflow::Truncate) => true,
            (Err(error), Overflow::Fail) => return Err(error),
        };
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Response { status, headers, body, truncated, duration_ms })
    }

    fn inner_for(&self, policy: &Policy) -> Result<reqwest::Client, EgressError> {
        let mut kept = self.shared.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = kept.iter().find(|(known, _)| known == policy) {
            return Ok(client.clone());
        }
        let client = build(&self.shared.limits, policy)?;
        if kept.len() == POLICIES_KEPT {
            kept.remove(0);
        }
        kept.push((policy.clone(), client.clone()));
        Ok(client)
    }
}

/// Reads to the end or to the limit; what was read stays in `body` either way.
async fn read_body(answer: &mut reqwest::Response, body: &mut Vec<u8>, bytes_max: usize) -> Result<(), EgressError> {
    while let Some(chunk) = answer.chunk().await? {
        let room = bytes_max - body.len();
        if chunk.len() > room {
            body.extend_from_slice(&chunk[..room]);
            return Err(EgressError::BodyTooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(())
}

fn build(limits: &Limits, policy: &Policy) -> Result<reqwest::Client, EgressError> {
    match builder(limits, policy).build() {
        Ok(client) => Ok(client),
        Err(error) => {
            // A machine without root certificates still works towards its own loopback bank.
            tracing::warn!(%error, "no root certificates; https calls will fail");
            let without_roots = builder(limits, policy).tls_certs_only([]);
            Ok(without_roots.build()?)
        }
    }
}

/// The one place in this program that configures outgoing HTTP.
#[allow(clippy::disallowed_methods, reason = "the guarded constructor itself")]
fn builder(limits: &Limits, policy: &Policy) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .dns_resolver(CheckedResolver::new(policy.clone()))
        .connect_timeout(Duration::from_millis(limits.connect_timeout_ms))
        .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
        .pool_idle_timeout(IDLE_TIMEOUT)
}
