//! SimpleFIN, from the token that a person makes to the data of each day.

use serde_json::Value;
use store::Value as Sql;
use testkit::{Person, Sandbox, TestServer, each};

use super::sign_in::{answer, at_sign_in, connect};

const BANK: &str = "/testbank/simplefin";
const DAY: i64 = 86_400;

/// The page on which people of a world make tokens.
async fn token_page(sandbox: &Sandbox, world: &str) -> Person {
    let mut person = Person::at(sandbox, &format!("{}{BANK}/create?world={world}", sandbox.base_url)).await;
    person.fill("username", "jane").fill("password", "x").press("Create a token").await;
    person
}

/// How many rows of the bank's shelf are about when worlds began.
async fn epochs(server: &TestServer) -> usize {
    let tenant = server.sandbox().tenant().await;
    let read = server.app.core.read(&tenant, |cx| {
        Box::pin(async move {
            let sql = "select name from bank_shelf where name >= $1 and name < $2";
            Ok(cx.tx.query(sql, &[Sql::from("epoch/"), Sql::from("epoch0")]).await?.len())
        })
    });
    read.await.unwrap()
}

#[tokio::test]
async fn a_subscribed_account_is_read_daily() {
    each(async |server| {
        let sandbox = server.sandbox();
        let page = token_page(&sandbox, sandbox.tenant().await.key()).await;
        let token = page.page.texts.iter().max_by_key(|text| text.len()).unwrap();
        let (session, flow) = at_sign_in(&sandbox, "Test (SimpleFIN)").await;
        answer(&sandbox, &flow, &[("token", token)]).await;
        let accounts: Vec<Value> = connect(&sandbox, &session, &flow).await;
        let id = accounts[0]["id"].as_str().unwrap();
        let path = format!("/v1/financial_connections/accounts/{id}/subscribe");
        sandbox.post(&path, &[("features[]", "transactions")]).await.ok();
        sandbox.settle().await;
        let told = async || sandbox.events("financial_connections.account.refreshed_transactions").await.len();
        assert_eq!(told().await, 1);
        let first = sandbox.linked(id).await["transaction_refresh"]["last_attempted_at"].as_i64().unwrap();
        for day in 1..=3 {
            sandbox.advance(DAY).await;
            assert_eq!(told().await, 1 + day);
        }
        let last = sandbox.linked(id).await["transaction_refresh"].clone();
        assert_eq!((&last["status"], last["last_attempted_at"].as_i64() > Some(first + 2 * DAY)), (&"succeeded".into(), true));
        let refreshed = sandbox.refresh(id, &["balance"]).await;
        let now = sandbox.now().await;
        assert!(refreshed["balance"]["as_of"].as_i64().is_some_and(|at| at > now - 2 * DAY), "{}", refreshed["balance"]);
    })
    .await;
}

/// Anybody may write any name of a world to the test bank; it keeps nothing about those that are none.
#[tokio::test]
async fn there_are_no_worlds_but_sandboxes() {
    each(async |server| {
        let sandbox = server.sandbox();
        let before = epochs(server).await;
        for world in ["acct_none:test", "anything", &sandbox.tenant().await.key().replace(":test", ":live")] {
            let page = token_page(&sandbox, world).await;
            assert!(page.page.says("There is no sandbox of this name."), "{world}: {:?}", page.page.texts);
            let client = serde_json::json!({"software_id": world, "client_name": "x", "redirect_uris": ["https://x.example/"]});
            let registered = sandbox.post_json("/testbank/test-oauth/register", &client).await;
            assert_eq!(registered.status, 400, "{}", registered.text());
        }
        assert_eq!(epochs(server).await, before);
    })
    .await;
}
