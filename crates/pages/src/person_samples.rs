//! One sample of the person's page in every state, for the gallery and the snapshot tests.

use api::connections::consents::{Consent, ConsentStatus, ConsentText, ConsentedAccount, EndedBy};
use api::connections::person::view::{Login, SharedAccount, SharedState};
use api::connections::person::{PersonView, Target};
use api::connections::sessions::AccountHolder;

use crate::person::{self, Deed};
use crate::person_texts::PersonTexts;
use crate::texts::Texts;
use crate::view::Asked;

/// Names of the samples.
pub const NAMES: [&str; 9] = [
    "person",
    "person-stopped",
    "person-ended",
    "person-nothing",
    "person-stop-one",
    "person-stop-all",
    "person-delete-one",
    "person-expired",
    "person-unavailable",
];

/// One of [`NAMES`].
pub fn sample(name: &str, words: &'static Texts) -> Option<String> {
    let t = PersonTexts::preferred(words.lang);
    let everything = view(logins(), vec![receipt(ConsentStatus::Active, words), old_receipt(words)]);
    let one = Target::Account("fca_1".to_owned());
    let all = Target::Login("fcauth_1".to_owned());
    match name {
        "person" => Some(person::page(&everything, t, None)),
        "person-stopped" => {
            let mut rest = view(logins().split_off(1), vec![receipt(ConsentStatus::Withdrawn, words), old_receipt(words)]);
            rest.ended = vec![account("fca_9", "Everyday Checking", "4021", SharedState::Ended)];
            Some(person::page(&rest, t, Some(Deed::Stop)))
        }
        "person-ended" => {
            let none = view(Vec::new(), vec![receipt(ConsentStatus::Withdrawn, words), old_receipt(words)]);
            Some(person::page(&none, t, Some(Deed::Delete)))
        }
        "person-nothing" => Some(person::page(&view(Vec::new(), Vec::new()), t, None)),
        "person-stop-one" => person::confirm_page(&everything, t, Deed::Stop, &one),
        "person-stop-all" => person::confirm_page(&everything, t, Deed::Stop, &all),
        "person-delete-one" => person::confirm_page(&everything, t, Deed::Delete, &one),
        "person-expired" => Some(person::expired_page(t)),
        "person-unavailable" => Some(person::unavailable_page(t, "sample")),
        _ => None,
    }
}

/// 24 November 2026, 06:30 UTC.
const NOW: i64 = 1_795_501_800;
const DAY: i64 = 86_400;

fn view(logins: Vec<Login>, receipts: Vec<Consent>) -> PersonView {
    PersonView {
        token: "sample".to_owned(),
        business_name: "Juniper Budget".to_owned(),
        livemode: false,
        logins,
        ended: Vec::new(),
        receipts,
    }
}

fn account(id: &str, name: &str, last4: &str, state: SharedState) -> SharedAccount {
    SharedAccount {
        id: id.to_owned(),
        institution_name: "Bank (OAuth)".to_owned(),
        name: Some(name.to_owned()),
        last4: Some(last4.to_owned()),
        subcategory: "checking".to_owned(),
        state,
        last_read: Some(NOW),
    }
}

fn logins() -> Vec<Login> {
    let mut unnamed = account("fca_3", "", "0061", SharedState::Active);
    (unnamed.name, unnamed.subcategory, unnamed.last_read) = (None, "mortgage".to_owned(), None);
    let mut paused =
        account("fca_4", "Grandmother & Sons <Joint> Household Account of Upper Wexford", "7755", SharedState::Paused);
    let long_name = "The Farmers and Merchants Savings Bank of Upper Wexford County";
    long_name.clone_into(&mut paused.institution_name);
    vec![
        Login {
            id: "fcauth_1".to_owned(),
            institution_name: "Bank (OAuth)".to_owned(),
            asked: vec![Asked::PaymentMethod, Asked::Balances, Asked::Ownership, Asked::Transactions],
            since: NOW - DAY,
            until: Some(NOW + 364 * DAY),
            accounts: vec![
                account("fca_1", "Everyday Checking", "4021", SharedState::Active),
                account("fca_2", "Joint Checking", "1180", SharedState::Active),
                unnamed,
            ],
        },
        Login {
            id: "fcauth_2".to_owned(),
            institution_name: long_name.to_owned(),
            asked: vec![Asked::Balances],
            since: NOW - 400 * DAY,
            until: None,
            accounts: vec![paused],
        },
    ]
}

fn receipt(status: ConsentStatus, words: &Texts) -> Consent {
    let ended = status == ConsentStatus::Withdrawn;
    let account = |name: &str, last4: &str| ConsentedAccount {
        account: "fca_1".to_owned(),
        display_name: Some(name.to_owned()),
        ended_at: ended.then_some(NOW),
        ended_by: ended.then_some(EndedBy::Person),
        last4: Some(last4.to_owned()),
    };
    let shown = crate::samples::flows().swap_remove(0);
    let text: ConsentText = crate::consent_text::shown(&shown.view, words);
    Consent {
        id: "fccons_8DodXCH58PIjNgbq2Vd9fKaZ".to_owned(),
        object: "drawbridge.consent".to_owned(),
        account_holder: AccountHolder { account: None, customer: Some("cus_1".to_owned()), r#type: "customer".to_owned() },
        accounts: vec![account("Everyday Checking", "4021"), account("Joint Checking", "1180")],
        agreed_at: NOW - DAY,
        authorization: Some("fcauth_1".to_owned()),
        bank_account: None,
        business_name: "Juniper Budget".to_owned(),
        created: NOW - DAY,
        expires_at: NOW + 364 * DAY,
        institution: Some("fcinst_1".to_owned()),
        institution_name: Some("Bank (OAuth)".to_owned()),
        livemode: false,
        permissions: ["balances", "ownership", "payment_method", "transactions"].map(str::to_owned).to_vec(),
        session: "fcsess_1".to_owned(),
        status,
        text: Some(text),
        withdrawn_at: ended.then_some(NOW),
        withdrawn_by: ended.then_some(EndedBy::Person),
    }
}

/// A year before, renewed by the other one; without words.
fn old_receipt(words: &Texts) -> Consent {
    let mut old = receipt(ConsentStatus::Renewed, words);
    old.id = "fccons_7AaaBbbCccDddEeeFffGggHh".to_owned();
    old.agreed_at -= 300 * DAY;
    old.expires_at -= 300 * DAY;
    old.text = None;
    for own in &mut old.accounts {
        (own.ended_at, own.ended_by) = (Some(NOW - DAY), Some(EndedBy::Renewal));
    }
    old
}
