//! How account numbers are shown: their state, never their digits.

use banks::{NumbersStatus, PaymentNumbers};

use super::AccountNumber;

/// A number as an account shows it at `now`, unix seconds on the tenant's clock.
pub(crate) fn shown(numbers: &PaymentNumbers, now: i64) -> AccountNumber {
    let over = numbers.expires_at.is_some_and(|at| at <= now);
    let status = match numbers.status {
        // A bank may be slow to say that the time it named is over.
        NumbersStatus::Pending | NumbersStatus::Transactable if over => NumbersStatus::Expired,
        status => status,
    };
    AccountNumber {
        expected_expiry_date: numbers.expires_at,
        identifier_type: if numbers.tokenized { "tokenized_account_number" } else { "account_number" }.into(),
        status: status.as_str().into(),
        supported_networks: vec!["ach".into()],
    }
}

/// What an account can be used for, if ACH can take money out of it.
pub(crate) fn payment_method_types(payable: bool) -> Vec<String> {
    if payable { vec!["us_bank_account".into()] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use banks::Secret;

    use super::*;

    #[test]
    fn a_number_ends_when_its_time_is_over() {
        let number = |status, expires_at| PaymentNumbers {
            routing: "110000000".into(),
            account: Secret::new("000123456789"),
            tokenized: true,
            status,
            expires_at,
            can_debit: true,
            can_credit: true,
        };
        let cases = [
            (NumbersStatus::Transactable, None, "transactable"),
            (NumbersStatus::Transactable, Some(101), "transactable"),
            (NumbersStatus::Transactable, Some(100), "expired"),
            (NumbersStatus::Pending, Some(100), "expired"),
            (NumbersStatus::Pending, None, "pending"),
            (NumbersStatus::Deactivated, Some(100), "deactivated"),
        ];
        for (status, expires_at, expected) in cases {
            assert_eq!(shown(&number(status, expires_at), 100).status, expected, "{status:?} {expires_at:?}");
        }
    }
}
