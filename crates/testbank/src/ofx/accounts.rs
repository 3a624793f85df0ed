//! Accounts as OFX knows them.

use ::ofx::{Account, AccountInfo, AccountList, BankAccountKind, Moment, StatementKind};

use crate::institutions::ROUTING_NUMBER;
use crate::world::{AccountKind, AccountPlan, Customer, Payments, Standing};

/// Every account of a customer that is not closed.
pub fn list(customer: &Customer, plans: &[AccountPlan]) -> AccountList {
    let accounts = plans.iter().filter(|plan| plan.standing != Standing::Closed).map(|plan| describe(customer, plan));
    AccountList { updated: Moment::from_unix_seconds(customer.epoch), accounts: accounts.collect() }
}

fn describe(customer: &Customer, plan: &AccountPlan) -> AccountInfo {
    let usable = plan.standing == Standing::Open && plan.kind.is_deposit();
    AccountInfo {
        transfer_source: Some(usable && plan.payments == Payments::Full),
        transfer_destination: Some(usable && plan.payments != Payments::Nothing),
        ..AccountInfo::active(account(customer, plan), plan.name)
    }
}

/// What identifies an account.
pub fn account(customer: &Customer, plan: &AccountPlan) -> Account {
    let number = customer.account_number(plan);
    let bank = |kind| Account::bank(ROUTING_NUMBER, number.clone(), kind);
    match plan.kind {
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
