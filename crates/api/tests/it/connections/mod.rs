mod accounts;
mod authorizations;
mod consents;
mod flow;
mod flow_end;
mod hosted;
mod inferred_balances;
mod institutions;
mod manual_entry;
mod mobile;
mod owners;
mod person;
mod refresh;
mod relink;
mod sessions;
pub(crate) mod sign_in;
mod simplefin;
mod statement_file;
mod transactions;
mod unreliable;

use serde_json::Value;
use testkit::Sandbox;

/// All transactions that a list with these parameters has, page by page.
pub(crate) async fn rows(sandbox: &Sandbox, params: &[(&str, &str)]) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all.last().map(|row| row["id"].as_str().unwrap().to_owned());
        let mut page = vec![("limit", "100")];
        page.extend(after.as_deref().map(|id| ("starting_after", id)));
        page.extend_from_slice(params);
        let list = sandbox.find("/v1/financial_connections/transactions", &page).await.ok();
        all.extend(list["data"].as_array().unwrap().iter().cloned());
        if list["has_more"] == false {
            return all;
        }
    }
}
