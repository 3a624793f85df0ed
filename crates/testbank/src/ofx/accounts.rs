//! Accounts as OFX knows them.

use ::ofx::{Account, AccountInfo, AccountList, BankAccountKind, Moment, StatementKind};

use crate::world::{Account as Held, AccountKind, Payments, Portfolio, Standing};

/// Every account of a customer that is not closed.
pub fn list(portfolio: &Portfolio) -> AccountList {
    let accounts = portfolio.accounts.iter().filter(|held| held.standing != Standing::Closed).map(describe);
    AccountList { updated: Moment::from_unix_seconds(portfolio.customer.epoch), accounts: accounts.collect() }
}

fn describe(held: &Held) -> AccountInfo {
    let usable = held.standing == Standing::Open && held.kind.is_deposit();
    AccountInfo {
        transfer_source: Some(usable && held.payments == Payments::Full),
        transfer_destination: Some(usable && held.payments != Payments::Nothing),
        ..AccountInfo::active(account(held), held.name.as_ref())
    }
}

/// What identifies an account.
pub fn account(held: &Held) -> Account {
    let number = held.number.clone();
    let bank = |kind| Account::bank(held.routing_number.as_ref(), number.clone(), kind);
    match held.kind {
        AccountKind::Checking => bank(BankAccountKind::Checking),
        AccountKind::Savings => bank(BankAccountKind::Savings),
        AccountKind::LineOfCredit => bank(BankAccountKind::CreditLine),
        AccountKind::Mortgage => bank(BankAccountKind::Other("MORTGAGE".to_owned())),
        AccountKind::CreditCard => Account::card(number),
    }
}

/// In which family its statements are.
pub fn family(kind: AccountKind) -> StatementKind {
    match kind {
        AccountKind::CreditCard => StatementKind::Card,
        _ => StatementKind::Bank,
    }
}
