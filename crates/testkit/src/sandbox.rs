use std::ops::Deref;
use std::sync::Arc;

use api::App;
use api::connections::linking;
use banks::{CallContext, ClientRegistration, Grant};
use kernel::{ApiResult, Core, Tenant};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use server::http::Shell;
use store::Value as Sql;

use crate::{Client, Params, Person, TestServer, UnreliableBank};

/// Everything that a session can ask for.
pub const ALL_PERMISSIONS: [(&str, &str); 4] = [
    ("permissions[]", "balances"),
    ("permissions[]", "ownership"),
    ("permissions[]", "payment_method"),
    ("permissions[]", "transactions"),
];

/// An account in one mode, called with its secret key.
#[derive(Clone)]
pub struct Sandbox {
    client: Client,
    /// `sk_…`
    pub secret_key: String,
    /// `pk_…`
    pub publishable_key: String,
    /// Where the server listens.
    pub base_url: String,
    pub(crate) shell: Shell,
    pub(crate) bank: Option<Arc<UnreliableBank>>,
    /// The product behind it, for what no endpoint does.
    pub app: App,
}

/// What a walk through the linking flow led to.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The holder.
    pub customer: String,
    /// The session, as created.
    pub session: Value,
    /// The accounts, as they are after everything that was due has run; newest first.
    pub accounts: Vec<Value>,
}

impl Linked {
    /// The id of the only account.
    #[must_use]
    #[track_caller]
    pub fn id(&self) -> String {
        assert_eq!(self.accounts.len(), 1, "{:?}", self.accounts);
        text(&self.accounts[0], "id")
    }
}

/// The ids in a list.
#[must_use]
pub fn ids(list: &Value) -> Vec<String> {
    list["data"].as_array().expect("a list").iter().map(|one| text(one, "id")).collect()
}

fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_else(|| panic!("no {name} in {object}")).to_owned()
}

impl Deref for Sandbox {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Sandbox {
    pub(crate) fn new(server: &TestServer, shell: &Shell, secret_key: &str, publishable_key: &str) -> Sandbox {
        Sandbox {
            client: server.client().key(secret_key),
            secret_key: secret_key.to_owned(),
            publishable_key: publishable_key.to_owned(),
            base_url: server.base_url.clone(),
            shell: shell.clone(),
            bank: server.bank(),
            app: server.app.clone(),
        }
    }

    /// The same account on another node.
    #[must_use]
    pub fn on(&self, node: &TestServer) -> Sandbox {
        let elsewhere = node.sandbox();
        Sandbox {
            client: elsewhere.client.key(&self.secret_key),
            secret_key: self.secret_key.clone(),
            publishable_key: self.publishable_key.clone(),
            ..elsewhere
        }
    }

    /// A caller with the publishable key.
    #[must_use]
    pub fn publishable(&self) -> Client {
        self.client.key(&self.publishable_key)
    }

    /// A caller with a new restricted key that may do what is named: `("customers", "read")`.
    pub async fn restricted(&self, permissions: Params<'_>) -> Client {
        let names: Vec<String> = permissions.iter().map(|(name, _)| format!("permissions[{name}]")).collect();
        let mut params = vec![("type", "restricted")];
        params.extend(names.iter().zip(permissions).map(|(name, (_, right))| (name.as_str(), *right)));
        let made = self.post("/drawbridge/v1/api_keys", &params).await.ok();
        self.client.key(&text(&made, "key"))
    }

    /// The account's id.
    pub async fn account(&self) -> String {
        text(&self.get("/v1/account").await.ok(), "id")
    }

    /// The account's data, for what the API does not show.
    pub async fn tenant(&self) -> Tenant {
        let livemode = self.secret_key.starts_with("sk_live_");
        Tenant::new(&self.account().await, livemode)
    }

    /// The sandbox's time, in unix seconds.
    pub async fn now(&self) -> i64 {
        self.get("/drawbridge/v1/clock").await.ok()["now"].as_i64().expect("a time")
    }

    /// Moves the sandbox's clock, running what becomes due on the way.
    pub async fn advance(&self, seconds: i64) {
        self.post("/drawbridge/v1/clock/advance", &[("seconds", &seconds.to_string())]).await.ok();
    }

    /// Runs what is due in this sandbox.
    pub async fn settle(&self) {
        let tenant = self.tenant().await;
        self.app.runner().settle(&tenant).await.expect("jobs run");
    }

    /// The newest 100 events of a type or group, newest first.
    pub async fn events(&self, kind: &str) -> Vec<Value> {
        let list = self.find("/v1/events", &[("type", kind), ("limit", "100")]).await.ok();
        list["data"].as_array().expect("a list").clone()
    }

    /// A new customer's id.
    pub async fn customer(&self, name: &str) -> String {
        text(&self.post("/v1/customers", &[("name", name)]).await.ok(), "id")
    }

    /// A new session of a customer. Without permissions among the parameters, it asks for everything.
    pub async fn session(&self, customer: &str, params: Params<'_>) -> Value {
        let mut all = vec![("account_holder[type]", "customer"), ("account_holder[customer]", customer)];
        if !params.iter().any(|(name, _)| name.starts_with("permissions")) {
            all.extend(ALL_PERMISSIONS);
        }
        all.extend_from_slice(params);
        self.post("/v1/financial_connections/sessions", &all).await.ok()
    }

    /// A new session of a new customer, with the person who opens it.
    pub async fn person(&self, params: Params<'_>) -> (Value, Person) {
        let session = self.session(&self.customer("Jane").await, params).await;
        let person = Person::open(self, &text(&session, "client_secret")).await;
        (session, person)
    }

    /// A new customer links accounts of a bank.
    pub async fn link(&self, bank: &str, accounts: &[&str], params: Params<'_>) -> Linked {
        let customer = self.customer("Jane").await;
        self.link_for(&customer, bank, accounts, params).await
    }

    /// A customer links accounts of a bank.
    pub async fn link_for(&self, customer: &str, bank: &str, accounts: &[&str], params: Params<'_>) -> Linked {
        let session = self.session(customer, params).await;
        let mut person = Person::open(self, &text(&session, "client_secret")).await;
        person.to_accounts(bank).await.connect(accounts).await;
        assert_eq!(person.pane(), "success", "{:?}", person.page.texts);
        person.press("Done").await;
        self.settle().await;
        let path = format!("/v1/financial_connections/sessions/{}", text(&session, "id"));
        let shown = self.get(&path).await.ok();
        let accounts = shown["accounts"]["data"].as_array().expect("a list").clone();
        Linked { customer: customer.to_owned(), session, accounts }
    }

    /// A linked account, as it is now.
    pub async fn linked(&self, id: &str) -> Value {
        self.get(&format!("/v1/financial_connections/accounts/{id}")).await.ok()
    }

    /// Asks for fresh data of a linked account and lets it arrive.
    pub async fn refresh(&self, id: &str, features: &[&str]) -> Value {
        let params: Vec<(&str, &str)> = features.iter().map(|feature| ("features[]", *feature)).collect();
        self.post(&format!("/v1/financial_connections/accounts/{id}/refresh"), &params).await.ok();
        self.settle().await;
        self.linked(id).await
    }

    /// The flow of a new session that takes typed numbers, at the pane that asks for them.
    ///
    /// # Panics
    /// If a step is not taken.
    pub async fn manual_entry(&self) -> (Value, String) {
        let customer = self.customer("Jane").await;
        let params = [("permissions[]", "payment_method"), ("manual_entry[mode]", "automatic")];
        let session = self.session(&customer, &params).await;
        let secret = session["client_secret"].as_str().expect("a client secret");
        let opened = self.publishable().post("/drawbridge/v1/connections/flows", &[("client_secret", secret)]).await.ok();
        let token = opened["token"].as_str().expect("a token").to_owned();
        linking::agree(&self.app, &token).await.expect("agreed");
        linking::open_manual(&self.app, &token).await.expect("typed numbers are allowed");
        (session, token)
    }

    /// A person types the numbers of the test account; the session afterwards.
    ///
    /// # Panics
    /// If they are not taken.
    pub async fn typed_numbers(&self) -> Value {
        let (session, token) = self.manual_entry().await;
        self.type_numbers(&token, "110000000", "000123456789", "000123456789").await.expect("good numbers");
        linking::done(&self.app, &token).await.expect("done");
        let id = session["id"].as_str().expect("an id");
        self.get(&format!("/v1/financial_connections/sessions/{id}")).await.ok()
    }

    /// A person types numbers in a flow.
    ///
    /// # Errors
    /// As [`linking::manual_numbers`].
    pub async fn type_numbers(&self, flow: &str, routing: &str, account: &str, again: &str) -> Result<(), linking::FlowError> {
        linking::manual_numbers(&self.app, flow, routing.into(), account.into(), again.into()).await
    }

    /// What a flow shows.
    ///
    /// # Panics
    /// If there is none.
    pub async fn flow_view(&self, flow: &str) -> linking::FlowView {
        linking::view(&self.app, flow, None).await.expect("a flow")
    }

    /// The people end every consent of this sandbox at their banks, where the application does not see it.
    pub async fn end_consents_at_banks(&self) {
        let tenant = self.tenant().await;
        let core = &self.app.core;
        let grants: Vec<(String, StoredGrant)> = sealed(core, &tenant, "grant/").await;
        let clients: Vec<(String, ClientRegistration)> = sealed(core, &tenant, "client/").await;
        assert!(!grants.is_empty(), "nothing is linked");
        let directory = self.app.banks(&tenant).await.expect("the banks are read");
        for (_, stored) in &grants {
            let (name, client) =
                clients.iter().find(|(name, _)| Some(name) == stored.client.as_ref()).expect("the grant's client");
            let institution = name.split('/').nth(1).and_then(|id| directory.get(id, false));
            let institution = institution.expect("a bank of the directory");
            let ctx = CallContext {
                now: core.clock.now(),
                policy: institution.policy.clone(),
                user_present: true,
                entropy: Arc::new(Randomness(Arc::clone(core))),
            };
            institution.connector.revoke(&ctx, Some(client), &stored.grant).await.expect("the bank ends the consent");
        }
    }
}

/// A grant as the product keeps it.
#[derive(Deserialize)]
struct StoredGrant {
    client: Option<String>,
    grant: Grant,
}

struct Randomness(Arc<Core>);

impl banks::Entropy for Randomness {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.entropy.fill(buffer);
    }
}

/// What the vault keeps for a tenant under names that begin so.
async fn sealed<T: DeserializeOwned>(core: &Arc<Core>, tenant: &Tenant, prefix: &'static str) -> Vec<(String, T)> {
    let read = core.read(tenant, move |cx| {
        Box::pin(async move {
            let sql = "select name, sealed from vault where tenant = $1 and name >= $2 and name < $3";
            let rows = cx.rows(sql, &[Sql::from(prefix), Sql::from(format!("{prefix}~"))]).await?;
            rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.blob(1)?.to_vec()))).collect::<ApiResult<Vec<_>>>()
        })
    });
    let open = |(name, bytes): (String, Vec<u8>)| {
        let plain = core.vault.open(tenant, &name, &bytes).expect("the vault's own");
        (name, serde_json::from_slice(&plain).expect("what was sealed"))
    };
    read.await.expect("the vault is read").into_iter().map(open).collect()
}
