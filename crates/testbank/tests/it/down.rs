//! Institutions that do not answer.

use http::{StatusCode, header};
use serde_json::json;
use testbank::{InstitutionInfo, Protocol, TestBank};

use super::support::*;

#[test]
fn every_institution_is_listed_once() {
    let told = |info: &InstitutionInfo| (info.slug, info.name, info.protocol, info.featured);
    let listed: Vec<_> = TestBank::institutions().iter().map(told).collect();
    let expected = [
        ("test-oauth", "Test (OAuth)", Protocol::Fdx, true),
        ("test-non-oauth", "Test (Non-OAuth)", Protocol::Ofx, true),
        ("bank-oauth", "Bank (OAuth)", Protocol::Fdx, true),
        ("bank-non-oauth", "Bank (Non-OAuth)", Protocol::Ofx, true),
        ("ownership-accounts", "Ownership Accounts", Protocol::Fdx, true),
        ("invalid-payment-accounts", "Invalid Payment Accounts", Protocol::Fdx, true),
        ("down-scheduled", "Down (Scheduled)", Protocol::Fdx, true),
        ("down-unscheduled", "Down (Unscheduled)", Protocol::Fdx, true),
        ("down-error", "Down (Error)", Protocol::Fdx, false),
        ("no-link-sharing", "Data cannot be shared through Link", Protocol::Fdx, true),
        ("tokenized-account-number", "Tokenized Account Number", Protocol::Fdx, false),
        ("inactive-accounts", "Inactive Accounts", Protocol::Fdx, false),
        ("immediately-requires-reauthentication", "Immediately Requires Reauthentication", Protocol::Fdx, false),
        ("eventually-requires-reauthentication", "Eventually Requires Reauthentication", Protocol::Fdx, false),
        ("simplefin", "Test (SimpleFIN)", Protocol::SimpleFin, false),
    ];
    assert_eq!(listed, expected);
    let fixed: Vec<_> = TestBank::institutions().iter().filter(|info| !info.reusable).map(|info| info.slug).collect();
    assert_eq!(fixed, ["no-link-sharing"]);
}

#[tokio::test]
async fn a_planned_outage_tells_its_end() {
    let world = World::new();
    for path in ["register", "par", "token", "revoke"] {
        let answer = world.json("POST", &format!("{BASE}/down-scheduled/{path}"), None, &json!({})).await;
        assert_eq!((answer.status, answer.json()["code"].clone()), (StatusCode::SERVICE_UNAVAILABLE, json!("503")));
        let end = answer.headers[header::RETRY_AFTER].to_str().expect("text");
        // 2026-11-18T11:06:40Z: the next full hour and two more.
        assert_eq!(end, "Wed, 18 Nov 2026 14:00:00 GMT", "{path}");
    }
    let data = world.fdx("down-scheduled", "/accounts", "any").await;
    assert_eq!(data.status, StatusCode::SERVICE_UNAVAILABLE);
    let state = world.fdx("down-scheduled", "/availability", "any").await.json();
    assert_eq!(state["availability"][0]["currentStatus"], "MAINTENANCE");
    assert_eq!(state["availability"][0]["plannedAvailability"][0]["startTime"], "2026-11-18T14:00:00Z");
}

#[tokio::test]
async fn an_unplanned_outage_tells_nothing() {
    let world = World::new();
    let answer = world.json("POST", &format!("{BASE}/down-unscheduled/register"), None, &json!({})).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers.get(header::RETRY_AFTER).is_none());
    let state = world.fdx("down-unscheduled", "/availability", "any").await.json();
    assert_eq!(state["availability"][0]["currentStatus"], "DOWN");
}

#[tokio::test]
async fn a_broken_institution_answers_with_garbage() {
    let world = World::new();
    let answer = world.json("POST", &format!("{BASE}/down-error/register"), None, &json!({})).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.text.starts_with("<html>"));
    let state = world.fdx("down-error", "/availability", "any").await;
    assert_eq!(state.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn metadata_is_there_even_during_an_outage() {
    let world = World::new();
    for slug in ["down-scheduled", "down-unscheduled", "down-error"] {
        let answer = world.get(&format!("{BASE}/{slug}/.well-known/oauth-authorization-server")).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}
