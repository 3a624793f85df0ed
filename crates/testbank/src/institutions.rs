//! The institutions and how each of them behaves.

use std::borrow::Cow;

use crate::world::{AccountPlan, catalogue};

/// What may be said in public about an institution, for a picker of banks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstitutionInfo {
    /// Path segment of its issuer: `{base_url}/{slug}`.
    pub slug: &'static str,
    /// Name shown to people.
    pub name: &'static str,
    /// Web address shown to people; nothing is served there.
    pub url: &'static str,
    /// Whether a picker shows it before anybody searches.
    pub featured: bool,
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

const fn info(slug: &'static str, name: &'static str, url: &'static str, featured: bool) -> InstitutionInfo {
    InstitutionInfo { slug, name, url, featured, routing_number: ROUTING_NUMBER, supports: CLUSTERS }
}

/// Every institution, in the order of a picker.
pub const INSTITUTIONS: &[InstitutionInfo] = &[
    info("test-oauth", "Test (OAuth)", "test-oauth.example.com", true),
    info("bank-oauth", "Bank (OAuth)", "bank-oauth.example.com", true),
    info("ownership-accounts", "Ownership Accounts", "ownership.example.com", true),
    info("invalid-payment-accounts", "Invalid Payment Accounts", "invalid-payment.example.com", true),
    info("down-scheduled", "Down (Scheduled)", "down-scheduled.example.com", true),
    info("down-unscheduled", "Down (Unscheduled)", "down-unscheduled.example.com", true),
    info("down-error", "Down (Error)", "down-error.example.com", false),
];

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
    /// Path segment of its issuer: `{base_url}/{slug}`.
    pub slug: Cow<'static, str>,
    /// Name shown to people.
    pub name: Cow<'static, str>,
    /// Web address shown to people; nothing is served there.
    pub url: Cow<'static, str>,
    /// The only world that it is in, if it was stated there; the built-in ones are in all.
    pub world: Option<String>,
    /// Whether it answers.
    pub health: Health,
    /// Whether the login form comes filled in, so that a test only has to press the button.
    pub prefilled_login: bool,
    /// Whether the person chooses the accounts here; otherwise all of them are shared.
    pub account_choice: bool,
    /// The accounts that every customer has; none where people and accounts are stated.
    pub accounts: &'static [AccountPlan],
}

/// The built-in institution behind a path segment.
pub fn find(slug: &str) -> Option<Institution> {
    let info = INSTITUTIONS.iter().find(|info| info.slug == slug)?;
    let health = match slug {
        "down-scheduled" => Health::Scheduled,
        "down-unscheduled" => Health::Unscheduled,
        "down-error" => Health::Broken,
        _ => Health::Up,
    };
    let accounts = match slug {
        "test-oauth" => catalogue::TEST,
        "bank-oauth" => catalogue::BANK,
        "ownership-accounts" => catalogue::OWNERSHIP,
        "invalid-payment-accounts" => catalogue::INVALID_PAYMENT,
        _ => &[],
    };
    Some(Institution {
        slug: Cow::Borrowed(info.slug),
        name: Cow::Borrowed(info.name),
        url: Cow::Borrowed(info.url),
        world: None,
        health,
        prefilled_login: slug != "bank-oauth",
        account_choice: slug == "bank-oauth",
        accounts,
    })
}
