//! FDX: OAuth 2.0 with pushed requests, PKCE and signed client assertions in front of a JSON API.
//!
//! Written for FDX 6 and tolerant of what 4.6 and 5 servers still send: wrapped entities, old
//! cursors, partial answers, numbers as texts. What differs per bank is found out by discovery
//! (RFC 8414), not configured.

mod accounts;
mod consent;
mod contact;
mod discovery;
mod keys;
mod networks;
mod oauth;
mod paging;
mod transactions;
mod transport;

use std::sync::Mutex;

use egress::Url;
use serde::{Deserialize, Serialize};

use crate::account::{BankAccount, Owner, PaymentNumbers};
use crate::connector::{
    BankConnector, BoxFuture, CallContext, Callback, ClientRegistration, Consent, DataKind, Grant, Health, LoginRequest,
    LoginSecret, LoginStart, RedirectSignIn, SignIn,
};
use crate::error::BankError;
use crate::guard::Guard;
use crate::secret::Secret;
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

/// A consent in the form of tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tokens {
    /// For data calls.
    pub access_token: Secret,
    /// When the access token ends, Unix seconds.
    pub access_expires_at: i64,
    /// For a fresh access token; without one the grant ends with the access token.
    pub refresh_token: Option<Secret>,
    /// The bank's identifier of the consent.
    pub grant_id: Option<String>,
    /// Space-separated scopes granted; empty when the bank does not say.
    pub scope: String,
}

impl Tokens {
    /// The grant that holds these tokens.
    ///
    /// # Errors
    /// `Protocol` if they cannot be written down.
    pub fn into_grant(self) -> Result<Grant, BankError> {
        Grant::new(&self, Some(self.access_expires_at))
    }

    /// The tokens of a grant.
    ///
    /// # Errors
    /// `Protocol` for a grant of another protocol.
    pub fn of(grant: &Grant) -> Result<Tokens, BankError> {
        grant.read()
    }
}

/// A data call: on whose behalf, and which kind of data.
#[derive(Clone, Copy)]
struct DataCall<'a> {
    ctx: &'a CallContext,
    tokens: &'a Tokens,
    kind: DataKind,
}

/// A registration is what proves this program to the bank; there is no call without.
fn registered(registration: Option<&ClientRegistration>) -> Result<&ClientRegistration, BankError> {
    registration.ok_or_else(|| BankError::Protocol("the grant's registration is missing".to_owned()))
}

impl RedirectSignIn for Fdx {
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
        Box::pin(async move { self.redeem(ctx, registration, secret, callback).await?.into_grant() })
    }
}

impl BankConnector for Fdx {
    fn sign_in(&self) -> SignIn<'_> {
        SignIn::Redirect(self)
    }

    /// Which data a bank has is found out by asking; the standard has all of it.
    fn shares(&self, _kind: DataKind) -> bool {
        true
    }

    fn health(&self, now: i64) -> Health {
        self.guard.health(now)
    }

    fn renew<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: Option<&'a ClientRegistration>,
        grant: &'a Grant,
    ) -> BoxFuture<'a, Result<Grant, BankError>> {
        Box::pin(async move { self.renew_tokens(ctx, registered(registration)?, &Tokens::of(grant)?).await?.into_grant() })
    }

    fn revoke<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: Option<&'a ClientRegistration>,
        grant: &'a Grant,
    ) -> BoxFuture<'a, Result<(), BankError>> {
        Box::pin(async move { self.revoke_grant(ctx, registered(registration)?, &Tokens::of(grant)?).await })
    }

    fn consent<'a>(&'a self, ctx: &'a CallContext, grant: &'a Grant) -> BoxFuture<'a, Result<Consent, BankError>> {
        Box::pin(async move { self.read_consent(ctx, &Tokens::of(grant)?).await })
    }

    fn accounts<'a>(&'a self, ctx: &'a CallContext, grant: &'a Grant) -> BoxFuture<'a, Result<Vec<BankAccount>, BankError>> {
        Box::pin(async move {
            let tokens = Tokens::of(grant)?;
            self.list_accounts(DataCall { ctx, tokens: &tokens, kind: DataKind::Accounts }).await
        })
    }

    fn account<'a>(
        &'a self,
        ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<BankAccount, BankError>> {
        Box::pin(async move {
            let tokens = Tokens::of(grant)?;
            self.one_account(DataCall { ctx, tokens: &tokens, kind: DataKind::Balances }, bank_account_id).await
        })
    }

    fn owners<'a>(
        &'a self,
        ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Owner>, BankError>> {
        Box::pin(async move {
            let tokens = Tokens::of(grant)?;
            self.account_owners(DataCall { ctx, tokens: &tokens, kind: DataKind::Ownership }, bank_account_id).await
        })
    }

    fn payment_numbers<'a>(
        &'a self,
        ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<PaymentNumbers>, BankError>> {
        Box::pin(async move {
            let tokens = Tokens::of(grant)?;
            self.ach_numbers(DataCall { ctx, tokens: &tokens, kind: DataKind::PaymentNumbers }, bank_account_id).await
        })
    }

    fn transactions<'a>(
        &'a self,
        ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
        currency: &'a str,
        window: TransactionWindow,
    ) -> BoxFuture<'a, Result<TransactionPull, BankError>> {
        Box::pin(async move {
            let tokens = Tokens::of(grant)?;
            let call = DataCall { ctx, tokens: &tokens, kind: DataKind::Transactions };
            self.pull_transactions(call, bank_account_id, currency, window).await
        })
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
