//! OFX Direct Connect: the banks whose people sign on in a program of their own choice, not on the bank's pages.
//!
//! `POST {base_url}/{slug}/ofx` with the content type `application/x-ofx`, in OFX 1.0.2 to 1.6 (SGML) or 2.0 to 2.3
//! (XML); the answer is in the version of the request. Anything that cannot be read as a request is answered with 400.
//!
//! # What every request needs
//!
//! | Element | Value |
//! |---|---|
//! | `FI` | `ORG` is [`ORG`], `FID` is the institution's slug; others are refused with 13504 |
//! | `CLIENTUID` | the client's name for its closed world, 1 to 36 characters (elsewhere: an id of the installation). The same world as the `software_id` of OAuth. 15510 without it |
//! | `USERID`, `USERPASS` | the same `USERID` is always the same person; `USERKEY` is not supported. A request for the profile alone may be anonymous |
//! | `APPID`, `APPVER` | anything |
//!
//! # Signing on
//!
//! At "Test (Non-OAuth)" every name and password are right. At "Bank (Non-OAuth)" they are as well, but some words make
//! the bank ask more. A word counts as the password, and again as any later answer:
//!
//! | Word | What follows |
//! |---|---|
//! | `options` | a list to choose from (3000), then a one-time code |
//! | `mfa` | a one-time code (15512) |
//! | `confirm_mfa` | a code to be confirmed in the bank's app (3000) |
//! | `security_question` | a question (3000) |
//! | `error` | 2000, and the sign-on has ended: begin again. As the user name too |
//! | `incorrect` | 15500 as name or password; 3001 as an answer to a question, 15513 as a one-time code: ask again |
//! | `locked` | 15502, as the user name too |
//!
//! Everything else is right. While the bank asks, the `SONRS` and every other answer have the status that says so, its
//! `MESSAGE` is for the person, and `SESSCOOKIE` holds how far the sign-on has come: **send the newest one back** with
//! the next request, together with the same `USERID` and `USERPASS`. It lasts 15 minutes.
//!
//! **3000**: send `MFACHALLENGERQ` (alone or with others) to get one `MFACHALLENGE`, and then the real request again with
//! an `MFACHALLENGEA` of the same phrase id. The answer to `MFACHALLENGERQ` comes with a sign-on status of 0.
//!
//! | `MFAPHRASEID` | `MFAPHRASELABEL` | `MFAPHRASEA` |
//! |---|---|---|
//! | `MFA_CHOICE` | one line (`\n`) for each choice, numbered from 1: `(1) Text message to ••12`. What to choose is in the `MESSAGE` of the 3000 | the number |
//! | `MFA_CONFIRM` | shows the code: `Confirm 482913 in the app of your bank.` | anything but a word of the script, such as `CONFIRMED` |
//! | `MFA_QUESTION` | the question | the answer |
//!
//! **15512**: send the real request again with `AUTHTOKEN`, the code that the person got. The words to ask with are in the
//! `MESSAGE`; the profile has a short `AUTHTOKENLABEL`.
//!
//! After 3001 and 15513 the same is asked again, so the next request may hold the new answer at once.
//!
//! A sign-on that works answers with an `ACCESSKEY`: whoever sends it with the same `USERID` and `CLIENTUID` is asked
//! nothing more. It does not end.
//!
//! # Data
//!
//! The profile, the list of accounts (`ACCTINFORQ`), and statements with balances and posted transactions
//! (`STMTRQ`, `CCSTMTRQ`). Account numbers are whole; the routing number is
//! [`ROUTING_NUMBER`](crate::institutions::ROUTING_NUMBER). Cards have `CCACCTFROM`; a line of credit is a bank account of
//! the type `CREDITLINE`. OFX before 2.2 has no loans, so a mortgage is a bank account of the type `MORTGAGE`, which is
//! no code of the standard. What is owed is a negative `LEDGERBAL`; the `AVAILBAL` of cards and lines of credit is what
//! may still be spent. Pending transactions are not told. A `FITID` never changes.
//!
//! Statuses of a statement: 0, 2003 for an account that is not there, 2004 for a closed one, 2005 for one that the bank has
//! blocked, 2027 when the end lies before the start. A version of OFX that is not known is refused with 2021. An institution that is down answers with HTTP status 503.

mod accounts;
mod profile;
mod script;
mod sign_on;
mod statements;

use std::sync::Arc;

use ::ofx::{Answer, Ask, AskContent, Content, Document, Format, Moment, Request, SignOn, StatementKind, Status, Syntax};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::{StatusCode, header};

use self::sign_on::{Member, Signed, Signing};
use crate::conduct::{DataKind, Failure};
use crate::institutions::Protocol;
use crate::shelf::ShelfError;
use crate::site::{AnySite, Bank, Refusal};

/// What every institution here calls itself in `FI/ORG`.
pub const ORG: &str = "TESTBANK";

/// The route of the OFX side.
pub fn routes() -> Router<Arc<Bank>> {
    Router::new().route("/{slug}/ofx", post(exchange))
}

async fn exchange(State(bank): State<Arc<Bank>>, Path(slug): Path<String>, body: Bytes) -> Response {
    let site = match AnySite::find(&bank, &slug, Protocol::Ofx).await {
        Ok(Some(site)) => site,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(failed) => return failed,
    };
    if let Some(outage) = site.outage() {
        return outage;
    }
    let request = match ::ofx::read_request(&body) {
        Ok(reading) => reading.value,
        Err(error) => return (StatusCode::BAD_REQUEST, format!("This is no OFX request: {error}\n")).into_response(),
    };
    match respond(&site, &request).await {
        Ok(document) => {
            let headers = [(header::CONTENT_TYPE, "application/x-ofx"), (header::CACHE_CONTROL, "no-store")];
            (headers, ::ofx::write(&document)).into_response()
        }
        Err(Refusal::Outage(response)) => response,
        Err(Refusal::Storage(error)) => {
            tracing::error!(%error, "the bank's storage failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn respond(site: &AnySite, request: &Request) -> Result<Document, Refusal> {
    let mut signing = sign_on::sign_on(site, request).await?;
    if let Ok(Signed::Customer(member)) = &signing.outcome
        && refuses(member, request).await?
    {
        signing.outcome = Err(script::credentials_wrong());
    }
    let mut answers = Vec::with_capacity(request.asks.len());
    for ask in &request.asks {
        answers.extend(answer(site, &signing, ask).await.map_err(Refusal::Storage)?);
    }
    let status = match &signing.outcome {
        Ok(_) => Status::ok(),
        Err(refusal) => refusal.clone(),
    };
    let sign_on = SignOn {
        status: Some(status),
        server_time: Moment::from_unix_seconds(signing.now),
        language: Some("ENG".to_owned()),
        institution: Some(sign_on::institution(site)),
        session_cookie: signing.cookie.clone(),
        access_key: signing.access_key.clone(),
        ..SignOn::default()
    };
    Ok(Document { format: answer_format(request.format), sign_on: Some(sign_on), answers })
}

/// Whether a test wants the customer to be refused because of what is asked; other failures that it wants are errors.
async fn refuses(member: &Member, request: &Request) -> Result<bool, Refusal> {
    for ask in &request.asks {
        let status = match member.conduct.failure(kind(&ask.content)).await {
            None => continue,
            Some(Failure::Revoked) => return Ok(true),
            Some(Failure::Error) => StatusCode::INTERNAL_SERVER_ERROR,
            Some(Failure::Unavailable | Failure::Timeout) => StatusCode::SERVICE_UNAVAILABLE,
        };
        return Err(Refusal::Outage(status.into_response()));
    }
    Ok(false)
}

/// The kind of data that is asked for.
fn kind(asked: &AskContent) -> DataKind {
    match asked {
        AskContent::BankStatement { transactions: Some(_), .. } | AskContent::CardStatement { transactions: Some(_), .. } => {
            DataKind::Transactions
        }
        AskContent::BankStatement { .. } | AskContent::CardStatement { .. } => DataKind::Balances,
        _ => DataKind::Accounts,
    }
}

/// The version that was asked, or the nearest one that is known.
fn answer_format(asked: Format) -> Format {
    match (sign_on::is_known_version(asked), asked.syntax) {
        (true, _) => asked,
        (false, Syntax::Sgml) => Format::V103,
        (false, Syntax::Xml) => Format::V211,
    }
}

/// The answer to one of the requests; none to a kind of request that is not known, for which there are no words.
async fn answer(site: &AnySite, signing: &Signing, ask: &Ask) -> Result<Option<Answer>, ShelfError> {
    let Some(nothing) = nothing(&ask.content) else { return Ok(None) };
    let found = match &signing.outcome {
        Ok(signed) => find(site, signing.now, signed, &ask.content).await?,
        Err(refusal) => Err(refusal.clone()),
    };
    let (status, content) = match found {
        Ok(content) => (Status::ok(), content),
        Err(status) => (status, nothing),
    };
    let answer = Answer::new(ask.transaction_id.clone(), status, content);
    Ok(Some(Answer { client_cookie: ask.client_cookie.clone(), ..answer }))
}

/// An answer of the right kind with nothing in it.
fn nothing(asked: &AskContent) -> Option<Content> {
    match asked {
        AskContent::Challenges { .. } => Some(Content::Challenges(Vec::new())),
        AskContent::Profile { .. } => Some(Content::Profile(None)),
        AskContent::Accounts { .. } => Some(Content::Accounts(None)),
        AskContent::BankStatement { .. } => Some(Content::Statements(StatementKind::Bank, Vec::new())),
        AskContent::CardStatement { .. } => Some(Content::Statements(StatementKind::Card, Vec::new())),
        AskContent::Other(_) => None,
    }
}

/// What was asked for. The profile and the list of accounts are sent whole however new the client's are.
async fn find(site: &AnySite, now: i64, signed: &Signed, asked: &AskContent) -> Result<Result<Content, Status>, ShelfError> {
    let member = match signed {
        Signed::Asking(challenge) => {
            return Ok(match asked {
                AskContent::Challenges { .. } => Ok(Content::Challenges(vec![challenge.clone()])),
                _ => Err(script::challenge_needed()),
            });
        }
        Signed::Anonymous => None,
        Signed::Customer(member) => Some(member.as_ref()),
    };
    Ok(match (asked, member) {
        (AskContent::Profile { .. }, _) => Ok(Content::Profile(Some(Box::new(profile::profile(site))))),
        (AskContent::Challenges { .. }, Some(_)) => Ok(Content::Challenges(Vec::new())),
        (AskContent::Accounts { .. }, Some(member)) => Ok(Content::Accounts(Some(accounts::list(&member.portfolio)))),
        (AskContent::BankStatement { account, transactions }, Some(member)) => {
            let place = statements::Place { site, member, now };
            let found = statements::statement(&place, StatementKind::Bank, account.as_ref(), transactions.as_ref());
            found.await?.map(|statement| Content::Statements(StatementKind::Bank, vec![statement]))
        }
        (AskContent::CardStatement { account, transactions }, Some(member)) => {
            let place = statements::Place { site, member, now };
            let found = statements::statement(&place, StatementKind::Card, account.as_ref(), transactions.as_ref());
            found.await?.map(|statement| Content::Statements(StatementKind::Card, vec![statement]))
        }
        _ => Err(script::credentials_wrong()),
    })
}
