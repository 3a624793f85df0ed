//! OFX Direct Connect: a person's name and password at the bank, sent with every request.
//!
//! Written for OFX 1.0.2 to 1.6 (SGML) and 2.0 to 2.3 (XML) on top of the crate `ofx`, which reads what
//! banks really send. One address takes everything; a request signs on, asks, and is over.
//!
//! What OFX does not have: names of holders, and a consent that could be renewed or revoked. Banks
//! that want a further credential beside the password (`USERCRED1`, `USERCRED2`) are not supported.

mod accounts;
mod challenge;
mod exchange;
mod sign_in;
pub(crate) mod statement;
mod status;
mod transactions;

use ::ofx::{Format, Syntax};

use crate::account::{BankAccount, PaymentNumbers};
use crate::connector::{BankConnector, BoxFuture, CallContext, DataKind, FormSignIn, Grant, SignIn};
use crate::error::BankError;
use crate::guard::Guard;
use crate::sign_in::{Answers, SignInForm, SignInState, SignInStep};
use crate::transaction::{TransactionPull, TransactionWindow};

/// Which bank, and how to speak with it.
#[derive(Clone, Debug)]
pub struct OfxConfig {
    /// Where everything is sent.
    pub url: String,
    /// The organization (`ORG`), at most 32 characters; banks that want it say so.
    pub org: Option<String>,
    /// The institution's id (`FID`), at most 32 characters; sent only beside `org`.
    pub fid: Option<String>,
    /// The version without dots: 102 to 160 is SGML, 200 and more is XML. An id of the installation
    /// (`CLIENTUID`) and questions (MFA) need at least 103 or 203.
    pub version: u16,
    /// The program as which we sign on (`APPID`), 5 characters. Many banks answer known programs only.
    pub app_id: String,
    /// Its version (`APPVER`), 4 digits.
    pub app_version: String,
    /// Replaces the bank's own number (`BANKID`) in requests, for banks that list a wrong one.
    pub bank_id: Option<String>,
    /// Limit on each call in milliseconds.
    pub timeout_ms: u64,
}

impl OfxConfig {
    /// The bank at `url`, in OFX 1.0.3, as the program that banks know best, with a limit of 30
    /// seconds per call.
    pub fn new(url: impl Into<String>) -> Self {
        OfxConfig {
            url: url.into(),
            org: None,
            fid: None,
            version: 103,
            app_id: "QWIN".to_owned(),
            app_version: "2700".to_owned(),
            bank_id: None,
            timeout_ms: 30_000,
        }
    }

    fn format(&self) -> Format {
        let syntax = if self.version < 200 { Syntax::Sgml } else { Syntax::Xml };
        Format { syntax, version: self.version }
    }

    /// Older versions have no place for an id of the installation.
    fn has_client_id(&self) -> bool {
        (103..200).contains(&self.version) || self.version >= 203
    }
}

/// One OFX bank. Keep one per institution: it holds the circuit breaker.
pub struct Ofx {
    config: OfxConfig,
    http: egress::Client,
    guard: Guard,
}

impl Ofx {
    /// A connector with the usual retries and breaker. Nothing is called yet.
    pub fn new(config: OfxConfig, http: egress::Client) -> Self {
        Ofx::with_guard(config, http, Guard::default())
    }

    /// A connector with its own retries and breaker.
    pub fn with_guard(config: OfxConfig, http: egress::Client, guard: Guard) -> Self {
        Ofx { config, http, guard }
    }
}

impl FormSignIn for Ofx {
    /// User name and password.
    fn first(&self) -> SignInForm {
        sign_in::credentials_form(None)
    }

    fn answer<'a>(
        &'a self,
        ctx: &'a CallContext,
        software_id: &'a str,
        state: Option<&'a SignInState>,
        answers: Answers,
    ) -> BoxFuture<'a, Result<SignInStep, BankError>> {
        Box::pin(async move { self.take_answers(ctx, software_id, state, &answers).await })
    }
}

impl BankConnector for Ofx {
    fn sign_in(&self) -> SignIn<'_> {
        SignIn::Form(self)
    }

    /// Everything but names of holders, which OFX does not have.
    fn shares(&self, kind: DataKind) -> bool {
        kind != DataKind::Ownership
    }

    /// The accounts that were there when the person signed in; those that are gone are not open.
    fn accounts<'a>(&'a self, ctx: &'a CallContext, grant: &'a Grant) -> BoxFuture<'a, Result<Vec<BankAccount>, BankError>> {
        Box::pin(async move { self.list_accounts(ctx, &grant.read()?).await })
    }

    fn account<'a>(
        &'a self,
        ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<BankAccount, BankError>> {
        Box::pin(async move { self.one_account(ctx, &grant.read()?, bank_account_id).await })
    }

    fn payment_numbers<'a>(
        &'a self,
        ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<PaymentNumbers>, BankError>> {
        Box::pin(async move { self.ach_numbers(ctx, &grant.read()?, bank_account_id).await })
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

#[cfg(test)]
mod tests {
    use super::OfxConfig;
    use ::ofx::Syntax;

    #[test]
    fn versions_choose_the_syntax_and_what_may_be_said() {
        for (version, syntax, client_id) in [
            (102, Syntax::Sgml, false),
            (103, Syntax::Sgml, true),
            (160, Syntax::Sgml, true),
            (200, Syntax::Xml, false),
            (203, Syntax::Xml, true),
            (220, Syntax::Xml, true),
        ] {
            let config = OfxConfig { version, ..OfxConfig::new("https://bank.example/ofx") };
            assert_eq!((config.format().syntax, config.has_client_id()), (syntax, client_id), "{version}");
        }
    }
}
