//! SimpleFIN: an aggregator that a person has an account with, and no contract with us.
//!
//! The person makes a setup token there and pastes it. It is the address of a claim, which gives an
//! access address once; that one, with its user and password, is the grant. Shapes of protocol 1 and 2
//! are both read.
//!
//! SimpleFIN has balances and transactions only: no account numbers and no names of holders. Its data
//! is a day old as a rule, and servers such as the SimpleFIN Bridge allow about 24 calls a day for one
//! person: refresh daily. Accounts in a currency of the server's own, such as points, are left out,
//! because they hold no money.

mod account_set;
mod claim;
mod names;
mod pull;
mod recent;
mod servers;

use std::sync::Mutex;

use crate::account::BankAccount;
use crate::breaker::BreakerSettings;
use crate::connector::{BankConnector, BoxFuture, CallContext, DataKind, FormSignIn, Grant, SignIn};
use crate::error::BankError;
use crate::guard::RetryPolicy;
use crate::sign_in::{Answers, SignInForm, SignInState, SignInStep};
use crate::transaction::{TransactionPull, TransactionWindow};

/// How patient to be with servers, and how sparing.
#[derive(Clone, Debug)]
pub struct SimpleFinConfig {
    /// Limit on each call in milliseconds.
    pub timeout_ms: u64,
    /// For how many seconds an answer is used again. One answer holds all accounts of a person, so that
    /// linking several accounts costs no more calls than one. Zero asks anew each time.
    pub reuse_s: i64,
    /// The one server that tokens may lead to, as an address that ends with a slash; any server when absent. For
    /// a policy that is wider than what a stranger's token may reach.
    pub only: Option<String>,
}

impl Default for SimpleFinConfig {
    fn default() -> Self {
        SimpleFinConfig { timeout_ms: 30_000, reuse_s: 60, only: None }
    }
}

/// All SimpleFIN servers: a token says at which one a person is.
pub struct SimpleFin {
    config: SimpleFinConfig,
    http: egress::Client,
    servers: servers::Servers,
    recent: Mutex<recent::Recent>,
}

impl SimpleFin {
    /// A connector with the usual retries and a breaker for each server. Nothing is called yet.
    pub fn new(config: SimpleFinConfig, http: egress::Client) -> Self {
        SimpleFin::with_limits(config, http, RetryPolicy::default(), BreakerSettings::default())
    }

    /// A connector with its own retries and breakers.
    pub fn with_limits(config: SimpleFinConfig, http: egress::Client, retry: RetryPolicy, breaker: BreakerSettings) -> Self {
        SimpleFin { config, http, servers: servers::Servers::new(retry, breaker), recent: Mutex::default() }
    }
}

impl FormSignIn for SimpleFin {
    /// The setup token.
    fn first(&self) -> SignInForm {
        claim::token_form(None)
    }

    fn answer<'a>(
        &'a self,
        ctx: &'a CallContext,
        _software_id: &'a str,
        _state: Option<&'a SignInState>,
        answers: Answers,
    ) -> BoxFuture<'a, Result<SignInStep, BankError>> {
        Box::pin(async move { self.claim(ctx, &answers).await })
    }
}

impl BankConnector for SimpleFin {
    fn sign_in(&self) -> SignIn<'_> {
        SignIn::Form(self)
    }

    /// Balances and transactions.
    fn shares(&self, kind: DataKind) -> bool {
        matches!(kind, DataKind::Accounts | DataKind::Balances | DataKind::Transactions)
    }

    fn accounts<'a>(&'a self, ctx: &'a CallContext, grant: &'a Grant) -> BoxFuture<'a, Result<Vec<BankAccount>, BankError>> {
        Box::pin(async move { self.list_accounts(ctx, &grant.read()?).await })
    }

    fn account<'a>(
        &'a self,
        ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<BankAccount, BankError>> {
        Box::pin(async move { self.find_account(ctx, &grant.read()?, bank_account_id).await })
    }

    fn transactions<'a>(
        &'a self,
        ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
        currency: &'a str,
        window: TransactionWindow,
    ) -> BoxFuture<'a, Result<TransactionPull, BankError>> {
        Box::pin(async move { self.pull_transactions(ctx, &grant.read()?, bank_account_id, currency, window).await })
    }
}
