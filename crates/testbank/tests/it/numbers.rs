//! Account numbers that stand in for the real ones.

use serde_json::Value;

use super::support::*;

const SLUG: &str = "tokenized-account-number";

/// Name, number, status and end of the number of every account.
async fn numbers(world: &World, tokens: &Value) -> Vec<[String; 4]> {
    let token = access_token(tokens);
    let list = world.fdx(SLUG, "/accounts", token).await.json();
    let mut found = Vec::new();
    for account in list["accounts"].as_array().expect("accounts") {
        let id = account["accountId"].as_str().expect("an id");
        let body = world.fdx(SLUG, &format!("/accounts/{id}/payment-networks"), token).await.json();
        let network = &body["paymentNetworks"][0];
        assert_eq!(network["type"], "US_ACH");
        assert_eq!(network["identifierType"], "TOKENIZED_ACCOUNT_NUMBER");
        assert_eq!(network["fiAttributes"][0]["name"], "identifierExpirationTime");
        assert_eq!(network["fiAttributes"][1]["name"], "identifierStatus");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let attribute = |index: usize| text(&network["fiAttributes"][index]["value"]);
        let number = text(&network["identifier"]);
        assert_eq!(number.len(), 12);
        let shown = text(&account["accountNumberDisplay"]);
        assert!(!number.ends_with(shown.trim_start_matches('*')), "people know the last digits of the real number");
        found.push([text(&account["productName"]), number, attribute(1), attribute(0)]);
    }
    found
}

#[tokio::test]
async fn numbers_expire_on_the_clock_of_the_world() {
    let world = World::new();
    let client = Client::register(&world, SLUG).await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let states = async |expected: [&str; 3]| {
        let rows = numbers(&world, &tokens).await;
        let found: Vec<&str> = rows.iter().map(|row| row[2].as_str()).collect();
        assert_eq!(found, expected);
        rows
    };
    let rows = states(["EXPIRED", "TRANSACTABLE", "TRANSACTABLE"]).await;
    let told: Vec<(&str, &str)> = rows.iter().map(|row| (row[0].as_str(), row[3].as_str())).collect();
    let expected = [
        ("Expired Tokenized Account", "2026-11-18T11:06:40Z"),
        ("Eventually Expiring Tokenized Account", "2026-12-18T11:06:40Z"),
        ("Immediately Expiring Tokenized Account", "2026-11-18T11:06:50Z"),
    ];
    assert_eq!(told, expected);
    world.clock.advance_world(10);
    states(["EXPIRED", "TRANSACTABLE", "EXPIRED"]).await;
    world.clock.advance_world(30 * 86_400 - 11);
    states(["EXPIRED", "TRANSACTABLE", "EXPIRED"]).await;
    world.clock.advance_world(1);
    states(["EXPIRED", "EXPIRED", "EXPIRED"]).await;
}

#[tokio::test]
async fn every_consent_gets_numbers_of_its_own() {
    let world = World::new();
    let client = Client::register(&world, SLUG).await;
    let first = numbers(&world, &client.connect(&world, ALL_CLUSTERS).await).await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let second = numbers(&world, &tokens).await;
    for (before, after) in first.iter().zip(&second) {
        assert_eq!(before[0], after[0]);
        assert_ne!(before[1], after[1]);
    }
    assert_eq!(numbers(&world.reopen(), &tokens).await, second);
}
