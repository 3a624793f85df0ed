//! What a payment method is made of: numbers that were sent, or a linked account.

use banks::Secret;
use form::FormError;
use kernel::{ApiError, ApiResult, Cx};

use super::object::{Networks, UsBankAccount};
use super::params::{AccountType, HolderType, UsBankAccountParams};
use crate::App;
use crate::connections::accounts::Account;
use crate::numbers::Numbers;
use crate::payments::sources::BankAccount;

/// A bank account that a payment method can be made of.
pub(super) struct Source {
    pub shown: UsBankAccount,
    pub numbers: Numbers,
    /// Its holder linked it.
    pub verified: bool,
}

/// The bank account that a name stands for, if it stands for one here.
pub(super) fn of_sample(cx: &Cx<'_>, app: &App, name: &str) -> Option<Source> {
    let sample = app.surroundings.of(cx.tenant.livemode()).sample(name)?;
    let numbers = Numbers { routing: sample.routing, account: Secret::new(sample.account), tokenized: false };
    let shown = shown(cx, app, &numbers, HolderType::Individual, AccountType::Checking.as_str());
    Some(Source { shown, numbers, verified: sample.verified })
}

/// Reads what was sent. `param` is where it stands.
pub(super) async fn read(cx: &mut Cx<'_>, app: &App, sent: UsBankAccountParams, param: &str) -> ApiResult<Source> {
    let own = |name: &str| format!("{param}[{name}]");
    match (&sent.financial_connections_account, &sent.account_number, &sent.routing_number) {
        (Some(_), None, None) => linked(cx, app, sent, &own("financial_connections_account")).await,
        (Some(_), _, _) => {
            let message = format!(
                "You may only specify one of these parameters: {}, {}.",
                own("financial_connections_account"),
                own("account_number")
            );
            Err(FormError::exclusive(own("financial_connections_account"), message).into())
        }
        (None, None, _) => Err(FormError::missing(own("account_number")).into()),
        (None, Some(_), None) => Err(FormError::missing(own("routing_number")).into()),
        (None, Some(account), Some(routing)) => {
            let numbers = Numbers::checked(routing, account, &own("routing_number"), &own("account_number"))?;
            let holder = sent.account_holder_type.ok_or_else(|| FormError::missing(own("account_holder_type")))?;
            let shown = shown(cx, app, &numbers, holder, sent.account_type.unwrap_or(AccountType::Checking).as_str());
            Ok(Source { shown, numbers, verified: false })
        }
    }
}

async fn linked(cx: &mut Cx<'_>, app: &App, sent: UsBankAccountParams, param: &str) -> ApiResult<Source> {
    let id = sent.financial_connections_account.unwrap_or_default();
    let account = cx.get_named::<Account>(&id, param).await?.value;
    let numbers = usable_numbers(cx, &account, param).await?;
    let account_type = sent.account_type.map_or(account.subcategory.as_str(), |own| own.as_str());
    let mut shown = shown(cx, app, &numbers, sent.account_holder_type.unwrap_or(HolderType::Individual), account_type);
    shown.bank_name = Some(account.institution_name);
    shown.financial_connections_account = Some(id);
    Ok(Source { shown, numbers, verified: true })
}

/// The numbers of a linked account that may be debited now.
async fn usable_numbers(cx: &mut Cx<'_>, account: &Account, param: &str) -> ApiResult<Numbers> {
    if !account.permits("payment_method") {
        let message = "This account was linked without the permission 'payment_method', so it cannot be paid from.";
        return Err(ApiError::invalid_param(param, message));
    }
    if !account.is_active() {
        let message = "This account is inactive or disconnected. Its holder can link it again.";
        return Err(ApiError::coded("financial_connections_account_inactive", message).with_param(param));
    }
    if !account.supported_payment_method_types.iter().any(|name| name == "us_bank_account") {
        return Err(ApiError::invalid_param(param, "This account does not support payments by us_bank_account."));
    }
    let statuses: Vec<&str> = account.account_numbers.iter().flatten().map(|number| number.status.as_str()).collect();
    if !statuses.contains(&"transactable") {
        let (code, message) = if statuses.contains(&"pending") {
            ("financial_connections_account_pending_account_numbers", "The account's numbers are not ready yet. Try again later.")
        } else {
            (
                "financial_connections_account_unavailable_account_numbers",
                "The account's numbers cannot be used. Ask for another account, or link it again.",
            )
        };
        return Err(ApiError::coded(code, message).with_param(param));
    }
    Numbers::of(cx, &account.id).await?.ok_or_else(|| {
        let message = "The account's numbers cannot be had from its bank.";
        ApiError::coded("financial_connections_account_unavailable_account_numbers", message).with_param(param)
    })
}

/// A customer's bank account as a payment method shows it.
pub(super) fn of_bank_account(account: &BankAccount) -> UsBankAccount {
    UsBankAccount {
        account_holder_type: account.account_holder_type.clone(),
        account_type: account.account_type.clone(),
        bank_name: account.bank_name.clone(),
        financial_connections_account: None,
        fingerprint: account.fingerprint.clone(),
        last4: Some(account.last4.clone()),
        networks: Some(ach_only()),
        routing_number: account.routing_number.clone(),
        status_details: None,
    }
}

fn ach_only() -> Networks {
    Networks { preferred: None, supported: vec!["ach".into()] }
}

fn shown(cx: &Cx<'_>, app: &App, numbers: &Numbers, holder: HolderType, account_type: &str) -> UsBankAccount {
    UsBankAccount {
        account_holder_type: Some(holder.as_str().to_owned()),
        account_type: Some(account_type.to_owned()),
        bank_name: app.surroundings.of(cx.tenant.livemode()).bank_name(&numbers.routing),
        financial_connections_account: None,
        fingerprint: Some(numbers.fingerprint(cx)),
        last4: Some(numbers.last4()),
        networks: Some(ach_only()),
        routing_number: Some(numbers.routing.clone()),
        status_details: None,
    }
}
