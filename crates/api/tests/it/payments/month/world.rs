//! A bank whose accounts answer in every way that ACH knows, and payers who have linked them all.

use nacha::{ReturnCode, Stage};
use serde_json::Value;
use testkit::{Params, Sandbox};

use super::super::{id, method_of};

const BANK: &str = "/drawbridge/v1/testbank";
const NAME: &str = "Every Answer Bank";
/// Accounts that pay.
pub const PAYING: usize = 20;
/// Changes, and what each corrects: the part and its new value. The accounts pay all the same.
const CHANGES: [(&str, &[(&str, &str)]); 7] = [
    ("C01", &[("account_number", "710000000001")]),
    ("C02", &[("routing_number", "011000015")]),
    ("C03", &[("routing_number", "011000015"), ("account_number", "710000000003")]),
    ("C04", &[("name", "JANE DOE")]),
    ("C05", &[("transaction_code", "37")]),
    ("C06", &[("account_number", "710000000006"), ("transaction_code", "37")]),
    ("C07", &[("routing_number", "011000015"), ("account_number", "710000000007"), ("transaction_code", "37")]),
];

/// What the bank does with entries to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conduct {
    /// Posts everything.
    Pays,
    /// Gives debits back, before or after they have settled.
    Returns { code: String, late: bool },
    /// Posts debits and says what is wrong with the numbers.
    Corrects(usize),
    /// Posts debits and gives credits back.
    RefusesCredits { code: &'static str, late: bool },
}

/// An account that was linked.
#[derive(Debug, Clone)]
pub struct Payer {
    /// `pm_…`
    pub method: String,
    pub conduct: Conduct,
}

/// Everybody who pays.
pub struct World {
    pub customer: String,
    /// The accounts that pay come first.
    pub payers: Vec<Payer>,
}

/// Every code with which a bank or an operator returns a payment.
pub fn return_codes() -> Vec<String> {
    let all = (1..=85).filter_map(ReturnCode::new);
    all.filter(|code| code.stage() == Stage::Return && code.reason().is_some()).map(|code| code.to_string()).collect()
}

fn conducts() -> Vec<Conduct> {
    let mut all = vec![Conduct::Pays; PAYING];
    all.extend([("R23", false), ("R02", true)].map(|(code, late)| Conduct::RefusesCredits { code, late }));
    all.extend((0..CHANGES.len()).map(Conduct::Corrects));
    for code in return_codes() {
        all.extend([false, true].map(|late| Conduct::Returns { code: code.clone(), late }));
    }
    all
}

async fn say(sandbox: &Sandbox, path: &str, params: Params<'_>) -> Value {
    sandbox.post(&format!("{BANK}{path}"), params).await.ok()
}

impl World {
    /// States the bank, and has one customer link everything there.
    pub async fn state(sandbox: &Sandbox) -> World {
        let institution = id(&say(sandbox, "/institutions", &[("name", NAME)]).await);
        let person =
            [("institution", &*institution), ("username", "jane"), ("name", "Jane Smith"), ("email", "jane@example.com")];
        let person = id(&say(sandbox, "/people", &person).await);
        let conducts = conducts();
        let names: Vec<String> = (0..conducts.len()).map(|place| format!("Account {place:03}")).collect();
        for ((place, conduct), name) in conducts.iter().enumerate().zip(&names) {
            let number = format!("700000000{place:03}");
            let account = [
                ("institution", &*institution),
                ("owners[]", &person),
                ("type", "checking"),
                ("name", name),
                ("number", &number),
                ("opening_balance", "900000000"),
            ];
            say(sandbox, "/accounts", &account).await;
            conduct.state(sandbox, &number).await;
        }
        let customer = sandbox.customer("Jane").await;
        let shown: Vec<&str> = names.iter().map(String::as_str).collect();
        let linked = sandbox.link_for(&customer, NAME, &shown, &[("permissions[]", "payment_method")]).await;
        let session = linked.session["id"].as_str().expect("an id").to_owned();
        let accounts = linked_accounts(sandbox, &session).await;
        let mut payers = Vec::new();
        for (name, conduct) in names.iter().zip(conducts) {
            let account = accounts.iter().find(|account| account["display_name"] == name.as_str()).expect("a linked account");
            let method = method_of(sandbox, &id(account)).await;
            sandbox.post(&format!("/v1/payment_methods/{method}/attach"), &[("customer", &customer)]).await.ok();
            payers.push(Payer { method, conduct });
        }
        World { customer, payers }
    }
}

async fn linked_accounts(sandbox: &Sandbox, session: &str) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all.last().map(id);
        let mut params = vec![("session", session), ("limit", "100")];
        params.extend(after.as_deref().map(|after| ("starting_after", after)));
        let page = sandbox.find("/v1/financial_connections/accounts", &params).await.ok();
        all.extend(page["data"].as_array().expect("a list").iter().cloned());
        if page["has_more"] != true {
            return all;
        }
    }
}

impl Conduct {
    async fn state(&self, sandbox: &Sandbox, number: &str) {
        let late = |late: &bool| if *late { "true" } else { "false" };
        let mut params = vec![("account_number", number), ("direction", "debit")];
        let parts: Vec<(String, &str)>;
        match self {
            Conduct::Pays => return,
            Conduct::Returns { code, late: own } => params.extend([("code", code.as_str()), ("late", late(own))]),
            Conduct::RefusesCredits { code, late: own } => {
                params[1].1 = "credit";
                params.extend([("code", *code), ("late", late(own))]);
            }
            Conduct::Corrects(place) => {
                let (code, corrected) = CHANGES[*place];
                parts = corrected.iter().map(|(part, value)| (format!("correction[{part}]"), *value)).collect();
                params.push(("code", code));
                params.extend(parts.iter().map(|(name, value)| (name.as_str(), *value)));
            }
        }
        say(sandbox, "/ach_returns", &params).await;
    }
}
