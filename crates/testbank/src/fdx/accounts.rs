//! Accounts: descriptors, and details with balances.

use axum::response::Response;
use serde::Serialize;

use super::access::Session;
use super::cents::Cents;
use super::paging::{self, Links, PageInfo};
use super::{FdxError, answer};
use crate::oauth::Cluster;
use crate::world::{AccountKind, AccountPlan, Book, Payments, Standing, instant_text};

/// Years over which a mortgage is paid back, in months.
const MORTGAGE_MONTHS: i64 = 360;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Currency {
    currency_code: &'static str,
}

/// An account; the parts that do not apply or are not covered by the consent are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    account_id: String,
    account_category: &'static str,
    account_type: &'static str,
    account_number_display: String,
    product_name: &'static str,
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
    let chosen = |plan: &&AccountPlan| match &wanted {
        Some(wanted) => wanted.contains(&session.customer.account_id(plan).as_str()),
        None => true,
    };
    let plans: Vec<&'static AccountPlan> = session.accounts().filter(chosen).collect();
    let slice = paging::cut(&session, "/accounts", details, offset, plans)?;
    let accounts = slice.rows.into_iter().map(|plan| describe(&session, plan, details)).collect();
    Ok(answer(&AccountList { page: slice.page, links: slice.links, accounts }))
}

/// `GET /accounts/{id}`: one account with details.
pub async fn show(session: Session) -> Result<Response, FdxError> {
    session.require(&[Cluster::AccountDetailed, Cluster::Balances])?;
    Ok(answer(&describe(&session, session.account()?, true)))
}

fn describe(session: &Session, plan: &'static AccountPlan, full: bool) -> Account {
    let number = session.customer.account_number(plan);
    let (account_category, account_type) = category(plan.kind);
    let book = full.then(|| session.book(plan));
    let balances = book.as_ref().map(|book| balances(plan, book, session.now));
    let detailed = session.has(Cluster::AccountDetailed);
    Account {
        account_id: session.customer.account_id(plan),
        account_category,
        account_type,
        account_number_display: format!("****{}", &number[number.len().saturating_sub(4)..]),
        product_name: plan.name,
        status: match plan.standing {
            Standing::Open => "OPEN",
            Standing::Closed => "CLOSED",
            Standing::Restricted => "RESTRICTED",
        },
        currency: Currency { currency_code: "USD" },
        balance_type: if plan.kind.is_deposit() { "ASSET" } else { "LIABILITY" },
        balances,
        details: book.filter(|_| detailed).map(|book| details(plan, &book)),
    }
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

fn balances(plan: &AccountPlan, book: &Book, now: i64) -> Balances {
    let totals = book.totals(now);
    let with_pending = totals.posted + totals.pending;
    let mut balances = Balances { balance_as_of: instant_text(now), ..Balances::default() };
    match plan.kind {
        AccountKind::Checking | AccountKind::Savings => {
            balances.current_balance = Some(Cents(totals.posted));
            balances.available_balance = Some(Cents(with_pending));
        }
        AccountKind::CreditCard | AccountKind::LineOfCredit => {
            let limit = book.credit_limit();
            balances.current_balance = Some(Cents(totals.posted));
            balances.credit_line = Some(Cents(limit));
            balances.available_credit = Some(Cents(limit - with_pending));
        }
        AccountKind::Mortgage => balances.principal_balance = Some(Cents(totals.posted)),
    }
    balances
}

fn details(plan: &AccountPlan, book: &Book) -> Details {
    let usable = plan.standing == Standing::Open && plan.kind.is_deposit();
    let rate = Some(Cents(book.rate()));
    let mut details = Details {
        account_open_date: book.opening().text(),
        account_close_date: book.closing().map(|day| day.text()),
        transfer_in: usable && plan.payments != Payments::Nothing,
        transfer_out: usable && plan.payments == Payments::Full,
        ..Details::default()
    };
    match plan.kind {
        AccountKind::Checking => {}
        AccountKind::Savings => details.annual_percentage_yield = rate,
        AccountKind::CreditCard | AccountKind::LineOfCredit => details.purchases_apr = rate,
        AccountKind::Mortgage => {
            details.interest_rate = rate;
            details.interest_rate_type = Some("FIXED");
            details.loan_term = Some(MORTGAGE_MONTHS);
            details.next_payment_amount = Some(Cents(book.regular_payment()));
        }
    }
    details
}
