//! What the SDKs send. Some of it concerns what this server does not do; it is named here so that it is not refused.

use form::{ParamEnum, Params};

/// A call that only says which session it is about.
#[derive(Debug, Clone, Params)]
pub struct OfSession {
    /// The session's.
    pub client_secret: String,
}

/// `POST /v1/financial_connections/sessions/synchronize`.
#[derive(Debug, Clone, Params)]
pub struct Synchronize {
    /// The session's.
    pub client_secret: String,
    /// Has no effect: no events of clients are kept.
    pub emit_events: Option<bool>,
    /// The language of the texts, as BCP 47 has it.
    pub locale: Option<String>,
    pub mobile: Option<Mobile>,
}

/// What an app says of itself.
#[derive(Debug, Clone, Params)]
pub struct Mobile {
    /// Where a bank's app would go back to. Has no effect: people go to a bank's pages.
    pub app_return_url: Option<String>,
    /// Part of the addresses that an Android app is called back at.
    pub application_id: Option<String>,
    /// Has no effect: there is one version.
    pub forced_authflow_version: Option<String>,
    /// Has no effect.
    pub fullscreen: Option<bool>,
    /// Has no effect.
    pub hide_close_button: Option<bool>,
    /// Has no effect: apps are not attested.
    pub supports_app_verification: Option<bool>,
    /// Has no effect: apps are not attested.
    pub verified_app_id: Option<String>,
}

/// `GET /v1/connections/featured_institutions`.
#[derive(Debug, Clone, Params)]
pub struct Featured {
    /// The session's.
    pub client_secret: String,
    #[params(min = 1, maximum = 100)]
    pub limit: Option<i64>,
}

/// `GET /v1/connections/institutions`.
#[derive(Debug, Clone, Params)]
pub struct Search {
    /// The session's.
    pub client_secret: String,
    #[params(min = 1, maximum = 100)]
    pub limit: Option<i64>,
    /// What was typed.
    #[params(empty)]
    pub query: String,
}

/// `POST /v1/connections/auth_sessions`.
#[derive(Debug, Clone, Params)]
pub struct CreateLogin {
    /// The session's.
    pub client_secret: String,
    /// `fcinst_…`
    pub institution: String,
    /// The SDK's name of the place that it is called back at, or the session's own return address.
    pub return_url: Option<String>,
    /// Has no effect: there is one kind of flow.
    pub use_abstract_flow: Option<bool>,
    /// Has no effect: nothing is handed to another device.
    pub use_mobile_handoff: Option<bool>,
}

/// A call about one login.
#[derive(Debug, Clone, Params)]
pub struct OfLogin {
    /// The session's.
    pub client_secret: String,
    /// Has no effect: no events of clients are kept.
    pub emit_events: Option<bool>,
    /// `bcsess_…`
    pub id: String,
    /// Has no effect: the login is known.
    pub public_token: Option<String>,
}

/// `POST /v1/connections/auth_sessions/events`.
#[derive(Debug, Clone, Params)]
pub struct Events {
    /// The session's.
    pub client_secret: String,
    /// Milliseconds. Has no effect.
    pub client_timestamp: Option<String>,
    /// Has no effect: no events of clients are kept.
    pub frontend_events: Vec<FrontendEvent>,
    /// `bcsess_…`
    pub id: String,
    /// The publishable key once more. Has no effect.
    pub key: Option<String>,
}

/// What happened in an app.
#[derive(Debug, Clone, Params)]
pub struct FrontendEvent {
    pub client_timestamp: Option<String>,
    pub event_name: Option<String>,
    pub event_namespace: Option<String>,
    pub raw_event_details: Option<String>,
}

/// `POST /v1/connections/auth_sessions/selected_accounts`.
#[derive(Debug, Clone, Params)]
pub struct Select {
    /// The session's.
    pub client_secret: String,
    /// `bcsess_…`
    pub id: String,
    #[params(required)]
    pub selected_accounts: Vec<String>,
}

/// `GET /v1/link_account_sessions/list_accounts`.
#[derive(Debug, Clone, Params)]
pub struct ListAccounts {
    /// The session's.
    pub client_secret: String,
    /// `fca_…`
    pub starting_after: Option<String>,
}

/// `POST /v1/link_account_sessions/disable_networking`.
#[derive(Debug, Clone, Params)]
pub struct DisableNetworking {
    /// The session's.
    pub client_secret: String,
    /// Has no effect: nothing is shared between businesses here, so there is nothing to disable.
    pub client_requested_next_pane_on_disable_networking: Option<String>,
    /// Has no effect.
    pub disabled_reason: Option<String>,
}

/// `POST /v1/link_account_sessions/complete`.
#[derive(Debug, Clone, Params)]
pub struct Complete {
    /// The session's.
    pub client_secret: String,
    pub terminal_error: Option<TerminalError>,
}

/// Why an app ends a flow early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum TerminalError {
    /// The application has a form of its own for numbers.
    UserInitiatedWithCustomManualEntry,
}

/// `POST /v1/link_account_sessions/attach_payment_account`.
#[derive(Debug, Clone, Params)]
pub struct Attach {
    pub bank_account: Option<TypedNumbers>,
    /// The session's.
    pub client_secret: String,
    /// Has no effect: nothing is shared between businesses here.
    pub consumer_session_client_secret: Option<String>,
    pub linked_account: Option<LinkedAccount>,
    pub r#type: AttachType,
}

/// What is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum AttachType {
    BankAccount,
    LinkedAccount,
}

/// Numbers that a person typed.
#[derive(Debug, Clone, Params)]
pub struct TypedNumbers {
    pub account_number: String,
    pub routing_number: String,
}

/// An account that was linked in the session.
#[derive(Debug, Clone, Params)]
pub struct LinkedAccount {
    /// `fca_…`
    pub id: String,
}
