//! FDX: OAuth 2.0 with pushed requests, PKCE and signed client assertions in front of a JSON API.
//!
//! Written for FDX 6 and tolerant of what 4.6 and 5 servers still send: wrapped entities, old
//! cursors, partial answers, numbers as texts. What differs per bank is found out by discovery
//! (RFC 8414), not configured.

mod accounts;
mod clean;
mod contact;
mod discovery;
mod keys;
mod networks;
mod oauth;
mod paging;
mod transactions;
mod transport;
mod wire;

use std::sync::Mutex;

use egress::Url;

use crate::account::{BankAccount, Owner, PaymentNumbers};
use crate::connector::{
    BankConnector, BoxFuture, CallContext, Callback, ClientRegistration, DataKind, Grant, LoginRequest, LoginSecret, LoginStart,
};
use crate::error::BankError;
use crate::guard::Guard;
use crate::transaction::{TransactionPull, TransactionWindow};

/// Which bank, and how patient to be with it.
#[derive(Clone, Debug)]
pub struct FdxConfig {
    /// Issuer without a trailing slash; everything else is discovered from it.
    pub issuer: String,
    /// Base of the data API; `{issuer}/fdx/v6` when absent.
    pub api_base: Option<String>,
    /// Limit on each call in milliseconds.
    pub timeout_ms: u64,
}

impl FdxConfig {
    /// The bank at `issuer`, with the usual API base and a limit of 15 seconds per call.
    pub fn new(issuer: impl Into<String>) -> Self {
        FdxConfig { issuer: issuer.into(), api_base: None, timeout_ms: 15_000 }
    }
}

/// One FDX bank. Keep one per institution: it holds the circuit breaker and the metadata.
pub struct Fdx {
    config: FdxConfig,
    http: egress::Client,
    guard: Guard,
    metadata: Mutex<Option<discovery::Cached>>,
}

impl Fdx {
    /// A connector with the usual retries and breaker. Nothing is called yet.
    pub fn new(config: FdxConfig, http: egress::Client) -> Self {
        Fdx::with_guard(config, http, Guard::default())
    }

    /// A connector with its own retries and breaker.
    pub fn with_guard(config: FdxConfig, http: egress::Client, guard: Guard) -> Self {
        Fdx { config, http, guard, metadata: Mutex::new(None) }
    }

    /// Address of a data resource: the API base and path segments, each encoded.
    fn resource(&self, segments: &[&str]) -> Result<Url, BankError> {
        let base = match &self.config.api_base {
            Some(base) => base.clone(),
            None => format!("{}/fdx/v6", self.config.issuer.trim_end_matches('/')),
        };
        let mut url = Url::parse(&base).map_err(|_| BankError::Protocol("the API base is not a URL".to_owned()))?;
        {
            let mut path = url.path_segments_mut().map_err(|()| BankError::Protocol("the API base has no path".to_owned()))?;
            path.pop_if_empty();
            for segment in segments {
                // The URL crate would drop these two, and ask for another resource.
                if matches!(*segment, "" | "." | "..") {
                    return Err(BankError::NotFound);
                }
                path.push(segment);
            }
        }
        Ok(url)
    }
}

/// A data call: on whose behalf, and which kind of data.
#[derive(Clone, Copy)]
struct DataCall<'a> {
    ctx: &'a CallContext,
    grant: &'a Grant,
    kind: DataKind,
}

impl BankConnector for Fdx {
    fn register<'a>(
        &'a self,
        ctx: &'a CallContext,
        redirect_uri: &'a str,
        software_id: &'a str,
        client_name: &'a str,
    ) -> BoxFuture<'a, Result<ClientRegistration, BankError>> {
        Box::pin(self.register_client(ctx, redirect_uri, software_id, client_name))
    }

    fn begin<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        request: LoginRequest,
    ) -> BoxFuture<'a, Result<LoginStart, BankError>> {
        Box::pin(self.push_login(ctx, registration, request))
    }

    fn finish<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        secret: &'a LoginSecret,
        callback: Callback,
    ) -> BoxFuture<'a, Result<Grant, BankError>> {
        Box::pin(self.redeem(ctx, registration, secret, callback))
    }

    fn renew<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        grant: &'a Grant,
    ) -> BoxFuture<'a, Result<Grant, BankError>> {
        Box::pin(self.renew_grant(ctx, registration, grant))
    }

    fn revoke<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        grant: &'a Grant,
    ) -> BoxFuture<'a, Result<(), BankError>> {
        Box::pin(self.revoke_grant(ctx, registration, grant))
    }

    fn accounts<'a>(
        &'a self,
        ctx: &'a CallContext,
        _registration: &'a ClientRegistration,
        grant: &'a Grant,
    ) -> BoxFuture<'a, Result<Vec<BankAccount>, BankError>> {
        Box::pin(self.list_accounts(DataCall { ctx, grant, kind: DataKind::Accounts }))
    }

    fn account<'a>(
        &'a self,
        ctx: &'a CallContext,
        _registration: &'a ClientRegistration,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<BankAccount, BankError>> {
        let call = DataCall { ctx, grant, kind: DataKind::Balances };
        Box::pin(self.one_account(call, bank_account_id))
    }

    fn owners<'a>(
        &'a self,
        ctx: &'a CallContext,
        _registration: &'a ClientRegistration,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Owner>, BankError>> {
        let call = DataCall { ctx, grant, kind: DataKind::Ownership };
        Box::pin(self.account_owners(call, bank_account_id))
    }

    fn payment_numbers<'a>(
        &'a self,
        ctx: &'a CallContext,
        _registration: &'a ClientRegistration,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<PaymentNumbers>, BankError>> {
        let call = DataCall { ctx, grant, kind: DataKind::PaymentNumbers };
        Box::pin(self.ach_numbers(call, bank_account_id))
    }

    fn transactions<'a>(
        &'a self,
        ctx: &'a CallContext,
        _registration: &'a ClientRegistration,
        grant: &'a Grant,
        bank_account_id: &'a str,
        currency: &'a str,
        window: TransactionWindow,
    ) -> BoxFuture<'a, Result<TransactionPull, BankError>> {
        let call = DataCall { ctx, grant, kind: DataKind::Transactions };
        Box::pin(self.pull_transactions(call, bank_account_id, currency, window))
    }
}

#[cfg(test)]
mod tests {
    use super::{Fdx, FdxConfig};
    use crate::error::BankError;

    #[test]
    fn resources_stay_below_the_api_base() {
        let http = egress::Client::new(egress::Limits::default()).unwrap();
        let fdx = Fdx::new(FdxConfig::new("https://bank.example/a/"), http);
        let url = |id: &str| fdx.resource(&["accounts", id, "contact"]).map(|url| url.to_string());
        let base = "https://bank.example/a/fdx/v6/accounts";
        assert_eq!(url("x1").unwrap(), format!("{base}/x1/contact"));
        assert_eq!(url("a/../b?c#d").unwrap(), format!("{base}/a%2F..%2Fb%3Fc%23d/contact"));
        for id in ["", ".", ".."] {
            assert_eq!(url(id), Err(BankError::NotFound), "{id:?}");
        }
    }
}
