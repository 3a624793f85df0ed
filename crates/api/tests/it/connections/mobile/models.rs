//! What the official SDKs must find in an answer to read it: the required fields of both, with their types. A field that is
//! [`present`] may be null and must be there.

#![allow(dead_code)]

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads an answer as an SDK does.
#[track_caller]
pub fn read<T: DeserializeOwned>(answer: &Value) -> T {
    serde_json::from_value(answer.clone()).unwrap_or_else(|error| panic!("{error}: {answer:#}"))
}

fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(value)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    AccountPicker,
    AttachLinkedPaymentAccount,
    Consent,
    InstitutionPicker,
    ManualEntry,
    ManualEntrySuccess,
    PartnerAuth,
    Success,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    Balances,
    Ownership,
    PaymentMethod,
    Transactions,
}

#[derive(Debug, Deserialize)]
pub struct Synchronization {
    pub manifest: Manifest,
    pub text: Text,
    pub visual: Visual,
}

#[derive(Debug, Deserialize)]
pub struct Visual {
    pub reduced_branding: bool,
    pub reduce_manual_entry_prominence_in_errors: bool,
    pub merchant_logo: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct Manifest {
    pub id: String,
    pub allow_manual_entry: bool,
    pub app_verification_enabled: bool,
    pub consent_required: bool,
    #[serde(deserialize_with = "present")]
    pub consent_acquired_at: Option<String>,
    pub custom_manual_entry_handling: bool,
    pub disable_link_more_accounts: bool,
    pub instant_verification_disabled: bool,
    pub institution_search_disabled: bool,
    pub livemode: bool,
    pub manual_entry_mode: ManualEntryMode,
    pub manual_entry_uses_microdeposits: bool,
    pub mobile_handoff_enabled: bool,
    pub next_pane: Screen,
    pub permissions: Vec<Permission>,
    pub product: String,
    pub single_account: bool,
    pub use_single_sort_search: bool,
    pub active_auth_session: Option<Login>,
    pub active_institution: Option<Institution>,
    pub business_name: Option<String>,
    pub cancel_url: Option<String>,
    pub experiment_assignments: Option<HashMap<String, String>>,
    pub features: Option<HashMap<String, bool>>,
    pub hosted_auth_url: Option<String>,
    pub success_url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManualEntryMode {
    Automatic,
    Custom,
}

#[derive(Debug, Deserialize)]
pub struct Text {
    pub account_picker_pane: AccountPickerText,
    pub consent_pane: ConsentText,
}

#[derive(Debug, Deserialize)]
pub struct AccountPickerText {
    pub data_access_notice: String,
}

#[derive(Debug, Deserialize)]
pub struct ConsentText {
    pub above_cta: String,
    pub below_cta: Option<String>,
    pub body: Bullets,
    pub cta: String,
    pub data_access_notice: DataNotice,
    pub legal_details_notice: LegalNotice,
    pub title: String,
}

#[derive(Debug, Deserialize)]
pub struct Bullets {
    pub bullets: Vec<Bullet>,
}

#[derive(Debug, Deserialize)]
pub struct Bullet {
    pub content: Option<String>,
    pub icon: Option<Image>,
    pub title: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Image {
    #[serde(deserialize_with = "present")]
    pub default: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct DataNotice {
    pub body: Bullets,
    pub cta: String,
    pub title: String,
    pub icon: Option<Image>,
}

#[derive(Debug, Deserialize)]
pub struct LegalNotice {
    pub body: Links,
    pub cta: String,
    pub title: String,
}

#[derive(Debug, Deserialize)]
pub struct Links {
    pub links: Vec<Link>,
}

#[derive(Debug, Deserialize)]
pub struct Link {
    pub title: String,
    pub content: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Login {
    pub id: String,
    pub next_pane: Screen,
    pub flow: Option<String>,
    pub url: Option<String>,
    pub is_oauth: Option<bool>,
    pub skip_account_selection: Option<bool>,
    pub display: Option<Display>,
}

#[derive(Debug, Deserialize)]
pub struct Display {
    pub text: LoginText,
}

#[derive(Debug, Deserialize)]
pub struct LoginText {
    pub oauth_prepane: Prepane,
}

#[derive(Debug, Deserialize)]
pub struct Prepane {
    pub body: Entries,
    pub cta: Button,
    pub institution_icon: Image,
    pub data_access_notice: DataNotice,
    pub title: String,
    pub subtitle: String,
}

#[derive(Debug, Deserialize)]
pub struct Entries {
    pub entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Entry {
    Text { content: String },
    Image { content: Image },
}

#[derive(Debug, Deserialize)]
pub struct Button {
    pub text: String,
    pub icon: Option<Image>,
}

#[derive(Debug, Deserialize)]
pub struct Institutions {
    pub data: Vec<Institution>,
    pub show_manual_entry: bool,
}

#[derive(Debug, Deserialize)]
pub struct Institution {
    pub featured: bool,
    pub id: String,
    pub mobile_handoff_capable: bool,
    pub name: String,
    pub url: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct OauthResults {
    pub state: String,
    #[serde(deserialize_with = "present")]
    pub code: Option<String>,
    #[serde(deserialize_with = "present")]
    pub status: Option<String>,
    #[serde(deserialize_with = "present")]
    pub member_guid: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Offers {
    pub data: Vec<Offer>,
    pub next_pane: Screen,
    pub skip_account_selection: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub struct Offer {
    pub authorization: String,
    pub category: String,
    pub id: String,
    pub name: String,
    pub subcategory: String,
    pub supported_payment_method_types: Vec<String>,
    pub allow_selection: Option<bool>,
    pub allow_selection_message: Option<String>,
    pub displayable_account_numbers: Option<String>,
    pub institution: Option<Institution>,
    pub linked_account_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct PaymentAccount {
    pub id: String,
    pub next_pane: Screen,
    pub networking_successful: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub struct Receipt {
    pub client_secret: String,
    pub id: String,
    pub accounts: Accounts,
    pub livemode: bool,
    pub payment_account: Option<BankAccount>,
    pub bank_account_token: Option<Token>,
}

#[derive(Debug, Deserialize)]
pub struct Accounts {
    pub data: Vec<Account>,
    pub has_more: bool,
    pub url: String,
}

#[derive(Debug, Deserialize)]
pub struct Account {
    pub object: String,
    pub category: String,
    pub created: i64,
    pub id: String,
    pub institution_name: String,
    pub livemode: bool,
    pub status: String,
    pub subcategory: String,
    pub supported_payment_method_types: Vec<String>,
    pub display_name: Option<String>,
    pub last4: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct BankAccount {
    pub id: String,
    pub last4: String,
    pub bank_name: Option<String>,
    pub routing_number: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Token {
    pub id: String,
    pub bank_account: TokenAccount,
    pub livemode: bool,
    pub used: bool,
}

#[derive(Debug, Deserialize)]
pub struct TokenAccount {
    pub id: String,
    pub country: String,
    pub currency: String,
    pub last4: String,
    pub status: String,
}
