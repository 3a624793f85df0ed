//! SimpleFIN against a server that follows the protocol, and against samples of real answers.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use banks::{
    AnswerRefused, Answers, BankConnector, BankError, BreakerSettings, CallContext, DataKind, FieldInput, FormKind, FormSignIn,
    Grant, RetryPolicy, SignInForm, SignInStep, SimpleFin, SimpleFinConfig, TransactionStatus, TransactionWindow,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::bank::{context, serve};

type Answering = fn(&HashMap<String, String>) -> Response;
type Asked = Arc<Mutex<Vec<HashMap<String, String>>>>;

struct Server {
    base: String,
    simplefin: SimpleFin,
    ctx: CallContext,
    /// Queries to `/accounts`, in order.
    asked: Asked,
}

impl Server {
    /// A server with one token, `once`, that can be claimed once, and these accounts.
    async fn open(accounts: impl Fn(&HashMap<String, String>) -> Response + Clone + Send + Sync + 'static) -> Server {
        let asked: Asked = Arc::default();
        let log = Arc::clone(&asked);
        let claimed = Arc::new(Mutex::new(false));
        let base = serve(|base| {
            let access = base.replace("http://", "http://us%40er:p%3Aw@");
            let claim = move |headers: HeaderMap| async move {
                assert_eq!(headers["content-length"], "0");
                let again = std::mem::replace(&mut *claimed.lock().unwrap(), true);
                if again { (StatusCode::FORBIDDEN, "no".to_owned()) } else { (StatusCode::OK, format!("{access}/sf\n")) }
            };
            let list = move |headers: HeaderMap, Query(query): Query<HashMap<String, String>>| async move {
                assert_eq!(headers["authorization"], format!("Basic {}", STANDARD.encode("us@er:p:w")).as_str());
                log.lock().unwrap().push(query.clone());
                accounts(&query)
            };
            Router::new().route("/claim/once", post(claim)).route("/sf/accounts", get(list))
        })
        .await;
        Server { base, simplefin: connector(60), ctx: context(), asked }
    }

    fn token(&self, path: &str) -> String {
        STANDARD.encode(format!("{}{path}", self.base))
    }

    async fn answer(&self, token: &str) -> Result<SignInStep, BankError> {
        let answers = Answers::new([("token".to_owned(), token.to_owned())]);
        self.simplefin.answer(&self.ctx, "world_1", None, answers).await
    }

    async fn grant(&self) -> Grant {
        match self.answer(&self.token("/claim/once")).await.unwrap() {
            SignInStep::Done(grant) => serde_json::from_str(&serde_json::to_string(&grant).unwrap()).unwrap(),
            SignInStep::Ask { refused, .. } => panic!("refused: {refused:?}"),
        }
    }

    fn calls(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn connector(reuse_s: i64) -> SimpleFin {
    let retry = RetryPolicy { base_ms: 1, ..RetryPolicy::default() };
    let http = egress::Client::new(egress::Limits::default()).unwrap();
    let config = SimpleFinConfig { timeout_ms: 20_000, reuse_s, only: None };
    SimpleFin::with_limits(config, http, retry, BreakerSettings { failures_to_open: 1, ..BreakerSettings::default() })
}

fn body(value: &Value) -> Response {
    axum::Json(value.clone()).into_response()
}

fn refused(step: SignInStep) -> (SignInForm, Option<AnswerRefused>) {
    match step {
        SignInStep::Ask { form, state: None, refused } => (form, refused),
        other => panic!("{other:?}"),
    }
}

const NOW: i64 = 1_767_323_045;
const DAY: i64 = 86_400;

/// One account with a row in each span that is asked for, and one in all of them.
fn account_in_spans(query: &HashMap<String, String>) -> Response {
    let start: Option<i64> = query.get("start-date").map(|text| text.parse().unwrap());
    let transactions = start.map_or_else(Vec::new, |start| {
        vec![
            json!({"id": start.to_string(), "posted": start, "amount": "-1.50", "description": "Coffee"}),
            json!({"id": "same", "posted": 0, "transacted_at": NOW - DAY, "amount": "2", "description": "Soon", "pending": true}),
        ]
    });
    body(&json!({"errors": [], "accounts": [{"org": {"name": "My Bank"}, "id": "ACT-1", "name": "Everyday Checking",
        "currency": "USD", "balance": "100.23", "available-balance": "75.23", "balance-date": NOW, "transactions": transactions}]}))
}

#[tokio::test]
async fn a_token_is_claimed_once() {
    let server = Server::open(account_in_spans).await;
    let first = server.simplefin.first();
    assert_eq!((first.kind, &first.fields[0].input), (FormKind::Token, &FieldInput::Token));
    let grant = server.grant().await;
    let shown = format!("{grant:?}");
    assert!(!shown.contains("p:w") && !shown.contains("us@er"));
    let (form, why) = refused(server.answer(&server.token("/claim/once")).await.unwrap());
    assert_eq!(why, Some(AnswerRefused::TokenUnusable));
    assert!(form.says.unwrap().contains("somebody else"));
}

#[tokio::test]
async fn tokens_that_are_none() {
    let server = Server::open(account_in_spans).await;
    let (_, why) = refused(server.answer("").await.unwrap());
    assert_eq!(why, Some(AnswerRefused::Missing));
    let long = STANDARD.encode(format!("{}/{}", server.base, "x".repeat(2_000)));
    for token in ["hello", &STANDARD.encode("no url"), &STANDARD.encode("ftp://host/x"), &long, &server.token("/elsewhere")] {
        let (form, why) = refused(server.answer(token).await.unwrap());
        assert_eq!((why, form.says), (Some(AnswerRefused::TokenUnusable), None), "{token}");
    }
    let mut strict = Server::open(account_in_spans).await;
    strict.ctx.policy = egress::Policy::default();
    let (_, why) = refused(strict.answer(&strict.token("/claim/once")).await.unwrap());
    assert_eq!(why, Some(AnswerRefused::TokenUnusable), "plain http and loopback are not for live tenants");
}

/// Whoever pastes a token must not lead a server anywhere but to the one that it knows.
#[tokio::test]
async fn a_server_that_knows_one_server_calls_no_other() {
    let mut server = Server::open(|_| body(&json!({"errors": [], "accounts": []}))).await;
    let http = || egress::Client::new(egress::Limits::default()).unwrap();
    let only = |address: String| SimpleFin::new(SimpleFinConfig { only: Some(address), ..SimpleFinConfig::default() }, http());
    server.simplefin = only(format!("{}/elsewhere/", server.base));
    let step = server.answer(&server.token("/claim/once")).await.unwrap();
    assert_eq!(refused(step).1, Some(AnswerRefused::TokenUnusable), "it is not even asked");
    server.simplefin = only(format!("{}/claim/", server.base));
    let step = server.answer(&server.token("/claim/once")).await;
    assert!(matches!(step, Err(BankError::Forbidden(_))), "the access leads elsewhere: {step:?}");
    let mut server = Server::open(|_| body(&json!({"errors": [], "accounts": []}))).await;
    server.simplefin = only(format!("{}/", server.base));
    server.grant().await;
}

#[tokio::test]
async fn claims_that_give_no_access() {
    for answer in ["", "hello", "https://host.example/without", "<html>"] {
        let base = serve(|_| Router::new().route("/claim", post(move || async move { answer }))).await;
        let answers = Answers::new([("token".to_owned(), STANDARD.encode(format!("{base}/claim")))]);
        let outcome = connector(0).answer(&context(), "w", None, answers).await;
        assert!(matches!(outcome, Err(BankError::Protocol(_))), "{answer}");
    }
    let base = serve(|_| Router::new().route("/claim", post(|| async { "http://u:p@10.0.0.1/sf" }))).await;
    let answers = Answers::new([("token".to_owned(), STANDARD.encode(format!("{base}/claim")))]);
    let outcome = connector(0).answer(&context(), "w", None, answers).await;
    assert!(matches!(outcome, Err(BankError::Forbidden(_))), "a server must not send us into a private network");
}

#[tokio::test]
async fn accounts_and_transactions_with_few_calls() {
    let server = Server::open(account_in_spans).await;
    let (simplefin, ctx) = (&server.simplefin, &server.ctx);
    let grant = server.grant().await;
    let accounts = simplefin.accounts(ctx, &grant).await.unwrap();
    assert_eq!(accounts[0].display_name.as_deref(), Some("My Bank Everyday Checking"));
    let balance = accounts[0].balance.as_ref().unwrap();
    assert_eq!((balance.as_of, balance.current_minor, balance.available_minor), (NOW, 10_023, Some(7_523)));
    let id = &accounts[0].bank_account_id;
    assert!(!id.contains("ACT-1"));
    assert_eq!(simplefin.account(ctx, &grant, id).await.unwrap(), accounts[0]);
    assert_eq!(server.calls(), 1, "the second answer is the first");
    assert_eq!(server.asked.lock().unwrap()[0]["balances-only"], "1");

    let window = TransactionWindow { from: NOW - 180 * DAY, to: NOW };
    let pull = simplefin.transactions(ctx, &grant, id, "usd", window).await.unwrap();
    assert!(pull.complete);
    let spans: Vec<(i64, i64)> = server.asked.lock().unwrap()[1..]
        .iter()
        .map(|query| (query["start-date"].parse().unwrap(), query["end-date"].parse().unwrap()))
        .collect();
    assert_eq!(spans.len(), 4);
    assert!(spans.iter().all(|(start, end)| end - start <= 60 * DAY));
    assert!(spans.windows(2).all(|pair| pair[0].1 == pair[1].0));
    assert!(server.asked.lock().unwrap()[1..].iter().all(|query| query["pending"] == "1"));
    assert_eq!(pull.rows.len(), 5, "the row that is in every span counts once");
    let pending: Vec<_> = pull.rows.iter().filter(|row| row.status == TransactionStatus::Pending).collect();
    assert_eq!((pending.len(), pending[0].amount_minor), (1, 200));

    assert_eq!(simplefin.account(ctx, &grant, "ACT-1").await.unwrap_err(), BankError::NotFound);
    assert_eq!(simplefin.transactions(ctx, &grant, "x", "usd", window).await.unwrap_err(), BankError::NotFound);
    assert_eq!(server.calls(), 5, "other accounts cost nothing more");
    let mut later = ctx.clone();
    later.now += 60;
    simplefin.accounts(&later, &grant).await.unwrap();
    assert_eq!(server.calls(), 6, "after a minute it is asked anew");
}

#[tokio::test]
async fn nothing_but_balances_and_transactions() {
    let server = Server::open(account_in_spans).await;
    let grant = server.grant().await;
    let (simplefin, ctx) = (&server.simplefin, &server.ctx);
    assert!(simplefin.owners(ctx, &grant, "x").await.unwrap().is_empty());
    assert_eq!(simplefin.payment_numbers(ctx, &grant, "x").await.unwrap(), None);
    assert!(!simplefin.shares(DataKind::Ownership) && !simplefin.shares(DataKind::PaymentNumbers));
    assert!(simplefin.shares(DataKind::Balances) && simplefin.shares(DataKind::Transactions));
    assert!(simplefin.consent(ctx, &grant).await.unwrap().active && !grant.needs_renewal(i64::MAX - 60));
    simplefin.revoke(ctx, None, &grant).await.unwrap();
}

#[tokio::test]
async fn errors_beside_data_make_it_incomplete() {
    let server = Server::open(|query| {
        let errors = json!(["You must <b>reauthenticate</b>.\u{0}"]);
        let rows = if query.contains_key("start-date") {
            json!([{"id": "1", "posted": NOW, "amount": "1.00", "description": ""}])
        } else {
            json!([])
        };
        body(&json!({"errors": errors, "accounts": [{"id": "1", "name": "n", "currency": "USD", "balance": "1", "transactions": rows}]}))
    })
    .await;
    let grant = server.grant().await;
    let accounts = server.simplefin.accounts(&server.ctx, &grant).await.unwrap();
    let window = TransactionWindow { from: NOW - DAY, to: NOW };
    let id = &accounts[0].bank_account_id;
    let pull = server.simplefin.transactions(&server.ctx, &grant, id, "usd", window).await.unwrap();
    assert_eq!((pull.rows.len(), pull.complete), (1, false));
    // What is missing beside errors may be what they are about: it is not gone.
    let unavailable = BankError::Unavailable { expected_at: None };
    assert_eq!(server.simplefin.account(&server.ctx, &grant, "x").await.unwrap_err(), unavailable);
    assert_eq!(server.simplefin.transactions(&server.ctx, &grant, "x", "usd", window).await.unwrap_err(), unavailable);
    let other = server.simplefin.transactions(&server.ctx, &grant, id, "eur", window).await;
    assert!(matches!(other, Err(BankError::Protocol(_))));
}

/// People are at different servers: one that is down keeps nobody from another, nor from claiming a token.
#[tokio::test]
async fn a_server_that_is_down_stops_no_other() {
    let down = Server::open(|_| StatusCode::SERVICE_UNAVAILABLE.into_response()).await;
    let up = Server::open(account_in_spans).await;
    let (grant, other) = (down.grant().await, up.grant().await);
    down.simplefin.accounts(&down.ctx, &grant).await.unwrap_err();
    let open = down.simplefin.accounts(&down.ctx, &grant).await.unwrap_err();
    assert!(matches!(open, BankError::CircuitOpen { .. }), "{open:?}");
    assert_eq!(down.simplefin.accounts(&up.ctx, &other).await.unwrap().len(), 1);
    let again = down.answer(&down.token("/claim/once")).await.unwrap();
    assert_eq!(refused(again).1, Some(AnswerRefused::TokenUnusable), "it was asked");
    // Tokens whose server is down open no breaker.
    let gone = serve(|_| Router::new().route("/claim", post(|| async { StatusCode::SERVICE_UNAVAILABLE }))).await;
    let token = STANDARD.encode(format!("{gone}/claim"));
    for _ in 0..3 {
        assert_eq!(down.answer(&token).await.unwrap_err(), BankError::Unavailable { expected_at: None });
    }
}

#[tokio::test]
async fn failures() {
    let protocol = || BankError::Protocol(String::new());
    let answers: [(Answering, BankError); 8] = [
        (|_| StatusCode::FORBIDDEN.into_response(), BankError::GrantRevoked),
        (|_| StatusCode::PAYMENT_REQUIRED.into_response(), BankError::AccountLocked),
        (|_| StatusCode::SERVICE_UNAVAILABLE.into_response(), BankError::Unavailable { expected_at: None }),
        (|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), BankError::InternalFailure),
        (
            |_| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "60")]).into_response(),
            BankError::RateLimited { retry_after_s: Some(60) },
        ),
        (|_| StatusCode::NOT_FOUND.into_response(), protocol()),
        (|_| axum::response::Redirect::temporary("http://127.0.0.1:1/").into_response(), protocol()),
        (|_| "<html>".into_response(), protocol()),
    ];
    for (answer, expected) in answers {
        let server = Server::open(answer).await;
        let grant = server.grant().await;
        let error = server.simplefin.accounts(&server.ctx, &grant).await.unwrap_err();
        let error = if matches!(error, BankError::Protocol(_)) { protocol() } else { error };
        assert_eq!(error, expected);
    }
}

/// A sample of a real answer, where the samples are.
fn sample(name: &str) -> Option<String> {
    let shared = std::env::var_os("DRAWBRIDGE_SHARED")?;
    std::fs::read_to_string(PathBuf::from(shared).join("samples/simplefin").join(name)).ok()
}

#[tokio::test]
async fn samples_are_read() {
    let (Some(set), Some(unpaid), Some(forbidden)) = (sample("account_set.json"), sample("402.json"), sample("403.txt")) else {
        println!("skipped: DRAWBRIDGE_SHARED names no directory with samples/simplefin");
        return;
    };
    let server = Server::open(move |_| set.clone().into_response()).await;
    let grant = server.grant().await;
    let accounts = server.simplefin.accounts(&server.ctx, &grant).await.unwrap();
    assert_eq!(accounts[0].display_name.as_deref(), Some("mybank.com Savings"));
    assert_eq!(accounts[0].balance.as_ref().unwrap().current_minor, 10_023);
    let window = TransactionWindow { from: 793_000_000, to: 793_100_000 };
    let id = &accounts[0].bank_account_id;
    let pull = server.simplefin.transactions(&server.ctx, &grant, id, "usd", window).await.unwrap();
    assert_eq!((pull.rows[0].amount_minor, pull.rows[0].description.as_str()), (-3_329_343, "Uncle Frank's Bait Shop"));
    assert_eq!((pull.rows[0].transacted_at, pull.rows[0].posted_at), (793_080_572, Some(793_090_572)));
    for (status, text, expected) in [
        (StatusCode::PAYMENT_REQUIRED, unpaid, BankError::AccountLocked),
        (StatusCode::FORBIDDEN, forbidden, BankError::GrantRevoked),
    ] {
        let server = Server::open(move |_| (status, text.clone()).into_response()).await;
        let grant = server.grant().await;
        assert_eq!(server.simplefin.accounts(&server.ctx, &grant).await.unwrap_err(), expected);
    }
}
