use form::{Metadata, MetadataPatch, ParamEnum, Params, Patch};
use kernel::ListParams;

use crate::core::shared::AddressParams;

/// `POST /v1/payment_methods`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    /// With `payment_method`, to copy one from a platform to a connected account.
    pub customer: Option<String>,
    pub payment_method: Option<String>,
    #[params(flatten)]
    pub data: Data,
}

/// What a payment method is made of; `payment_method_data` of other endpoints.
#[derive(Debug, Clone, Default, Params)]
pub struct Data {
    pub allow_redisplay: Option<AllowRedisplay>,
    pub billing_details: Option<BillingDetailsParams>,
    pub metadata: Metadata,
    /// Taken and not used: risk is assessed when money is to move.
    pub radar_options: Option<RadarOptions>,
    pub r#type: Option<Type>,
    pub us_bank_account: Option<UsBankAccountParams>,
}

#[derive(Debug, Clone, Default, Params)]
pub struct RadarOptions {
    pub session: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum AllowRedisplay {
    Always,
    Limited,
    Unspecified,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Type {
    UsBankAccount,
}

#[derive(Debug, Clone, Default, Params)]
pub struct BillingDetailsParams {
    pub address: Patch<AddressParams>,
    #[params(max = 512)]
    pub email: Patch<String>,
    #[params(max = 256)]
    pub name: Patch<String>,
    #[params(max = 20)]
    pub phone: Patch<String>,
    pub tax_id: Patch<String>,
}

/// Numbers, or a linked account.
#[derive(Debug, Clone, Default, Params)]
pub struct UsBankAccountParams {
    pub account_holder_type: Option<HolderType>,
    pub account_number: Option<String>,
    pub account_type: Option<AccountType>,
    pub financial_connections_account: Option<String>,
    pub routing_number: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum HolderType {
    Company,
    Individual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum AccountType {
    Checking,
    Savings,
}

/// `POST /v1/payment_methods/:id`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    pub allow_redisplay: Option<AllowRedisplay>,
    pub billing_details: Option<BillingDetailsParams>,
    pub metadata: MetadataPatch,
    pub us_bank_account: Option<UsBankAccountUpdate>,
}

#[derive(Debug, Clone, Default, Params)]
pub struct UsBankAccountUpdate {
    pub account_holder_type: Option<HolderType>,
    pub account_type: Option<AccountType>,
}

/// `POST /v1/payment_methods/:id/attach`.
#[derive(Debug, Clone, Params)]
pub struct Attach {
    pub customer: Option<String>,
    pub customer_account: Option<String>,
}

/// `GET /v1/payment_methods`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub customer: Option<String>,
    #[params(flatten)]
    pub rest: ListOfCustomer,
}

/// `GET /v1/customers/:id/payment_methods`.
#[derive(Debug, Clone, Params)]
pub struct ListOfCustomer {
    pub allow_redisplay: Option<AllowRedisplay>,
    /// Any of the official types; all but `us_bank_account` find nothing.
    pub r#type: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}
