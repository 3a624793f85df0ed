//! Consents that do not last as long as was asked for.

use http::StatusCode;
use serde_json::{Value, json};

use super::support::*;

const DAY: i64 = 86_400;

async fn shown(world: &World, client: &Client, tokens: &Value) -> Value {
    let id = tokens["grant_id"].as_str().expect("an id");
    world.fdx(client.slug, &format!("/consents/{id}"), access_token(tokens)).await.json()
}

async fn read(world: &World, client: &Client, tokens: &Value) -> StatusCode {
    world.fdx(client.slug, "/accounts", access_token(tokens)).await.status
}

/// A person whose first consent was cut off, and who gave another one.
async fn came_back(world: &World, slug: &'static str) -> (Client, Value) {
    let client = Client::register(world, slug).await;
    let first = client.connect(world, ALL_CLUSTERS).await;
    let before = shown(world, &client, &first).await;
    assert_eq!(before["status"], "ACTIVE");
    assert_eq!(before["expirationTime"], "2027-11-18T11:06:40Z", "nobody is told of the end that comes");
    world.clock.advance_world(9);
    assert_eq!(read(world, &client, &first).await, StatusCode::OK);
    world.clock.advance_world(1);
    assert_eq!(read(world, &client, &first).await, StatusCode::UNAUTHORIZED);
    let after = shown(world, &client, &first).await;
    assert_eq!((&after["status"], &after["updatedTime"]), (&json!("REVOKED"), &json!("2026-11-18T11:06:50Z")));
    let again = client.connect(world, ALL_CLUSTERS).await;
    world.clock.advance_world(60);
    assert_eq!(read(world, &client, &again).await, StatusCode::OK);
    (client, again)
}

#[tokio::test]
async fn the_first_consent_at_inactive_accounts_is_cut_off_and_the_next_one_stays() {
    let world = World::new();
    let (client, again) = came_back(&world, "inactive-accounts").await;
    world.clock.advance_world(300 * DAY);
    assert_eq!(read(&world, &client, &again).await, StatusCode::OK);
}

#[tokio::test]
async fn everybody_has_a_first_consent_of_their_own() {
    let world = World::new();
    let client = Client::register(&world, "inactive-accounts").await;
    client.connect(&world, ALL_CLUSTERS).await;
    let page = client.open(&world, ALL_CLUSTERS).await;
    let page = client.submit(&world, &page, "login", &[("username", "john"), ("password", "x")]).await;
    let end = client.submit(&world, &page, "consent", &[("decision", "agree")]).await;
    let twice = client.submit(&world, &page, "consent", &[("decision", "agree")]).await;
    assert_eq!(end.redirect_param("code"), twice.redirect_param("code"), "a form that is sent twice is one consent");
    let code = end.redirect_param("code").expect("a code");
    let tokens = client.exchange(&world, &code, VERIFIER, REDIRECT).await.json();
    world.clock.advance_world(10);
    assert_eq!(read(&world, &client, &tokens).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn later_consents_at_immediately_requires_reauthentication_last_a_day() {
    let world = World::new();
    let (client, again) = came_back(&world, "immediately-requires-reauthentication").await;
    assert_eq!(shown(&world, &client, &again).await["expirationTime"], "2026-11-19T11:06:50Z");
    world.clock.advance_world(DAY - 61);
    assert_eq!(read(&world, &client, &again).await, StatusCode::OK);
    world.clock.advance_world(1);
    assert_eq!(read(&world, &client, &again).await, StatusCode::UNAUTHORIZED);
    assert_eq!(shown(&world, &client, &again).await["status"], "EXPIRED");
    let token = again["refresh_token"].as_str().expect("a refresh token");
    let refreshed = client.call(&world, "token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await;
    assert_eq!(refreshed.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn every_consent_at_eventually_requires_reauthentication_lasts_a_month() {
    let world = World::new();
    let client = Client::register(&world, "eventually-requires-reauthentication").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    assert_eq!(shown(&world, &client, &tokens).await["expirationTime"], "2026-12-18T11:06:40Z");
    world.clock.advance_world(30 * DAY - 1);
    assert_eq!(read(&world, &client, &tokens).await, StatusCode::OK);
    world.clock.advance_world(1);
    assert_eq!(read(&world, &client, &tokens).await, StatusCode::UNAUTHORIZED);
}
