//! A small bank whose answers each test chooses.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use banks::fdx::Tokens;
use banks::{
    BreakerSettings, CallContext, ClientRegistration, Entropy, Fdx, FdxConfig, Grant, Guard, RedirectSignIn, RetryPolicy, Secret,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) type Fields = HashMap<String, String>;

/// What the bank remembers and what it will answer.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) registrations: Mutex<Vec<Value>>,
    pub(crate) pushed: Mutex<Vec<Fields>>,
    pub(crate) token_calls: Mutex<Vec<Fields>>,
    pub(crate) revoked: Mutex<Vec<Fields>>,
    /// Answers of the token endpoint in turn; when empty, a plain success.
    pub(crate) token_answers: Mutex<VecDeque<(u16, Value)>>,
}

pub(crate) struct Bank {
    pub(crate) issuer: String,
    pub(crate) book: Arc<Book>,
    pub(crate) fdx: Fdx,
    pub(crate) ctx: CallContext,
}

/// Every value once, so that nonces differ.
#[derive(Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        for (at, byte) in buffer.iter_mut().enumerate() {
            *byte = count[at % count.len()];
        }
    }
}

pub(crate) fn context() -> CallContext {
    let policy = egress::Policy { allow_loopback: true, allowed_networks: Vec::new(), require_https: false };
    CallContext { now: 1_767_323_045, policy, user_present: true, entropy: Arc::new(Counting::default()) }
}

/// Serves a router on a free port and returns its base address.
pub(crate) async fn serve(build: impl FnOnce(&str) -> Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = build(&base);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    base
}

/// A connector that retries without delay, so that tests take no time, and that is patient, so that
/// a busy machine fails none of them.
pub(crate) fn connector(issuer: &str) -> Fdx {
    connector_with_timeout(issuer, 20_000)
}

pub(crate) fn connector_with_timeout(issuer: &str, timeout_ms: u64) -> Fdx {
    let config = FdxConfig { timeout_ms, ..FdxConfig::new(issuer) };
    let retry = RetryPolicy { base_ms: 1, ..RetryPolicy::default() };
    let http = egress::Client::new(egress::Limits::default()).unwrap();
    Fdx::with_guard(config, http, Guard::new(retry, BreakerSettings::default()))
}

impl Bank {
    /// A bank with the authorization server below and `data` under `/fdx/v6`.
    pub(crate) async fn open(data: Router) -> Bank {
        let book = Arc::new(Book::default());
        let state = Arc::clone(&book);
        let issuer = serve(|base| authorization_server(base, state).nest("/fdx/v6", data)).await;
        let fdx = connector(&issuer);
        Bank { issuer, book, fdx, ctx: context() }
    }

    pub(crate) async fn register(&self) -> ClientRegistration {
        self.fdx.register(&self.ctx, "http://127.0.0.1/return", "world_1", "Shop").await.unwrap()
    }

    pub(crate) fn grant(&self) -> Grant {
        self.granted().1.into_grant().unwrap()
    }

    /// A registration and tokens for calls that need only their shape.
    pub(crate) fn granted(&self) -> (ClientRegistration, Tokens) {
        let registration = ClientRegistration {
            client_id: "client_1".to_owned(),
            issuer: self.issuer.clone(),
            key_pkcs8: Vec::new(),
            redirect_uri: String::new(),
            metadata: Value::Null,
        };
        let tokens = Tokens {
            access_token: Secret::new("access_1"),
            access_expires_at: i64::MAX,
            refresh_token: Some(Secret::new("refresh_1")),
            grant_id: Some("consent_1".to_owned()),
            scope: "fdx:accountbasic:read".to_owned(),
        };
        (registration, tokens)
    }
}

fn authorization_server(base: &str, book: Arc<Book>) -> Router {
    let metadata = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "pushed_authorization_request_endpoint": format!("{base}/par"),
        "registration_endpoint": format!("{base}/register"),
        "revocation_endpoint": format!("{base}/revoke"),
        "authorization_response_iss_parameter_supported": true,
    });
    Router::new()
        .route("/.well-known/oauth-authorization-server", get(move || async move { Json(metadata.clone()) }))
        .route("/register", post(register))
        .route("/par", post(push))
        .route("/token", post(token))
        .route("/revoke", post(revoke))
        .with_state(book)
}

async fn register(State(book): State<Arc<Book>>, body: String) -> impl IntoResponse {
    book.registrations.lock().unwrap().push(serde_json::from_str(&body).unwrap());
    (StatusCode::CREATED, Json(json!({"client_id": "client_1", "status": "APPROVED"})))
}

async fn push(State(book): State<Arc<Book>>, Form(fields): Form<Fields>) -> impl IntoResponse {
    book.pushed.lock().unwrap().push(fields);
    let answer = json!({"request_uri": "urn:request:1 2", "expires_in": 60});
    (StatusCode::CREATED, Json(answer))
}

async fn token(State(book): State<Arc<Book>>, Form(fields): Form<Fields>) -> impl IntoResponse {
    book.token_calls.lock().unwrap().push(fields);
    let chosen = book.token_answers.lock().unwrap().pop_front();
    let (status, body) = chosen.unwrap_or_else(|| {
        let body = json!({"access_token": "access_2", "token_type": "Bearer", "expires_in": 900,
            "refresh_token": "refresh_2", "grant_id": "consent_1", "scope": "fdx:accountbasic:read"});
        (200, body)
    });
    (StatusCode::from_u16(status).unwrap(), Json(body))
}

async fn revoke(State(book): State<Arc<Book>>, Form(fields): Form<Fields>) -> StatusCode {
    book.revoked.lock().unwrap().push(fields);
    StatusCode::OK
}
