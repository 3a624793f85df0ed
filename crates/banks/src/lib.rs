//! Connections to banks: one [`BankConnector`] interface, one module per protocol.
//!
//! Nothing here touches the database or keeps a credential: registrations, grants and login secrets
//! are values that the caller seals and stores. Everything a bank says is untrusted: texts are
//! cleaned and capped, amounts are parsed exactly, paging is bounded, and rows that make no sense
//! are left out rather than believed.

mod account;
mod breaker;
mod clean;
mod connector;
mod error;
pub mod fdx;
pub mod file;
mod guard;
mod json;
mod numbers;
pub mod ofx;
mod rows;
mod secret;
mod sign_in;
pub mod simplefin;
mod transaction;
mod transport;

pub use crate::ofx::{Ofx, OfxConfig};
pub use account::{Balance, BankAccount, Category, NumbersStatus, Owner, PaymentNumbers, Subcategory};
pub use breaker::{Breaker, BreakerSettings};
pub use connector::{
    BankConnector, BoxFuture, CallContext, Callback, ClientRegistration, Consent, DataKind, Entropy, FormSignIn, Grant, Health,
    LoginRequest, LoginSecret, LoginStart, RedirectSignIn, SignIn,
};
pub use error::BankError;
pub use fdx::{Fdx, FdxConfig};
pub use file::StatementFile;
pub use guard::{Guard, RetryPolicy};
pub use secret::Secret;
pub use sign_in::{
    ANSWER_BYTES_MAX, AnswerRefused, Answers, FieldInput, FormKind, SignInField, SignInForm, SignInState, SignInStep,
};
pub use simplefin::{SimpleFin, SimpleFinConfig};
pub use transaction::{BankTransaction, TransactionPull, TransactionStatus, TransactionWindow};
