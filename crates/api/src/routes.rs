//! The one table of all endpoints.

use std::sync::{Arc, LazyLock};

use kernel::events::DELIVER;
use kernel::jobs::Handler;

use crate::App;
use crate::connections::{
    accounts, authorizations, consents, inferred_balances, institutions, linking, mobile, owners, person, refresh, sessions,
    transactions,
};
use crate::core::{
    account, api_keys, clock, customers, deliveries, events, mails, request_logs, settings, test_clocks, webhook_endpoints,
};
use crate::core::{event_destinations, thin_events};
use crate::extension;
use crate::payments::intents::linking as collecting;
use crate::payments::rails::files as ach_files;
use crate::payments::{
    balance_check, blocks, book, charges, confirmation_tokens, customer_sessions, disputes, ephemeral_keys, file_links, files,
    mandates, microdeposits, payment_intents, payment_method_configurations, payment_methods, rails, refunds, setup_attempts,
    setup_intents, sources, tokens,
};
use crate::route::{Route, routes};
use crate::task::Task;

/// Every endpoint: method, path, which keys (and the resource whose right a restricted key needs), how it runs, what it runs.
pub fn all() -> &'static [Route] {
    static ALL: LazyLock<Vec<Route>> = LazyLock::new(table);
    &ALL
}

fn table() -> Vec<Route> {
    let parts = [core(), connections(), mobile_sdks(), methods(), setup(), payments(), own(), ach(), test_bank()];
    parts.into_iter().flatten().collect()
}

/// Accounts, customers, events and who hears of them, test clocks.
fn core() -> Vec<Route> {
    routes! {
        GET "/v1/account" secret(accounts) read account::retrieve;

        POST "/v1/customers" secret(customers) write customers::create;
        GET "/v1/customers" secret(customers) read customers::list;
        GET "/v1/customers/search" secret(customers) read customers::search;
        GET "/v1/customers/:id" secret(customers) read customers::retrieve;
        POST "/v1/customers/:id" secret(customers) write customers::update;
        DELETE "/v1/customers/:id" secret(customers) write customers::delete;

        GET "/v1/events" secret(events) read events::list;
        GET "/v1/events/:id" secret(events) read events::retrieve;

        POST "/v1/webhook_endpoints" secret(webhook_endpoints) write webhook_endpoints::create;
        GET "/v1/webhook_endpoints" secret(webhook_endpoints) read webhook_endpoints::list;
        GET "/v1/webhook_endpoints/:id" secret(webhook_endpoints) read webhook_endpoints::retrieve;
        POST "/v1/webhook_endpoints/:id" secret(webhook_endpoints) write webhook_endpoints::update;
        DELETE "/v1/webhook_endpoints/:id" secret(webhook_endpoints) write webhook_endpoints::delete;

        POST "/v2/core/event_destinations" secret(event_destinations) write event_destinations::create;
        GET "/v2/core/event_destinations" secret(event_destinations) read event_destinations::list;
        GET "/v2/core/event_destinations/:id" secret(event_destinations) read event_destinations::retrieve;
        POST "/v2/core/event_destinations/:id" secret(event_destinations) write event_destinations::update;
        DELETE "/v2/core/event_destinations/:id" secret(event_destinations) write event_destinations::delete;
        POST "/v2/core/event_destinations/:id/disable" secret(event_destinations) write event_destinations::disable;
        POST "/v2/core/event_destinations/:id/enable" secret(event_destinations) write event_destinations::enable;
        POST "/v2/core/event_destinations/:id/ping" secret(event_destinations) write event_destinations::ping;
        GET "/v2/core/events" secret(events) read thin_events::list;
        GET "/v2/core/events/:id" secret(events) read thin_events::retrieve;

        POST "/v1/test_helpers/test_clocks" secret(test_clocks) write test_clocks::create;
        GET "/v1/test_helpers/test_clocks" secret(test_clocks) read test_clocks::list;
        GET "/v1/test_helpers/test_clocks/:id" secret(test_clocks) read test_clocks::retrieve;
        DELETE "/v1/test_helpers/test_clocks/:id" secret(test_clocks) write test_clocks::delete;
        POST "/v1/test_helpers/test_clocks/:id/advance" secret(test_clocks) write test_clocks::advance;
    }
}

/// Financial Connections.
fn connections() -> Vec<Route> {
    routes! {
        POST "/v1/financial_connections/sessions" secret(financial_connections) write sessions::create;
        GET "/v1/financial_connections/sessions/:id" secret(financial_connections) read sessions::retrieve;
        GET "/v1/financial_connections/accounts" secret(financial_connections) read accounts::list;
        GET "/v1/financial_connections/accounts/:id" secret(financial_connections) read accounts::retrieve;
        POST "/v1/financial_connections/accounts/:id/disconnect" secret(financial_connections) write accounts::disconnect;
        GET "/v1/financial_connections/accounts/:id/owners" secret(financial_connections) read owners::list;
        POST "/v1/financial_connections/accounts/:id/refresh" secret(financial_connections) write accounts::refresh;
        POST "/v1/financial_connections/accounts/:id/subscribe" secret(financial_connections) write accounts::subscribe;
        POST "/v1/financial_connections/accounts/:id/unsubscribe" secret(financial_connections) write accounts::unsubscribe;
        GET "/v1/financial_connections/accounts/:id/inferred_balances" secret(financial_connections) read @preview inferred_balances::list;
        GET "/v1/financial_connections/authorizations/:id" secret(financial_connections) read @preview authorizations::retrieve;
        GET "/v1/financial_connections/institutions" secret(financial_connections) read @preview institutions::list;
        GET "/v1/financial_connections/institutions/:id" secret(financial_connections) read @preview institutions::retrieve;
        GET "/v1/financial_connections/transactions" secret(financial_connections) read transactions::list;
        GET "/v1/financial_connections/transactions/:id" secret(financial_connections) read transactions::retrieve;
    }
}

/// What the official mobile SDKs call. They ask by POST as well, again and again while a person is at a bank.
fn mobile_sdks() -> Vec<Route> {
    routes! {
        POST "/v1/financial_connections/sessions/synchronize" publishable beside mobile::synchronize;
        POST "/v1/link_account_sessions/consent_acquired" publishable beside mobile::consent_acquired;
        POST "/v1/link_account_sessions/link_more_accounts" publishable beside mobile::link_more_accounts;
        POST "/v1/link_account_sessions/attach_payment_account" publishable beside mobile::attach_payment_account;
        POST "/v1/link_account_sessions/disable_networking" publishable read mobile::disable_networking;
        POST "/v1/link_account_sessions/complete" publishable beside mobile::complete;
        GET "/v1/link_account_sessions/session_receipt" publishable read mobile::session_receipt;
        GET "/v1/link_account_sessions/list_accounts" publishable read mobile::list_accounts;
        GET "/v1/connections/featured_institutions" publishable read mobile::featured;
        GET "/v1/connections/institutions" publishable read mobile::search;
        POST "/v1/connections/auth_sessions" publishable beside mobile::create;
        POST "/v1/connections/auth_sessions/retrieve" publishable read mobile::retrieve;
        POST "/v1/connections/auth_sessions/events" publishable read mobile::events;
        POST "/v1/connections/auth_sessions/oauth_results" publishable read mobile::oauth_results;
        POST "/v1/connections/auth_sessions/authorized" publishable read mobile::authorized;
        POST "/v1/connections/auth_sessions/accounts" publishable read mobile::accounts;
        POST "/v1/connections/auth_sessions/selected_accounts" publishable beside mobile::selected_accounts;
        POST "/v1/connections/auth_sessions/cancel" publishable beside mobile::cancel;
    }
}

/// Payments, what becomes of them, and the balance.
fn payments() -> Vec<Route> {
    routes! {
        POST "/v1/payment_intents" secret(payment_intents) write payment_intents::create;
        GET "/v1/payment_intents" secret(payment_intents) read payment_intents::list;
        GET "/v1/payment_intents/search" secret(payment_intents) read payment_intents::search;
        GET "/v1/payment_intents/:id" either(payment_intents) read payment_intents::retrieve;
        POST "/v1/payment_intents/:id" secret(payment_intents) write payment_intents::update;
        POST "/v1/payment_intents/:id/confirm" either(payment_intents) write payment_intents::confirm;
        POST "/v1/payment_intents/:id/cancel" secret(payment_intents) write payment_intents::cancel;
        POST "/v1/payment_intents/:id/verify_microdeposits" either(payment_intents) write payment_intents::verify_microdeposits;
        POST "/v1/charges" secret(charges) write charges::create;
        POST "/v1/payment_intents/:id/link_account_sessions" publishable write collecting::open_for_payment;
        POST "/v1/payment_intents/:id/link_account_sessions/:session/attach" publishable write collecting::attach_to_payment;
        GET "/v1/charges" secret(charges) read charges::list;
        GET "/v1/charges/search" secret(charges) read charges::search;
        GET "/v1/charges/:id" secret(charges) read charges::retrieve;
        POST "/v1/charges/:id" secret(charges) write charges::update;
        POST "/v1/refunds" secret(refunds) write refunds::create;
        GET "/v1/refunds" secret(refunds) read refunds::list;
        GET "/v1/refunds/:id" secret(refunds) read refunds::retrieve;
        POST "/v1/refunds/:id" secret(refunds) write refunds::update;
        POST "/v1/refunds/:id/cancel" secret(refunds) write refunds::cancel;
        GET "/v1/charges/:id/refunds" secret(refunds) read refunds::list_of_charge;
        GET "/v1/disputes" secret(disputes) read disputes::list;
        GET "/v1/disputes/:id" secret(disputes) read disputes::retrieve;
        POST "/v1/disputes/:id" secret(disputes) write disputes::update;
        POST "/v1/disputes/:id/close" secret(disputes) write disputes::close;
        POST "/v1/files" secret(files) write files::create;
        GET "/v1/files" secret(files) read files::list;
        GET "/v1/files/:id" secret(files) read files::retrieve;
        GET "/v1/files/:id/contents" secret(files) read files::contents;
        POST "/v1/file_links" secret(file_links) write file_links::create;
        GET "/v1/file_links" secret(file_links) read file_links::list;
        GET "/v1/file_links/:id" secret(file_links) read file_links::retrieve;
        POST "/v1/file_links/:id" secret(file_links) write file_links::update;
        GET "/v1/balance" secret(balance) read book::balance;
        GET "/v1/balance_transactions" secret(balance_transactions) read book::list;
        GET "/v1/balance_transactions/:id" secret(balance_transactions) read book::retrieve;
    }
}

/// What payments are made with, and what pages and apps get to handle it.
fn methods() -> Vec<Route> {
    routes! {
        POST "/v1/payment_methods" either(payment_methods) write payment_methods::create;
        GET "/v1/payment_methods" customer(payment_methods) read payment_methods::list;
        GET "/v1/payment_methods/:id" customer(payment_methods) read payment_methods::retrieve;
        POST "/v1/payment_methods/:id" customer(payment_methods) write payment_methods::update;
        POST "/v1/payment_methods/:id/attach" customer(payment_methods) write payment_methods::attach;
        POST "/v1/payment_methods/:id/detach" customer(payment_methods) write payment_methods::detach;
        GET "/v1/customers/:id/payment_methods" customer(payment_methods) read payment_methods::list_of_customer;
        GET "/v1/customers/:id/payment_methods/:method" customer(payment_methods) read payment_methods::retrieve_of_customer;

        POST "/v1/payment_method_configurations" secret(payment_method_configurations) write payment_method_configurations::create;
        GET "/v1/payment_method_configurations" secret(payment_method_configurations) read payment_method_configurations::list;
        GET "/v1/payment_method_configurations/:id" secret(payment_method_configurations) read payment_method_configurations::retrieve;
        POST "/v1/payment_method_configurations/:id" secret(payment_method_configurations) write payment_method_configurations::update;

        POST "/v1/tokens" either(tokens) write tokens::create;
        GET "/v1/tokens/:id" secret(tokens) read tokens::retrieve;
        POST "/v1/customers/:id/sources" secret(sources) write sources::create;
        GET "/v1/customers/:id/sources" secret(sources) read sources::list;
        GET "/v1/customers/:id/sources/:source" secret(sources) read sources::retrieve;
        POST "/v1/customers/:id/sources/:source" secret(sources) write sources::update;
        DELETE "/v1/customers/:id/sources/:source" secret(sources) write sources::delete;
        POST "/v1/customers/:id/sources/:source/verify" secret(sources) write sources::verify;

        POST "/v1/confirmation_tokens" either(confirmation_tokens) write confirmation_tokens::create_as_page;
        GET "/v1/confirmation_tokens/:id" secret(confirmation_tokens) read confirmation_tokens::retrieve;
        POST "/v1/test_helpers/confirmation_tokens" secret(confirmation_tokens) write confirmation_tokens::create;

        POST "/v1/customer_sessions" secret(customer_sessions) write customer_sessions::create;
        POST "/v1/ephemeral_keys" secret(ephemeral_keys) write ephemeral_keys::create;
        DELETE "/v1/ephemeral_keys/:id" secret(ephemeral_keys) beside ephemeral_keys::delete;
    }
}

/// Bank accounts made ready for debits, and those that nothing is taken from.
fn setup() -> Vec<Route> {
    routes! {
        POST "/v1/setup_intents" secret(setup_intents) write setup_intents::create;
        GET "/v1/setup_intents" secret(setup_intents) read setup_intents::list;
        GET "/v1/setup_intents/:id" either(setup_intents) read setup_intents::retrieve;
        POST "/v1/setup_intents/:id" secret(setup_intents) write setup_intents::update;
        POST "/v1/setup_intents/:id/confirm" either(setup_intents) write setup_intents::confirm;
        POST "/v1/setup_intents/:id/cancel" secret(setup_intents) write setup_intents::cancel;
        POST "/v1/setup_intents/:id/verify_microdeposits" either(setup_intents) write setup_intents::verify_microdeposits;
        POST "/v1/setup_intents/:id/link_account_sessions" publishable write collecting::open_for_setup;
        POST "/v1/setup_intents/:id/link_account_sessions/:session/attach" publishable write collecting::attach_to_setup;
        GET "/v1/setup_attempts" secret(setup_intents) read setup_attempts::list;
        GET "/v1/mandates/:id" secret(mandates) read mandates::retrieve;
        POST "/drawbridge/v1/blocked_accounts" secret(blocked_accounts) write blocks::create;
        GET "/drawbridge/v1/blocked_accounts" secret(blocked_accounts) read blocks::list;
        DELETE "/drawbridge/v1/blocked_accounts/:id" secret(blocked_accounts) write blocks::delete;
    }
}

/// What the official API does not have.
fn own() -> Vec<Route> {
    routes! {
        POST "/drawbridge/v1/connections/flows" publishable beside linking::open;
        POST "/drawbridge/v1/connections/flows/result" publishable write linking::result;
        GET "/drawbridge/v1/consents" secret(financial_connections) read consents::list;
        GET "/drawbridge/v1/consents/:id" secret(financial_connections) read consents::retrieve;
        POST "/drawbridge/v1/consents/:id/page" secret(financial_connections) beside consents::open_page;
        GET "/drawbridge/v1/institutions" secret(financial_connections) read institutions::find;
        GET "/drawbridge/v1/clock" secret(clock) read clock::retrieve;
        POST "/drawbridge/v1/clock/advance" secret(clock) beside clock::advance;
        POST "/drawbridge/v1/api_keys" secret(api_keys) write api_keys::create;
        GET "/drawbridge/v1/api_keys" secret(api_keys) read api_keys::list;
        DELETE "/drawbridge/v1/api_keys/:id" secret(api_keys) beside api_keys::revoke;
        GET "/drawbridge/v1/settings" secret(settings) read settings::retrieve;
        POST "/drawbridge/v1/settings" secret(settings) write settings::update;
        GET "/drawbridge/v1/request_logs" secret(request_logs) read request_logs::list;
        GET "/drawbridge/v1/request_logs/:id" secret(request_logs) read request_logs::retrieve;
        GET "/drawbridge/v1/mails" secret(mails) read mails::list;
        GET "/drawbridge/v1/mails/:id" secret(mails) read mails::retrieve;
        GET "/drawbridge/v1/deliveries" secret(events) read deliveries::list;
        POST "/drawbridge/v1/events/:id/deliveries/:endpoint/resend" secret(events) write deliveries::resend;
    }
}

/// Files of the ACH network.
fn ach() -> Vec<Route> {
    routes! {
        GET "/drawbridge/v1/ach/files" secret(ach_files) read ach_files::list;
        POST "/drawbridge/v1/ach/files" secret(ach_files) beside ach_files::create;
        GET "/drawbridge/v1/ach/files/:id" secret(ach_files) read ach_files::retrieve;
        GET "/drawbridge/v1/ach/files/:id/content" secret(ach_files) read ach_files::content;
        GET "/drawbridge/v1/ach/files/:id/entries" secret(ach_files) read ach_files::entries;
    }
}

/// The test bank answers these, where the server has one.
fn test_bank() -> Vec<Route> {
    routes! {
        POST "/drawbridge/v1/testbank/institutions" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/institutions" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/institutions/:id" secret(testbank) beside extension::answer;
        POST "/drawbridge/v1/testbank/institutions/:id" secret(testbank) beside extension::answer;
        DELETE "/drawbridge/v1/testbank/institutions/:id" secret(testbank) beside extension::answer;
        POST "/drawbridge/v1/testbank/people" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/people" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/people/:id" secret(testbank) beside extension::answer;
        POST "/drawbridge/v1/testbank/people/:id" secret(testbank) beside extension::answer;
        DELETE "/drawbridge/v1/testbank/people/:id" secret(testbank) beside extension::answer;
        POST "/drawbridge/v1/testbank/accounts" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/accounts" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/accounts/:id" secret(testbank) beside extension::answer;
        POST "/drawbridge/v1/testbank/accounts/:id" secret(testbank) beside extension::answer;
        DELETE "/drawbridge/v1/testbank/accounts/:id" secret(testbank) beside extension::answer;
        POST "/drawbridge/v1/testbank/accounts/:id/transactions" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/accounts/:id/transactions" secret(testbank) beside extension::answer;
        POST "/drawbridge/v1/testbank/accounts/:id/transactions/import" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/accounts/:id/transactions/:transaction" secret(testbank) beside extension::answer;
        POST "/drawbridge/v1/testbank/accounts/:id/transactions/:transaction" secret(testbank) beside extension::answer;
        DELETE "/drawbridge/v1/testbank/accounts/:id/transactions/:transaction" secret(testbank) beside extension::answer;
        POST "/drawbridge/v1/testbank/ach_returns" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/ach_returns" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/ach_returns/:id" secret(testbank) beside extension::answer;
        DELETE "/drawbridge/v1/testbank/ach_returns/:id" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/ach_entries" secret(testbank) beside extension::answer;
        GET "/drawbridge/v1/testbank/ach_entries/:id" secret(testbank) beside extension::answer;
        POST "/drawbridge/v1/testbank/ach_entries/:id/return" secret(testbank) beside extension::answer;
        DELETE "/drawbridge/v1/testbank" secret(testbank) beside extension::answer;
    }
}

/// Every kind of background job.
pub(crate) fn jobs(app: &App) -> Vec<Arc<dyn Handler>> {
    use authorizations::jobs as asking;
    use refresh::jobs as fetching;
    use test_clocks::jobs as clocks;
    let tasks = [
        Task::beside(app, DELIVER, |app, job| Box::pin(deliveries::deliver(app, job)))
            .lane_width(deliveries::AT_ONCE)
            .mostly_waiting(1_024),
        Task::within(app, clocks::ADVANCE, |cx, id| Box::pin(clocks::advance(cx, id))),
        Task::within(app, clocks::EXPIRE, |cx, id| Box::pin(clocks::expire(cx, id))),
        Task::beside(app, fetching::RUN, |app, job| Box::pin(fetching::run(app, job))).lane_width(fetching::AT_ONCE),
        Task::beside(app, asking::CHECK, |app, job| Box::pin(asking::check(app, job))).lane_width(asking::AT_ONCE),
        Task::within(app, fetching::DAILY, |cx, id| Box::pin(fetching::daily(cx, id))),
        Task::within(app, sessions::outcome::EXPIRE, |cx, id| Box::pin(sessions::outcome::expire(cx, id))),
        Task::within(app, linking::ending::EXPIRE, |cx, id| Box::pin(linking::ending::expire(cx, id))),
        Task::within(app, fetching::RELEASE, |cx, id| Box::pin(fetching::release(cx, id))),
        Task::beside(app, fetching::RELEASE_GRANT, |app, job| Box::pin(fetching::release_grant(app, job)))
            .lane_width(fetching::AT_ONCE),
        Task::beside(app, microdeposits::jobs::EXPIRE, |app, job| Box::pin(microdeposits::jobs::expire(app, job))),
        Task::within(app, microdeposits::jobs::REMIND, |cx, key| Box::pin(microdeposits::jobs::remind(cx, key))),
        Task::within(app, confirmation_tokens::jobs::EXPIRE, |cx, id| Box::pin(confirmation_tokens::jobs::expire(cx, id))),
        Task::within(app, consents::jobs::EXPIRE, |cx, id| Box::pin(consents::jobs::expire(cx, id))),
        Task::within(app, book::funds::AVAILABLE, |cx, _| Box::pin(book::funds::available(cx))),
        Task::beside(app, balance_check::CHECK, |app, job| Box::pin(balance_check::check(app, job))),
        Task::beside(app, mails::jobs::SEND, |app, job| Box::pin(mails::jobs::send(app, job))).lane_width(4),
        Task::within(app, file_links::EXPIRE, |cx, id| Box::pin(file_links::expire(cx, id))),
        Task::beside(app, person::jobs::REDACT, |app, job| Box::pin(person::jobs::redact(app, job))),
        Task::beside(app, rails::cut::CUT, |app, job| Box::pin(rails::cut::run(app, job))),
        Task::beside(app, rails::send::SEND, |app, job| Box::pin(rails::send::run(app, job))),
        Task::beside(app, rails::settle::SETTLE, |app, job| Box::pin(rails::settle::run(app, job))),
        Task::beside(app, rails::collect::COLLECT, |app, job| Box::pin(rails::collect::run(app, job))),
    ];
    tasks.into_iter().map(|task| Arc::new(task) as Arc<dyn Handler>).collect()
}

/// Whether a restricted key can be given a right to something of this name.
pub(crate) fn is_resource(name: &str) -> bool {
    all().iter().any(|route| route.keys.resource() == Some(name))
}
