use serde_json::json;
use testkit::{each, ids};

use super::{seed, upload};

const URL: &str = "/v1/disputes";

#[tokio::test]
async fn evidence_is_gathered_and_submitted_once_while_it_is_asked_for() {
    each(async |server| {
        let sandbox = server.sandbox();
        let charge = seed::charge(&sandbox, "succeeded").await;
        let id = seed::dispute(&sandbox, &charge, "warning_needs_response").await;
        let own = format!("{URL}/{id}");
        let file = upload::evidence(&sandbox).await;
        let file = file["id"].as_str().expect("an id");
        let draft = [("evidence[uncategorized_file]", file), ("evidence[customer_name]", "Jane"), ("submit", "false")];
        let drafted = sandbox.post(&own, &draft).await.ok();
        assert_eq!(
            (&drafted["status"], &drafted["evidence"]["customer_name"]),
            (&json!("warning_needs_response"), &json!("Jane"))
        );
        assert_eq!((&drafted["evidence_details"]["has_evidence"], &drafted["evidence"]["receipt"]), (&json!(true), &json!(null)));
        let submitted = sandbox.post(&own, &[("expand[]", "evidence.uncategorized_file")]).await.ok();
        assert_eq!(
            (&submitted["status"], &submitted["evidence"]["uncategorized_file"]["id"]),
            (&json!("warning_under_review"), &json!(file))
        );
        assert_eq!(submitted["evidence_details"]["submission_count"], json!(1));
        assert_eq!(sandbox.events("charge.dispute.updated").await.len(), 2);
        sandbox.post(&own, &draft).await.error(400, None, "evidence");
        let noted = sandbox.post(&own, &[("metadata[k]", "v")]).await.ok();
        assert_eq!((&noted["metadata"], &noted["status"]), (&json!({"k": "v"}), &json!("warning_under_review")));
    })
    .await;
}

#[tokio::test]
async fn evidence_is_checked() {
    each(async |server| {
        let sandbox = server.sandbox();
        let charge = seed::charge(&sandbox, "succeeded").await;
        let own = format!("{URL}/{}", seed::dispute(&sandbox, &charge, "needs_response").await);
        let other = upload::send(&sandbox, &[("purpose", "pci_document")], "a.txt", b"text").await.ok();
        for (name, value, code) in [
            ("receipt", "file_none", Some("resource_missing")),
            ("receipt", other["id"].as_str().expect("an id"), None),
            ("enhanced_evidence][visa_compliance", "x", None),
        ] {
            let param = format!("evidence[{}]", name.split(']').next().expect("a name"));
            sandbox.post(&own, &[(&format!("evidence[{name}]"), value)]).await.error(400, code, param.as_str());
        }
        sandbox.post(&own, &[("evidence[nothing]", "x")]).await.error(400, "parameter_unknown", "evidence[nothing]");
        let long = "a".repeat(20_001);
        let refused = sandbox.post(&own, &[("evidence[uncategorized_text]", &long)]).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
    })
    .await;
}

#[tokio::test]
async fn disputes_are_closed_while_they_are_open_and_listed() {
    each(async |server| {
        let sandbox = server.sandbox();
        let charge = seed::charge(&sandbox, "succeeded").await;
        let other = seed::charge(&sandbox, "succeeded").await;
        let id = seed::dispute(&sandbox, &charge, "needs_response").await;
        let second = seed::dispute(&sandbox, &other, "lost").await;
        assert_eq!(ids(&sandbox.get(URL).await.ok()), [second.clone(), id.clone()]);
        assert_eq!(ids(&sandbox.find(URL, &[("charge", &charge)]).await.ok()), std::slice::from_ref(&id));
        sandbox.find(URL, &[("charge", "py_none")]).await.error(400, "resource_missing", "charge");
        let closed = sandbox.post(&format!("{URL}/{id}/close"), &[]).await.ok();
        assert_eq!(closed["status"], json!("lost"));
        assert_eq!(
            sandbox.events("charge.dispute.closed").await[0]["data"]["previous_attributes"],
            json!({"status": "needs_response"})
        );
        sandbox.post(&format!("{URL}/{second}/close"), &[]).await.error(400, "status_transition_invalid", None);
        let expanded = sandbox.find(&format!("{URL}/{id}"), &[("expand[]", "charge")]).await.ok();
        assert_eq!(expanded["charge"]["id"], json!(charge));
    })
    .await;
}
