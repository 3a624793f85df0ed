//! Statements: balances, and the posted transactions of a time.

use ::ofx::{
    Account, Balance, Decimal, Moment, Period, Statement, StatementKind, Status, StatusCode, Transaction, TransactionKind,
};

use super::accounts;
use super::sign_on::Member;
use crate::shelf::ShelfError;
use crate::site::AnySite;
use crate::world::{Account as Held, AccountKind, DAY_SECONDS, Day, EntryKind, Ledger, Line, Standing};

/// `NAME` is no longer than this many characters.
const NAME_LIMIT: usize = 32;

/// Whose statement, and when.
pub struct Place<'a> {
    /// The institution.
    pub site: &'a AnySite,
    /// The customer.
    pub member: &'a Member,
    /// Unix seconds in their world.
    pub now: i64,
}

/// The statement of an account, with transactions if they are asked for; or why there is none. The outer error is that of
/// the storage.
pub async fn statement(
    place: &Place<'_>,
    family: StatementKind,
    account: Option<&Account>,
    period: Option<&Period>,
) -> Result<Result<Statement, Status>, ShelfError> {
    let held = match asked(place, family, account) {
        Ok(held) => held,
        Err(status) => return Ok(Err(status)),
    };
    let member = place.member;
    let ledger = place.site.ledger(&member.stated, &member.portfolio.customer, held, place.now).await?;
    Ok(write(place, family, held, &ledger, period))
}

/// The account of which a statement is asked, if it has one.
fn asked<'a>(place: &Place<'a>, family: StatementKind, account: Option<&Account>) -> Result<&'a Held, Status> {
    let not_found = || Status::error(StatusCode::ACCOUNT_NOT_FOUND, "There is no such account.");
    let asked = account.ok_or_else(not_found)?;
    let is_asked = |held: &&Held| {
        let here = asked.bank.as_deref().is_none_or(|bank| bank == held.routing_number);
        here && accounts::family(held.kind) == family && held.number == asked.number
    };
    let held = place.member.portfolio.accounts.iter().find(is_asked).ok_or_else(not_found)?;
    match held.standing {
        Standing::Open => Ok(held),
        Standing::Closed => Err(Status::error(StatusCode::ACCOUNT_CLOSED, "This account is closed.")),
        Standing::Restricted => {
            Err(Status::error(StatusCode::ACCOUNT_NOT_AUTHORIZED, "This account is blocked. Please call us."))
        }
    }
}

fn write(
    place: &Place<'_>,
    family: StatementKind,
    held: &Held,
    ledger: &Ledger,
    period: Option<&Period>,
) -> Result<Statement, Status> {
    let mut statement = Statement::new(family, accounts::account(held), held.currency.as_ref());
    let (booked, available) = balances(held.kind, ledger, place.now);
    statement.ledger = balance(booked, place.now);
    statement.available = available.and_then(|cents| balance(cents, place.now));
    if let Some(period) = period {
        let (from, to) = window(period, ledger, place.now)?;
        statement.start = Moment::from_unix_seconds(from);
        statement.end = Moment::from_unix_seconds(to);
        let lines = ledger.lines(Day::of(from), Day::of(to), place.now);
        let lines = place.member.conduct.spoil(lines, place.now);
        let within = |line: &Line| line.posted_at.is_some_and(|at| (from..=to).contains(&at));
        statement.transactions = lines.into_iter().filter(within).filter_map(|line| row(held.kind, line)).collect();
    }
    Ok(statement)
}

/// The seconds that are asked for, both included, within what the bank has. A date without a time is the whole day.
fn window(period: &Period, ledger: &Ledger, now: i64) -> Result<(i64, i64), Status> {
    let opening = ledger.opening().at(0);
    let from = period.start.map_or(opening, |start| start.unix_seconds());
    let to = period.end.map_or(now.max(from), |end| match end.time() {
        Some(_) => end.unix_seconds(),
        None => end.unix_seconds() + DAY_SECONDS - 1,
    });
    if to < from {
        return Err(Status::error(StatusCode::INVALID_DATE_RANGE, "The end lies before the start."));
    }
    let from = from.max(opening);
    Ok((from, to.min(now).max(from)))
}

/// What is booked and what can be spent, in cents. What is owed is less than zero.
fn balances(kind: AccountKind, ledger: &Ledger, now: i64) -> (i64, Option<i64>) {
    let totals = ledger.totals(now);
    let with_pending = totals.posted + totals.pending;
    match kind {
        AccountKind::Checking | AccountKind::Savings => (totals.posted, Some(with_pending)),
        AccountKind::CreditCard | AccountKind::LineOfCredit => (-totals.posted, Some(ledger.credit_limit() - with_pending)),
        AccountKind::Mortgage => (-totals.posted, None),
    }
}

fn balance(cents: i64, now: i64) -> Option<Balance> {
    Some(Balance { amount: amount(cents)?, as_of: Moment::from_unix_seconds(now) })
}

fn amount(cents: i64) -> Option<Decimal> {
    Decimal::new(i128::from(cents), 2)
}

fn row(kind: AccountKind, line: Line) -> Option<Transaction> {
    let posted = Moment::from_unix_seconds(line.posted_at?)?;
    let deposit = kind.is_deposit();
    let amount = amount(if deposit { line.amount } else { -line.amount })?;
    let name: String = line.payee.unwrap_or(&line.description).chars().take(NAME_LIMIT).collect();
    let mut row = Transaction::new(line.id, transaction_kind(line.kind, deposit), posted, amount);
    row.initiated = Moment::from_unix_seconds(line.transacted_at);
    row.memo = (name != line.description).then_some(line.description);
    row.name = Some(name);
    row.industry_code = line.code.map(str::to_owned);
    Some(row)
}

fn transaction_kind(kind: EntryKind, deposit: bool) -> TransactionKind {
    match kind {
        EntryKind::Opening if deposit => TransactionKind::Deposit,
        EntryKind::Opening => TransactionKind::Other,
        EntryKind::Closing => TransactionKind::Debit,
        EntryKind::Payroll => TransactionKind::DirectDeposit,
        EntryKind::Purchase => TransactionKind::PointOfSale,
        EntryKind::Refund => TransactionKind::Credit,
        EntryKind::Cash => TransactionKind::CashMachine,
        EntryKind::Bill => TransactionKind::DirectDebit,
        EntryKind::Check => TransactionKind::Deposit,
        EntryKind::Transfer | EntryKind::Draw => TransactionKind::Transfer,
        EntryKind::Payment => TransactionKind::Payment,
        EntryKind::Fee => TransactionKind::Fee,
        EntryKind::Interest => TransactionKind::Interest,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::conduct::Conduct;
    use crate::institutions::ROUTING_NUMBER;
    use crate::stated::StatedWorld;
    use crate::world::{Customer, Portfolio, catalogue};

    const NOW: i64 = 1_795_000_000;

    fn portfolio() -> Portfolio {
        let slug = "invalid-payment-accounts".into();
        let customer = Customer { world: "w".to_owned(), slug, username: "jane".to_owned(), epoch: NOW };
        Portfolio::made(customer, catalogue::INVALID_PAYMENT)
    }

    fn status(site: &AnySite, number: &str) -> Option<StatusCode> {
        let member = Member { portfolio: portfolio(), stated: Arc::new(StatedWorld::default()), conduct: Conduct::default() };
        let place = Place { site, member: &member, now: NOW };
        let account = Account::bank(ROUTING_NUMBER, number, ::ofx::BankAccountKind::Checking);
        asked(&place, StatementKind::Bank, Some(&account)).err().map(|status| status.code)
    }

    #[tokio::test]
    async fn closed_and_blocked_accounts_have_no_statement() {
        let site = AnySite::for_tests("invalid-payment-accounts").await;
        let number = |name: &str| {
            let portfolio = portfolio();
            portfolio.accounts.iter().find(|held| held.name.starts_with(name)).expect("an account").number.clone()
        };
        assert_eq!(status(&site, &number("No Payment Networks")), None);
        assert_eq!(status(&site, &number("Closed")), Some(StatusCode::ACCOUNT_CLOSED));
        assert_eq!(status(&site, &number("Restricted")), Some(StatusCode::ACCOUNT_NOT_AUTHORIZED));
        assert_eq!(status(&site, "1"), Some(StatusCode::ACCOUNT_NOT_FOUND));
        assert_eq!(accounts::list(&portfolio()).accounts.len(), 5);
    }
}
