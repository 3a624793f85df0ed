use form::{Metadata, MetadataPatch, ParamEnum, Params, Patch, Range};
use kernel::ListParams;

use crate::core::shared::AddressParams;

/// `POST /v1/customers`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    #[params(flatten)]
    pub fields: Fields,
    pub metadata: Metadata,
    pub payment_method: Option<String>,
    pub tax_id_data: Vec<TaxIdParams>,
    pub test_clock: Option<String>,
}

/// `POST /v1/customers/:id`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    #[params(flatten)]
    pub fields: Fields,
    pub default_source: Option<String>,
    pub metadata: MetadataPatch,
}

/// What is set alike when a customer is created and when it is updated.
#[derive(Debug, Clone, Params)]
pub struct Fields {
    pub address: Patch<AddressParams>,
    pub balance: Option<i64>,
    #[params(max = 150)]
    pub business_name: Patch<String>,
    pub cash_balance: Option<CashBalanceParams>,
    pub description: Patch<String>,
    #[params(max = 512)]
    pub email: Patch<String>,
    #[params(max = 150)]
    pub individual_name: Patch<String>,
    #[params(max = 12)]
    pub invoice_prefix: Option<String>,
    pub invoice_settings: Option<InvoiceSettingsParams>,
    #[params(max = 256)]
    pub name: Patch<String>,
    #[params(min = 1)]
    pub next_invoice_sequence: Option<i64>,
    #[params(max = 20)]
    pub phone: Patch<String>,
    pub preferred_locales: Option<Vec<String>>,
    pub shipping: Patch<ShippingParams>,
    pub source: Option<String>,
    pub tax: Option<TaxParams>,
    pub tax_exempt: Patch<TaxExempt>,
    pub validate: Option<bool>,
}

#[derive(Debug, Clone, Params)]
pub struct ShippingParams {
    pub address: AddressParams,
    pub name: String,
    #[params(max = 20)]
    pub phone: Patch<String>,
}

#[derive(Debug, Clone, Params)]
pub struct InvoiceSettingsParams {
    pub custom_fields: Patch<Vec<CustomFieldParams>>,
    pub default_payment_method: Patch<String>,
    pub footer: Patch<String>,
    pub rendering_options: Patch<RenderingOptionsParams>,
}

#[derive(Debug, Clone, Params)]
pub struct CustomFieldParams {
    #[params(max = 40)]
    pub name: String,
    #[params(max = 140)]
    pub value: String,
}

#[derive(Debug, Clone, Params)]
pub struct RenderingOptionsParams {
    pub amount_tax_display: Patch<AmountTaxDisplay>,
    pub template: Option<String>,
}

#[derive(Debug, Clone, Copy, ParamEnum)]
pub enum AmountTaxDisplay {
    ExcludeTax,
    IncludeInclusiveTax,
}

#[derive(Debug, Clone, Copy, ParamEnum)]
pub enum TaxExempt {
    None,
    Exempt,
    Reverse,
}

#[derive(Debug, Clone, Params)]
pub struct CashBalanceParams {
    pub settings: Option<CashBalanceSettingsParams>,
}

#[derive(Debug, Clone, Params)]
pub struct CashBalanceSettingsParams {
    pub reconciliation_mode: Option<ReconciliationMode>,
}

#[derive(Debug, Clone, Copy, ParamEnum)]
pub enum ReconciliationMode {
    Automatic,
    Manual,
    MerchantDefault,
}

#[derive(Debug, Clone, Params)]
pub struct TaxParams {
    pub ip_address: Patch<String>,
    pub validate_location: Option<ValidateLocation>,
}

#[derive(Debug, Clone, Copy, ParamEnum)]
pub enum ValidateLocation {
    Auto,
    Deferred,
    Immediately,
}

#[derive(Debug, Clone, Params)]
pub struct TaxIdParams {
    pub r#type: String,
    pub value: String,
}

/// `GET /v1/customers`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub created: Option<Range>,
    #[params(max = 512)]
    pub email: Option<String>,
    pub test_clock: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}
