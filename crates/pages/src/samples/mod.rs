//! One sample of every pane in every state. The gallery shows them and the snapshot tests render them, so that what is
//! tested is what people review.

mod accounts;
mod deposits;
mod panes;
mod sign_in;

pub use deposits::{DEPOSITS, deposits};

use api::core::mails::{Mail, MailStatus};

use crate::message;
use crate::settings::{Settings, StartKeys};
use crate::texts::Texts;
use crate::view::{Asked, FlowView, InstitutionCard, Pane};

/// A named state of the flow.
pub struct Sample {
    /// Part of the gallery's address and of the snapshot's name.
    pub name: &'static str,
    pub view: FlowView,
}

/// Every pane in every state.
pub fn flows() -> Vec<Sample> {
    let mut samples = panes::beginnings();
    samples.extend(sign_in::forms());
    samples.extend(sign_in::numbers());
    samples.extend(accounts::choices_of_accounts());
    samples.extend(panes::endings());
    samples.extend(panes::problems());
    samples.extend(panes::hosted());
    samples
}

fn sample(name: &'static str, pane: Pane) -> Sample {
    let view = FlowView {
        token: "sample".to_owned(),
        business_name: "Juniper Budget".to_owned(),
        livemode: false,
        opener_origin: Some("https://juniper.example".to_owned()),
        return_url: None,
        hosted: false,
        locale: None,
        person_page: None,
        pays: None,
        asked: vec![Asked::PaymentMethod, Asked::Balances, Asked::Ownership, Asked::Transactions],
        linked: Vec::new(),
        pane,
    };
    Sample { name, view }
}

const BANKS: [(&str, &str); 5] = [
    ("Test (OAuth)", "test-oauth.example"),
    ("Bank (OAuth)", "bank-oauth.example"),
    ("Ownership Accounts", "ownership.example"),
    ("Invalid Payment Accounts", "invalid-payment.example"),
    ("Down (Scheduled)", "down-scheduled.example"),
];

fn bank(index: usize) -> InstitutionCard {
    let (name, host) = BANKS[index];
    InstitutionCard { id: format!("fcinst_sample{index}"), name: name.to_owned(), host: Some(host.to_owned()) }
}

/// Names of the pages that only say something.
pub const MESSAGES: [&str; 6] = ["to-bank", "onward", "returned", "not-found", "unavailable", "too-large"];

/// One of [`MESSAGES`].
pub fn message(name: &str, t: &'static Texts) -> Option<String> {
    match name {
        "to-bank" => Some(message::to_bank_page(&sample("to-bank", Pane::Consent).view, &bank(1), true, t)),
        "onward" => Some(message::onward_page("/drawbridge/gallery/onward", t)),
        "returned" => Some(message::returned_page(Some("sample"), t, false)),
        "not-found" => Some(message::unknown_page(t)),
        "unavailable" => Some(message::unavailable_page("sample", t)),
        "too-large" => Some(message::too_large_page("sample", t)),
        _ => None,
    }
}

/// Names of the states of the start page.
pub const STARTS: [&str; 2] = ["start", "start-without-keys"];

/// One of [`STARTS`].
pub fn start(name: &str) -> Option<String> {
    let settings = Settings {
        base_url: "http://127.0.0.1:12111".to_owned(),
        sandbox: Some(StartKeys {
            secret_key: "sk_test_sampleSampleSample1".to_owned(),
            publishable_key: "pk_test_sampleSampleSample1".to_owned(),
            business_name: "Juniper Budget".to_owned(),
        }),
        open_sandboxes: true,
        version: "0.1.0".to_owned(),
    };
    match name {
        "start" => Some(crate::start::start_page(&settings, true, &[mail()])),
        "start-without-keys" => Some(crate::start::start_page(&settings, false, &[])),
        _ => None,
    }
}

/// A mail with an address.
fn mail() -> Mail {
    let text = "Juniper Budget wants to be sure that the account ending in 6789 is yours.\n\n\
                http://127.0.0.1:12111/verify/sample\n\nIf you did not ask for this, you need not do anything.\n";
    Mail {
        id: "mail_sample".to_owned(),
        object: "drawbridge.mail".to_owned(),
        about: Some("pi_sample".to_owned()),
        created: 1_795_501_800,
        livemode: false,
        status: MailStatus::Kept,
        subject: "Verify your bank account for Juniper Budget".to_owned(),
        text: Some(text.to_owned()),
        to: "jenny@example.com".to_owned(),
    }
}
