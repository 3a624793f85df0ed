use form::{ParamEnum, Params, Patch};

/// `POST /v1/financial_connections/sessions`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    /// Needed unless accounts are linked again.
    pub account_holder: Option<AccountHolderParams>,
    pub filters: Option<FiltersParams>,
    /// For preview versions.
    pub hosted: Option<HostedParams>,
    pub limits: Option<LimitsParams>,
    pub manual_entry: Option<ManualEntryParams>,
    #[params(required)]
    pub permissions: Vec<Permission>,
    pub prefetch: Vec<Prefetch>,
    /// For preview versions: links again what an authorization covers.
    pub relink_options: Option<RelinkParams>,
    pub return_url: Option<String>,
    /// For preview versions.
    pub ui_mode: Option<UiMode>,
}

#[derive(Debug, Clone, Params)]
pub struct HostedParams {
    /// Only when accounts are linked again.
    pub delivery_method: Option<DeliveryMethod>,
    pub return_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum DeliveryMethod {
    Email,
    Url,
}

#[derive(Debug, Clone, Params)]
pub struct RelinkParams {
    /// `fcauth_…`
    pub authorization: String,
    /// `fca_…`: exactly this account of it.
    pub account: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum UiMode {
    Modal,
    Hosted,
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
    /// For preview versions: the only bank.
    pub institution: Option<String>,
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
    /// For preview versions.
    InferredBalances,
}

impl Prefetch {
    /// The permissions that it needs.
    pub fn permissions(self) -> &'static [Permission] {
        match self {
            Prefetch::Balances => &[Permission::Balances],
            Prefetch::Ownership => &[Permission::Ownership],
            Prefetch::Transactions => &[Permission::Transactions],
            Prefetch::InferredBalances => &[Permission::Balances, Permission::Transactions],
        }
    }
}
