//! Why a debit fails: the one table from what a bank returns, and from what is found before anything is sent, to what callers
//! read.

use kernel::ApiError;

use crate::payments::payment_methods::Blocked;

/// A failure as charges and payment intents tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// `failure_code` of the charge, `code` of the payment intent's last error.
    pub code: &'static str,
    /// For people.
    pub message: &'static str,
    /// The same cause in the vocabulary of declines.
    pub decline_code: Option<&'static str>,
    /// The return code, if a bank sent one.
    pub network_decline_code: Option<String>,
    /// What the bank account is blocked for from now on.
    pub blocked: Option<Blocked>,
}

impl Failure {
    /// What callers are told of it: 402, with the charge that has failed.
    pub(crate) fn error(&self, charge: &str) -> ApiError {
        let mut error = ApiError::declined(self.code, self.message).about("charge", charge);
        if let Some(code) = self.decline_code {
            error = error.about("decline_code", code);
        }
        match &self.network_decline_code {
            Some(code) => error.about("network_decline_code", code.as_str()),
            None => error,
        }
    }
}

/// Return codes, the failure they are, and why they block the account if they do.
const RETURNS: &[(&[&str], &Row)] = &[
    (&["R01", "R09"], &Row { code: "insufficient_funds", decline: Some("insufficient_funds"), blocks: None }),
    (&["R02"], &Row { code: "account_closed", decline: Some("bank_account_closed"), blocks: Some("bank_account_closed") }),
    (
        &["R03", "R04"],
        &Row { code: "no_account", decline: Some("bank_account_invalid_details"), blocks: Some("bank_account_invalid_details") },
    ),
    (
        &["R05", "R07", "R08", "R10", "R11", "R29", "R31"],
        &Row { code: "debit_not_authorized", decline: Some("debit_not_authorized"), blocks: Some("debit_not_authorized") },
    ),
    (&["R15"], &Row { code: "processing_error", decline: Some("recipient_deceased"), blocks: None }),
    (
        &["R16"],
        &Row { code: "bank_account_restricted", decline: Some("bank_account_frozen"), blocks: Some("bank_account_frozen") },
    ),
    (
        &["R20"],
        &Row {
            code: "bank_account_restricted",
            decline: Some("bank_account_restricted"),
            blocks: Some("bank_account_restricted"),
        },
    ),
    (&["R83", "R85"], &Row { code: "payment_method_currency_mismatch", decline: None, blocks: None }),
];

struct Row {
    code: &'static str,
    decline: Option<&'static str>,
    blocks: Option<&'static str>,
}

/// What a return of a debit means. `information` is what the bank wrote beside the code; `tokenized` says that the account
/// number stands for one consent only.
pub(crate) fn failure(code: &str, information: &str, tokenized: bool) -> Failure {
    if code == "R04" && (tokenized || information.to_ascii_uppercase().contains("TOKENIZED")) {
        return Failure {
            code: "bank_account_unusable",
            message: message("bank_account_unusable"),
            decline_code: Some("bank_account_invalid_details"),
            network_decline_code: Some(code.to_owned()),
            blocked: Some(blocked(code, "tokenized_account_number_deactivated")),
        };
    }
    let row = RETURNS.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, row)| *row);
    let name = row.map_or("processing_error", |row| row.code);
    Failure {
        code: name,
        message: message(name),
        decline_code: row.and_then(|row| row.decline),
        network_decline_code: Some(code.to_owned()),
        blocked: row.and_then(|row| row.blocks).map(|reason| blocked(code, reason)),
    }
}

/// What is found before anything is sent.
pub(crate) fn before_sending(code: &'static str, decline_code: Option<&'static str>) -> Failure {
    Failure { code, message: message(code), decline_code, network_decline_code: None, blocked: None }
}

fn blocked(code: &str, reason: &str) -> Blocked {
    Blocked { network_code: Some(code.to_owned()), reason: Some(reason.to_owned()) }
}

/// The sentence that goes with a code.
fn message(code: &str) -> &'static str {
    match code {
        "insufficient_funds" => "The customer's account has insufficient funds to cover this payment.",
        "account_closed" => "The customer's bank account has been closed.",
        "no_account" => "The customer's bank account could not be located.",
        "debit_not_authorized" => "The customer has notified their bank that this payment was unauthorized.",
        "bank_account_restricted" => "The customer's bank account has restrictions that do not allow this payment.",
        "payment_method_currency_mismatch" => "The customer's bank account does not take payments in this currency.",
        "bank_account_unusable" => "This bank account cannot be used for payments. Ask the customer for another one.",
        "charge_exceeds_source_limit" => {
            "This payment would exceed what may be taken from this bank account within a week. Try a smaller amount, or later."
        }
        "payment_intent_payment_attempt_failed" => "The payment was blocked because its risk is too high.",
        "canceled" => "The payment was canceled before it was sent to the bank.",
        _ => "The customer's bank could not process this payment.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nacha::ReturnCode;

    /// Code, failure, decline, what it blocks for.
    #[test]
    fn returns_in_the_words_of_the_api() {
        for (code, failed, decline, blocks) in [
            ("R01", "insufficient_funds", Some("insufficient_funds"), None),
            ("R09", "insufficient_funds", Some("insufficient_funds"), None),
            ("R02", "account_closed", Some("bank_account_closed"), Some("bank_account_closed")),
            ("R03", "no_account", Some("bank_account_invalid_details"), Some("bank_account_invalid_details")),
            ("R04", "no_account", Some("bank_account_invalid_details"), Some("bank_account_invalid_details")),
            ("R05", "debit_not_authorized", Some("debit_not_authorized"), Some("debit_not_authorized")),
            ("R10", "debit_not_authorized", Some("debit_not_authorized"), Some("debit_not_authorized")),
            ("R15", "processing_error", Some("recipient_deceased"), None),
            ("R16", "bank_account_restricted", Some("bank_account_frozen"), Some("bank_account_frozen")),
            ("R20", "bank_account_restricted", Some("bank_account_restricted"), Some("bank_account_restricted")),
            ("R83", "payment_method_currency_mismatch", None, None),
            ("R24", "processing_error", None, None),
            ("R99", "processing_error", None, None),
        ] {
            let found = failure(code, "", false);
            assert_eq!((found.code, found.decline_code), (failed, decline), "{code}");
            assert_eq!(found.network_decline_code.as_deref(), Some(code));
            assert_eq!(found.blocked, blocks.map(|reason| blocked(code, reason)), "{code}");
        }
    }

    #[test]
    fn numbers_of_one_consent_are_told_apart() {
        for (information, tokenized) in [("", true), ("TOKENIZED ACCOUNT NUMBER DEACTIVATED", false)] {
            let found = failure("R04", information, tokenized);
            assert_eq!(found.code, "bank_account_unusable");
            assert_eq!(found.blocked, Some(blocked("R04", "tokenized_account_number_deactivated")));
        }
        assert_eq!(failure("R02", "TOKENIZED", true).code, "account_closed");
    }

    #[test]
    fn every_code_of_the_table_exists() {
        for code in RETURNS.iter().flat_map(|(codes, _)| *codes) {
            assert!(code.parse::<ReturnCode>().is_ok(), "{code}");
        }
    }
}
