//! Accounts, owners, numbers and transactions.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use banks::{BankConnector, BankError, DataKind, TransactionPull, TransactionWindow};
use serde_json::{Value, json};

use crate::bank::Bank;

const WINDOW: TransactionWindow = TransactionWindow { from: 1_767_225_600, to: 1_767_323_045 };

fn row(id: impl Into<Value>) -> Value {
    json!({"transactionId": id.into(), "accountCategory": "DEPOSIT_ACCOUNT", "amount": 1.5,
        "debitCreditMemo": "DEBIT", "status": "POSTED", "description": "x",
        "transactionTimestamp": "2026-01-01T10:00:00Z", "postedTimestamp": "2026-01-01T10:00:00Z"})
}

async fn pull(data: Router) -> Result<TransactionPull, BankError> {
    let bank = Bank::open(data).await;
    let grant = bank.grant();
    bank.fdx.transactions(&bank.ctx, &grant, "a1", "usd", WINDOW).await
}

/// A bank whose transactions answer is a function of the query.
fn transactions(answer: fn(HashMap<String, String>) -> Value) -> Router {
    Router::new().route(
        "/accounts/a1/transactions",
        get(move |Query(query): Query<HashMap<String, String>>| async move { Json(answer(query)) }),
    )
}

#[tokio::test]
async fn accounts_with_balances_from_list_and_details() {
    let data = Router::new()
        .route(
            "/accounts",
            get(|headers: HeaderMap, Query(query): Query<HashMap<String, String>>| async move {
                assert_eq!(headers["authorization"], "Bearer access_1");
                assert_eq!(headers["fdx-api-actor-type"], "USER");
                assert_eq!(headers["x-fapi-interaction-id"].len(), 36);
                assert_eq!(query["resultType"], "details");
                let first = !query.contains_key("pageKey");
                Json(if first {
                    json!({"page": {"nextPageKey": "2"}, "accounts": [
                        {"accountId": "a1", "accountType": "CHECKING", "currentBalance": 1},
                        {"accountId": "a1", "accountType": "CHECKING", "currentBalance": 9},
                        "nonsense", {"accountId": null}]})
                } else {
                    json!({"accounts": [{"loanAccount": {"accountId": "b/2"}}]})
                })
            }),
        )
        .route(
            "/accounts/{id}",
            get(|Path(id): Path<String>| async move {
                assert_eq!(id, "b/2", "only what lacks a balance is asked for");
                Json(json!({"loanAccount": {"accountId": id, "principalBalance": 70.25}}))
            }),
        );
    let bank = Bank::open(data).await;
    let (_, mut tokens) = bank.granted();
    tokens.scope = "fdx:accountbasic:read fdx:balances:read".to_owned();
    let grant = tokens.into_grant().unwrap();
    let accounts = bank.fdx.accounts(&bank.ctx, &grant).await.unwrap();
    let balances: Vec<_> =
        accounts.iter().map(|a| (a.bank_account_id.as_str(), a.balance.as_ref().unwrap().current_minor)).collect();
    assert_eq!(balances, [("a1", 100), ("b/2", -7_025)]);
}

#[tokio::test]
async fn pages_are_followed_to_the_end() {
    let pulled = pull(transactions(|query| {
        assert_eq!((query["startTime"].as_str(), query["endDate"].as_str()), ("2025-12-31", "2026-01-03"));
        let at: u32 = query.get("offset").map_or(0, |offset| offset.parse().unwrap());
        let page = if at < 4 { json!({"nextOffset": at + 2}) } else { json!({}) };
        json!({"page": page, "transactions": [row(at), row(at + 1)]})
    }))
    .await
    .unwrap();
    assert!(pulled.complete);
    assert_eq!(pulled.rows.len(), 6);
    assert_eq!(pulled.rows[0].amount_minor, -150);
}

#[tokio::test]
async fn a_bank_that_pages_in_circles() {
    let pulled = pull(transactions(|query| {
        let key = if query.get("pageKey").is_some_and(|key| key == "b") { "c" } else { "b" };
        json!({"page": {"nextPageKey": key}, "transactions": [row("t1"), row(key)]})
    }))
    .await
    .unwrap();
    assert!(!pulled.complete);
    assert_eq!(pulled.rows.len(), 3, "each row once");
}

#[tokio::test]
async fn a_bank_that_points_elsewhere() {
    let pulled =
        pull(transactions(|_| json!({"links": {"next": {"href": "http://127.0.0.1:1/steal"}}, "transactions": [row("t1")]})))
            .await
            .unwrap();
    assert_eq!((pulled.complete, pulled.rows.len()), (false, 1));
}

#[tokio::test]
async fn rows_that_make_no_sense_are_left_out() {
    let pulled = pull(transactions(|_| {
        let mut absurd = row("t2");
        absurd["amount"] = json!("1e30");
        json!({"transactions": [row("t1"), absurd, 5]})
    }))
    .await
    .unwrap();
    assert_eq!((pulled.complete, pulled.rows.len()), (false, 1));
}

#[tokio::test]
async fn nothing_is_an_answer_and_partial_is_not_all() {
    let nothing = || async { (StatusCode::NOT_FOUND, Json(json!({"code": "1107"}))) };
    let pulled = pull(Router::new().route("/accounts/a1/transactions", get(nothing))).await;
    assert_eq!(pulled.unwrap(), TransactionPull { rows: Vec::new(), complete: true });

    let partial = || async { (StatusCode::PARTIAL_CONTENT, Json(json!({"transactions": [row("t1")]}))) };
    let pulled = pull(Router::new().route("/accounts/a1/transactions", get(partial))).await.unwrap();
    assert_eq!((pulled.complete, pulled.rows.len()), (false, 1));

    let no_list = pull(transactions(|_| json!({}))).await;
    assert!(matches!(no_list, Err(BankError::Protocol(_))), "must not look like an empty list");
}

#[tokio::test]
async fn owners_and_numbers() {
    let data = Router::new()
        .route(
            "/accounts/a1/contact",
            get(|| async { Json(json!({"holders": [{"name": {"first": "Ada", "last": "B"}}], "emails": ["a@b.c"]})) }),
        )
        .route(
            "/accounts/a1/payment-networks",
            get(|| async {
                Json(json!({"paymentNetworks": [{"type": "US_ACH", "bankId": "110000000",
                    "identifier": "000123456789", "transferOut": true, "transferIn": false}]}))
            }),
        )
        .route(
            "/accounts/card/payment-networks",
            get(|| async { (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"code": "704"}))).into_response() }),
        );
    let bank = Bank::open(data).await;
    let grant = bank.grant();
    let owners = bank.fdx.owners(&bank.ctx, &grant, "a1").await.unwrap();
    assert_eq!((owners[0].name.as_str(), owners[0].email.as_deref()), ("Ada B", Some("a@b.c")));
    let numbers = bank.fdx.payment_numbers(&bank.ctx, &grant, "a1").await.unwrap();
    let numbers = numbers.unwrap();
    assert!(numbers.can_debit && !numbers.can_credit);
    let none = bank.fdx.payment_numbers(&bank.ctx, &grant, "card").await.unwrap();
    assert_eq!(none, None);
}

#[tokio::test]
async fn denied_data_is_told_from_a_revoked_consent() {
    let denied = |code: &'static str| move || async move { (StatusCode::FORBIDDEN, Json(json!({"code": code}))) };
    let consent = |status: &'static str| {
        let answer = move || async move { Json(json!({"status": status})) };
        Router::new().route("/accounts/a1/contact", get(denied("602"))).route("/consents/consent_1", get(answer))
    };
    for (data, expected) in [
        (consent("ACTIVE"), BankError::NotPermitted(DataKind::Ownership)),
        (consent("REVOKED"), BankError::GrantRevoked),
        (consent("EXPIRED"), BankError::GrantRevoked),
        (
            Router::new().route("/accounts/a1/contact", get(denied("602"))).route("/consents/consent_1", get(denied("602"))),
            BankError::GrantRevoked,
        ),
        (Router::new().route("/accounts/a1/contact", get(denied("403"))), BankError::NotPermitted(DataKind::Ownership)),
        (Router::new().route("/accounts/a1/contact", get(denied("706"))), BankError::AccountLocked),
    ] {
        let bank = Bank::open(data).await;
        let grant = bank.grant();
        let outcome = bank.fdx.owners(&bank.ctx, &grant, "a1").await;
        assert_eq!(outcome.unwrap_err(), expected);
    }
}
