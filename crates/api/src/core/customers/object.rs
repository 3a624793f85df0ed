use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

use crate::core::shared::Address;

/// A customer, as stored and shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// `cus_…`
    pub id: String,
    /// `customer`
    pub object: String,
    pub address: Option<Address>,
    /// Minor units; negative is credit.
    pub balance: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cash_balance: Option<CashBalance>,
    /// Unix seconds.
    pub created: i64,
    pub currency: Option<String>,
    pub default_source: Option<String>,
    pub delinquent: bool,
    pub description: Option<String>,
    pub discount: Option<String>,
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub individual_name: Option<String>,
    pub invoice_prefix: String,
    pub invoice_settings: InvoiceSettings,
    pub livemode: bool,
    pub metadata: Metadata,
    pub name: Option<String>,
    pub next_invoice_sequence: i64,
    pub phone: Option<String>,
    pub preferred_locales: Vec<String>,
    pub shipping: Option<Shipping>,
    pub tax_exempt: String,
    pub test_clock: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InvoiceSettings {
    pub custom_fields: Option<Vec<CustomField>>,
    pub default_payment_method: Option<String>,
    pub footer: Option<String>,
    pub rendering_options: Option<RenderingOptions>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomField {
    pub name: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenderingOptions {
    pub amount_tax_display: Option<String>,
    pub template: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shipping {
    pub address: Address,
    pub name: String,
    pub phone: Option<String>,
}

/// How a customer's bank transfers are matched; this server takes none, so nothing is ever available.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CashBalance {
    pub object: String,
    pub available: Option<()>,
    pub customer: String,
    pub customer_account: Option<String>,
    pub livemode: bool,
    pub settings: CashBalanceSettings,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CashBalanceSettings {
    pub reconciliation_mode: String,
    pub using_merchant_default: bool,
}

impl Customer {
    /// A customer of whom nothing is known yet.
    pub(super) fn new(id: String, created: i64, livemode: bool) -> Self {
        Customer {
            id,
            object: "customer".into(),
            address: None,
            balance: 0,
            business_name: None,
            cash_balance: None,
            created,
            currency: None,
            default_source: None,
            delinquent: false,
            description: None,
            discount: None,
            email: None,
            individual_name: None,
            invoice_prefix: String::new(),
            invoice_settings: InvoiceSettings::default(),
            livemode,
            metadata: Metadata::default(),
            name: None,
            next_invoice_sequence: 1,
            phone: None,
            preferred_locales: Vec::new(),
            shipping: None,
            tax_exempt: "none".into(),
            test_clock: None,
        }
    }
}

impl Resource for Customer {
    const KIND: &'static str = "customer";
    const NOUN: &'static str = "customer";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [self.email.clone(), self.test_clock.clone(), None, None]
    }
}
