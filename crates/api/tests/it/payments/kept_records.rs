//! What is kept of payments, and what is not.

use api::core::retention;
use kernel::Tenant;
use serde_json::{Value, json};
use testkit::{Person, Sandbox, TestServer, each, ids};

use super::{MANDATE, id, linked_method, method_of};

const FILES: &str = "/drawbridge/v1/ach/files";

/// A debit of $20.00 that went out in a file.
async fn paid(sandbox: &Sandbox, method: &str) -> Value {
    let params = [("amount", "2000"), ("currency", "usd"), ("confirm", "true"), ("payment_method", method)];
    let made = sandbox.post("/v1/payment_intents", &[&params[..], &MANDATE].concat()).await.ok();
    sandbox.advance(60).await;
    made
}

/// The names in the entries of a tenant.
async fn names(server: &TestServer, tenant: &Tenant) -> Vec<String> {
    let read = server.app.core.read(tenant, |cx| {
        Box::pin(async move {
            let rows = cx.rows("select name from ach_entries where tenant = $1 order by id", &[]).await?;
            rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
        })
    });
    read.await.expect("entries are read")
}

#[tokio::test]
async fn files_are_forgotten_after_six_years() {
    each(async |server| {
        let sandbox = server.sandbox();
        paid(&sandbox, &linked_method(&sandbox).await).await;
        let tenant = sandbox.tenant().await;
        let file = id(&sandbox.find(FILES, &[("direction", "out")]).await.ok()["data"][0]);
        let path = format!("{FILES}/{file}");
        let year = 366 * 86_400;
        server.clock.advance(6 * year - 86_400);
        retention::sweep(&server.app.core).await.expect("swept");
        assert_eq!(sandbox.get(&format!("{path}/content")).await.status, 200);
        assert_eq!(names(server, &tenant).await, ["Jane Smith"]);
        server.clock.advance(2 * 86_400);
        retention::sweep(&server.app.core).await.expect("swept");
        sandbox.get(&format!("{path}/content")).await.error(404, "resource_missing", "id");
        assert_eq!(names(server, &tenant).await, [""]);
        assert_eq!(sandbox.get(&path).await.ok()["status"], json!("sent"), "that it was sent is kept");
        // What the years have brought is done.
        sandbox.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_person_erases_what_nothing_was_paid_with() {
    each(async |server| {
        let sandbox = server.sandbox();
        let account = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[]).await.id();
        let [used, unused] = [method_of(&sandbox, &account).await, method_of(&sandbox, &account).await];
        paid(&sandbox, &used).await;
        let consent = ids(&sandbox.get("/drawbridge/v1/consents").await.ok()).remove(0);
        let link = sandbox.post(&format!("/drawbridge/v1/consents/{consent}/page"), &[]).await.ok();
        let url = link["url"].as_str().expect("an address");
        let mut person = Person::at(&sandbox, url).await;
        person.go(&format!("{url}/delete?account={account}")).await.press("Delete data").await;
        sandbox.settle().await;
        for (method, name) in [(&used, json!("Jane Smith")), (&unused, Value::Null)] {
            let shown = sandbox.get(&format!("/v1/payment_methods/{method}")).await.ok();
            assert_eq!(shown["billing_details"]["name"], name, "{shown}");
            let tenant = sandbox.tenant().await;
            let vault = format!("numbers/{method}");
            let kept = sandbox.app.core.read(&tenant, move |cx| {
                let vault = vault.clone();
                Box::pin(async move {
                    let sql = "select 1 from vault where tenant = $1 and name = $2";
                    Ok(cx.row(sql, &[vault.as_str().into()]).await?.is_some())
                })
            });
            assert_eq!(kept.await.expect("the vault is read"), !name.is_null(), "{method}");
        }
        let pays = [("amount", "2000"), ("currency", "usd"), ("payment_method", unused.as_str())];
        sandbox.post("/v1/payment_intents", &pays).await.error(400, None, "payment_method");
    })
    .await;
}
