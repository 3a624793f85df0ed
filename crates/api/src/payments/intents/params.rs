//! Parameters of both intents.

use form::{Fields, FormError, Node, ParamEnum, Params, Patch, Path, Unknown};

pub use crate::connections::sessions::Permission;

/// `automatic_payment_methods`.
#[derive(Debug, Clone, Params)]
pub struct Automatic {
    pub allow_redirects: Option<AllowRedirects>,
    pub enabled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum AllowRedirects {
    Always,
    Never,
}

/// `mandate_data`
#[derive(Debug, Clone, Params)]
pub struct MandateData {
    pub customer_acceptance: CustomerAcceptanceParams,
}

/// How and when a payer agreed.
#[derive(Debug, Clone, Params)]
pub struct CustomerAcceptanceParams {
    /// Unix seconds; the present if not given.
    #[params(min = 0)]
    pub accepted_at: Option<i64>,
    /// An object without anything in it.
    pub offline: Option<Node>,
    pub online: Option<OnlineParams>,
    pub r#type: AcceptanceType,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum AcceptanceType {
    Offline,
    Online,
}

/// Where a payer agreed online.
#[derive(Debug, Clone, Default, Params)]
pub struct OnlineParams {
    /// Pages send this instead of the two others.
    pub infer_from_client: Option<bool>,
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
}

/// `payment_method_options`, of which those of `us_bank_account` count; others may be sent and have no effect here.
#[derive(Debug, Clone, Default)]
pub struct PaymentMethodOptionsParams<T> {
    pub us_bank_account: Patch<T>,
}

/// Types of payment method whose options may be sent.
const OTHER_TYPES: &[&str] = &[
    "acss_debit",
    "affirm",
    "afterpay_clearpay",
    "alipay",
    "alma",
    "amazon_pay",
    "au_becs_debit",
    "bacs_debit",
    "bancontact",
    "billie",
    "bizum",
    "blik",
    "boleto",
    "card",
    "card_present",
    "cashapp",
    "crypto",
    "customer_balance",
    "eps",
    "fpx",
    "giropay",
    "grabpay",
    "ideal",
    "interac_present",
    "kakao_pay",
    "klarna",
    "konbini",
    "kr_card",
    "link",
    "mb_way",
    "mobilepay",
    "multibanco",
    "naver_pay",
    "nz_bank_account",
    "oxxo",
    "p24",
    "pay_by_bank",
    "payco",
    "paynow",
    "paypal",
    "paypay",
    "payto",
    "pix",
    "promptpay",
    "revolut_pay",
    "samsung_pay",
    "satispay",
    "scalapay",
    "sepa_debit",
    "sequra",
    "sofort",
    "sunbit",
    "swish",
    "twint",
    "upi",
    "wechat_pay",
    "zip",
];

impl<T: Params> Params for PaymentMethodOptionsParams<T> {
    fn visit(name: &str, node: &Node, at: &Path<'_>, found: &mut Unknown) -> bool {
        if name == "us_bank_account" {
            T::unknown(node, &at.field(name), found);
            return true;
        }
        OTHER_TYPES.contains(&name)
    }

    fn from_fields(fields: &mut Fields, at: &Path<'_>) -> Result<Self, FormError> {
        let us_bank_account = form::Decode::decode(fields.take("us_bank_account"), &at.field("us_bank_account"))?;
        Ok(PaymentMethodOptionsParams { us_bank_account })
    }
}

impl<T: Params> form::Decode for PaymentMethodOptionsParams<T> {
    const NESTED: bool = true;

    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Self, FormError> {
        form::decode_struct(node, at)
    }

    fn unknown(node: &Node, at: &Path<'_>, found: &mut Unknown) {
        form::find_unknown::<Self>(node, at, found);
    }
}

/// `payment_method_options[us_bank_account]` of a Setup Intent.
#[derive(Debug, Clone, Default, Params)]
pub struct UsBankAccountSetup {
    pub financial_connections: Option<FinancialConnectionsParams>,
    pub mandate_options: Option<MandateOptionsParams>,
    pub networks: Option<NetworksParams>,
    pub verification_method: Option<VerificationMethod>,
}

/// `payment_method_options[us_bank_account]` of a Payment Intent.
#[derive(Debug, Clone, Default, Params)]
pub struct UsBankAccountPayment {
    #[params(flatten)]
    pub setup: UsBankAccountSetup,
    /// Until endive; this server settles as its configuration says.
    pub preferred_settlement_speed: Patch<SettlementSpeed>,
    pub setup_future_usage: Patch<FutureUsage>,
    /// `YYYY-MM-DD`
    pub target_date: Patch<String>,
    pub transaction_purpose: Patch<Purpose>,
}

#[derive(Debug, Clone, Params)]
pub struct FinancialConnectionsParams {
    pub filters: Option<FiltersParams>,
    pub permissions: Option<Vec<Permission>>,
    pub prefetch: Option<Vec<Prefetch>>,
    pub return_url: Option<String>,
}

#[derive(Debug, Clone, Params)]
pub struct FiltersParams {
    pub account_subcategories: Option<Vec<Subcategory>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Subcategory {
    Checking,
    Savings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Prefetch {
    Balances,
    Ownership,
    Transactions,
}

#[derive(Debug, Clone, Params)]
pub struct MandateOptionsParams {
    pub collection_method: Patch<CollectionMethod>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum CollectionMethod {
    Paper,
}

/// Written and never shown; this server has one network.
#[derive(Debug, Clone, Params)]
pub struct NetworksParams {
    pub requested: Vec<Network>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Network {
    Ach,
    UsDomesticWire,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum VerificationMethod {
    Automatic,
    Instant,
    Microdeposits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum SettlementSpeed {
    Fastest,
    Standard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum FutureUsage {
    None,
    OffSession,
    OnSession,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Purpose {
    Goods,
    Other,
    Services,
    Unspecified,
}

/// `GET` of one of them.
#[derive(Debug, Clone, Params)]
pub struct Retrieve {
    pub client_secret: Option<String>,
}

/// `verify_microdeposits` of both.
#[derive(Debug, Clone, Params)]
pub struct VerifyMicrodeposits {
    /// Two amounts in cents.
    pub amounts: Option<Vec<i64>>,
    pub client_secret: Option<String>,
    #[params(max = 100)]
    pub descriptor_code: Option<String>,
}
