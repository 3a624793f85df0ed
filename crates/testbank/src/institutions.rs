//! The institutions and how each of them behaves.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::world::{AccountPlan, catalogue};

/// How a client speaks with an institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, form::ParamEnum)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// OAuth 2.0 and FDX v6 under `{base_url}/{slug}`.
    Fdx,
    /// OFX Direct Connect at `{base_url}/{slug}/ofx`.
    Ofx,
    /// SimpleFIN; people get a setup token at `{base_url}/{slug}/create`.
    #[params(rename = "simplefin")]
    SimpleFin,
}

/// What may be said in public about an institution, for a picker of banks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstitutionInfo {
    /// Path segment below which everything of it lies: `{base_url}/{slug}`.
    pub slug: &'static str,
    /// Name shown to people.
    pub name: &'static str,
    /// Web address shown to people; nothing is served there.
    pub url: &'static str,
    /// How a client speaks with it.
    pub protocol: Protocol,
    /// Whether a picker shows it before anybody searches.
    pub featured: bool,
    /// Whether accounts linked here may be offered to the same person again without asking the bank.
    pub reusable: bool,
    /// ABA routing number of its accounts.
    pub routing_number: &'static str,
    /// FDX data clusters that it can share.
    pub supports: &'static [&'static str],
}

/// The routing number of every account here: a number that no real bank has.
pub const ROUTING_NUMBER: &str = "110000000";

const CLUSTERS: &[&str] = &[
    "ACCOUNT_BASIC",
    "ACCOUNT_DETAILED",
    "BALANCES",
    "TRANSACTIONS",
    "PAYMENT_SUPPORT",
    "CUSTOMER_CONTACT",
    "CUSTOMER_PERSONAL",
];

/// OFX knows no owners.
const OFX_CLUSTERS: &[&str] = &["ACCOUNT_BASIC", "ACCOUNT_DETAILED", "BALANCES", "TRANSACTIONS", "PAYMENT_SUPPORT"];

/// SimpleFIN knows neither owners nor numbers.
const SIMPLEFIN_CLUSTERS: &[&str] = &["ACCOUNT_BASIC", "BALANCES", "TRANSACTIONS"];

/// The slug of the SimpleFIN server.
pub const SIMPLEFIN: &str = "simplefin";

const fn info(slug: &'static str, name: &'static str, url: &'static str, featured: bool) -> InstitutionInfo {
    let protocol = Protocol::Fdx;
    InstitutionInfo { slug, name, url, protocol, featured, reusable: true, routing_number: ROUTING_NUMBER, supports: CLUSTERS }
}

const fn over(protocol: Protocol, info: InstitutionInfo) -> InstitutionInfo {
    let supports = match protocol {
        Protocol::Fdx => CLUSTERS,
        Protocol::Ofx => OFX_CLUSTERS,
        Protocol::SimpleFin => SIMPLEFIN_CLUSTERS,
    };
    InstitutionInfo { protocol, supports, ..info }
}

/// Every institution, in the order of a picker.
pub const INSTITUTIONS: &[InstitutionInfo] = &[
    info("test-oauth", "Test (OAuth)", "test-oauth.example.com", true),
    over(Protocol::Ofx, info("test-non-oauth", "Test (Non-OAuth)", "test-non-oauth.example.com", true)),
    info("bank-oauth", "Bank (OAuth)", "bank-oauth.example.com", true),
    over(Protocol::Ofx, info("bank-non-oauth", "Bank (Non-OAuth)", "bank-non-oauth.example.com", true)),
    info("ownership-accounts", "Ownership Accounts", "ownership.example.com", true),
    info("invalid-payment-accounts", "Invalid Payment Accounts", "invalid-payment.example.com", true),
    info("down-scheduled", "Down (Scheduled)", "down-scheduled.example.com", true),
    info("down-unscheduled", "Down (Unscheduled)", "down-unscheduled.example.com", true),
    info("down-error", "Down (Error)", "down-error.example.com", false),
    InstitutionInfo {
        reusable: false,
        ..info("no-link-sharing", "Data cannot be shared through Link", "no-link-sharing.example.com", true)
    },
    info("tokenized-account-number", "Tokenized Account Number", "tokenized.example.com", false),
    info("inactive-accounts", "Inactive Accounts", "inactive.example.com", false),
    info(
        "immediately-requires-reauthentication",
        "Immediately Requires Reauthentication",
        "immediate-reauthentication.example.com",
        false,
    ),
    info(
        "eventually-requires-reauthentication",
        "Eventually Requires Reauthentication",
        "eventual-reauthentication.example.com",
        false,
    ),
    over(Protocol::SimpleFin, info(SIMPLEFIN, "Test (SimpleFIN)", "simplefin.example.com", false)),
];

/// What "shortly after" means on a world's clock, in seconds.
pub const SHORTLY: i64 = 10;

/// How long consents last, whatever a client asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentLife {
    /// The bank ends a person's first consent shortly after it was given, without saying so before.
    pub first_is_cut_off: bool,
    /// No other consent lasts longer than this many days.
    pub longest_days: Option<i64>,
}

/// Whether the institution answers at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Everything works.
    Up,
    /// A maintenance whose end is announced.
    Scheduled,
    /// An outage about which nothing is known.
    Unscheduled,
    /// Answers that no client can make sense of.
    Broken,
}

/// How an institution behaves.
#[derive(Debug, Clone)]
pub struct Institution {
    /// Path segment below which everything of it lies: `{base_url}/{slug}`.
    pub slug: Cow<'static, str>,
    /// Name shown to people.
    pub name: Cow<'static, str>,
    /// Web address shown to people; nothing is served there.
    pub url: Cow<'static, str>,
    /// The only world that it is in, if it was stated there; the built-in ones are in all.
    pub world: Option<String>,
    /// How a client speaks with it.
    pub protocol: Protocol,
    /// Whether it answers.
    pub health: Health,
    /// Whether the login form comes filled in, so that a test only has to press the button.
    pub prefilled_login: bool,
    /// Whether the person chooses the accounts here; otherwise all of them are shared.
    pub account_choice: bool,
    /// Whether some words, typed as the password or an answer, make the sign-on ask more or fail (OFX only).
    pub scripted: bool,
    /// How long consents last.
    pub consents: ConsentLife,
    /// The slug under which its books are kept: another one's where the same bank has two doors.
    pub ledger: Cow<'static, str>,
    /// The accounts that every customer has; none where people and accounts are stated.
    pub accounts: &'static [AccountPlan],
}

/// The built-in institution behind a path segment.
pub fn find(slug: &str) -> Option<Institution> {
    let info = INSTITUTIONS.iter().find(|info| info.slug == slug)?;
    let usual = Institution {
        slug: Cow::Borrowed(info.slug),
        name: Cow::Borrowed(info.name),
        url: Cow::Borrowed(info.url),
        world: None,
        protocol: info.protocol,
        health: Health::Up,
        prefilled_login: true,
        account_choice: false,
        scripted: false,
        consents: ConsentLife { first_is_cut_off: false, longest_days: None },
        ledger: Cow::Borrowed(info.slug),
        accounts: &[],
    };
    let lasting = |first_is_cut_off, longest_days| ConsentLife { first_is_cut_off, longest_days };
    Some(match info.slug {
        "test-oauth" => Institution { accounts: catalogue::TEST, ..usual },
        "test-non-oauth" => Institution { ledger: Cow::Borrowed("test-oauth"), accounts: catalogue::TEST, ..usual },
        "bank-oauth" => Institution { prefilled_login: false, account_choice: true, accounts: catalogue::BANK, ..usual },
        "bank-non-oauth" => {
            Institution { scripted: true, ledger: Cow::Borrowed("bank-oauth"), accounts: catalogue::BANK, ..usual }
        }
        "ownership-accounts" => Institution { accounts: catalogue::OWNERSHIP, ..usual },
        "invalid-payment-accounts" => Institution { accounts: catalogue::INVALID_PAYMENT, ..usual },
        "down-scheduled" => Institution { health: Health::Scheduled, ..usual },
        "down-unscheduled" => Institution { health: Health::Unscheduled, ..usual },
        "down-error" => Institution { health: Health::Broken, ..usual },
        "no-link-sharing" => Institution { accounts: catalogue::PLAIN, ..usual },
        "tokenized-account-number" => Institution { accounts: catalogue::TOKENIZED, ..usual },
        "inactive-accounts" => Institution { consents: lasting(true, None), accounts: catalogue::PLAIN, ..usual },
        "immediately-requires-reauthentication" => {
            Institution { consents: lasting(true, Some(1)), accounts: catalogue::PLAIN, ..usual }
        }
        "eventually-requires-reauthentication" => {
            Institution { consents: lasting(false, Some(30)), accounts: catalogue::PLAIN, ..usual }
        }
        SIMPLEFIN => Institution { ledger: Cow::Borrowed("bank-oauth"), accounts: catalogue::BANK, ..usual },
        _ => usual,
    })
}
