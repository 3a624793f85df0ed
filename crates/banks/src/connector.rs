//! The interface that every bank protocol implements.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::account::{BankAccount, Owner, PaymentNumbers};
use crate::error::BankError;
use crate::secret::Secret;
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

/// A person's consent in the form of tokens. Serialize, seal and store it; store a renewed one
/// before using it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// For data calls.
    pub access_token: Secret,
    /// When the access token ends, Unix seconds.
    pub access_expires_at: i64,
    /// For [`BankConnector::renew`]; without one the grant ends with the access token.
    pub refresh_token: Option<Secret>,
    /// The bank's identifier of the consent.
    pub grant_id: Option<String>,
    /// Space-separated scopes granted; empty when the bank does not say.
    pub scope: String,
}

impl Grant {
    /// Whether to renew before the next call: less than a minute left.
    pub fn needs_renewal(&self, now: i64) -> bool {
        self.access_expires_at <= now.saturating_add(60)
    }
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
    /// For [`BankConnector::finish`].
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

/// A bank. One value per institution, kept as long as the process, because it holds the circuit
/// breaker and what was discovered about the bank. All methods may give every transient
/// [`BankError`] besides those named.
pub trait BankConnector: Send + Sync {
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

    /// Gets a fresh access token. Never do it twice at a time for one grant.
    ///
    /// # Errors
    /// `GrantRevoked` when only a new login helps.
    fn renew<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        grant: &'a Grant,
    ) -> BoxFuture<'a, Result<Grant, BankError>>;

    /// Ends the consent at the bank, as well as the bank allows. A consent that is gone already is
    /// success.
    ///
    /// # Errors
    /// Only when nothing was achieved and trying later may help.
    fn revoke<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        grant: &'a Grant,
    ) -> BoxFuture<'a, Result<(), BankError>>;

    /// All accounts of the consent, with balances where it covers them.
    ///
    /// # Errors
    /// `TokenExpired`, `GrantRevoked`, `Protocol`.
    fn accounts<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        grant: &'a Grant,
    ) -> BoxFuture<'a, Result<Vec<BankAccount>, BankError>>;

    /// One account with its balance now.
    ///
    /// # Errors
    /// `TokenExpired`, `GrantRevoked`, `NotPermitted`, `NotFound`, `AccountClosed`, `AccountLocked`.
    fn account<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<BankAccount, BankError>>;

    /// The holders; empty when the bank names none.
    ///
    /// # Errors
    /// As [`BankConnector::account`].
    fn owners<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Owner>, BankError>>;

    /// Numbers for ACH; none when the account cannot do ACH at all.
    ///
    /// # Errors
    /// As [`BankConnector::account`].
    fn payment_numbers<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<PaymentNumbers>, BankError>>;

    /// Transactions of the window. `currency` is the account's, for banks that do not repeat it in
    /// every row.
    ///
    /// # Errors
    /// As [`BankConnector::account`].
    fn transactions<'a>(
        &'a self,
        ctx: &'a CallContext,
        registration: &'a ClientRegistration,
        grant: &'a Grant,
        bank_account_id: &'a str,
        currency: &'a str,
        window: TransactionWindow,
    ) -> BoxFuture<'a, Result<TransactionPull, BankError>>;
}
