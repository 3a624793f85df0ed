use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use crate::payments::payment_methods::BillingDetails;
use crate::payments::shipping::Shipping;

/// A charge, as stored and shown: one attempt to take money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// `py_…`
    pub id: String,
    /// `charge`
    pub object: String,
    /// Minor units of `currency`.
    pub amount: i64,
    /// Minor units; all of `amount`, for a debit is never taken in parts.
    pub amount_captured: i64,
    /// Minor units; what was given back, what is on its way included.
    pub amount_refunded: i64,
    pub application: Option<String>,
    pub application_fee: Option<String>,
    pub application_fee_amount: Option<i64>,
    /// `txn_…`, once it was handed to the network.
    pub balance_transaction: Option<String>,
    pub billing_details: BillingDetails,
    /// Of cards only.
    pub calculated_statement_descriptor: Option<String>,
    pub captured: bool,
    /// Unix seconds.
    pub created: i64,
    /// `usd`
    pub currency: String,
    pub customer: Option<String>,
    pub description: Option<String>,
    pub disputed: bool,
    /// `txn_…` of what was taken back.
    pub failure_balance_transaction: Option<String>,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    pub fraud_details: FraudDetails,
    pub livemode: bool,
    pub metadata: Metadata,
    pub on_behalf_of: Option<String>,
    pub outcome: Option<Outcome>,
    pub paid: bool,
    pub payment_intent: Option<String>,
    pub payment_method: Option<String>,
    pub payment_method_details: Option<PaymentMethodDetails>,
    pub receipt_email: Option<String>,
    pub receipt_number: Option<String>,
    pub receipt_url: Option<String>,
    pub refunded: bool,
    pub review: Option<String>,
    pub shipping: Option<Shipping>,
    /// The bank account of a customer that the charge was made from directly, in full.
    pub source: Option<serde_json::Value>,
    pub source_transfer: Option<String>,
    pub statement_descriptor: Option<String>,
    pub statement_descriptor_suffix: Option<String>,
    pub status: Status,
    pub transfer_data: Option<()>,
    pub transfer_group: Option<String>,
}

/// How far a charge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Pending,
    Succeeded,
    Failed,
}

impl Status {
    /// The word that callers read.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Succeeded => "succeeded",
            Status::Failed => "failed",
        }
    }
}

/// What people think of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FraudDetails {
    /// `fraudulent` or `safe`, as the application says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_report: Option<String>,
}

/// What was thought of it, and what the network did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub advice_code: Option<String>,
    pub network_advice_code: Option<String>,
    /// The return code, such as `R01`.
    pub network_decline_code: Option<String>,
    pub network_status: Option<String>,
    pub reason: Option<String>,
    pub risk_level: String,
    /// 0 to 100.
    pub risk_score: i64,
    pub seller_message: Option<String>,
    pub r#type: String,
}

/// What it was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMethodDetails {
    /// `us_bank_account`
    pub r#type: String,
    pub us_bank_account: BankAccountDetails,
}

/// The bank account as it was then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccountDetails {
    pub account_holder_type: Option<String>,
    pub account_type: Option<String>,
    pub bank_name: Option<String>,
    /// `YYYY-MM-DD`, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_debit_date: Option<String>,
    pub fingerprint: Option<String>,
    pub last4: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<String>,
    /// The trace number, fifteen digits, once it has succeeded.
    pub payment_reference: Option<String>,
    pub routing_number: Option<String>,
}

impl Charge {
    /// The bank account it was taken from; every charge has one.
    #[must_use]
    pub fn bank_account(&self) -> Option<&BankAccountDetails> {
        self.payment_method_details.as_ref().map(|details| &details.us_bank_account)
    }

    /// Makes it one that has failed.
    pub(super) fn fail(&mut self, why: &Failure) {
        self.status = Status::Failed;
        self.paid = false;
        self.failure_code = Some(why.code.to_owned());
        self.failure_message = Some(why.message.to_owned());
        if let Some(outcome) = &mut self.outcome {
            outcome.network_decline_code = why.network_decline_code.clone();
        }
    }

    /// The same, to change it.
    pub(crate) fn bank_account_mut(&mut self) -> Option<&mut BankAccountDetails> {
        self.payment_method_details.as_mut().map(|details| &mut details.us_bank_account)
    }
}

impl Resource for Charge {
    const KIND: &'static str = "charge";
    const NOUN: &'static str = "charge";

    fn id(&self) -> &str {
        &self.id
    }

    /// The customer, the payment intent, the bank account, and the group of transfers.
    fn columns(&self) -> Columns {
        let fingerprint = self.bank_account().and_then(|account| account.fingerprint.clone());
        [self.customer.clone(), self.payment_intent.clone(), fingerprint, self.transfer_group.clone()]
    }
}
