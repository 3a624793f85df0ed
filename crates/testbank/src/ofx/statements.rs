//! Statements: balances, and the posted transactions of a time.

use ::ofx::{
    Account, Balance, Decimal, Moment, Period, Statement, StatementKind, Status, StatusCode, Transaction, TransactionKind,
};

use super::accounts;
use crate::institutions::ROUTING_NUMBER;
use crate::world::{AccountKind, AccountPlan, Book, Customer, DAY_SECONDS, Day, EntryKind, Line, Standing};

/// `NAME` is no longer than this many characters.
const NAME_LIMIT: usize = 32;

/// Whose statement, and when.
pub struct Place<'a> {
    /// The customer.
    pub customer: &'a Customer,
    /// Their accounts.
    pub plans: &'static [AccountPlan],
    /// Unix seconds in their world.
    pub now: i64,
}

/// The statement of an account, with transactions if they are asked for; or why there is none.
pub fn statement(
    place: &Place<'_>,
    family: StatementKind,
    account: Option<&Account>,
    period: Option<&Period>,
) -> Result<Statement, Status> {
    let not_found = || Status::error(StatusCode::ACCOUNT_NOT_FOUND, "There is no such account.");
    let asked = account.ok_or_else(not_found)?;
    let here = asked.bank.as_deref().is_none_or(|bank| bank == ROUTING_NUMBER);
    let is_asked = |plan: &&AccountPlan| {
        here && accounts::family(plan.kind) == family && place.customer.account_number(plan) == asked.number
    };
    let plan = place.plans.iter().find(is_asked).ok_or_else(not_found)?;
    match plan.standing {
        Standing::Open => {}
        Standing::Closed => return Err(Status::error(StatusCode::ACCOUNT_CLOSED, "This account is closed.")),
        Standing::Restricted => {
            return Err(Status::error(StatusCode::ACCOUNT_NOT_AUTHORIZED, "This account is blocked. Please call us."));
        }
    }
    let book = place.customer.book(plan, place.plans, place.now);
    let mut statement = Statement::new(family, accounts::account(place.customer, plan), "USD");
    let (ledger, available) = balances(plan.kind, &book, place.now);
    statement.ledger = balance(ledger, place.now);
    statement.available = available.and_then(|cents| balance(cents, place.now));
    if let Some(period) = period {
        let (from, to) = window(period, &book, place.now)?;
        statement.start = Moment::from_unix_seconds(from);
        statement.end = Moment::from_unix_seconds(to);
        let lines = book.lines(Day::of(from), Day::of(to), place.now);
        let within = |line: &Line| line.posted_at.is_some_and(|at| (from..=to).contains(&at));
        statement.transactions = lines.into_iter().filter(within).filter_map(|line| row(plan.kind, line)).collect();
    }
    Ok(statement)
}

/// The seconds that are asked for, both included, within what the bank has. A date without a time is the whole day.
fn window(period: &Period, book: &Book, now: i64) -> Result<(i64, i64), Status> {
    let opening = book.opening().at(0);
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
fn balances(kind: AccountKind, book: &Book, now: i64) -> (i64, Option<i64>) {
    let totals = book.totals(now);
    let with_pending = totals.posted + totals.pending;
    match kind {
        AccountKind::Checking | AccountKind::Savings => (totals.posted, Some(with_pending)),
        AccountKind::CreditCard | AccountKind::LineOfCredit => (-totals.posted, Some(book.credit_limit() - with_pending)),
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
    use super::*;
    use crate::world::catalogue;

    const NOW: i64 = 1_795_000_000;

    fn status(number: &str) -> Option<StatusCode> {
        let customer = customer();
        let place = Place { customer: &customer, plans: catalogue::INVALID_PAYMENT, now: NOW };
        let asked = Account::bank(ROUTING_NUMBER, number, ::ofx::BankAccountKind::Checking);
        statement(&place, StatementKind::Bank, Some(&asked), None).err().map(|status| status.code)
    }

    fn customer() -> Customer {
        Customer { world: "w".to_owned(), slug: "invalid-payment-accounts", username: "jane".to_owned(), epoch: NOW }
    }

    #[test]
    fn closed_and_blocked_accounts_have_no_statement() {
        let number = |key: &str| {
            let plan = catalogue::INVALID_PAYMENT.iter().find(|plan| plan.key == key).expect("a plan");
            customer().account_number(plan)
        };
        assert_eq!(status(&number("no_networks")), None);
        assert_eq!(status(&number("closed")), Some(StatusCode::ACCOUNT_CLOSED));
        assert_eq!(status(&number("restricted")), Some(StatusCode::ACCOUNT_NOT_AUTHORIZED));
        assert_eq!(status("1"), Some(StatusCode::ACCOUNT_NOT_FOUND));
        assert_eq!(accounts::list(&customer(), catalogue::INVALID_PAYMENT).accounts.len(), 5);
    }
}
