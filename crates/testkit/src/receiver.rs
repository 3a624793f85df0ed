use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::any;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::sync::watch;

use crate::Gate;

/// What is waited for must happen within this time; it is a bound, not a pause.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// An event that arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// The headers.
    pub headers: HeaderMap,
    /// The bytes that were signed.
    pub body: Bytes,
    /// The event.
    pub event: Value,
}

impl Received {
    /// Whether the signature is one by this secret, not older than five minutes at `now`.
    #[must_use]
    pub fn is_signed_by(&self, secret: &str, now: i64) -> bool {
        let header = self.headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or("");
        delivery::signature::verify(header, secret, &self.body, now, 300)
    }
}

/// A webhook endpoint on a port of its own. It answers 200 unless told otherwise.
pub struct WebhookReceiver {
    /// Where it listens.
    pub url: String,
    inner: Arc<Inner>,
    task: tokio::task::JoinHandle<()>,
}

struct Inner {
    received: Mutex<Vec<Received>>,
    planned: Mutex<VecDeque<Planned>>,
    count: watch::Sender<usize>,
}

enum Planned {
    Answer(u16, String),
    Hold(Gate),
}

impl WebhookReceiver {
    /// Listens on a free port.
    pub async fn start() -> WebhookReceiver {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hooks", listener.local_addr().expect("an address"));
        let inner = Arc::new(Inner { received: Mutex::default(), planned: Mutex::default(), count: watch::Sender::new(0) });
        let router = Router::new().fallback(any(take)).with_state(Arc::clone(&inner));
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        WebhookReceiver { url, inner, task }
    }

    /// Answers the next delivery that has no plan yet with this status and text.
    pub fn answer(&self, status: u16, text: &str) {
        self.plan(Planned::Answer(status, text.to_owned()));
    }

    /// Leaves the next delivery that has no plan yet without an answer until the gate opens.
    #[must_use]
    pub fn hold(&self) -> Gate {
        let gate = Gate::default();
        self.plan(Planned::Hold(gate.clone()));
        gate
    }

    /// Everything that arrived, in order.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.inner.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The types of the events that arrived, in order.
    #[must_use]
    pub fn types(&self) -> Vec<String> {
        self.received().iter().map(|one| one.event["type"].as_str().unwrap_or("").to_owned()).collect()
    }

    /// Waits until this many deliveries have arrived in all.
    pub async fn wait_for(&self, count: usize) {
        let mut seen = self.inner.count.subscribe();
        let waited = tokio::time::timeout(WAIT_MAX, seen.wait_for(|seen| *seen >= count)).await;
        let arrived = self.received().len();
        assert!(waited.is_ok(), "waited for {count} deliveries, {arrived} arrived");
    }

    fn plan(&self, planned: Planned) {
        self.inner.planned.lock().unwrap_or_else(PoisonError::into_inner).push_back(planned);
    }
}

impl Drop for WebhookReceiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let event = serde_json::from_slice(&body).unwrap_or(Value::Null);
    inner.received.lock().unwrap_or_else(PoisonError::into_inner).push(Received { headers, body, event });
    let planned = inner.planned.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    inner.count.send_modify(|count| *count += 1);
    match planned {
        None => (StatusCode::OK, "ok".into()),
        Some(Planned::Answer(status, text)) => (StatusCode::from_u16(status).expect("a status"), text),
        Some(Planned::Hold(gate)) => {
            gate.wait().await;
            (StatusCode::OK, "ok".into())
        }
    }
}
