use api::connections::linking::{self, view::Pane};
use banks::AnswerRefused;
use serde_json::json;
use testkit::each;

use super::sign_in::{answer, asked, at_sign_in, connect};

const NAME: &str = "Import a statement file";
const SETTINGS: &str = "/drawbridge/v1/settings";
const FILE: &str = "Date,Description,Amount\n2026-11-02,Tea house,-12.50\n2026-11-03,Wages,1000.00\n";

#[tokio::test]
async fn files_are_taken_where_they_are_turned_on() {
    each(async |server| {
        let sandbox = server.sandbox();
        let offers = async || {
            let (_, mut person) = sandbox.person(&[]).await;
            person.press("Agree and continue").await;
            person.page.says(NAME)
        };
        assert!(!offers().await, "off at first");
        sandbox.post(SETTINGS, &[("statement_files", "true")]).await.ok();
        assert!(offers().await);
        sandbox.post(SETTINGS, &[("statement_files", "false")]).await.ok();
        let (_, person) = sandbox.person(&[]).await;
        let flow = person.flow.rsplit('/').next().unwrap().to_owned();
        linking::agree(&sandbox.app, &flow).await.unwrap();
        linking::choose_institution(&sandbox.app, &flow, "fcinst_statement_file").await.unwrap_err();
    })
    .await;
}

#[tokio::test]
async fn a_file_is_linked_and_read() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.post(SETTINGS, &[("statement_files", "true")]).await.ok();
        let (session, flow) = at_sign_in(&sandbox, NAME).await;
        answer(&sandbox, &flow, &[("file", "no table at all")]).await;
        let (_, refused) = asked(&sandbox, &flow).await;
        assert!(matches!(refused, Some(AnswerRefused::FileUnreadable { .. })), "{refused:?}");
        answer(&sandbox, &flow, &[("file", FILE)]).await;
        let accounts = connect(&sandbox, &session, &flow).await;
        let id = accounts[0]["id"].as_str().unwrap();
        assert_eq!(accounts[0]["supported_payment_method_types"], json!([]), "nobody can be debited by a file");
        sandbox.refresh(id, &["transactions"]).await;
        let rows = sandbox.find("/v1/financial_connections/transactions", &[("account", id)]).await.ok();
        let mut amounts: Vec<i64> = rows["data"].as_array().unwrap().iter().map(|row| row["amount"].as_i64().unwrap()).collect();
        amounts.sort_unstable();
        assert_eq!(amounts, [-1_250, 100_000]);
        // What was linked goes on, though no more is taken.
        sandbox.post(SETTINGS, &[("statement_files", "false")]).await.ok();
        sandbox.advance(2).await;
        let again = sandbox.refresh(id, &["transactions"]).await;
        assert_eq!(again["transaction_refresh"]["status"], "succeeded");
        let pane = sandbox.flow_view(&flow).await.pane;
        assert!(matches!(pane, Pane::Finished { .. }), "{pane:?}");
    })
    .await;
}
