use form::{ParamEnum, Params};

use crate::payments::payment_methods::{AccountType, HolderType};

/// `POST /v1/tokens`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    pub bank_account: Option<BankAccountParams>,
}

/// Numbers, or the payment method whose numbers they are.
#[derive(Debug, Clone, Params)]
pub struct BankAccountParams {
    #[params(max = 256)]
    pub account_holder_name: Option<String>,
    pub account_holder_type: Option<HolderType>,
    pub account_number: Option<String>,
    pub account_type: Option<AccountType>,
    /// Two letters.
    pub country: Option<String>,
    /// Three letters.
    pub currency: Option<Currency>,
    pub payment_method: Option<String>,
    pub routing_number: Option<String>,
}

/// What accounts at banks of the United States are held in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Currency {
    Usd,
}
