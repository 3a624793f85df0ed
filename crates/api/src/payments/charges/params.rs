use form::{Metadata, MetadataPatch, Node, ParamEnum, Params, Patch, Range};
use kernel::ListParams;

use crate::payments::shipping::ShippingParams;

/// `GET /v1/charges`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub created: Option<Range>,
    pub customer: Option<String>,
    pub payment_intent: Option<String>,
    pub transfer_group: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}

/// `POST /v1/charges/:id`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    pub customer: Option<String>,
    pub description: Patch<String>,
    pub fraud_details: Option<FraudDetailsParams>,
    pub metadata: MetadataPatch,
    #[params(max = 512)]
    pub receipt_email: Patch<String>,
    pub shipping: Patch<ShippingParams>,
    pub transfer_group: Option<String>,
}

#[derive(Debug, Clone, Params)]
pub struct FraudDetailsParams {
    pub user_report: Patch<UserReport>,
}

#[derive(Debug, Clone, Copy, ParamEnum)]
pub enum UserReport {
    Fraudulent,
    Safe,
}

/// `POST /v1/charges`: a debit of a customer's bank account without a payment intent.
#[derive(Debug, Clone, Params)]
pub struct Create {
    pub amount: i64,
    /// Of Connect, like the next four.
    pub application_fee: Option<i64>,
    pub application_fee_amount: Option<i64>,
    pub destination: Option<Node>,
    pub on_behalf_of: Option<String>,
    pub transfer_data: Option<Node>,
    pub capture: Option<bool>,
    pub currency: String,
    pub customer: Option<String>,
    pub description: Option<String>,
    pub metadata: Metadata,
    /// What a page knows of its visitor; nothing here uses it.
    pub radar_options: Option<Node>,
    #[params(max = 512)]
    pub receipt_email: Option<String>,
    pub shipping: Option<ShippingParams>,
    pub source: Option<String>,
    pub statement_descriptor: Option<String>,
    pub statement_descriptor_suffix: Option<String>,
    pub transfer_group: Option<String>,
}
