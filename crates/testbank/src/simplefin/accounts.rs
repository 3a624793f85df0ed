//! Accounts and transactions, as SimpleFIN writes them.

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde_json::json;

use super::{Access, Server, answer, failed, forbidden};
use crate::conduct::{Conduct, DataKind, Failure};
use crate::fdx::Cents;
use crate::fields::Fields;
use crate::seal;
use crate::shelf::ShelfError;
use crate::site::Refusal;
use crate::stated::StatedWorld;
use crate::world::{Account as Held, AccountKind, Customer, DAY_SECONDS, Day, Ledger, Line};

/// Days of history if the caller names no start.
const USUAL_DAYS: i64 = 90;

#[derive(Serialize)]
struct AccountSet {
    errors: Vec<&'static str>,
    accounts: Vec<Account>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Organization {
    domain: &'static str,
    name: &'static str,
    sfin_url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Account {
    org: Organization,
    id: String,
    name: String,
    currency: String,
    balance: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_balance: Option<String>,
    balance_date: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    transactions: Option<Vec<Transaction>>,
}

#[derive(Serialize)]
struct Transaction {
    id: String,
    /// 0 while pending.
    posted: i64,
    amount: String,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payee: Option<&'static str>,
    transacted_at: i64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pending: bool,
}

/// What is asked for.
struct Wanted {
    accounts: Vec<String>,
    /// Unix seconds, included.
    start: Option<i64>,
    /// Unix seconds, not included.
    end: Option<i64>,
    pending: bool,
    balances_only: bool,
}

/// `GET /accounts`.
pub async fn list(server: Server, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let access = match identify(&server, &headers).await {
        Ok(Some(access)) => access,
        Ok(None) => return forbidden(),
        Err(error) => return failed(&error),
    };
    if access.username == "payment_required" {
        return answer(StatusCode::PAYMENT_REQUIRED, &json!({"errors": ["Payment required."], "accounts": []}));
    }
    let wanted = match wanted(&Fields::parse(query.unwrap_or_default().as_bytes())) {
        Ok(wanted) => wanted,
        Err(problem) => return answer(StatusCode::BAD_REQUEST, &json!({"errors": [problem], "accounts": []})),
    };
    let stated = match server.enter(&access.world).await {
        Ok(stated) => stated,
        Err(Refusal::Outage(response)) => return response,
        Err(Refusal::Storage(error)) => return failed(&error),
    };
    let conduct = server.conduct(&stated);
    if let Some(response) = refused(&conduct, &wanted).await {
        return response;
    }
    let now = server.bank.clock.now(&access.world).await;
    let stale = access.username == "reauthenticate";
    let as_of = if stale { access.epoch.min(now) } else { now };
    let errors = if stale { vec!["You must reauthenticate with Bank (OAuth)."] } else { Vec::new() };
    let slug = server.institution.ledger.clone();
    let customer = Customer { world: access.world, slug, username: access.username, epoch: access.epoch };
    let Some(portfolio) = server.portfolio(&stated, customer) else { return forbidden() };
    let place = Place { server: &server, stated: &stated, conduct: &conduct, customer: &portfolio.customer, as_of };
    let mut accounts = Vec::new();
    for held in &portfolio.accounts {
        if wanted.accounts.is_empty() || wanted.accounts.contains(&held.id) {
            match describe(&place, held, &wanted).await {
                Ok(account) => accounts.push(account),
                Err(error) => return failed(&error),
            }
        }
    }
    answer(StatusCode::OK, &AccountSet { errors, accounts })
}

/// Whose accounts, and when.
struct Place<'a> {
    server: &'a Server,
    stated: &'a StatedWorld,
    conduct: &'a Conduct,
    customer: &'a Customer,
    as_of: i64,
}

/// What is answered instead, where a test wants the question to fail.
async fn refused(conduct: &Conduct, wanted: &Wanted) -> Option<Response> {
    let kind = if wanted.balances_only { DataKind::Balances } else { DataKind::Transactions };
    Some(match conduct.failure(kind).await? {
        Failure::Revoked => forbidden(),
        Failure::Error => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Failure::Unavailable | Failure::Timeout => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    })
}

/// Whose credentials came, if they are good.
async fn identify(server: &Server, headers: &HeaderMap) -> Result<Option<Access>, ShelfError> {
    let Some((id, password)) = credentials(headers) else {
        return Ok(None);
    };
    if !seal::same(&server.password(&id), &password) || server.is_disabled(&id).await? {
        return Ok(None);
    }
    server.bank.load(&Access::key(&id)).await
}

fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    Some((user.to_owned(), password.to_owned()))
}

fn wanted(fields: &Fields) -> Result<Wanted, String> {
    let date = |name: &str| match fields.get(name) {
        Some(text) => text.parse().map(Some).map_err(|_| format!("{name} must be a time in Unix seconds.")),
        None => Ok(None),
    };
    Ok(Wanted {
        accounts: fields.all("account").map(str::to_owned).collect(),
        start: date("start-date")?,
        end: date("end-date")?,
        pending: fields.get("pending") == Some("1"),
        balances_only: fields.get("balances-only") == Some("1"),
    })
}

async fn describe(place: &Place<'_>, held: &Held, wanted: &Wanted) -> Result<Account, ShelfError> {
    let (server, as_of) = (place.server, place.as_of);
    let ledger = server.ledger(place.stated, place.customer, held, as_of).await?;
    let (balance, available) = balances(held.kind, &ledger, as_of);
    let transactions = (!wanted.balances_only).then(|| transactions(place, held.kind, &ledger, wanted));
    Ok(Account {
        org: Organization { domain: "bank-oauth.example.com", name: "Bank (OAuth)", sfin_url: server.issuer() },
        id: held.id.clone(),
        name: held.name.to_string(),
        currency: held.currency.to_string(),
        balance: Cents(balance).text(),
        available_balance: available.map(|cents| Cents(cents).text()),
        balance_date: as_of,
        transactions,
    })
}

/// What is booked and what can be spent, in cents. What is owed is less than zero.
fn balances(kind: AccountKind, ledger: &Ledger, as_of: i64) -> (i64, Option<i64>) {
    let totals = ledger.totals(as_of);
    let with_pending = totals.posted + totals.pending;
    match kind {
        AccountKind::Checking | AccountKind::Savings => (totals.posted, Some(with_pending)),
        AccountKind::CreditCard | AccountKind::LineOfCredit => (-totals.posted, Some(ledger.credit_limit() - with_pending)),
        AccountKind::Mortgage => (-totals.posted, None),
    }
}

/// The transactions of the time that is asked for, oldest first. The time of a pending one is that of the purchase.
fn transactions(place: &Place<'_>, kind: AccountKind, ledger: &Ledger, wanted: &Wanted) -> Vec<Transaction> {
    let as_of = place.as_of;
    let end = wanted.end.unwrap_or(i64::MAX);
    let start = wanted.start.unwrap_or_else(|| end.min(as_of).saturating_sub(USUAL_DAYS * DAY_SECONDS));
    let mut lines = place.conduct.spoil(ledger.lines(Day::of(start), Day::of(end), as_of), as_of);
    lines.retain(|line| {
        let at = line.posted_at.unwrap_or(line.transacted_at);
        start <= at && at < end && (wanted.pending || line.posted_at.is_some())
    });
    lines.reverse();
    lines.into_iter().map(|line| transaction(kind, line)).collect()
}

fn transaction(kind: AccountKind, line: Line) -> Transaction {
    let amount = if kind.is_deposit() { line.amount } else { -line.amount };
    Transaction {
        id: line.id,
        posted: line.posted_at.unwrap_or(0),
        amount: Cents(amount).text(),
        description: line.description,
        payee: line.payee,
        transacted_at: line.transacted_at,
        pending: line.posted_at.is_none(),
    }
}
