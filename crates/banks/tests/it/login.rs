//! Registration, login, renewal, revocation.

use std::sync::Mutex;

use axum::http::StatusCode;
use axum::routing::put;
use axum::{Json, Router};
use banks::fdx::Tokens;
use banks::{BankConnector, BankError, Callback, DataKind, LoginRequest, RedirectSignIn, Secret};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};

use crate::bank::{Bank, Fields};

fn request() -> LoginRequest {
    LoginRequest {
        state: "state_1".to_owned(),
        data: vec![DataKind::Balances, DataKind::Transactions],
        client_display_name: "Rocket Rides".to_owned(),
        duration_days: 365,
        lookback_days: 180,
    }
}

/// Checks the client's signature in a form with the key that it registered.
fn proven(bank: &Bank, form: &Fields) -> Value {
    let registered = bank.book.registrations.lock().unwrap()[0].clone();
    let jwk: Jwk = serde_json::from_value(registered["jwks"]["keys"][0].clone()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_audience(&[&bank.issuer]);
    let key = DecodingKey::from_jwk(&jwk).unwrap();
    decode::<Value>(&form["client_assertion"], &key, &validation).unwrap().claims
}

#[tokio::test]
async fn a_whole_login() {
    let bank = Bank::open(Router::new()).await;
    let registration = bank.register().await;
    assert_eq!(registration.client_id, "client_1");
    let registered = bank.book.registrations.lock().unwrap()[0].clone();
    assert_eq!(registered["software_id"], "world_1");
    assert_eq!(registered["token_endpoint_auth_method"], "private_key_jwt");

    // What is sealed and stored comes back as it was.
    let stored = serde_json::to_vec(&registration).unwrap();
    let registration: banks::ClientRegistration = serde_json::from_slice(&stored).unwrap();
    let start = bank.fdx.begin(&bank.ctx, &registration, request()).await.unwrap();
    let expected = format!("{}/authorize?client_id=client_1&request_uri=urn%3Arequest%3A1+2", bank.issuer);
    assert_eq!(start.authorize_url, expected);
    let pushed = bank.book.pushed.lock().unwrap()[0].clone();
    assert_eq!(pushed["state"], "state_1");
    assert_eq!(pushed["code_challenge_method"], "S256");
    let details: Value = serde_json::from_str(&pushed["authorization_details"]).unwrap();
    let clusters = &details[0]["consentRequest"]["resources"][0]["dataClusters"];
    assert_eq!(*clusters, json!(["ACCOUNT_BASIC", "BALANCES", "TRANSACTIONS"]));
    assert_eq!(proven(&bank, &pushed)["iss"], "client_1");

    let callback = Callback { code: Some("code_1".to_owned()), error: None, iss: Some(bank.issuer.clone()) };
    let grant = bank.fdx.finish(&bank.ctx, &registration, &start.secret, callback).await.unwrap();
    let tokens = Tokens::of(&grant).unwrap();
    assert_eq!(tokens.access_token.expose(), "access_2");
    assert_eq!(tokens.access_expires_at, bank.ctx.now + 900);
    let redeemed = bank.book.token_calls.lock().unwrap()[0].clone();
    assert_eq!(redeemed["code_verifier"], start.secret.code_verifier.expose());
    assert_ne!(proven(&bank, &redeemed)["jti"], proven(&bank, &pushed)["jti"]);
}

#[tokio::test]
async fn a_login_that_ends_badly() {
    let bank = Bank::open(Router::new()).await;
    let registration = bank.register().await;
    let start = bank.fdx.begin(&bank.ctx, &registration, request()).await.unwrap();
    let finish = |code: Option<&str>, error: Option<&str>, iss: &str| {
        let callback = Callback { code: code.map(str::to_owned), error: error.map(str::to_owned), iss: Some(iss.to_owned()) };
        bank.fdx.finish(&bank.ctx, &registration, &start.secret, callback)
    };
    let denied = finish(None, Some("access_denied"), &bank.issuer).await;
    assert_eq!(denied.unwrap_err(), BankError::AccessDenied);
    let mixed_up = finish(Some("code_1"), None, "http://127.0.0.1:1").await;
    assert!(matches!(mixed_up, Err(BankError::Protocol(_))));
    assert!(bank.book.token_calls.lock().unwrap().is_empty(), "a foreign code is never sent");
    bank.book.token_answers.lock().unwrap().push_back((400, json!({"error": "invalid_grant"})));
    let used = finish(Some("code_1"), None, &bank.issuer).await;
    assert!(matches!(used, Err(BankError::Protocol(text)) if text.contains("invalid_grant")));
}

#[tokio::test]
async fn renewing() {
    let bank = Bank::open(Router::new()).await;
    let registration = bank.register().await;
    let (_, mut tokens) = bank.granted();
    let grant = tokens.clone().into_grant().unwrap();
    let renewed = bank.fdx.renew(&bank.ctx, Some(&registration), &grant).await.unwrap();
    assert_eq!(Tokens::of(&renewed).unwrap().refresh_token, Some(Secret::new("refresh_2")));
    assert_eq!(bank.book.token_calls.lock().unwrap()[0]["refresh_token"], "refresh_1");

    let answer = |status, body| bank.book.token_answers.lock().unwrap().push_back((status, body));
    answer(400, json!({"error": "invalid_grant", "error_description": "gone"}));
    let revoked = bank.fdx.renew(&bank.ctx, Some(&registration), &grant).await;
    assert_eq!(revoked.unwrap_err(), BankError::GrantRevoked);
    answer(401, json!({"error": "invalid_client"}));
    let refused = bank.fdx.renew(&bank.ctx, Some(&registration), &grant).await;
    assert!(matches!(refused, Err(BankError::Protocol(_))));
    answer(500, json!({}));
    let before = bank.book.token_calls.lock().unwrap().len();
    let down = bank.fdx.renew(&bank.ctx, Some(&registration), &grant).await;
    assert!(down.unwrap_err().is_transient());
    let made = bank.book.token_calls.lock().unwrap().len() - before;
    assert_eq!(made, 1, "a rotating token must not be sent twice");
    tokens.refresh_token = None;
    let grant = tokens.into_grant().unwrap();
    let without = bank.fdx.renew(&bank.ctx, Some(&registration), &grant).await;
    assert_eq!(without.unwrap_err(), BankError::GrantRevoked);
}

#[tokio::test]
async fn revoking_ends_consent_and_token() {
    static REASONS: Mutex<Vec<Value>> = Mutex::new(Vec::new());
    let data = Router::new().route(
        "/consents/{id}/revocation",
        put(|Json(body): Json<Value>| async move {
            REASONS.lock().unwrap().push(body);
            StatusCode::CONFLICT
        }),
    );
    let bank = Bank::open(data).await;
    let registration = bank.register().await;
    let grant = bank.grant();
    bank.fdx.revoke(&bank.ctx, Some(&registration), &grant).await.unwrap();
    assert_eq!(REASONS.lock().unwrap()[0]["reason"], "USER_ACTION");
    assert_eq!(bank.book.revoked.lock().unwrap()[0]["token"], "refresh_1");
}
