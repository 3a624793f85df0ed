//! SimpleFIN, from the page to the accounts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::support::*;

/// The place of the joint checking account, from which everything is bought.
const JOINT: usize = 2;
const AT: &str = "http://127.0.0.1:12111/testbank/simplefin";

/// What stands in the field of the page.
fn token_on(page: &Answer) -> String {
    let (_, rest) = page.text.split_once("readonly spellcheck=\"false\">").expect("a token");
    rest.split('<').next().expect("a token").to_owned()
}

async fn create(world: &World, username: &str) -> String {
    let fields = [("world", "world-1"), ("username", username), ("password", "x")];
    let page = world.form(&format!("{AT}/create"), &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    token_on(&page)
}

async fn claim(world: &World, token: &str) -> Answer {
    let address = String::from_utf8(STANDARD.decode(token).expect("base64")).expect("text");
    assert!(address.starts_with(&format!("{AT}/claim/")), "{address}");
    world.form(&address, &[]).await
}

/// The credentials of an access URL.
async fn connect(world: &World, username: &str) -> (String, String) {
    let answer = claim(world, &create(world, username).await).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let address = url::Url::parse(&answer.text).expect("an access URL");
    assert_eq!((address.path(), address.host_str()), ("/testbank/simplefin", Some("127.0.0.1")));
    (address.username().to_owned(), address.password().expect("a password").to_owned())
}

async fn read(world: &World, access: &(String, String), query: &str) -> Answer {
    world.get_basic(&format!("{AT}/accounts{query}"), &access.0, &access.1).await
}

fn rows(set: &Value, index: usize) -> &Vec<Value> {
    set["accounts"][index]["transactions"].as_array().expect("transactions")
}

fn cents(value: &Value) -> i64 {
    let text = value.as_str().expect("a text").replace('.', "");
    text.parse().expect("a number")
}

#[tokio::test]
async fn a_token_is_claimed_once() {
    let world = World::new();
    assert_eq!(world.get(&format!("{AT}/info")).await.json(), json!({"versions": ["1.0"]}));
    let token = create(&world, "jane").await;
    let first = claim(&world, &token).await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(claim(&world.reopen(), &token).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.form(&format!("{AT}/claim/made.up"), &[]).await.status, StatusCode::FORBIDDEN);
    let other = claim(&world, &create(&world, "jane").await).await;
    assert_ne!(first.text, other.text, "every token leads to an access of its own");
}

#[tokio::test]
async fn only_the_access_url_opens_the_accounts_until_the_token_is_disabled() {
    let world = World::new();
    let token = create(&world, "jane").await;
    let address = url::Url::parse(&claim(&world, &token).await.text).expect("an access URL");
    let access = (address.username().to_owned(), address.password().expect("a password").to_owned());
    assert_eq!(read(&world, &access, "").await.status, StatusCode::OK);
    let guessed = (access.0.clone(), "guessed".to_owned());
    assert_eq!(read(&world, &guessed, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get(&format!("{AT}/accounts")).await.status, StatusCode::FORBIDDEN);
    let page = world.form(&format!("{AT}/disable"), &[("token", &token)]).await;
    assert!(page.text.contains("The token is disabled"), "{}", page.text);
    assert_eq!(read(&world, &access, "").await.status, StatusCode::FORBIDDEN);

    let unclaimed = create(&world, "jane").await;
    world.form(&format!("{AT}/disable"), &[("token", &unclaimed)]).await;
    assert_eq!(claim(&world, &unclaimed).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.form(&format!("{AT}/disable"), &[("token", "eA==")]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_page_asks_for_what_it_does_not_know() {
    let world = World::new();
    let known = world.get(&format!("{AT}/create?world=acct_1%3Atest")).await;
    assert!(known.text.contains("name=\"world\" value=\"acct_1:test\"") && !known.text.contains(">Sandbox</label>"));
    let unknown = world.get(&format!("{AT}/create")).await;
    assert!(unknown.text.contains(">Sandbox</label>"));
    let policy = unknown.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self' ;"), "{policy}");
    for fields in [vec![("username", "a"), ("password", "b")], vec![("world", "w"), ("username", " "), ("password", "b")]] {
        let page = world.form(&format!("{AT}/create"), &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text.contains("role=\"alert\""));
    }
    let hostile = world.get(&format!("{AT}/create?world=%22%3E%3Cb%3E")).await;
    assert!(!hostile.text.contains("<b>"));
}

#[tokio::test]
async fn figures_are_those_of_the_bank_over_fdx() {
    let world = World::new();
    let client = Client::register(&world, "bank-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    world.clock.advance_world(20 * 86_400);
    let fdx = world.fdx("bank-oauth", "/accounts?resultType=details", access_token(&tokens)).await.json();
    let access = connect(&world, " Jane").await;
    let set = read(&world, &access, "?start-date=0").await.json();
    assert_eq!(set["errors"], json!([]));
    let accounts = set["accounts"].as_array().expect("accounts");
    assert_eq!(accounts.len(), 6);
    for (index, account) in accounts.iter().enumerate() {
        let twin = &fdx["accounts"][index];
        assert_eq!((&account["id"], &account["name"]), (&twin["accountId"], &twin["productName"]));
        let booked = [&twin["currentBalance"], &twin["principalBalance"]].into_iter().find(|value| value.is_number());
        let sign = if twin["balanceType"] == "ASSET" { 1.0 } else { -1.0 };
        let booked = (sign * booked.and_then(Value::as_f64).expect("a balance") * 100.0).round() as i64;
        assert_eq!(cents(&account["balance"]), booked, "{account}");
        let sum: i64 = rows(&set, index).iter().map(|row| cents(&row["amount"])).sum();
        assert_eq!(sum, booked, "transactions make the balance");
        assert_eq!(account["org"]["name"], "Bank (OAuth)");
        assert_eq!(account["balance-date"], START + 20 * 86_400);
    }
}

#[tokio::test]
async fn queries_narrow_what_is_told() {
    let world = World::new();
    let access = connect(&world, "jane").await;
    let usual = read(&world, &access, "").await.json();
    let posted: Vec<i64> = rows(&usual, JOINT).iter().filter_map(|row| row["posted"].as_i64()).collect();
    assert!(posted.is_sorted() && posted[0] >= START - 90 * 86_400 && posted.len() > 50);
    assert!(rows(&usual, JOINT).iter().all(|row| row["pending"] == Value::Null));

    let (first, second) = (posted[0], posted[posted.len() - 1]);
    let some = read(&world, &access, &format!("?start-date={first}&end-date={second}")).await.json();
    let within: Vec<i64> = rows(&some, JOINT).iter().filter_map(|row| row["posted"].as_i64()).collect();
    let expected: Vec<i64> = posted.iter().copied().filter(|at| *at < second).collect();
    assert_eq!(within, expected, "the start is included, the end is not");

    let all = read(&world, &access, "?pending=1").await.json();
    let pending: Vec<&Value> = rows(&all, JOINT).iter().filter(|row| row["pending"] == true).collect();
    assert!(!pending.is_empty() && pending.iter().all(|row| row["posted"] == 0 && row["transacted_at"].is_i64()));
    assert_eq!(rows(&all, JOINT).len() - pending.len(), posted.len());

    let id = usual["accounts"][1]["id"].as_str().expect("an id");
    let one = read(&world, &access, &format!("?account={id}&balances-only=1")).await.json();
    assert_eq!(one["accounts"].as_array().map(Vec::len), Some(1));
    assert_eq!((&one["accounts"][0]["id"], &one["accounts"][0]["transactions"]), (&json!(id), &Value::Null));
    let wrong = read(&world, &access, "?start-date=yesterday").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(wrong.json()["errors"][0], "start-date must be a time in Unix seconds.");
}

#[tokio::test]
async fn two_people_have_trouble() {
    let world = World::new();
    let unpaid = read(&world, &connect(&world, "payment_required").await, "").await;
    assert_eq!(unpaid.status, StatusCode::PAYMENT_REQUIRED);
    assert_eq!(unpaid.json(), json!({"errors": ["Payment required."], "accounts": []}));
    let access = connect(&world, "reauthenticate").await;
    world.clock.advance_world(30 * 86_400);
    let stale = read(&world, &access, "").await.json();
    assert_eq!(stale["errors"], json!(["You must reauthenticate with Bank (OAuth)."]));
    assert_eq!(stale["accounts"][0]["balance-date"], START);
}
