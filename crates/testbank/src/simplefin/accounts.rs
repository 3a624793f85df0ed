//! Accounts and transactions, as SimpleFIN writes them.

use axum::extract::RawQuery;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde_json::json;

use super::{Access, Server, answer, failed, forbidden};
use crate::fdx::Cents;
use crate::fields::Fields;
use crate::seal;
use crate::shelf::ShelfError;
use crate::world::{AccountKind, AccountPlan, Book, Customer, DAY_SECONDS, Day, Line};

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
    name: &'static str,
    currency: &'static str,
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
    let now = server.bank.clock.now(&access.world).await;
    let stale = access.username == "reauthenticate";
    let as_of = if stale { access.epoch.min(now) } else { now };
    let errors = if stale { vec!["You must reauthenticate with Bank (OAuth)."] } else { Vec::new() };
    let slug = server.institution.ledger;
    let customer = Customer { world: access.world, slug, username: access.username, epoch: access.epoch };
    let plans = server.institution.accounts.iter();
    let plans = plans.filter(|plan| wanted.accounts.is_empty() || wanted.accounts.contains(&customer.account_id(plan)));
    let accounts = plans.map(|plan| describe(&server, &customer, plan, &wanted, as_of)).collect();
    answer(StatusCode::OK, &AccountSet { errors, accounts })
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

fn describe(server: &Server, customer: &Customer, plan: &'static AccountPlan, wanted: &Wanted, as_of: i64) -> Account {
    let book = customer.book(plan, server.institution.accounts, as_of);
    let (balance, available) = balances(plan.kind, &book, as_of);
    let transactions = (!wanted.balances_only).then(|| transactions(plan.kind, &book, wanted, as_of));
    Account {
        org: Organization { domain: "bank-oauth.example.com", name: "Bank (OAuth)", sfin_url: server.issuer() },
        id: customer.account_id(plan),
        name: plan.name,
        currency: "USD",
        balance: Cents(balance).text(),
        available_balance: available.map(|cents| Cents(cents).text()),
        balance_date: as_of,
        transactions,
    }
}

/// What is booked and what can be spent, in cents. What is owed is less than zero.
fn balances(kind: AccountKind, book: &Book, as_of: i64) -> (i64, Option<i64>) {
    let totals = book.totals(as_of);
    let with_pending = totals.posted + totals.pending;
    match kind {
        AccountKind::Checking | AccountKind::Savings => (totals.posted, Some(with_pending)),
        AccountKind::CreditCard | AccountKind::LineOfCredit => (-totals.posted, Some(book.credit_limit() - with_pending)),
        AccountKind::Mortgage => (-totals.posted, None),
    }
}

/// The transactions of the time that is asked for, oldest first. The time of a pending one is that of the purchase.
fn transactions(kind: AccountKind, book: &Book, wanted: &Wanted, as_of: i64) -> Vec<Transaction> {
    let end = wanted.end.unwrap_or(i64::MAX);
    let start = wanted.start.unwrap_or_else(|| end.min(as_of).saturating_sub(USUAL_DAYS * DAY_SECONDS));
    let mut lines = book.lines(Day::of(start), Day::of(end), as_of);
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
