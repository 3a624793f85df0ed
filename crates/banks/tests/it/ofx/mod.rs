//! The OFX connector against a bank whose answers each test chooses, in 1.x and 2.x.

mod data;
mod failures;
mod sign_in;

use std::sync::{Arc, Mutex};

use ::ofx::{
    Account, AccountInfo, AccountList, Answer, AskContent, BankAccountKind, Content, Document, Request, Secret, Severity, SignOn,
    Status, StatusCode as Code,
};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use banks::{
    Answers, BreakerSettings, CallContext, FormSignIn, Grant, Guard, Ofx, OfxConfig, RetryPolicy, SignInState, SignInStep,
};

use crate::bank::{context, serve};

/// Versions of both syntaxes.
pub(crate) const VERSIONS: [u16; 4] = [103, 160, 203, 220];

pub(crate) struct OfxBank {
    pub(crate) ofx: Ofx,
    pub(crate) ctx: CallContext,
    /// What was asked, in order.
    pub(crate) seen: Arc<Mutex<Vec<Request>>>,
}

impl OfxBank {
    /// A bank that answers a request by its number, counted from 1.
    pub(crate) async fn open(
        version: u16,
        answer: impl Fn(&Request, usize) -> Response + Clone + Send + Sync + 'static,
    ) -> OfxBank {
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let log = Arc::clone(&seen);
        let handler = move |headers: HeaderMap, body: Bytes| async move {
            assert_eq!(headers["content-type"], "application/x-ofx");
            let request = ofx::read_request(&body).unwrap().value;
            let number = {
                let mut log = log.lock().unwrap();
                log.push(request.clone());
                log.len()
            };
            answer(&request, number)
        };
        let base = serve(|_| Router::new().route("/ofx", post(handler))).await;
        let config = OfxConfig {
            version,
            org: Some("B1".to_owned()),
            fid: Some("42".to_owned()),
            timeout_ms: 20_000,
            ..OfxConfig::new(format!("{base}/ofx"))
        };
        let retry = RetryPolicy { base_ms: 1, ..RetryPolicy::default() };
        let http = egress::Client::new(egress::Limits::default()).unwrap();
        let ofx = Ofx::with_guard(config, http, Guard::new(retry, BreakerSettings::default()));
        OfxBank { ofx, ctx: context(), seen }
    }

    pub(crate) async fn answer(
        &self,
        state: Option<&SignInState>,
        pairs: &[(&str, &str)],
    ) -> Result<SignInStep, banks::BankError> {
        let answers = Answers::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.ofx.answer(&self.ctx, "world_1", state, answers).await
    }

    /// Signs in with a bank that asks nothing.
    pub(crate) async fn grant(&self) -> Grant {
        match self.answer(None, &[("username", "ada"), ("password", "secret")]).await.unwrap() {
            SignInStep::Done(grant) => grant,
            SignInStep::Ask { form, .. } => panic!("the bank asks {form:?}"),
        }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

pub(crate) fn signed_on() -> SignOn {
    SignOn { status: Some(Status::ok()), ..SignOn::default() }
}

/// A sign-on that needs something, with a session cookie.
pub(crate) fn refused(code: u32, message: &str, cookie: &str) -> SignOn {
    let status = Status { code: Code(code), severity: Severity::Error, message: Some(message.to_owned()) };
    SignOn { status: Some(status), session_cookie: Some(Secret::new(cookie)), ..SignOn::default() }
}

/// Writes an answer in the version of the request.
pub(crate) fn respond(request: &Request, sign_on: SignOn, answers: Vec<Answer>) -> Response {
    let document = Document { format: request.format, sign_on: Some(sign_on), answers };
    ([("content-type", "application/x-ofx")], ofx::write(&document)).into_response()
}

/// An answer that carries nothing but the status of its sign-on.
pub(crate) fn respond_refused(request: &Request, sign_on: SignOn) -> Response {
    let status = sign_on.status.clone().unwrap();
    let answers = request.asks.iter().map(|ask| {
        let content = match ask.content {
            AskContent::Challenges { .. } => Content::Challenges(Vec::new()),
            _ => Content::Accounts(None),
        };
        Answer::new(ask.transaction_id.clone(), status.clone(), content)
    });
    respond(request, sign_on, answers.collect())
}

pub(crate) fn unavailable() -> Response {
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

pub(crate) const CHECKING: &str = "000123456789";
pub(crate) const SAVINGS: &str = "000987654321";
pub(crate) const CARD: &str = "4242424242424242";

pub(crate) fn checking() -> Account {
    Account::bank("110000000", CHECKING, BankAccountKind::Checking)
}

pub(crate) fn savings() -> Account {
    Account::bank("110000000", SAVINGS, BankAccountKind::Savings)
}

/// Two accounts and a card. Money may leave the checking account only.
pub(crate) fn account_list() -> AccountList {
    let mut everyday = AccountInfo::active(checking(), "Everyday");
    everyday.transfer_source = Some(true);
    everyday.transfer_destination = Some(true);
    let mut saved = AccountInfo::active(savings(), "Saved");
    saved.transfer_destination = Some(true);
    let accounts = vec![everyday, saved, AccountInfo::active(Account::card(CARD), "Card")];
    AccountList { updated: None, accounts }
}

/// The answer to a request for the list of accounts.
pub(crate) fn listed(request: &Request) -> Vec<Answer> {
    let lists = request.asks.iter().filter(|ask| matches!(ask.content, AskContent::Accounts { .. }));
    lists.map(|ask| Answer::ok(ask.transaction_id.clone(), Content::Accounts(Some(account_list())))).collect()
}
