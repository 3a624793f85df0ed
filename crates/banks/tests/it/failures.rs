//! Banks that are slow, down, broken or hostile.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use axum::{Json, Router};
use banks::{BankAccount, BankConnector, BankError, RedirectSignIn};
use serde_json::json;

use crate::bank::{Bank, connector, connector_with_timeout, context, serve};

/// Answers `/accounts/a1` by the number of the call, counting from one.
fn account(answer: fn(usize) -> axum::response::Response) -> (Router, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let handler = move || async move { answer(counted.fetch_add(1, Ordering::SeqCst) + 1) };
    (Router::new().route("/accounts/a1", get(handler)), calls)
}

async fn ask(bank: &Bank) -> Result<BankAccount, BankError> {
    let grant = bank.grant();
    bank.fdx.account(&bank.ctx, &grant, "a1").await
}

fn good() -> axum::response::Response {
    Json(json!({"accountId": "a1", "currentBalance": 1.00})).into_response()
}

#[tokio::test]
async fn short_outages_are_bridged() {
    let (data, calls) = account(|call| match call {
        1 => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        2 => StatusCode::TOO_MANY_REQUESTS.into_response(),
        _ => good(),
    });
    let bank = Bank::open(data).await;
    assert_eq!(ask(&bank).await.unwrap().bank_account_id, "a1");
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn planned_maintenance_names_its_end() {
    let (data, calls) = account(|_| (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "3600")]).into_response());
    let bank = Bank::open(data).await;
    let expected_at = Some(bank.ctx.now + 3_600);
    assert_eq!(ask(&bank).await.unwrap_err(), BankError::Unavailable { expected_at });
    assert_eq!(calls.load(Ordering::SeqCst), 1, "a bank that says when is not pressed");
}

#[tokio::test]
async fn a_bank_that_stays_down_is_left_alone() {
    let (data, calls) = account(|_| StatusCode::BAD_GATEWAY.into_response());
    let bank = Bank::open(data).await;
    let down = BankError::Unavailable { expected_at: None };
    assert_eq!(ask(&bank).await.unwrap_err(), down);
    assert_eq!(ask(&bank).await.unwrap_err(), down);
    let open = ask(&bank).await.unwrap_err();
    assert_eq!(open, BankError::CircuitOpen { until: bank.ctx.now + 30, cause: Box::new(down) });
    assert!(open.is_transient());
    assert_eq!(calls.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn slow_banks_time_out() {
    let never = || std::future::pending::<String>();
    let mut bank = Bank::open(Router::new().route("/accounts/a1", get(never))).await;
    bank.fdx = connector_with_timeout(&bank.issuer, 100);
    assert_eq!(ask(&bank).await.unwrap_err(), BankError::Timeout);
}

#[tokio::test]
async fn statuses_have_meanings() {
    type Answer = fn(usize) -> axum::response::Response;
    fn coded(status: StatusCode, code: &str) -> axum::response::Response {
        (status, Json(json!({"code": code}))).into_response()
    }
    let table: [(Answer, BankError); 6] = [
        (|_| coded(StatusCode::UNAUTHORIZED, "603"), BankError::TokenExpired),
        (|_| coded(StatusCode::UNAUTHORIZED, "602"), BankError::TokenExpired),
        (|_| coded(StatusCode::CONFLICT, "705"), BankError::AccountClosed),
        (|_| coded(StatusCode::LOCKED, ""), BankError::AccountLocked),
        (|_| coded(StatusCode::NOT_FOUND, "701"), BankError::NotFound),
        (
            |_| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "60")]).into_response(),
            BankError::RateLimited { retry_after_s: Some(60) },
        ),
    ];
    for (answer, expected) in table {
        let bank = Bank::open(account(answer).0).await;
        assert_eq!(ask(&bank).await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn answers_that_make_no_sense() {
    type Answer = fn(usize) -> axum::response::Response;
    let table: [Answer; 6] = [
        |_| "<html>welcome</html>".into_response(),
        |_| "[]".into_response(),
        |_| Json(json!({"accountId": "another"})).into_response(),
        |_| Redirect::temporary("http://127.0.0.1:1/").into_response(),
        |_| Response::new(Body::from(vec![b' '; 21 * 1024 * 1024])),
        |_| (StatusCode::BAD_REQUEST, Json(json!({"code": "access_1"}))).into_response(),
    ];
    for answer in table {
        let bank = Bank::open(account(answer).0).await;
        let error = ask(&bank).await.unwrap_err();
        assert!(matches!(error, BankError::Protocol(_)), "{error:?}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn an_expired_token_is_renewed_by_the_caller() {
    let data = Router::new().route(
        "/accounts/a1",
        get(|headers: axum::http::HeaderMap| async move {
            match headers["authorization"].to_str().unwrap() {
                "Bearer access_2" => good(),
                _ => StatusCode::UNAUTHORIZED.into_response(),
            }
        }),
    );
    let bank = Bank::open(data).await;
    let registration = bank.register().await;
    let grant = bank.grant();
    let first = bank.fdx.account(&bank.ctx, &grant, "a1").await;
    assert_eq!(first.unwrap_err(), BankError::TokenExpired);
    let grant = bank.fdx.renew(&bank.ctx, Some(&registration), &grant).await.unwrap();
    bank.fdx.account(&bank.ctx, &grant, "a1").await.unwrap();
}

#[tokio::test]
async fn live_tenants_never_reach_loopback() {
    let mut bank = Bank::open(account(|_| good()).0).await;
    bank.ctx.policy = egress::Policy::default();
    assert!(matches!(ask(&bank).await, Err(BankError::Forbidden(_))));
}

#[tokio::test]
async fn metadata_of_another_issuer_is_refused() {
    let issuer = serve(|_| {
        let metadata = json!({"issuer": "https://evil.example",
            "authorization_endpoint": "https://evil.example/a", "token_endpoint": "https://evil.example/t"});
        Router::new().route("/.well-known/oauth-authorization-server", get(move || async move { Json(metadata.clone()) }))
    })
    .await;
    let outcome = connector(&issuer).register(&context(), "http://r/", "w", "n").await;
    assert!(matches!(outcome, Err(BankError::Protocol(_))));
    let missing = serve(|_| Router::new()).await;
    let outcome = connector(&missing).register(&context(), "http://r/", "w", "n").await;
    assert!(matches!(outcome, Err(BankError::Protocol(_))));
}
