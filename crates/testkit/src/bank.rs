use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use http_body_util::BodyExt;
use kernel::Core;
use serde_json::{Value, json};
use tokio::sync::watch;
use tower::ServiceExt;
use url::{Url, form_urlencoded};

use crate::Gate;

/// What is waited for must happen within this time; it is a bound, not a pause.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// What the institution does behind its own address; people choose their accounts there.
const SLUG: &str = "bank-oauth";
/// Parameters that lead to a later page.
const CURSORS: [&str; 3] = ["pageKey", "offset", "page"];

/// What the bank does with a question.
pub enum Mood {
    /// Answers as it should.
    Honest,
    /// Answers with this status and text.
    Says(u16, String),
    /// Never answers.
    Silent,
    /// Answers what this makes of the right answer. Cursors are not looked at: it is always about the first page.
    Twists(Box<dyn FnOnce(&mut Value) + Send>),
    /// Answers as it should, once the gate is open.
    Waits(Gate),
    /// Answers with this status, once the gate is open.
    WaitsAndSays(Gate, u16),
}

impl Mood {
    /// Answers what `twist` makes of the right answer.
    pub fn twists(twist: impl FnOnce(&mut Value) + Send + 'static) -> Mood {
        Mood::Twists(Box::new(twist))
    }
}

/// Decides by the number of the question, from 0, and by its parameters.
type Temper = Box<dyn Fn(usize, &[(String, String)]) -> Mood + Send + Sync>;

/// The test bank at an address of its own, named to the server in a file as an operator would, behind a listener that can
/// spoil every answer of its data API.
pub struct UnreliableBank {
    inner: Arc<Inner>,
    base_url: String,
    file: PathBuf,
    task: tokio::task::JoinHandle<()>,
}

struct Inner {
    bank: OnceLock<Router>,
    temper: Mutex<Option<(String, Temper)>>,
    asked: Mutex<usize>,
    count: watch::Sender<usize>,
}

impl UnreliableBank {
    /// The name under which people find it.
    pub const NAME: &str = "Unreliable Bank";

    /// Listens on a free port, in honest mood. The server gives up on a call after `timeout_ms`, if given.
    pub async fn start(directory: &Path, timeout_ms: Option<u64>) -> UnreliableBank {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let base_url = format!("http://{address}");
        let inner = Arc::new(Inner {
            bank: OnceLock::new(),
            temper: Mutex::default(),
            asked: Mutex::default(),
            count: watch::Sender::new(0),
        });
        let file = directory.join(format!("institutions-{}.json", address.port()));
        let mut entry = json!({
            "id": "fcinst_unreliable", "name": Self::NAME, "issuer": format!("{base_url}{}/{SLUG}", server::bank::PATH),
            "featured": true, "livemode": false, "allowed_networks": ["127.0.0.0/8"],
        });
        if let Some(timeout_ms) = timeout_ms {
            entry["timeout_ms"] = timeout_ms.into();
        }
        std::fs::write(&file, json!([entry]).to_string()).expect("the file of institutions");
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        UnreliableBank { inner, base_url, file, task }
    }

    /// The file that names it.
    pub(crate) fn file(&self) -> PathBuf {
        self.file.clone()
    }

    /// Gives it storage and clocks: those of the first node that names it.
    pub(crate) fn open(&self, core: &Arc<Core>) {
        let bank = server::bank::test_bank(core, &self.base_url).router();
        let _ = self.inner.bank.set(Router::new().nest(server::bank::PATH, bank));
    }

    /// True if its pages are at this address.
    pub(crate) fn has(&self, url: &Url) -> bool {
        Url::parse(&self.base_url).is_ok_and(|own| own.origin() == url.origin())
    }

    /// Shows a person one of its pages.
    pub(crate) async fn page(&self, request: Request) -> Response {
        self.inner.honest(request).await
    }

    /// From now on questions to addresses that end with `resource`, such as `/transactions`, are answered in this mood.
    /// Others are answered honestly. Counts anew.
    pub fn temper(&self, resource: &str, mood: impl Fn(usize, &[(String, String)]) -> Mood + Send + Sync + 'static) {
        *lock(&self.inner.asked) = 0;
        self.inner.count.send_replace(0);
        *lock(&self.inner.temper) = Some((resource.to_owned(), Box::new(mood)));
    }

    /// From now on questions to addresses with this ending are answered honestly. Counts anew.
    pub fn recover(&self, resource: &str) {
        self.temper(resource, |_, _| Mood::Honest);
    }

    /// Leaves the next question to addresses with this ending without an answer until the gate opens. Counts anew.
    #[must_use]
    pub fn hold(&self, resource: &str) -> Gate {
        let gate = Gate::default();
        let held = gate.clone();
        self.temper(resource, move |number, _| if number == 0 { Mood::Waits(held.clone()) } else { Mood::Honest });
        gate
    }

    /// Questions of the kind last named, repeats included.
    #[must_use]
    pub fn asked(&self) -> usize {
        *lock(&self.inner.asked)
    }

    /// Waits until so many questions of the kind last named have arrived.
    pub async fn wait_for(&self, count: usize) {
        let mut seen = self.inner.count.subscribe();
        let waited = tokio::time::timeout(WAIT_MAX, seen.wait_for(|seen| *seen >= count)).await;
        assert!(waited.is_ok(), "waited for {count} questions, {} were asked", self.asked());
    }
}

impl Drop for UnreliableBank {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.file);
    }
}

impl Inner {
    /// The mood for a question, which is counted.
    fn mood(&self, path: &str, query: &[(String, String)]) -> Mood {
        let temper = lock(&self.temper);
        let Some((resource, decide)) = temper.as_ref() else { return Mood::Honest };
        if !path.contains("/fdx/v6/") || !path.ends_with(resource.as_str()) {
            return Mood::Honest;
        }
        let mut asked = lock(&self.asked);
        let mood = decide(*asked, query);
        *asked += 1;
        self.count.send_replace(*asked);
        mood
    }

    async fn honest(&self, request: Request) -> Response {
        match self.bank.get() {
            Some(bank) => bank.clone().oneshot(request).await.unwrap_or_else(|never| match never {}),
            None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }

    async fn twisted(&self, request: Request, twist: impl FnOnce(&mut Value)) -> Response {
        let response = self.honest(first_page(request)).await;
        assert_eq!(response.status(), StatusCode::OK, "only good answers can be twisted");
        let bytes = response.into_body().collect().await.expect("a whole answer").to_bytes();
        let mut answer = serde_json::from_slice(&bytes).expect("an answer in JSON");
        twist(&mut answer);
        says(200, answer.to_string())
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or("");
    let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    match inner.mood(request.uri().path(), &query) {
        Mood::Honest => inner.honest(request).await,
        Mood::Says(status, text) => says(status, text),
        Mood::Silent => std::future::pending().await,
        Mood::Twists(twist) => inner.twisted(request, twist).await,
        Mood::Waits(gate) => {
            gate.wait().await;
            inner.honest(request).await
        }
        Mood::WaitsAndSays(gate, status) => {
            gate.wait().await;
            says(status, String::new())
        }
    }
}

fn says(status: u16, text: String) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [(header::CONTENT_TYPE, "application/json")], Body::from(text)).into_response()
}

/// The same question without a cursor.
fn first_page(mut request: Request) -> Request {
    let uri = request.uri();
    let pairs = form_urlencoded::parse(uri.query().unwrap_or("").as_bytes());
    let pairs = pairs.filter(|(name, _)| !CURSORS.contains(&name.as_ref()));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    *request.uri_mut() = format!("{}?{query}", uri.path()).parse().expect("an address");
    request
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
