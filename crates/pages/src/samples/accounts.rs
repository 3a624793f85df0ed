//! The choice of accounts.

use super::{Sample, bank, sample};
use crate::view::{AccountChoice, Asked, Complaint, Pane, Refused};
use api::payments::mandates::wording::Scope;

fn choice(index: usize, name: &str, subcategory: &'static str, last4: &str) -> AccountChoice {
    AccountChoice {
        id: format!("choice_{index}"),
        name: name.to_owned(),
        last4: Some(last4.to_owned()),
        subcategory,
        refused: None,
        preselected: index == 0,
    }
}

fn choices() -> Vec<AccountChoice> {
    let mut list = vec![
        choice(0, "Everyday Checking", "checking", "4021"),
        choice(1, "High-Yield Savings", "savings", "7755"),
        choice(2, "Joint Checking", "checking", "1180"),
        choice(3, "Platinum Rewards Card", "credit_card", "9034"),
        choice(4, "Old Savings", "savings", "2208"),
        choice(5, "Home Mortgage", "mortgage", "0061"),
        choice(6, "Travel Fund", "savings", "3377"),
    ];
    list[3].refused = Some(Refused::NotPayable);
    list[4].refused = Some(Refused::Closed);
    list[5].refused = Some(Refused::TypeNotAsked);
    list[6].refused = Some(Refused::AlreadyLinked);
    list
}

/// The pane on which accounts are chosen.
pub(super) fn choices_of_accounts() -> Vec<Sample> {
    let pane = |choices, limit, complaint| Pane::Accounts { institution: bank(0), choices, limit, complaint };
    let mut without_number = choices();
    without_number.truncate(2);
    without_number[1].last4 = None;
    without_number[1].subcategory = "other";
    // What a complaint is about stands on the pane as it was sent.
    let sent = |chosen: &[usize]| {
        let mut list = choices();
        for (index, choice) in list.iter_mut().enumerate() {
            choice.preselected = chosen.contains(&index);
        }
        list
    };
    let mut to_pay = sample("accounts-to-pay", pane(choices()[..3].to_vec(), Some(1), None));
    to_pay.view.asked = vec![Asked::PaymentMethod];
    to_pay.view.pays = Some(Scope::Once);
    vec![
        to_pay,
        sample("accounts-many", pane(choices(), None, None)),
        sample("accounts-up-to-two", pane(choices(), Some(2), None)),
        sample("accounts-one", pane(choices(), Some(1), None)),
        sample("accounts-few", pane(without_number, None, None)),
        sample("accounts-complaint-none", pane(sent(&[]), None, Some(Complaint::ChooseOne))),
        sample("accounts-complaint-many", pane(sent(&[0, 1, 2]), Some(2), Some(Complaint::TooMany))),
        sample("accounts-complaint-payable", pane(sent(&[1]), None, Some(Complaint::NeedsPayable))),
    ]
}
