//! The interface that every bank protocol implements.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::account::{BankAccount, Owner, PaymentNumbers};
use crate::error::BankError;
use crate::secret::Secret;
use crate::sign_in::{Answers, SignInForm, SignInState, SignInStep};
use crate::transaction::{TransactionPull, TransactionWindow};

/// A future behind a pointer, so that connectors of different protocols fit one interface.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where random bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// What every call to a bank needs to know about its surroundings.
#[derive(Clone)]
pub struct CallContext {
    /// The real time in Unix seconds, not the clock of a sandbox: banks check signatures by it.
    pub now: i64,
    /// What may be reached.
    pub policy: egress::Policy,
    /// A person is waiting; banks treat such calls better.
    pub user_present: bool,
    /// Source of nonces, verifiers and jitter.
    pub entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for CallContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CallContext")
            .field("now", &self.now)
            .field("policy", &self.policy)
            .field("user_present", &self.user_present)
            .finish_non_exhaustive()
    }
}

/// This program as a client of one bank. Serialize, seal and store it; it holds the private key.
#[derive(Clone, Serialize, Deserialize)]
pub struct ClientRegistration {
    /// Given by the bank.
    pub client_id: String,
    /// The issuer that gave it.
    pub issuer: String,
    /// Private ES256 key that proves this client, PKCS#8 DER.
    #[serde(with = "base64_bytes")]
    pub key_pkcs8: Vec<u8>,
    /// Where the bank sends people back to.
    pub redirect_uri: String,
    /// The bank's whole answer, with management address and token.
    pub metadata: serde_json::Value,
}

impl fmt::Debug for ClientRegistration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientRegistration")
            .field("client_id", &self.client_id)
            .field("issuer", &self.issuer)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

mod base64_bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(D::Error::custom)
    }
}

/// What a bank gave a person's sign-in for. Only its own connector reads it. Serialize, seal and store
/// it; store a renewed one before using it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    secret: Secret,
    /// When it has to be renewed before the next call, Unix seconds; none for what does not end by itself.
    renew_at: Option<i64>,
}

impl Grant {
    /// A grant that its connector can read again.
    pub(crate) fn new<T: Serialize>(content: &T, renew_at: Option<i64>) -> Result<Grant, BankError> {
        let text = serde_json::to_string(content).map_err(|_| BankError::Protocol("a grant cannot be kept".to_owned()))?;
        Ok(Grant { secret: Secret::new(text), renew_at })
    }

    /// What [`Grant::new`] was made of.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, BankError> {
        serde_json::from_str(self.secret.expose())
            .map_err(|_| BankError::Protocol("the grant is one of another protocol".to_owned()))
    }

    /// Whether to renew before the next call: less than a minute left.
    pub fn needs_renewal(&self, now: i64) -> bool {
        self.renew_at.is_some_and(|at| at <= now.saturating_add(60))
    }
}

/// What a bank says of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    /// False once it was revoked or is over.
    pub active: bool,
    /// When it ends, Unix seconds on the bank's clock; none when the bank does not say.
    pub ends_at: Option<i64>,
}

/// How a bank answers lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// As it should, as far as is known.
    Up,
    /// Some calls fail.
    Degraded,
    /// So many calls failed that it is left alone for a while.
    Down,
}

/// A kind of data that a consent covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataKind {
    /// Names, kinds and last digits of accounts; always part of a consent.
    Accounts,
    /// Balances.
    Balances,
    /// Transactions.
    Transactions,
    /// Names and addresses of holders.
    Ownership,
    /// Routing and account numbers.
    PaymentNumbers,
}

/// What a login should lead to.
#[derive(Clone, Debug)]
pub struct LoginRequest {
    /// Unguessable; comes back in the callback, where the caller matches it.
    pub state: String,
    /// Data asked for; [`DataKind::Accounts`] is always added.
    pub data: Vec<DataKind>,
    /// The business for which data is asked, for the bank's consent page.
    pub client_display_name: String,
    /// How long the consent should last, in days.
    pub duration_days: u32,
    /// How far back transactions should reach, in days.
    pub lookback_days: u32,
}

/// What must be kept between sending a person to the bank and their return. Seal it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoginSecret {
    /// PKCE code verifier.
    pub code_verifier: Secret,
    /// OpenID Connect nonce.
    pub nonce: Secret,
    /// The state sent.
    pub state: String,
}

/// A login that may begin.
#[derive(Clone, Debug)]
pub struct LoginStart {
    /// Where to send the person's browser.
    pub authorize_url: String,
    /// For [`RedirectSignIn::finish`].
    pub secret: LoginSecret,
}

/// The query with which the bank sends a person back. The caller has matched `state` already.
#[derive(Clone, Debug, Default)]
pub struct Callback {
    /// Authorization code.
    pub code: Option<String>,
    /// OAuth error code.
    pub error: Option<String>,
    /// Issuer (RFC 9207).
    pub iss: Option<String>,
}

/// How people sign in at a bank.
#[derive(Clone, Copy)]
pub enum SignIn<'a> {
    /// On the bank's own pages.
    Redirect(&'a dyn RedirectSignIn),
    /// On a page of ours, which asks what the bank asks.
    Form(&'a dyn FormSignIn),
}

/// Sign-in on the bank's own pages, as OAuth has it. All methods may give every transient
/// [`BankError`] besides those named.
pub trait RedirectSignIn: Send + Sync {
    /// Makes this program known to the bank, with a key of its own. `software_id` names the
    /// installation or sandbox to the bank.
    ///
    /// # Errors
    /// `Protocol` when the bank refuses.
    fn register<'a>(
        &'a self,
        ctx: &'a CallContext,
        redirect_uri: &'a str,
        software_id: &'a str,
        client_name: &'a str,
    ) -> BoxFuture<'a, Result<ClientRegistration, BankError>>;

    /// Announces a login and gives the address to send the person to.
    ///
    /// # Errors
    /// `Protocol` when the bank refuses.
    fn begin<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        request: LoginRequest,
    ) -> BoxFuture<'a, Result<LoginStart, BankError>>;

    /// Turns the person's return into a grant. A code can be redeemed once.
    ///
    /// # Errors
    /// `AccessDenied` when the person said no, `Protocol` for a wrong issuer or a refused code.
    fn finish<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        secret: &'a LoginSecret,
        callback: Callback,
    ) -> BoxFuture<'a, Result<Grant, BankError>>;
}

/// Sign-in on a page of ours, in one step or several.
pub trait FormSignIn: Send + Sync {
    /// What is asked first. Nothing is called yet.
    fn first(&self) -> SignInForm;

    /// Takes the answers to what was asked last: to [`FormSignIn::first`] when `state` is absent, else
    /// to the form that came with this state. `software_id` names the installation or sandbox.
    ///
    /// # Errors
    /// Every transient [`BankError`]; `AccessDenied` when the bank ends the sign-in, `Protocol`.
    fn answer<'a>(
        &'a self,
        ctx: &'a CallContext,
        software_id: &'a str,
        state: Option<&'a SignInState>,
        answers: Answers,
    ) -> BoxFuture<'a, Result<SignInStep, BankError>>;
}

/// A bank. One value per institution, kept as long as the process, because it holds the circuit
/// breaker and what was discovered about the bank. All methods may give every transient
/// [`BankError`] besides those named.
pub trait BankConnector: Send + Sync {
    /// How people sign in.
    fn sign_in(&self) -> SignIn<'_>;

    /// What this bank can share at all, besides the accounts themselves.
    fn shares(&self, kind: DataKind) -> bool;

    /// How it answered this process lately, at `now` in real Unix seconds. Nothing is called.
    fn health(&self, _now: i64) -> Health {
        Health::Up
    }

    /// Makes a grant fresh for more calls. Never do it twice at a time for one grant. `registration` is
    /// the one that the grant was given to, for banks where programs register.
    ///
    /// By default: as it is, at banks whose grants do not end by themselves.
    ///
    /// # Errors
    /// `GrantRevoked` when only a new login helps.
    fn renew<'a>(
        &'a self,
        _ctx: &'a CallContext,
        _registration: Option<&'a ClientRegistration>,
        grant: &'a Grant,
    ) -> BoxFuture<'a, Result<Grant, BankError>> {
        Box::pin(async move { Ok(grant.clone()) })
    }

    /// Ends the consent at the bank, as well as the bank allows. A consent that is gone already is
    /// success.
    ///
    /// By default: at banks that keep no consent there is nobody to tell: forgetting the grant is what ends it.
    ///
    /// # Errors
    /// Only when nothing was achieved and trying later may help.
    fn revoke<'a>(
        &'a self,
        _ctx: &'a CallContext,
        _registration: Option<&'a ClientRegistration>,
        _grant: &'a Grant,
    ) -> BoxFuture<'a, Result<(), BankError>> {
        Box::pin(async move { Ok(()) })
    }

    /// Whether the consent still stands, and until when.
    ///
    /// By default: where the bank keeps none, its end shows only at the next data call.
    ///
    /// # Errors
    /// `TokenExpired`, `Protocol`.
    fn consent<'a>(&'a self, _ctx: &'a CallContext, _grant: &'a Grant) -> BoxFuture<'a, Result<Consent, BankError>> {
        Box::pin(async move { Ok(Consent { active: true, ends_at: None }) })
    }

    /// All accounts of the consent, with balances where it covers them.
    ///
    /// # Errors
    /// `TokenExpired`, `GrantRevoked`, `Protocol`.
    fn accounts<'a>(&'a self, ctx: &'a CallContext, grant: &'a Grant) -> BoxFuture<'a, Result<Vec<BankAccount>, BankError>>;

    /// One account with its balance now.
    ///
    /// # Errors
    /// `TokenExpired`, `GrantRevoked`, `NotPermitted`, `NotFound`, `AccountClosed`, `AccountLocked`.
    fn account<'a>(
        &'a self,
        ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<BankAccount, BankError>>;

    /// The holders; empty when the bank names none.
    ///
    /// By default: none where the protocol has no names.
    ///
    /// # Errors
    /// As [`BankConnector::account`].
    fn owners<'a>(
        &'a self,
        _ctx: &'a CallContext,
        _grant: &'a Grant,
        _bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Owner>, BankError>> {
        Box::pin(async move { Ok(Vec::new()) })
    }

    /// Numbers for ACH; none when the account cannot do ACH at all.
    ///
    /// By default: none where the protocol has no numbers.
    ///
    /// # Errors
    /// As [`BankConnector::account`].
    fn payment_numbers<'a>(
        &'a self,
        _ctx: &'a CallContext,
        _grant: &'a Grant,
        _bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<PaymentNumbers>, BankError>> {
        Box::pin(async move { Ok(None) })
    }

    /// Transactions of the window. `currency` is the account's, for banks that do not repeat it in
    /// every row.
    ///
    /// # Errors
    /// As [`BankConnector::account`].
    fn transactions<'a>(
        &'a self,
        ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
        currency: &'a str,
        window: TransactionWindow,
    ) -> BoxFuture<'a, Result<TransactionPull, BankError>>;
}
