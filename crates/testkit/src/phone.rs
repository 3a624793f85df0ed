use serde_json::Value;

use crate::{Answer, Client, Params, Person, Sandbox};

/// The version header of the official mobile SDKs.
const VERSION: &str = "2020-08-27;financial_connections_client_api_beta=v1";

/// An app with an official SDK, on a person's phone: it calls the API as that does, and opens pages in a browser.
pub struct Phone {
    sandbox: Sandbox,
    client: Client,
    /// The session's, which every call carries.
    pub secret: String,
    /// The session, as created.
    pub session: Value,
}

impl Phone {
    /// An app with a new session of a new customer.
    pub async fn new(sandbox: &Sandbox, params: Params<'_>) -> Phone {
        let session = sandbox.session(&sandbox.customer("Jane").await, params).await;
        Phone::with(sandbox, session)
    }

    /// An app that was given a session.
    ///
    /// # Panics
    /// If it has no client secret.
    #[must_use]
    pub fn with(sandbox: &Sandbox, session: Value) -> Phone {
        let secret = session["client_secret"].as_str().expect("a client secret").to_owned();
        Phone { sandbox: sandbox.clone(), client: sandbox.publishable().version(VERSION), secret, session }
    }

    /// `POST` with the client secret.
    pub async fn post(&self, path: &str, params: Params<'_>) -> Answer {
        self.client.post(path, &self.all(params)).await
    }

    /// `GET` with the client secret.
    pub async fn find(&self, path: &str, params: Params<'_>) -> Answer {
        self.client.find(path, &self.all(params)).await
    }

    fn all<'a>(&'a self, params: Params<'a>) -> Vec<(&'a str, &'a str)> {
        [&[("client_secret", self.secret.as_str())], params].concat()
    }

    /// Opens the session, as the SDK for Android does.
    pub async fn synchronize(&self) -> Value {
        let params = [
            ("expand[0]", "manifest.active_auth_session"),
            ("emit_events", "true"),
            ("locale", "en-US"),
            ("mobile[forced_authflow_version]", "v3"),
            ("mobile[fullscreen]", "true"),
            ("mobile[hide_close_button]", "true"),
            ("mobile[supports_app_verification]", "false"),
            ("mobile[verified_app_id]", "com.example.shop"),
            ("mobile[application_id]", "com.example.shop"),
        ];
        self.post("/v1/financial_connections/sessions/synchronize", &params).await.ok()
    }

    /// The person agrees.
    pub async fn agree(&self) -> Value {
        self.post("/v1/link_account_sessions/consent_acquired", &[("expand[0]", "active_auth_session")]).await.ok()
    }

    /// The id of a bank of this name.
    ///
    /// # Panics
    /// If there is none.
    pub async fn bank(&self, name: &str) -> String {
        let found = self.find("/v1/connections/institutions", &[("query", name), ("limit", "20")]).await.ok();
        let found = found["data"].as_array().expect("a list").iter().find(|bank| bank["name"] == name).cloned();
        found.expect("a bank of this name")["id"].as_str().expect("an id").to_owned()
    }

    /// The person chooses a bank: what the SDK for Android is answered.
    pub async fn choose(&self, bank: &str) -> Answer {
        let id = self.bank(bank).await;
        let params = [
            ("use_mobile_handoff", "false"),
            ("use_abstract_flow", "true"),
            ("return_url", "auth-redirect/com.example.shop"),
            ("institution", id.as_str()),
        ];
        self.post("/v1/connections/auth_sessions", &params).await
    }

    /// The person's browser at the address of a login.
    ///
    /// # Panics
    /// If the login has none.
    pub async fn browser(&self, login: &Value) -> Person {
        Person::at(&self.sandbox, login["url"].as_str().expect("an address")).await
    }

    /// From the beginning to where the bank has given its accounts: the login, and the address that called the app back.
    ///
    /// # Panics
    /// If a step is not taken.
    pub async fn to_accounts(&self, bank: &str) -> (Value, String) {
        self.synchronize().await;
        self.agree().await;
        let login = self.choose(bank).await.ok();
        let mut browser = self.browser(&login).await;
        browser.share_everything("jane").await;
        (login, browser.page.address.clone())
    }
}
