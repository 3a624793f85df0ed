use form::{ParamEnum, Params, Patch};

/// `POST /v1/financial_connections/sessions`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    pub account_holder: AccountHolderParams,
    pub filters: Option<FiltersParams>,
    pub limits: Option<LimitsParams>,
    pub manual_entry: Option<ManualEntryParams>,
    #[params(required)]
    pub permissions: Vec<Permission>,
    pub prefetch: Vec<Prefetch>,
    pub return_url: Option<String>,
}

#[derive(Debug, Clone, Params)]
pub struct AccountHolderParams {
    pub account: Option<String>,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub r#type: HolderType,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum HolderType {
    Account,
    Customer,
}

#[derive(Debug, Clone, Params)]
pub struct FiltersParams {
    pub account_subcategories: Vec<SubcategoryFilter>,
    pub country: Option<String>,
    /// Until `2026-08-26.dahlia`; only the first was ever used.
    pub countries: Vec<String>,
    pub require_payment_method_support: Option<PaymentSupport>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum SubcategoryFilter {
    Checking,
    Savings,
    Mortgage,
    CreditCard,
    LineOfCredit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum PaymentSupport {
    All,
    AtLeastOne,
    None,
}

#[derive(Debug, Clone, Params)]
pub struct LimitsParams {
    /// Empty means any number.
    pub accounts: Patch<i64>,
}

#[derive(Debug, Clone, Params)]
pub struct ManualEntryParams {
    pub mode: Option<ManualEntryMode>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum ManualEntryMode {
    Automatic,
    Disabled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ParamEnum)]
pub enum Permission {
    Balances,
    Ownership,
    PaymentMethod,
    Transactions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Prefetch {
    Balances,
    Ownership,
    Transactions,
}
