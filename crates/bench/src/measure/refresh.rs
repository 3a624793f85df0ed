//! How fast transactions come in from a bank.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::Plan;
use super::link::Person;
use super::report::{Report, count, time};
use super::site::{Endpoint, PUBLISHABLE_KEY, Site};
use crate::client::Client;

/// A refresh of all accounts that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(120);

/// Links accounts, fetches their transactions, and then fetches them again when nothing is new.
pub(super) fn measure(plan: &Plan, report: &mut Report) -> Result<(), String> {
    let site = Site::new(plan, "refresh", Endpoint::None)?;
    let mut client = site.client();
    for _ in 0..plan.sizes.people {
        link(&site, &mut client)?;
    }
    let accounts = client.all("/v1/financial_connections/accounts", "")?;
    let ids: Vec<&str> = accounts.iter().filter_map(|account| account["id"].as_str()).collect();
    let mut rows = vec![["Refresh", "Accounts", "Transactions", "Time", "Transactions/s"].map(str::to_owned).to_vec()];
    for name in ["first: all are new", "again: none is new"] {
        let (stored, took) = refresh(&mut client, &ids)?;
        rows.push(vec![
            name.into(),
            ids.len().to_string(),
            count(stored as f64),
            time(took),
            count(stored as f64 / took.as_secs_f64()),
        ]);
        // In test mode an account may be refreshed once a second.
        std::thread::sleep(Duration::from_millis(2_100));
    }
    report.section(
        "Refresh",
        "`POST /v1/financial_connections/accounts/:id/refresh` with `features[]=transactions` for every linked account at once, until all have\n\
         succeeded: tokens and pages of transactions over HTTP from the built-in test bank, which makes them up on the same core, compared\n\
         with what is stored, written, and told in an event.",
    );
    report.table(&rows);
    site.close()?;
    Ok(())
}

fn link(site: &Site, client: &mut Client) -> Result<(), String> {
    let customer = client.post("/v1/customers", "name=Jenny%20Rosen")?;
    let form = format!(
        "account_holder[type]=customer&account_holder[customer]={}&permissions[]=transactions",
        customer["id"].as_str().unwrap_or("")
    );
    let session = client.post("/v1/financial_connections/sessions", &form)?;
    let form = format!("client_secret={}", session["client_secret"].as_str().unwrap_or(""));
    let headers = format!("Authorization: Bearer {PUBLISHABLE_KEY}\r\nOrigin: http://shop.example\r\n");
    let flow = client.send("POST", "/drawbridge/v1/connections/flows", &headers, &form)?;
    let flow = flow.json()["url"].as_str().map(str::to_owned).ok_or(flow.body)?;
    Person::new(site.server.address).link(&flow, "Bank (OAuth)")
}

/// Refreshes all accounts; how many transactions are stored then, and how long it took.
fn refresh(client: &mut Client, accounts: &[&str]) -> Result<(usize, Duration), String> {
    let started = Instant::now();
    for id in accounts {
        client.post(&format!("/v1/financial_connections/accounts/{id}/refresh"), "features[]=transactions")?;
    }
    loop {
        let accounts = client.all("/v1/financial_connections/accounts", "")?;
        let is = |account: &Value, status: &str| account["transaction_refresh"]["status"] == status;
        if let Some(failed) = accounts.iter().find(|account| is(account, "failed")) {
            return Err(format!("a refresh failed: {failed}"));
        }
        if accounts.iter().all(|account| is(account, "succeeded")) {
            break;
        }
        if started.elapsed() > PATIENCE {
            return Err("the refreshes do not end".to_owned());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let took = started.elapsed();
    let mut stored = 0;
    for id in accounts {
        stored += client.all("/v1/financial_connections/transactions", &format!("account={id}&"))?.len();
    }
    Ok((stored, took))
}
