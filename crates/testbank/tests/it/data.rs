//! Accounts, owners, transactions and consents over FDX.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Value, json};

use super::support::*;

/// An amount exactly as it stands in the text of an answer, in cents.
fn cents(value: &Value) -> i64 {
    (value.as_f64().expect("a number") * 100.0).round() as i64
}

async fn accounts(world: &World, slug: &str, token: &str) -> Vec<Value> {
    let list = world.fdx(slug, "/accounts?resultType=details", token).await.json();
    list["accounts"].as_array().expect("accounts").clone()
}

/// Every transaction from the beginning, by following the pages.
async fn transactions(world: &World, slug: &str, token: &str, id: &str, limit: usize) -> Vec<Value> {
    let first = format!("/accounts/{id}/transactions?startTime=2020-01-01&endTime=2040-01-01&limit={limit}");
    let mut answer = world.fdx(slug, &first, token).await.json();
    let mut rows = Vec::new();
    loop {
        rows.extend(answer["transactions"].as_array().expect("rows").iter().cloned());
        let Some(next) = answer["links"]["next"]["href"].as_str() else {
            break;
        };
        let key = answer["page"]["nextPageKey"].as_str().expect("a key beside the link");
        assert!(next.contains(key));
        let path = next.strip_prefix(&format!("{BASE}/{slug}/fdx/v6")).expect("an address of the bank");
        answer = world.fdx(slug, path, token).await.json();
    }
    assert_eq!(answer["page"]["nextPageKey"], Value::Null);
    assert_eq!(answer["page"]["totalElements"], rows.len());
    rows
}

fn sum(rows: &[Value], status: &str, raising: &str) -> i64 {
    let of = rows.iter().filter(|row| row["status"] == status);
    of.map(|row| cents(&row["amount"]) * if row["debitCreditMemo"] == raising { 1 } else { -1 }).sum()
}

#[tokio::test]
async fn balances_equal_the_transactions_of_every_kind_of_account() {
    let world = World::new();
    let client = Client::register(&world, "bank-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let token = access_token(&tokens);
    world.clock.advance_world(40 * 86_400 + 5_000);
    let accounts = accounts(&world, "bank-oauth", token).await;
    let kinds: Vec<&str> = accounts.iter().filter_map(|account| account["accountType"].as_str()).collect();
    assert_eq!(kinds, ["CHECKING", "SAVINGS", "CHECKING", "CREDITCARD", "LINEOFCREDIT", "MORTGAGE"]);
    for account in accounts {
        let id = account["accountId"].as_str().expect("an id");
        let rows = transactions(&world, "bank-oauth", token, id, 500).await;
        let deposit = account["accountCategory"] == "DEPOSIT_ACCOUNT";
        let raising = if deposit { "CREDIT" } else { "DEBIT" };
        let (posted, pending) = (sum(&rows, "POSTED", raising), sum(&rows, "PENDING", raising));
        if account["accountType"] == "MORTGAGE" {
            assert_eq!(cents(&account["principalBalance"]), posted);
            continue;
        }
        assert_eq!(cents(&account["currentBalance"]), posted, "{account}");
        if deposit {
            assert_eq!(cents(&account["availableBalance"]), posted + pending, "{account}");
        } else {
            let available = cents(&account["creditLine"]) - posted - pending;
            assert_eq!(cents(&account["availableCredit"]), available, "{account}");
        }
    }
}

#[tokio::test]
async fn amounts_are_written_with_two_decimals() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let text = world.fdx("test-oauth", "/accounts?resultType=details", access_token(&tokens)).await.text;
    let amounts: Vec<&str> = text.split("\"currentBalance\":").skip(1).collect();
    assert_eq!(amounts.len(), 12);
    for amount in amounts {
        let number = amount.split([',', '}']).next().expect("a number");
        let (_, decimals) = number.split_once('.').expect("decimals");
        assert_eq!(decimals.len(), 2, "{number}");
    }
}

#[tokio::test]
async fn pages_are_complete_and_do_not_shift_while_time_passes() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let token = access_token(&tokens);
    let id = accounts(&world, "test-oauth", token).await[0]["accountId"].as_str().expect("an id").to_owned();
    let whole = transactions(&world, "test-oauth", token, &id, 500).await;
    assert!(whole.len() > 500, "{}", whole.len());
    assert_eq!(transactions(&world, "test-oauth", token, &id, 37).await, whole);
    let ids: BTreeSet<&str> = whole.iter().filter_map(|row| row["transactionId"].as_str()).collect();
    assert_eq!(ids.len(), whole.len());

    let path = format!("/accounts/{id}/transactions");
    let first = world.fdx("test-oauth", &format!("{path}?startTime=2020-01-01&limit=100"), token).await.json();
    world.clock.advance_world(30 * 86_400);
    let key = first["page"]["nextPageKey"].as_str().expect("a key");
    let second = world.fdx("test-oauth", &format!("{path}?limit=100&pageKey={key}"), token).await.json();
    assert_eq!(second["transactions"].as_array().expect("rows")[..], whole[100..200]);

    let elsewhere = accounts(&world, "test-oauth", token).await[1]["accountId"].clone();
    let wrong = format!("/accounts/{}/transactions?pageKey={key}", elsewhere.as_str().expect("an id"));
    assert_eq!(world.fdx("test-oauth", &wrong, token).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn windows_are_days_and_errors_have_their_codes() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let token = access_token(&tokens);
    let id = accounts(&world, "test-oauth", token).await[0]["accountId"].as_str().expect("an id").to_owned();
    let path = format!("/accounts/{id}/transactions");
    let rows = world.fdx("test-oauth", &format!("{path}?startTime=2026-10-01&endTime=2026-10-31"), token).await.json();
    let rows = rows["transactions"].as_array().expect("rows").clone();
    assert!(!rows.is_empty());
    for row in &rows {
        assert!(row["postedTimestamp"].as_str().is_some_and(|time| time.starts_with("2026-10-")), "{row}");
    }
    let cases = [
        ("startTime=2026-10-31&endTime=2026-10-01", "703"),
        ("startTime=someday", "702"),
        ("limit=0", "401"),
        ("limit=x", "401"),
        ("pageKey=made.up", "401"),
    ];
    for (query, code) in cases {
        let answer = world.fdx("test-oauth", &format!("{path}?{query}"), token).await;
        assert_eq!((answer.status, answer.json()["code"].clone()), (StatusCode::BAD_REQUEST, json!(code)), "{query}");
    }
    let empty = world.fdx("test-oauth", &format!("{path}?startTime=2019-01-01&endTime=2019-02-01"), token).await;
    assert_eq!((empty.status, empty.json()["transactions"].clone()), (StatusCode::OK, json!([])));
}

#[tokio::test]
async fn the_lookback_of_a_consent_hides_what_is_older() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let details = json!([{"type": "fdx_v1.0", "consentRequest": {
        "durationType": "PERSISTENT", "lookbackPeriod": 30, "resources": [{"dataClusters": ["ACCOUNT_BASIC", "TRANSACTIONS"]}],
    }}])
    .to_string();
    let pushed = client.push(&world, &[], &[("authorization_details", &details)]).await.json();
    let uri = pushed["request_uri"].as_str().expect("a request_uri");
    let page = world.get(&format!("{}?client_id={}&request_uri={uri}", client.url("authorize"), client.id)).await;
    let page = client.submit(&world, &page, "login", &[("username", "a"), ("password", "b")]).await;
    let code = client.submit(&world, &page, "consent", &[]).await.redirect_param("code").expect("a code");
    let tokens = client.exchange(&world, &code, VERIFIER, REDIRECT).await.json();
    let token = access_token(&tokens);
    let list = world.fdx("test-oauth", "/accounts", token).await.json();
    let id = list["accounts"][0]["accountId"].as_str().expect("an id");
    let rows = transactions(&world, "test-oauth", token, id, 500).await;
    let oldest = rows.iter().filter_map(|row| row["postedTimestamp"].as_str()).min().expect("rows").to_owned();
    assert!(oldest.as_str() >= "2026-10-19", "{oldest}");
}

#[tokio::test]
async fn data_outside_the_consent_is_refused() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let tokens = client.connect(&world, &["ACCOUNT_BASIC", "BALANCES"]).await;
    let token = access_token(&tokens);
    let all = accounts(&world, "test-oauth", token).await;
    assert!(all[0]["currentBalance"].is_number());
    assert_eq!(all[0]["accountOpenDate"], Value::Null);
    let id = all[0]["accountId"].as_str().expect("an id");
    for path in ["contact", "transactions", "payment-networks"] {
        let answer = world.fdx("test-oauth", &format!("/accounts/{id}/{path}"), token).await;
        assert_eq!((answer.status, answer.json()["code"].clone()), (StatusCode::FORBIDDEN, json!("602")), "{path}");
    }
    let customer = world.fdx("test-oauth", "/customers/current", token).await;
    assert_eq!(customer.status, StatusCode::FORBIDDEN);
    let anonymous = world.fdx("test-oauth", "/accounts", "made-up").await;
    assert_eq!((anonymous.status, anonymous.json()["code"].clone()), (StatusCode::UNAUTHORIZED, json!("603")));
}

#[tokio::test]
async fn test_accounts_have_the_published_numbers() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let token = access_token(&tokens);
    let all = accounts(&world, "test-oauth", token).await;
    assert_eq!(all[0]["productName"], "Success");
    assert_eq!(all[1]["productName"], "Insufficient Funds");
    assert!(cents(&all[1]["currentBalance"]) < 3_000);
    let id = all[0]["accountId"].as_str().expect("an id");
    let body = world.fdx("test-oauth", &format!("/accounts/{id}/payment-networks"), token).await.json();
    let network = &body["paymentNetworks"][0];
    assert_eq!(network["type"], "US_ACH");
    assert_eq!(network["bankId"], "110000000");
    assert_eq!(network["identifier"], "000123456789");
    assert_eq!(network["transferOut"], true);
    assert_eq!(all[0]["accountNumberDisplay"], "****6789");
}

#[tokio::test]
async fn owners_come_in_every_state() {
    let world = World::new();
    let client = Client::register(&world, "ownership-accounts").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let token = access_token(&tokens);
    let mut found = Vec::new();
    for account in accounts(&world, "ownership-accounts", token).await {
        let id = account["accountId"].as_str().expect("an id");
        let answer = world.fdx("ownership-accounts", &format!("/accounts/{id}/contact"), token).await;
        let body = answer.json();
        let count = |name: &str| body[name].as_array().map(Vec::len);
        found.push((answer.status.as_u16(), count("holders"), count("emails"), count("telephones")));
        assert!(answer.status == StatusCode::OK || body["code"] == "1107");
    }
    let expected = [
        (200, Some(1), Some(1), Some(1)),
        (200, Some(2), Some(2), Some(2)),
        (200, Some(1), Some(1), Some(1)),
        (200, Some(1), Some(0), Some(0)),
        (404, None, None, None),
        (200, Some(0), Some(0), Some(0)),
    ];
    assert_eq!(found, expected);
    let customer = world.fdx("ownership-accounts", "/customers/current", token).await.json();
    assert!(customer["email"][0].as_str().is_some_and(|email| email.ends_with("@example.com")));
    assert!(customer["telephones"][0]["number"].as_str().is_some_and(|number| number.contains("55501")));
}

#[tokio::test]
async fn accounts_that_cannot_be_debited_say_so() {
    let world = World::new();
    let client = Client::register(&world, "invalid-payment-accounts").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let token = access_token(&tokens);
    for account in accounts(&world, "invalid-payment-accounts", token).await {
        let id = account["accountId"].as_str().expect("an id");
        let answer = world.fdx("invalid-payment-accounts", &format!("/accounts/{id}/payment-networks"), token).await;
        let body = answer.json();
        match account["status"].as_str() {
            Some("CLOSED") => assert_eq!((answer.status.as_u16(), &body["code"]), (409, &json!("705"))),
            Some("RESTRICTED") => assert_eq!((answer.status.as_u16(), &body["code"]), (403, &json!("706"))),
            _ => {
                let networks = body["paymentNetworks"].as_array().expect("networks");
                let usable = networks.iter().any(|each| each["type"] == "US_ACH" && each["transferOut"] == true);
                assert!(!usable, "{account}");
            }
        }
    }
}

#[tokio::test]
async fn a_consent_is_shown_revoked_and_then_final() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let token = access_token(&tokens);
    let id = tokens["grant_id"].as_str().expect("an id");
    let shown = world.fdx("test-oauth", &format!("/consents/{id}"), token).await.json();
    assert_eq!((&shown["id"], &shown["status"]), (&json!(id), &json!("ACTIVE")));
    assert_eq!(shown["durationType"], "TIME_BOUND");
    let url = client.url(&format!("fdx/v6/consents/{id}/revocation"));
    let wrong = world.json("PUT", &url, Some(token), &json!({"reason": "WHY", "initiator": "ME"})).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let body = json!({"reason": "USER_ACTION", "initiator": "DATA_RECIPIENT"});
    assert_eq!(world.json("PUT", &url, Some(token), &body).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.json("PUT", &url, Some(token), &body).await.status, StatusCode::CONFLICT);
    let after = world.fdx("test-oauth", "/accounts", token).await;
    assert_eq!((after.status, after.json()["code"].clone()), (StatusCode::UNAUTHORIZED, json!("603")));
    let shown = world.fdx("test-oauth", &format!("/consents/{id}"), token).await.json();
    assert_eq!(shown["status"], "REVOKED");
    let other = client.connect(&world, ALL_CLUSTERS).await;
    let foreign = world.fdx("test-oauth", &format!("/consents/{id}"), access_token(&other)).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_new_consent_finds_the_same_accounts() {
    let world = World::new();
    let first = Client::register(&world, "bank-oauth").await;
    let tokens = first.connect(&world, ALL_CLUSTERS).await;
    let before = accounts(&world, "bank-oauth", access_token(&tokens)).await;
    let second = Client::register(&world, "bank-oauth").await;
    let tokens = second.connect(&world, ALL_CLUSTERS).await;
    assert_eq!(accounts(&world, "bank-oauth", access_token(&tokens)).await, before);
}

#[tokio::test]
async fn the_interaction_id_comes_back() {
    let world = World::new();
    let id = "0f2b1c5e-7f7e-4b9f-9a55-0d1c6a0f9d11";
    let request = http::Request::builder()
        .uri("/testbank/test-oauth/fdx/v6/accounts")
        .header("x-fapi-interaction-id", id)
        .body(axum::body::Body::empty())
        .expect("a request");
    let answer = world.send(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.headers["x-fapi-interaction-id"], id);
    let without = world.fdx("test-oauth", "/availability", "any").await;
    assert_eq!(without.headers["x-fapi-interaction-id"].len(), 36);
    let missing = world.fdx("test-oauth", "/rewards", "any").await;
    assert_eq!((missing.status, missing.json()["code"].clone()), (StatusCode::NOT_IMPLEMENTED, json!("501")));
    let wrong = world.json("POST", &format!("{BASE}/test-oauth/fdx/v6/accounts"), None, &json!({})).await;
    assert_eq!((wrong.status, wrong.json()["code"].clone()), (StatusCode::METHOD_NOT_ALLOWED, json!("1206")));
}
