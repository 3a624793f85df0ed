use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// A refund, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// `pyr_…`
    pub id: String,
    /// `refund`
    pub object: String,
    /// Minor units of `currency`.
    pub amount: i64,
    /// `txn_…`, once the money was taken from the balance.
    pub balance_transaction: Option<String>,
    pub charge: Option<String>,
    /// Unix seconds.
    pub created: i64,
    /// `usd`
    pub currency: String,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub destination_details: DestinationDetails,
    /// `txn_…` of what came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_balance_transaction: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions_email: Option<String>,
    pub metadata: Metadata,
    pub payment_intent: Option<String>,
    pub payment_method: Option<String>,
    /// Why it is pending: `charge_pending` or `processing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_reason: Option<String>,
    /// `duplicate`, `fraudulent` or `requested_by_customer`.
    pub reason: Option<String>,
    pub receipt_number: Option<String>,
    pub source_transfer_reversal: Option<String>,
    /// `pending`, `requires_action`, `succeeded`, `failed` or `canceled`.
    pub status: String,
    pub transfer_reversal: Option<String>,
}

/// Where the money goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationDetails {
    /// `us_bank_transfer`
    pub r#type: String,
    pub us_bank_transfer: UsBankTransfer,
}

/// By what the payer's bank finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsBankTransfer {
    /// The trace number, fifteen digits.
    pub reference: Option<String>,
    /// `pending`, `available` or `unavailable`.
    pub reference_status: Option<String>,
}

impl DestinationDetails {
    /// A bank account, by a credit that is in no file yet.
    pub(super) fn not_sent() -> DestinationDetails {
        let transfer = UsBankTransfer { reference: None, reference_status: Some("pending".into()) };
        DestinationDetails { r#type: "us_bank_transfer".into(), us_bank_transfer: transfer }
    }
}

impl Refund {
    /// It waits until its payment has arrived.
    pub(super) fn waits_for_charge(&self) -> bool {
        self.status == "pending" && self.pending_reason.as_deref() == Some("charge_pending")
    }
}

/// What a refund waits for that the balance does not cover.
pub(super) const INSUFFICIENT_FUNDS: &str = "insufficient_funds";

impl Refund {
    /// It waits until there is money for it.
    pub(super) fn waits_for_funds(&self) -> bool {
        self.status == "pending" && self.pending_reason.as_deref() == Some(INSUFFICIENT_FUNDS)
    }
}

impl Resource for Refund {
    const KIND: &'static str = "refund";
    const NOUN: &'static str = "refund";

    fn id(&self) -> &str {
        &self.id
    }

    /// The charge, the payment intent, and what it waits for if that is money.
    fn columns(&self) -> Columns {
        let waits = self.waits_for_funds().then(|| INSUFFICIENT_FUNDS.to_owned());
        [self.charge.clone(), self.payment_intent.clone(), waits, None]
    }
}
