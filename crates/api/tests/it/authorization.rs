//! Who may call what: every endpoint of the table of routes, called in every way that must be refused. An endpoint that is
//! not in the table here fails the test, and so does a line here that leads nowhere.

mod books;

use std::collections::BTreeSet;

use api::Keys;
use http::Method;
use serde_json::{Value, json};
use testkit::{Answer, Client, Phone, Sandbox, TestServer, WebhookReceiver, each, encode, ids};

use crate::payments::upload;

/// What another account's key gets from a request that names things of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stranger {
    /// 404: the address names what is not there.
    NotFound,
    /// 400: a parameter names what is not there.
    NoSuch,
    /// 200 with nothing of ours.
    Nothing,
    /// 200: it says nothing about us; the stranger only acts on their own data.
    Own,
    /// 200: everybody in test mode may see it.
    Public,
}

/// The name under which a case has a whole JSON body, where the endpoint takes one.
const JSON: &str = "(json)";
/// The name that stands where an endpoint takes a file beside its parameters.
const MULTIPART: &str = "(multipart)";
const DESTINATION: &str = r#"{"name": "New", "type": "webhook_endpoint", "event_payload": "thin",
    "enabled_events": ["v1.invoice.paid"], "webhook_endpoint": {"url": "http://127.0.0.1:1/"}}"#;
const VERSION: &str = "2026-10-28.endive";

/// A valid request to an endpoint, made in the world of [`World`].
struct Case {
    method: &'static str,
    route: &'static str,
    stranger: Stranger,
    /// The ids in the address, in order.
    ids: fn(&World) -> Vec<&str>,
    params: fn(&World) -> Vec<(&'static str, &str)>,
}

const fn case(method: &'static str, route: &'static str, stranger: Stranger) -> Case {
    Case { method, route, stranger, ids: |_| Vec::new(), params: |_| Vec::new() }
}

impl Case {
    const fn at(self, ids: fn(&World) -> Vec<&str>) -> Case {
        Case { ids, ..self }
    }

    const fn with(self, params: fn(&World) -> Vec<(&'static str, &str)>) -> Case {
        Case { params, ..self }
    }
}

/// A call of an app, which opens with a client secret.
const fn phone(method: &'static str, route: &'static str) -> Case {
    case(method, route, Stranger::NoSuch).with(|w| vec![("client_secret", &w.phone_secret)])
}

/// A call of an app about a login at a bank.
const fn login(route: &'static str) -> Case {
    case("POST", route, Stranger::NoSuch).with(|w| vec![("client_secret", &w.phone_secret), ("id", &w.login)])
}

/// Something of every kind, in one account.
struct World {
    customer: String,
    doomed_customer: String,
    event: String,
    endpoint: String,
    doomed_endpoint: String,
    destination: String,
    doomed_destination: String,
    thin_event: String,
    clock: String,
    doomed_clock: String,
    session: String,
    client_secret: String,
    account: String,
    doomed_account: String,
    ownership: String,
    transaction: String,
    authorization: String,
    institution: String,
    consent: String,
    doomed_key: String,
    request: String,
    own_account: String,
    token: String,
    method: String,
    phone_secret: String,
    bank: String,
    login: String,
    offer: String,
    ach_file: String,
    stated: Stated,
    books: books::Books,
    setup: Setup,
    payments: Payments,
    held: Held,
    paid: OnPage,
    saved: OnPage,
}

/// An intent on a merchant's page, for which an account is being linked.
struct OnPage {
    intent: String,
    secret: String,
    session: String,
}

impl OnPage {
    async fn state(sandbox: &Sandbox, path: &str, params: &[(&str, &str)]) -> OnPage {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let intent = sandbox.post(path, params).await.ok();
        let (id, secret) = (text(&intent["id"]), text(&intent["client_secret"]));
        let sessions = format!("{path}/{id}/link_account_sessions");
        let session = sandbox.publishable().post(&sessions, &[("client_secret", &secret)]).await.ok();
        OnPage { intent: id, session: text(&session["id"]), secret }
    }
}

/// Payment intents at several stages, and a charge.
struct Payments {
    /// It can be confirmed.
    intent: String,
    doomed_intent: String,
    /// Its deposits are on their way.
    waiting_intent: String,
    charge: String,
    /// A customer's bank account that is verified.
    source: String,
}

/// What payments are made with, and more of it to be deleted.
struct Held {
    source: String,
    doomed_source: String,
    fresh_token: String,
    page_token: String,
    configuration: String,
    doomed_key: String,
}

/// Setup Intents at several stages.
struct Setup {
    /// Of a linked account, with a mandate.
    method: String,
    mandate: String,
    done_intent: String,
    intent: String,
    doomed_intent: String,
    /// Its deposits are on their way.
    waiting_intent: String,
    block: String,
    /// About the deposits.
    mail: String,
}

/// What is stated at the test bank, and more of it to be deleted.
struct Stated {
    institution: String,
    doomed_institution: String,
    person: String,
    doomed_person: String,
    account: String,
    doomed_account: String,
    transaction: String,
    doomed_transaction: String,
    ach_return: String,
    doomed_ach_return: String,
    ach_entry: String,
}

/// Every endpoint, in an order in which each call still finds what it needs.
fn cases() -> Vec<Case> {
    use Stranger::{NoSuch, NotFound, Nothing, Own, Public};
    vec![
        case("GET", "/v1/account", Nothing),
        case("POST", "/v1/customers", Own).with(|_| vec![("name", "New")]),
        case("GET", "/v1/customers", Nothing),
        case("GET", "/v1/customers/search", Nothing).with(|_| vec![("query", "name~\"jan\"")]),
        case("GET", "/v1/customers/:id", NotFound).at(|w| vec![&w.customer]),
        case("POST", "/v1/customers/:id", NotFound).at(|w| vec![&w.customer]).with(|_| vec![("name", "Changed")]),
        case("DELETE", "/v1/customers/:id", NotFound).at(|w| vec![&w.doomed_customer]),
        case("GET", "/v1/events", Nothing),
        case("GET", "/v1/events/:id", NotFound).at(|w| vec![&w.event]),
        case("POST", "/v1/webhook_endpoints", Own)
            .with(|_| vec![("url", "http://127.0.0.1:1/"), ("enabled_events[]", "invoice.paid")]),
        case("GET", "/v1/webhook_endpoints", Nothing),
        case("GET", "/v1/webhook_endpoints/:id", NotFound).at(|w| vec![&w.endpoint]),
        case("POST", "/v1/webhook_endpoints/:id", NotFound).at(|w| vec![&w.endpoint]).with(|_| vec![("description", "x")]),
        case("DELETE", "/v1/webhook_endpoints/:id", NotFound).at(|w| vec![&w.doomed_endpoint]),
        case("POST", "/v2/core/event_destinations", Own).with(|_| vec![(JSON, DESTINATION)]),
        case("GET", "/v2/core/event_destinations", Nothing),
        case("GET", "/v2/core/event_destinations/:id", NotFound).at(|w| vec![&w.destination]),
        case("POST", "/v2/core/event_destinations/:id", NotFound)
            .at(|w| vec![&w.destination])
            .with(|_| vec![(JSON, r#"{"name": "Changed"}"#)]),
        case("POST", "/v2/core/event_destinations/:id/disable", NotFound).at(|w| vec![&w.destination]),
        case("POST", "/v2/core/event_destinations/:id/enable", NotFound).at(|w| vec![&w.destination]),
        case("POST", "/v2/core/event_destinations/:id/ping", NotFound).at(|w| vec![&w.destination]),
        case("DELETE", "/v2/core/event_destinations/:id", NotFound).at(|w| vec![&w.doomed_destination]),
        case("GET", "/v2/core/events", Nothing),
        case("GET", "/v2/core/events/:id", NotFound).at(|w| vec![&w.thin_event]),
        case("POST", "/v1/test_helpers/test_clocks", Own).with(|_| vec![("frozen_time", "1700000000")]),
        case("GET", "/v1/test_helpers/test_clocks", Nothing),
        case("GET", "/v1/test_helpers/test_clocks/:id", NotFound).at(|w| vec![&w.clock]),
        case("DELETE", "/v1/test_helpers/test_clocks/:id", NotFound).at(|w| vec![&w.doomed_clock]),
        case("POST", "/v1/test_helpers/test_clocks/:id/advance", NotFound)
            .at(|w| vec![&w.clock])
            .with(|_| vec![("frozen_time", "1700000100")]),
        case("POST", "/v1/financial_connections/sessions", NoSuch).with(|w| {
            let holder = [("account_holder[type]", "customer"), ("account_holder[customer]", w.customer.as_str())];
            [&holder[..], &[("permissions[]", "balances")]].concat()
        }),
        case("GET", "/v1/financial_connections/sessions/:id", NotFound).at(|w| vec![&w.session]),
        case("GET", "/v1/financial_connections/accounts", Nothing).with(|w| vec![("session", &w.session)]),
        case("GET", "/v1/financial_connections/accounts/:id", NotFound).at(|w| vec![&w.account]),
        case("GET", "/v1/financial_connections/accounts/:id/owners", NotFound)
            .at(|w| vec![&w.account])
            .with(|w| vec![("ownership", &w.ownership)]),
        case("POST", "/v1/financial_connections/accounts/:id/refresh", NotFound)
            .at(|w| vec![&w.account])
            .with(|_| vec![("features[]", "balance")]),
        case("POST", "/v1/financial_connections/accounts/:id/subscribe", NotFound)
            .at(|w| vec![&w.account])
            .with(|_| vec![("features[]", "transactions")]),
        case("POST", "/v1/financial_connections/accounts/:id/unsubscribe", NotFound)
            .at(|w| vec![&w.account])
            .with(|_| vec![("features[]", "transactions")]),
        case("POST", "/v1/financial_connections/accounts/:id/disconnect", NotFound).at(|w| vec![&w.doomed_account]),
        case("GET", "/v1/financial_connections/accounts/:id/inferred_balances", NotFound).at(|w| vec![&w.account]),
        case("GET", "/v1/financial_connections/authorizations/:id", NotFound).at(|w| vec![&w.authorization]),
        case("GET", "/v1/financial_connections/institutions", Nothing),
        case("GET", "/v1/financial_connections/institutions/:id", Public).at(|w| vec![&w.institution]),
        case("GET", "/v1/financial_connections/transactions", NoSuch).with(|w| vec![("account", &w.account)]),
        case("GET", "/v1/financial_connections/transactions/:id", NotFound).at(|w| vec![&w.transaction]),
        case("POST", "/drawbridge/v1/connections/flows", NoSuch).with(|w| vec![("client_secret", &w.client_secret)]),
        case("POST", "/drawbridge/v1/connections/flows/result", NoSuch).with(|w| vec![("client_secret", &w.client_secret)]),
        case("GET", "/drawbridge/v1/institutions", Nothing),
        case("GET", "/drawbridge/v1/consents", Nothing),
        case("GET", "/drawbridge/v1/consents/:id", NotFound).at(|w| vec![&w.consent]),
        case("POST", "/drawbridge/v1/consents/:id/page", NotFound).at(|w| vec![&w.consent]),
        phone("POST", "/v1/financial_connections/sessions/synchronize"),
        phone("POST", "/v1/link_account_sessions/consent_acquired"),
        phone("GET", "/v1/connections/featured_institutions"),
        phone("GET", "/v1/connections/institutions").with(|w| vec![("client_secret", &w.phone_secret), ("query", "test")]),
        login("/v1/connections/auth_sessions/retrieve"),
        login("/v1/connections/auth_sessions/events"),
        login("/v1/connections/auth_sessions/oauth_results"),
        login("/v1/connections/auth_sessions/authorized"),
        login("/v1/connections/auth_sessions/accounts"),
        login("/v1/connections/auth_sessions/selected_accounts")
            .with(|w| vec![("client_secret", &w.phone_secret), ("id", &w.login), ("selected_accounts[]", &w.offer)]),
        phone("GET", "/v1/link_account_sessions/session_receipt"),
        phone("GET", "/v1/link_account_sessions/list_accounts"),
        phone("POST", "/v1/link_account_sessions/disable_networking"),
        phone("POST", "/v1/link_account_sessions/link_more_accounts"),
        phone("POST", "/v1/connections/auth_sessions")
            .with(|w| vec![("client_secret", &w.phone_secret), ("institution", &w.bank), ("return_url", "ios")]),
        login("/v1/connections/auth_sessions/cancel"),
        phone("POST", "/v1/link_account_sessions/attach_payment_account").with(|w| {
            let numbers = [("bank_account[routing_number]", "110000000"), ("bank_account[account_number]", "000123456789")];
            [&[("client_secret", w.phone_secret.as_str()), ("type", "bank_account")], &numbers[..]].concat()
        }),
        phone("POST", "/v1/link_account_sessions/complete"),
        case("GET", "/drawbridge/v1/clock", Nothing),
        case("POST", "/drawbridge/v1/clock/advance", Own).with(|_| vec![("seconds", "1")]),
        case("POST", "/drawbridge/v1/api_keys", Own).with(|_| vec![("type", "publishable")]),
        case("GET", "/drawbridge/v1/api_keys", Nothing),
        case("DELETE", "/drawbridge/v1/api_keys/:id", NotFound).at(|w| vec![&w.doomed_key]),
        case("POST", "/v1/payment_methods", NoSuch).with(|w| of_account(&w.account)),
        case("GET", "/v1/payment_methods", Nothing),
        case("GET", "/v1/payment_methods/:id", NotFound).at(|w| vec![&w.method]),
        case("POST", "/v1/payment_methods/:id/attach", NotFound)
            .at(|w| vec![&w.method])
            .with(|w| vec![("customer", &w.customer)]),
        case("POST", "/v1/payment_methods/:id", NotFound).at(|w| vec![&w.method]).with(|_| vec![("metadata[k]", "v")]),
        case("GET", "/v1/customers/:id/payment_methods", NotFound).at(|w| vec![&w.customer]),
        case("GET", "/v1/customers/:id/payment_methods/:method", NotFound).at(|w| vec![&w.customer, &w.method]),
        case("POST", "/v1/payment_methods/:id/detach", NotFound).at(|w| vec![&w.method]),
        case("GET", "/v1/tokens/:id", NotFound).at(|w| vec![&w.token]),
        case("GET", "/drawbridge/v1/ach/files", Nothing),
        case("POST", "/drawbridge/v1/ach/files", Own).with(|_| vec![("content", "no file")]),
        case("GET", "/drawbridge/v1/ach/files/:id", NotFound).at(|w| vec![&w.ach_file]),
        case("GET", "/drawbridge/v1/ach/files/:id/content", NotFound).at(|w| vec![&w.ach_file]),
        case("GET", "/drawbridge/v1/ach/files/:id/entries", NotFound).at(|w| vec![&w.ach_file]),
        case("GET", "/drawbridge/v1/settings", Nothing),
        case("POST", "/drawbridge/v1/settings", Own).with(|_| vec![("statement_files", "true")]),
        case("GET", "/drawbridge/v1/request_logs", Nothing),
        case("GET", "/drawbridge/v1/request_logs/:id", NotFound).at(|w| vec![&w.request]),
        case("GET", "/drawbridge/v1/deliveries", NotFound).with(|w| vec![("event", &w.event)]),
        case("POST", "/drawbridge/v1/events/:id/deliveries/:endpoint/resend", NotFound).at(|w| vec![&w.event, &w.endpoint]),
    ]
    .into_iter()
    .chain(payment_cases())
    .chain(setup_cases())
    .chain(books::cases())
    .chain(method_cases())
    .chain(page_cases())
    .chain(testbank_cases())
    .collect()
}

/// Payments, and the attempts to take them.
fn payment_cases() -> Vec<Case> {
    use Stranger::{NoSuch, NotFound, Nothing};
    const OFFLINE: (&str, &str) = ("mandate_data[customer_acceptance][type]", "offline");
    vec![
        case("POST", "/v1/payment_intents", NoSuch)
            .with(|w| vec![("amount", "2000"), ("currency", "usd"), ("customer", &w.customer)]),
        case("GET", "/v1/payment_intents", Nothing),
        case("GET", "/v1/payment_intents/search", Nothing).with(|_| vec![("query", "currency:\"usd\"")]),
        case("GET", "/v1/payment_intents/:id", NotFound).at(|w| vec![&w.payments.intent]),
        case("POST", "/v1/payment_intents/:id", NotFound).at(|w| vec![&w.payments.intent]).with(|_| vec![("description", "x")]),
        case("POST", "/v1/payment_intents/:id/confirm", NotFound).at(|w| vec![&w.payments.intent]).with(|_| vec![OFFLINE]),
        case("POST", "/v1/payment_intents/:id/cancel", NotFound).at(|w| vec![&w.payments.doomed_intent]),
        case("POST", "/v1/payment_intents/:id/verify_microdeposits", NotFound)
            .at(|w| vec![&w.payments.waiting_intent])
            .with(|_| vec![("descriptor_code", "SM11AA")]),
        case("POST", "/v1/charges", NoSuch).with(|w| {
            let whose = [("customer", w.customer.as_str()), ("source", &w.payments.source)];
            [&[("amount", "2000"), ("currency", "usd")], &whose[..]].concat()
        }),
        case("GET", "/v1/charges", Nothing),
        case("GET", "/v1/charges/search", Nothing).with(|_| vec![("query", "currency:\"usd\"")]),
        case("GET", "/v1/charges/:id", NotFound).at(|w| vec![&w.payments.charge]),
        case("POST", "/v1/charges/:id", NotFound).at(|w| vec![&w.payments.charge]).with(|_| vec![("description", "x")]),
    ]
}

/// Setup Intents, what they leave behind, and blocked bank accounts.
fn setup_cases() -> Vec<Case> {
    use Stranger::{NoSuch, NotFound, Nothing};
    vec![
        case("POST", "/v1/setup_intents", NoSuch).with(|w| vec![("customer", &w.customer)]),
        case("GET", "/v1/setup_intents", Nothing),
        case("GET", "/v1/setup_intents/:id", NotFound).at(|w| vec![&w.setup.intent]),
        case("POST", "/v1/setup_intents/:id", NotFound).at(|w| vec![&w.setup.intent]).with(|_| vec![("description", "x")]),
        case("POST", "/v1/setup_intents/:id/confirm", NotFound)
            .at(|w| vec![&w.setup.intent])
            .with(|w| vec![("payment_method", &w.setup.method)]),
        case("POST", "/v1/setup_intents/:id/cancel", NotFound).at(|w| vec![&w.setup.doomed_intent]),
        case("POST", "/v1/setup_intents/:id/verify_microdeposits", NotFound)
            .at(|w| vec![&w.setup.waiting_intent])
            .with(|_| vec![("descriptor_code", "SM11AA")]),
        case("GET", "/v1/setup_attempts", NoSuch).with(|w| vec![("setup_intent", &w.setup.done_intent)]),
        case("GET", "/v1/mandates/:id", NotFound).at(|w| vec![&w.setup.mandate]),
        case("POST", "/drawbridge/v1/blocked_accounts", NoSuch).with(|w| vec![("payment_method", &w.setup.method)]),
        case("GET", "/drawbridge/v1/blocked_accounts", Nothing),
        case("DELETE", "/drawbridge/v1/blocked_accounts/:id", NotFound).at(|w| vec![&w.setup.block]),
    ]
}

/// What a merchant's page calls with a client secret, and the mails that payers got.
fn page_cases() -> Vec<Case> {
    use Stranger::{NotFound, Nothing};
    const PAYMENT: &str = "/v1/payment_intents/:id/link_account_sessions";
    const PAYMENT_END: &str = "/v1/payment_intents/:id/link_account_sessions/:session/attach";
    const SETUP: &str = "/v1/setup_intents/:id/link_account_sessions";
    const SETUP_END: &str = "/v1/setup_intents/:id/link_account_sessions/:session/attach";
    vec![
        case("POST", PAYMENT, NotFound).at(|w| vec![&w.paid.intent]).with(|w| vec![("client_secret", &w.paid.secret)]),
        case("POST", PAYMENT_END, NotFound)
            .at(|w| vec![&w.paid.intent, &w.paid.session])
            .with(|w| vec![("client_secret", &w.paid.secret)]),
        case("POST", SETUP, NotFound).at(|w| vec![&w.saved.intent]).with(|w| vec![("client_secret", &w.saved.secret)]),
        case("POST", SETUP_END, NotFound)
            .at(|w| vec![&w.saved.intent, &w.saved.session])
            .with(|w| vec![("client_secret", &w.saved.secret)]),
        case("GET", "/drawbridge/v1/mails", Nothing),
        case("GET", "/drawbridge/v1/mails/:id", NotFound).at(|w| vec![&w.setup.mail]),
    ]
}

/// Tokens, bank accounts of customers, configurations, and what pages and apps get.
fn method_cases() -> Vec<Case> {
    use Stranger::{NoSuch, NotFound, Nothing, Own};
    const SOURCE: &str = "/v1/customers/:id/sources/:source";
    const SHEET: (&str, &str) = ("components[customer_sheet][enabled]", "true");
    vec![
        case("POST", "/v1/tokens", Own).with(|_| {
            let numbers = [("bank_account[routing_number]", "110000000"), ("bank_account[account_number]", "000123456789")];
            [&numbers[..], &[("bank_account[country]", "US")]].concat()
        }),
        case("POST", "/v1/customers/:id/sources", NotFound)
            .at(|w| vec![&w.customer])
            .with(|w| vec![("source", &w.held.fresh_token)]),
        case("GET", "/v1/customers/:id/sources", NotFound).at(|w| vec![&w.customer]),
        case("GET", SOURCE, NotFound).at(|w| vec![&w.customer, &w.held.source]),
        case("POST", SOURCE, NotFound).at(|w| vec![&w.customer, &w.held.source]).with(|_| vec![("account_holder_name", "Jane")]),
        case("POST", "/v1/customers/:id/sources/:source/verify", NotFound)
            .at(|w| vec![&w.customer, &w.held.source])
            .with(|_| vec![("amounts[0]", "32"), ("amounts[1]", "45")]),
        case("DELETE", SOURCE, NotFound).at(|w| vec![&w.customer, &w.held.doomed_source]),
        case("POST", "/v1/confirmation_tokens", Own).with(|_| NUMBERS.to_vec()),
        case("GET", "/v1/confirmation_tokens/:id", NotFound).at(|w| vec![&w.held.page_token]),
        case("POST", "/v1/test_helpers/confirmation_tokens", Own).with(|_| NUMBERS.to_vec()),
        case("POST", "/v1/payment_method_configurations", Own).with(|_| vec![("name", "New")]),
        case("GET", "/v1/payment_method_configurations", Nothing),
        case("GET", "/v1/payment_method_configurations/:id", NotFound).at(|w| vec![&w.held.configuration]),
        case("POST", "/v1/payment_method_configurations/:id", NotFound)
            .at(|w| vec![&w.held.configuration])
            .with(|_| vec![("name", "Changed")]),
        case("POST", "/v1/customer_sessions", NoSuch).with(|w| vec![("customer", &w.customer), SHEET]),
        case("POST", "/v1/ephemeral_keys", NoSuch).with(|w| vec![("customer", &w.customer)]),
        case("DELETE", "/v1/ephemeral_keys/:id", NotFound).at(|w| vec![&w.held.doomed_key]),
    ]
}

/// What a page collected.
const NUMBERS: [(&str, &str); 5] = [
    ("payment_method_data[type]", "us_bank_account"),
    ("payment_method_data[billing_details][name]", "Jane"),
    ("payment_method_data[us_bank_account][routing_number]", "110000000"),
    ("payment_method_data[us_bank_account][account_number]", "000123456789"),
    ("payment_method_data[us_bank_account][account_holder_type]", "individual"),
];

impl Held {
    async fn state(sandbox: &Sandbox, customer: &str) -> Held {
        let say = async |path: &str, params: &[(&str, &str)]| {
            let made = sandbox.version(VERSION).post(path, params).await.ok();
            made["id"].as_str().expect("an id").to_owned()
        };
        let token = async |number: &str| {
            let numbers = [("bank_account[routing_number]", "110000000"), ("bank_account[account_number]", number)];
            say("/v1/tokens", &[&numbers[..], &[("bank_account[country]", "US")]].concat()).await
        };
        let sources = format!("/v1/customers/{customer}/sources");
        let (source, doomed) = (token("000123456789").await, token("000111111113").await);
        Held {
            source: say(&sources, &[("source", &source)]).await,
            doomed_source: say(&sources, &[("source", &doomed)]).await,
            fresh_token: token("000111111116").await,
            page_token: say("/v1/test_helpers/confirmation_tokens", &NUMBERS).await,
            configuration: say("/v1/payment_method_configurations", &[("name", "Mine")]).await,
            doomed_key: say("/v1/ephemeral_keys", &[("customer", customer)]).await,
        }
    }
}

/// The endpoints by which a test states its world.
fn testbank_cases() -> Vec<Case> {
    use Stranger::{NoSuch, NotFound, Nothing, Own};
    const ROWS: &str = "/drawbridge/v1/testbank/accounts/:id/transactions";
    const ROW: &str = "/drawbridge/v1/testbank/accounts/:id/transactions/:transaction";
    vec![
        case("POST", "/drawbridge/v1/testbank/institutions", Own).with(|_| vec![("name", "New")]),
        case("GET", "/drawbridge/v1/testbank/institutions", Nothing),
        case("GET", "/drawbridge/v1/testbank/institutions/:id", NotFound).at(|w| vec![&w.stated.institution]),
        case("POST", "/drawbridge/v1/testbank/institutions/:id", NotFound)
            .at(|w| vec![&w.stated.institution])
            .with(|_| vec![("delay_ms", "1")]),
        case("DELETE", "/drawbridge/v1/testbank/institutions/:id", NotFound).at(|w| vec![&w.stated.doomed_institution]),
        case("POST", "/drawbridge/v1/testbank/people", NoSuch)
            .with(|w| vec![("institution", &w.stated.institution), ("username", "new"), ("name", "New")]),
        case("GET", "/drawbridge/v1/testbank/people", Nothing),
        case("GET", "/drawbridge/v1/testbank/people/:id", NotFound).at(|w| vec![&w.stated.person]),
        case("POST", "/drawbridge/v1/testbank/people/:id", NotFound)
            .at(|w| vec![&w.stated.person])
            .with(|_| vec![("name", "Changed")]),
        case("DELETE", "/drawbridge/v1/testbank/people/:id", NotFound).at(|w| vec![&w.stated.doomed_person]),
        case("POST", "/drawbridge/v1/testbank/accounts", NoSuch).with(|w| {
            let bank = [("institution", w.stated.institution.as_str()), ("owners[]", &w.stated.person)];
            [&bank[..], &[("type", "checking"), ("name", "New")]].concat()
        }),
        case("GET", "/drawbridge/v1/testbank/accounts", Nothing),
        case("GET", "/drawbridge/v1/testbank/accounts/:id", NotFound).at(|w| vec![&w.stated.account]),
        case("POST", "/drawbridge/v1/testbank/accounts/:id", NotFound)
            .at(|w| vec![&w.stated.account])
            .with(|_| vec![("name", "Changed")]),
        case("DELETE", "/drawbridge/v1/testbank/accounts/:id", NotFound).at(|w| vec![&w.stated.doomed_account]),
        case("POST", ROWS, NotFound).at(|w| vec![&w.stated.account]).with(|_| vec![("amount", "-1"), ("description", "Tea")]),
        case("GET", ROWS, NotFound).at(|w| vec![&w.stated.account]),
        case("POST", "/drawbridge/v1/testbank/accounts/:id/transactions/import", NotFound)
            .at(|w| vec![&w.stated.account])
            .with(|_| vec![("transactions[0][amount]", "-1"), ("transactions[0][description]", "Tea")]),
        case("GET", ROW, NotFound).at(|w| vec![&w.stated.account, &w.stated.transaction]),
        case("POST", ROW, NotFound).at(|w| vec![&w.stated.account, &w.stated.transaction]).with(|_| vec![("amount", "-2")]),
        case("DELETE", ROW, NotFound).at(|w| vec![&w.stated.account, &w.stated.doomed_transaction]),
        case("POST", "/drawbridge/v1/testbank/ach_returns", Own).with(|_| vec![("account_number", "1"), ("code", "R01")]),
        case("GET", "/drawbridge/v1/testbank/ach_returns", Nothing),
        case("GET", "/drawbridge/v1/testbank/ach_returns/:id", NotFound).at(|w| vec![&w.stated.ach_return]),
        case("DELETE", "/drawbridge/v1/testbank/ach_returns/:id", NotFound).at(|w| vec![&w.stated.doomed_ach_return]),
        case("GET", "/drawbridge/v1/testbank/ach_entries", Nothing),
        case("GET", "/drawbridge/v1/testbank/ach_entries/:id", NotFound).at(|w| vec![&w.stated.ach_entry]),
        case("POST", "/drawbridge/v1/testbank/ach_entries/:id/return", NotFound)
            .at(|w| vec![&w.stated.ach_entry])
            .with(|_| vec![("code", "R10")]),
        case("DELETE", "/drawbridge/v1/testbank", Own),
    ]
}

impl Stated {
    async fn state(sandbox: &Sandbox) -> Stated {
        let say = async |path: &str, params: &[(&str, &str)]| {
            let made = sandbox.post(&format!("/drawbridge/v1/testbank{path}"), params).await.ok();
            made["id"].as_str().expect("an id").to_owned()
        };
        let institution = say("/institutions", &[("name", "Riverside Bank")]).await;
        let person = async |username: &str| {
            say("/people", &[("institution", &institution), ("username", username), ("name", "Ada")]).await
        };
        let (ada, doomed_person) = (person("ada").await, person("bob").await);
        let account = async || {
            let of = [("institution", institution.as_str()), ("owners[]", &ada)];
            say("/accounts", &[&of[..], &[("type", "checking"), ("name", "Household")]].concat()).await
        };
        let (household, doomed_account) = (account().await, account().await);
        let path = format!("/accounts/{household}/transactions");
        let row = async || say(&path, &[("amount", "-5"), ("description", "Tea")]).await;
        let answer = async |number: &str| say("/ach_returns", &[("account_number", number), ("code", "R02")]).await;
        Stated {
            ach_return: answer("2").await,
            doomed_ach_return: answer("3").await,
            ach_entry: crate::ach_bank::hand_in(sandbox, "000123456789").await,
            doomed_institution: say("/institutions", &[("name", "Hillside Bank")]).await,
            transaction: row().await,
            doomed_transaction: row().await,
            institution,
            person: ada,
            doomed_person,
            account: household,
            doomed_account,
        }
    }
}

impl Setup {
    async fn state(sandbox: &Sandbox, account: &str) -> Setup {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let made = async |params: &[(&str, &str)]| sandbox.post("/v1/setup_intents", params).await.ok();
        const EMAIL: (&str, &str) = ("payment_method_data[billing_details][email]", "jane@example.com");
        let confirm = [("confirm", "true"), ("mandate_data[customer_acceptance][type]", "offline")];
        let method = text(&sandbox.post("/v1/payment_methods", &of_account(account)).await.ok()["id"]);
        let done = made(&[&confirm[..], &[("payment_method", method.as_str())]].concat()).await;
        let numbers = |number: &'static str| {
            [
                ("payment_method_data[type]", "us_bank_account"),
                ("payment_method_data[billing_details][name]", "Jane"),
                ("payment_method_data[us_bank_account][routing_number]", "110000000"),
                ("payment_method_data[us_bank_account][account_number]", number),
                ("payment_method_data[us_bank_account][account_holder_type]", "individual"),
            ]
        };
        let other = made(&numbers("000555555559")).await;
        let blocked = [("payment_method", other["payment_method"].as_str().expect("an id"))];
        Setup {
            mandate: text(&done["mandate"]),
            done_intent: text(&done["id"]),
            intent: text(&made(&[]).await["id"]),
            doomed_intent: text(&made(&[]).await["id"]),
            waiting_intent: text(&made(&[&confirm[..], &[EMAIL], &numbers("000123456789")].concat()).await["id"]),
            mail: ids(&sandbox.get("/drawbridge/v1/mails").await.ok()).remove(0),
            block: text(&sandbox.post("/drawbridge/v1/blocked_accounts", &blocked).await.ok()["id"]),
            method,
        }
    }
}

impl Payments {
    async fn state(sandbox: &Sandbox, account: &str, customer: &str) -> Payments {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let made = async |params: &[(&str, &str)]| {
            let params = [&[("amount", "2000"), ("currency", "usd")], params].concat();
            sandbox.post("/v1/payment_intents", &params).await.ok()
        };
        let method = async || text(&sandbox.post("/v1/payment_methods", &of_account(account)).await.ok()["id"]);
        let confirm = [("confirm", "true"), ("mandate_data[customer_acceptance][type]", "offline")];
        let charged = made(&[&confirm[..], &[("payment_method", &method().await)]].concat()).await;
        let waiting = [&confirm[..], &[("payment_method", "pm_usBankAccount_success")]].concat();
        let sources = format!("/v1/customers/{customer}/sources");
        Payments {
            intent: text(&made(&[("payment_method", &method().await)]).await["id"]),
            doomed_intent: text(&made(&[]).await["id"]),
            waiting_intent: text(&made(&waiting).await["id"]),
            charge: text(&charged["latest_charge"]),
            source: text(&sandbox.post(&sources, &[("source", "btok_us_verified_insufficientFunds")]).await.ok()["id"]),
        }
    }
}

impl World {
    async fn build(sandbox: &Sandbox, receiver: &WebhookReceiver) -> World {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let hook = [("url", receiver.url.as_str()), ("enabled_events[]", "customer.created")];
        let endpoint = text(&sandbox.post("/v1/webhook_endpoints", &hook).await.ok()["id"]);
        let doomed_endpoint = text(&sandbox.post("/v1/webhook_endpoints", &hook).await.ok()["id"]);
        let destination = json!({
            "name": "Mine", "type": "webhook_endpoint", "event_payload": "thin",
            "enabled_events": ["v1.customer.created"], "webhook_endpoint": {"url": receiver.url},
        });
        let v2 = sandbox.version(VERSION);
        let destination = async || text(&v2.post_json("/v2/core/event_destinations", &destination).await.ok()["id"]);
        let (destination, doomed_destination) = (destination().await, destination().await);
        let clock =
            async || text(&sandbox.post("/v1/test_helpers/test_clocks", &[("frozen_time", "1700000000")]).await.ok()["id"]);
        let prefetch = [("prefetch[]", "ownership"), ("prefetch[]", "transactions")];
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking", "Joint Checking"], &prefetch).await;
        let [account, doomed_account] = [0, 1].map(|at: usize| text(&linked.accounts[at]["id"]));
        let rows = sandbox.find("/v1/financial_connections/transactions", &[("account", &account)]).await.ok();
        let preview = sandbox.version(kernel::ApiVersion::PREVIEW);
        let covered = preview.get(&format!("/v1/financial_connections/accounts/{account}")).await.ok();
        let unused = sandbox.session(&linked.customer, &[]).await;
        let doomed_customer = sandbox.customer("Janet").await;
        let created = sandbox.find("/v1/events", &[("type", "customer.created")]).await.ok();
        let key = sandbox.post("/drawbridge/v1/api_keys", &[("type", "secret")]).await.ok();
        let phone = Phone::new(sandbox, &[("manual_entry[mode]", "automatic")]).await;
        let (login, _) = phone.to_accounts("Bank (OAuth)").await;
        let login = text(&login["id"]);
        let offers = phone.post("/v1/connections/auth_sessions/accounts", &[("id", &login)]).await.ok();
        World {
            ach_file: text(&sandbox.post("/drawbridge/v1/ach/files", &[("content", "1")]).await.ok()["id"]),
            doomed_customer,
            event: ids(&created).remove(0),
            endpoint,
            doomed_endpoint,
            destination,
            doomed_destination,
            thin_event: ids(&v2.get("/v2/core/events").await.ok()).remove(0),
            clock: clock().await,
            doomed_clock: clock().await,
            session: text(&linked.session["id"]),
            client_secret: text(&unused["client_secret"]),
            ownership: text(&linked.accounts[0]["ownership"]),
            transaction: ids(&rows).remove(0),
            authorization: text(&covered["authorization"]),
            institution: text(&covered["institution"]),
            consent: ids(&sandbox.get("/drawbridge/v1/consents").await.ok()).remove(0),
            doomed_key: text(&key["id"]),
            request: ids(&sandbox.get("/drawbridge/v1/request_logs").await.ok()).remove(0),
            method: text(&sandbox.post("/v1/payment_methods", &of_account(&account)).await.ok()["id"]),
            own_account: sandbox.account().await,
            setup: Setup::state(sandbox, &account).await,
            payments: Payments::state(sandbox, &account, &linked.customer).await,
            held: Held::state(sandbox, &linked.customer).await,
            paid: OnPage::state(sandbox, "/v1/payment_intents", &[("amount", "2000"), ("currency", "usd")]).await,
            saved: OnPage::state(sandbox, "/v1/setup_intents", &[]).await,
            stated: Stated::state(sandbox).await,
            books: books::Books::state(sandbox).await,
            phone_secret: phone.secret.clone(),
            bank: phone.bank("Test (OAuth)").await,
            login,
            offer: text(&offers["data"][0]["id"]),
            token: text(&sandbox.typed_numbers().await["bank_account_token"]["id"]),
            customer: linked.customer,
            account,
            doomed_account,
        }
    }

    /// Every id that must never reach a stranger.
    fn secrets(&self) -> Vec<&str> {
        let mut all: Vec<&str> = vec![
            &self.customer,
            &self.event,
            &self.endpoint,
            &self.destination,
            &self.thin_event,
            &self.clock,
            &self.session,
            &self.account,
            &self.authorization,
            &self.consent,
            &self.request,
            &self.own_account,
            &self.token,
            &self.stated.institution,
            &self.stated.person,
            &self.stated.account,
            &self.method,
            &self.ach_file,
            &self.held.source,
            &self.held.fresh_token,
            &self.held.page_token,
            &self.held.configuration,
            &self.setup.method,
            &self.setup.mandate,
            &self.setup.intent,
            &self.setup.waiting_intent,
            &self.setup.block,
            &self.setup.mail,
            &self.paid.intent,
            &self.paid.session,
            &self.saved.intent,
            &self.saved.session,
            &self.payments.intent,
            &self.payments.waiting_intent,
            &self.payments.charge,
            &self.login,
            &self.offer,
        ];
        all.extend(self.books.secrets());
        all
    }
}

/// Makes a payment method of a linked account.
fn of_account(account: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("type", "us_bank_account"),
        ("billing_details[name]", "Jane"),
        ("us_bank_account[financial_connections_account]", account),
    ]
}

async fn call(client: &Client, case: &Case, world: &World) -> Answer {
    let mut own = (case.ids)(world).into_iter();
    let path: Vec<&str> =
        case.route.split('/').map(|part| if part.starts_with(':') { own.next().expect("an id") } else { part }).collect();
    assert!(own.next().is_none(), "{} has fewer ids", case.route);
    let (path, params) = (path.join("/"), (case.params)(world));
    let client = &if route(case).preview { client.version(kernel::ApiVersion::PREVIEW) } else { client.clone() };
    if case.route.starts_with("/v2/") {
        let client = client.version(VERSION).with("content-type", "application/json");
        let body = params.iter().find(|(name, _)| *name == JSON).map(|(_, body)| (*body).to_owned().into());
        let method = case.method.parse().expect("a method");
        return client.send(method, &path, body).await;
    }
    if let Some((_, sent)) = params.split_first().filter(|((name, _), _)| *name == MULTIPART) {
        return upload::send(client, sent, "receipt.png", upload::PNG).await;
    }
    if case.route == "/v1/ephemeral_keys" {
        return client.version(VERSION).post(&path, &params).await;
    }
    match case.method {
        "GET" => client.find(&path, &params).await,
        "POST" => client.post(&path, &params).await,
        _ => client.send(Method::DELETE, &format!("{path}?{}", encode(&params)), None).await,
    }
}

fn route(case: &Case) -> &'static api::Route {
    let found = api::routes::all().iter().find(|route| route.method == case.method && route.path == case.route);
    found.expect("the table is complete")
}

/// Which resource a restricted key needs a right to; none where only a client secret opens.
fn resource(case: &Case) -> Option<&'static str> {
    route(case).keys.resource()
}

/// Whether a page may call it as the case does: it makes something, and names nothing that a client secret guards.
fn is_open_to_pages(case: &Case) -> bool {
    matches!(route(case).keys, Keys::Either(_)) && !case.route.contains(':')
}

#[test]
fn the_table_names_every_route_and_no_other() {
    let routes: BTreeSet<String> = api::routes::all().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let cases: Vec<String> = cases().iter().map(|case| format!("{} {}", case.method, case.route)).collect();
    let named: BTreeSet<String> = cases.iter().cloned().collect();
    assert_eq!(named.len(), cases.len(), "a route is named twice");
    let missing: Vec<_> = routes.difference(&named).collect();
    let stale: Vec<_> = named.difference(&routes).collect();
    assert!(missing.is_empty(), "routes without an authorization case: {missing:?}");
    assert!(stale.is_empty(), "cases without a route: {stale:?}");
}

#[tokio::test]
async fn every_route_refuses_who_may_not_call_it() {
    each(async |server| {
        let receiver = WebhookReceiver::start().await;
        // A server with live accounts opens no more sandboxes, so the stranger comes first.
        let stranger = server.sandbox();
        stranger.get("/v1/account").await.ok();
        let (live, sandbox) = server.account_with_both_modes().await;
        let world = World::build(&sandbox, &receiver).await;
        let before = everything(&sandbox, &world).await;
        let weak = keys_without_rights(&sandbox).await;
        for case in cases() {
            refuses_keys(server, &sandbox, &weak, &case, &world).await;
            refuses_strangers(&stranger, &case, &world).await;
            refuses_the_other_mode(&live, &case, &world).await;
        }
        assert_eq!(everything(&sandbox, &world).await, before, "nothing was changed by any of them");
        // Each request was a valid one: with the right key it is answered.
        for case in cases() {
            let caller = if resource(&case).is_some() { sandbox.key(&sandbox.secret_key) } else { sandbox.publishable() };
            let answer = call(&caller, &case, &world).await;
            match case.route.ends_with("/contents") {
                // A file, and no document.
                true => assert_eq!(answer.status, 200, "{}", answer.asked),
                false => drop(answer.ok()),
            }
        }
        sandbox.settle().await;
        stranger.settle().await;
    })
    .await;
}

/// What the account holds, to compare.
async fn everything(sandbox: &Sandbox, world: &World) -> Vec<Value> {
    let session = format!("/v1/financial_connections/sessions/{}", world.session);
    let mut out = Vec::new();
    for path in [
        "/v1/customers",
        "/v1/webhook_endpoints",
        "/v1/test_helpers/test_clocks",
        "/v1/events",
        "/v2/core/event_destinations",
        "/v2/core/events",
        "/drawbridge/v1/clock",
        "/drawbridge/v1/settings",
        "/drawbridge/v1/ach/files",
        &session,
    ] {
        out.push(sandbox.version(VERSION).get(path).await.ok());
    }
    out
}

/// For each resource: a key that may do everything but that, and one that may read that and no more.
async fn keys_without_rights(sandbox: &Sandbox) -> Vec<(&'static str, Client, Client)> {
    let all: BTreeSet<&'static str> = cases().iter().filter_map(resource).collect();
    let mut out = Vec::new();
    for own in &all {
        let rights: Vec<(&str, &str)> = all.iter().map(|name| (*name, if name == own { "none" } else { "write" })).collect();
        out.push((*own, sandbox.restricted(&rights).await, sandbox.restricted(&[(own, "read")]).await));
    }
    out
}

async fn refuses_keys(server: &TestServer, sandbox: &Sandbox, weak: &[(&str, Client, Client)], case: &Case, world: &World) {
    let client = server.client();
    call(&client, case, world).await.error(401, None, None);
    for unknown in ["sk_test_none", "sk_live_Unknown000000000000", "pk_test_Unknown000000000000", "rk_test_Unknown000000000000"] {
        call(&client.key(unknown), case, world).await.error(401, None, None);
    }
    let Some(resource) = resource(case) else { return };
    if !is_open_to_pages(case) {
        call(&sandbox.publishable(), case, world).await.error(401, "secret_key_required", None);
    }
    let (_, without, reader) = weak.iter().find(|(name, ..)| *name == resource).expect("a key for each resource");
    let error = call(without, case, world).await.error(403, None, None);
    assert!(error["message"].as_str().expect("text").contains(resource), "{error}");
    if case.method != "GET" {
        call(reader, case, world).await.error(403, None, None);
    }
}

async fn refuses_strangers(stranger: &Sandbox, case: &Case, world: &World) {
    let caller = if resource(case).is_some() { stranger.key(&stranger.secret_key) } else { stranger.publishable() };
    let answer = call(&caller, case, world).await;
    gives_nothing(case, &answer, world);
    let expected = match case.stranger {
        Stranger::NotFound => 404,
        Stranger::NoSuch => 400,
        Stranger::Nothing | Stranger::Own | Stranger::Public => 200,
    };
    assert_eq!(answer.status, expected, "{}: {}", answer.asked, answer.text());
    if answer.status != 200 {
        let code = if case.route.starts_with("/v2/") { "not_found" } else { "resource_missing" };
        assert!(answer.text().contains(&format!("\"code\":\"{code}\"")), "{}: {}", answer.asked, answer.text());
    }
}

/// Live keys of the same account see nothing of test mode; only messages may say that it is there.
async fn refuses_the_other_mode(live: &Sandbox, case: &Case, world: &World) {
    let caller = if resource(case).is_some() { live.key(&live.secret_key) } else { live.publishable() };
    let answer = call(&caller, case, world).await;
    match case.stranger {
        Stranger::NotFound | Stranger::Public => assert_eq!(answer.status, 404, "{}: {}", answer.asked, answer.text()),
        Stranger::NoSuch => assert_eq!(answer.status, 400, "{}: {}", answer.asked, answer.text()),
        Stranger::Nothing if case.route == "/v1/account" => drop(answer.ok()),
        Stranger::Nothing => {
            answer.ok();
            gives_nothing(case, &answer, world);
        }
        // Made in live mode, or refused there.
        Stranger::Own => assert!(matches!(answer.status, 200 | 400), "{}: {}", answer.asked, answer.text()),
    }
}

/// An answer may repeat what was asked, and nothing else of ours.
fn gives_nothing(case: &Case, answer: &Answer, world: &World) {
    let asked: Vec<&str> =
        (case.ids)(world).into_iter().chain((case.params)(world).into_iter().map(|(_, value)| value)).collect();
    // The stranger's own log repeats what the stranger asked for.
    let secrets = if case.route == "/drawbridge/v1/request_logs" { vec![world.request.as_str()] } else { world.secrets() };
    for secret in secrets.into_iter().filter(|secret| !asked.contains(secret)) {
        assert!(!answer.text().contains(secret), "{} tells a stranger about {secret}: {}", answer.asked, answer.text());
    }
}
