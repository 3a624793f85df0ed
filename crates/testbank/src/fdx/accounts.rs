//! Accounts: descriptors, and details with balances.

use axum::response::Response;
use serde::Serialize;

use super::FdxError;
use super::access::Session;
use super::cents::Cents;
use super::paging::{self, Links, PageInfo};
use crate::conduct::DataKind;
use crate::oauth::Cluster;
use crate::world::{Account as Held, AccountKind, Ledger, Payments, Standing, instant_text};

/// Years over which a mortgage is paid back, in months.
const MORTGAGE_MONTHS: i64 = 360;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Currency {
    currency_code: String,
}

/// An account; the parts that do not apply or are not covered by the consent are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    account_id: String,
    account_category: &'static str,
    account_type: &'static str,
    account_number_display: String,
    product_name: String,
    status: &'static str,
    currency: Currency,
    balance_type: &'static str,
    #[serde(flatten)]
    balances: Option<Balances>,
    #[serde(flatten)]
    details: Option<Details>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Balances {
    balance_as_of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_balance: Option<Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_balance: Option<Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_balance: Option<Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_line: Option<Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_credit: Option<Cents>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    account_open_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_close_date: Option<String>,
    transfer_in: bool,
    transfer_out: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    annual_percentage_yield: Option<Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purchases_apr: Option<Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interest_rate: Option<Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interest_rate_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loan_term: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_payment_amount: Option<Cents>,
}

#[derive(Serialize)]
struct AccountList {
    page: PageInfo,
    links: Links,
    accounts: Vec<Account>,
}

/// `GET /accounts`: the accounts of the consent, as descriptors or with `resultType=details`.
pub async fn list(session: Session) -> Result<Response, FdxError> {
    session.require(&[Cluster::AccountBasic, Cluster::AccountDetailed])?;
    session.admit(DataKind::Accounts).await?;
    let details = match session.query("resultType") {
        None | Some("lightweight") => false,
        Some("details") => {
            session.require(&[Cluster::AccountDetailed, Cluster::Balances])?;
            true
        }
        Some(_) => return Err(FdxError::input("resultType must be lightweight or details")),
    };
    let key = paging::resume::<bool>(&session, "/accounts")?;
    let (details, offset) = key.map_or((details, 0), |key| (key.list, key.offset));
    let wanted: Option<Vec<&str>> = session.query("accountIds").map(|ids| ids.split(',').collect());
    let chosen = |account: &&Held| wanted.as_ref().is_none_or(|wanted| wanted.contains(&account.id.as_str()));
    let held: Vec<&Held> = session.accounts().filter(chosen).collect();
    let slice = paging::cut(&session, "/accounts", details, offset, held)?;
    let mut accounts = Vec::with_capacity(slice.rows.len());
    for account in slice.rows {
        accounts.push(describe(&session, account, details).await?);
    }
    Ok(session.answer(&AccountList { page: slice.page, links: slice.links, accounts }))
}

/// `GET /accounts/{id}`: one account with details.
pub async fn show(session: Session) -> Result<Response, FdxError> {
    session.require(&[Cluster::AccountDetailed, Cluster::Balances])?;
    session.admit(DataKind::Balances).await?;
    Ok(session.answer(&describe(&session, session.account()?, true).await?))
}

async fn describe(session: &Session, held: &Held, full: bool) -> Result<Account, FdxError> {
    let number = &held.number;
    let (account_category, account_type) = category(held.kind);
    let ledger = if full { Some(session.ledger(held).await?) } else { None };
    let balances = ledger.as_ref().map(|ledger| balances(held, ledger, session.now));
    let detailed = session.has(Cluster::AccountDetailed);
    Ok(Account {
        account_id: held.id.clone(),
        account_category,
        account_type,
        account_number_display: format!("****{}", &number[number.len().saturating_sub(4)..]),
        product_name: held.name.to_string(),
        status: match held.standing {
            Standing::Open => "OPEN",
            Standing::Closed => "CLOSED",
            Standing::Restricted => "RESTRICTED",
        },
        currency: Currency { currency_code: held.currency.to_string() },
        balance_type: if held.kind.is_deposit() { "ASSET" } else { "LIABILITY" },
        balances,
        details: ledger.filter(|_| detailed).map(|ledger| details(held, &ledger)),
    })
}

/// The FDX category and type.
pub fn category(kind: AccountKind) -> (&'static str, &'static str) {
    match kind {
        AccountKind::Checking => ("DEPOSIT_ACCOUNT", "CHECKING"),
        AccountKind::Savings => ("DEPOSIT_ACCOUNT", "SAVINGS"),
        AccountKind::CreditCard => ("LOC_ACCOUNT", "CREDITCARD"),
        AccountKind::LineOfCredit => ("LOC_ACCOUNT", "LINEOFCREDIT"),
        AccountKind::Mortgage => ("LOAN_ACCOUNT", "MORTGAGE"),
    }
}

fn balances(held: &Held, ledger: &Ledger, now: i64) -> Balances {
    let totals = ledger.totals(now);
    let with_pending = totals.posted + totals.pending;
    let mut balances = Balances { balance_as_of: instant_text(now), ..Balances::default() };
    match held.kind {
        AccountKind::Checking | AccountKind::Savings => {
            balances.current_balance = Some(Cents(totals.posted));
            balances.available_balance = Some(Cents(with_pending));
        }
        AccountKind::CreditCard | AccountKind::LineOfCredit => {
            let limit = ledger.credit_limit();
            balances.current_balance = Some(Cents(totals.posted));
            balances.credit_line = Some(Cents(limit));
            balances.available_credit = Some(Cents(limit - with_pending));
        }
        AccountKind::Mortgage => balances.principal_balance = Some(Cents(totals.posted)),
    }
    balances
}

fn details(held: &Held, ledger: &Ledger) -> Details {
    let usable = held.standing == Standing::Open && held.kind.is_deposit();
    // Stated accounts bear no interest, and say nothing of it.
    let rate = Some(ledger.rate()).filter(|rate| *rate > 0).map(Cents);
    let mut details = Details {
        account_open_date: ledger.opening().text(),
        account_close_date: ledger.closing().map(|day| day.text()),
        transfer_in: usable && held.payments != Payments::Nothing,
        transfer_out: usable && held.payments == Payments::Full,
        ..Details::default()
    };
    match held.kind {
        AccountKind::Checking => {}
        AccountKind::Savings => details.annual_percentage_yield = rate,
        AccountKind::CreditCard | AccountKind::LineOfCredit => details.purchases_apr = rate,
        // What is stated of a loan is what is owed, and no plan to pay it back.
        AccountKind::Mortgage if rate.is_none() => {}
        AccountKind::Mortgage => {
            details.interest_rate = rate;
            details.interest_rate_type = Some("FIXED");
            details.loan_term = Some(MORTGAGE_MONTHS);
            details.next_payment_amount = Some(Cents(ledger.regular_payment()));
        }
    }
    details
}
