//! Everything but the sign-in on our own pages and the choice of accounts.

use super::{BANKS, Sample, bank, sample};
use crate::view::{Asked, LinkedAccount, Pane, Problem};

/// From the consent to the bank.
pub(super) fn beginnings() -> Vec<Sample> {
    let mut samples = vec![sample("consent", Pane::Consent), consent_little(), consent_live()];
    samples.extend(pickers());
    samples.extend([
        sample("bank-login", Pane::BankLogin { institution: bank(0), waiting: false }),
        sample("bank-login-waiting", Pane::BankLogin { institution: bank(0), waiting: true }),
    ]);
    samples
}

fn consent_little() -> Sample {
    let mut little = sample("consent-balances-only", Pane::Consent);
    little.view.asked = vec![Asked::Balances];
    little
}

/// Live mode, and a name with characters that HTML must escape.
fn consent_live() -> Sample {
    let mut live = sample("consent-live", Pane::Consent);
    live.view.livemode = true;
    live.view.business_name = "Baker & Sons <Wholesale> of Lower Saxon Street".to_owned();
    live.view.asked = vec![Asked::PaymentMethod, Asked::Balances];
    live
}

fn pickers() -> Vec<Sample> {
    let picker = |query: &str, institutions, manual_entry| Pane::Picker { query: query.to_owned(), institutions, manual_entry };
    let mut long = bank(1);
    long.name = "The Farmers and Merchants Savings Bank of Upper Wexford County".to_owned();
    long.host = None;
    vec![
        sample("picker", picker("", (0..BANKS.len()).map(bank).collect(), false)),
        sample("picker-manual", picker("", (0..BANKS.len()).map(bank).collect(), true)),
        sample("picker-results", picker("ba", vec![bank(1), long], false)),
        sample("picker-no-results", picker("grinnwald", Vec::new(), false)),
        sample("picker-no-results-manual", picker("grinnwald", Vec::new(), true)),
    ]
}

fn linked(name: &str, last4: Option<&str>) -> LinkedAccount {
    LinkedAccount {
        id: "fca_sample".to_owned(),
        name: name.to_owned(),
        last4: last4.map(str::to_owned),
        institution_name: BANKS[0].0.to_owned(),
    }
}

/// The panes after something was linked.
pub(super) fn endings() -> Vec<Sample> {
    let mut one = sample("success-one", Pane::Success { can_link_another: true });
    one.view.linked = vec![linked("Everyday Checking", Some("4021"))];
    let mut managed = sample("success-person-page", Pane::Success { can_link_another: true });
    managed.view.linked.clone_from(&one.view.linked);
    managed.view.person_page = Some("https://drawbridge.example/person/sample".to_owned());
    let mut many = sample("success-many", Pane::Success { can_link_another: false });
    many.view.linked = vec![linked("Everyday Checking", Some("4021")), linked("High-Yield Savings", None)];
    let mut finished = sample("finished", Pane::Finished { cancelled: false });
    finished.view.return_url = Some("https://juniper.example/settings?tab=banks".to_owned());
    vec![one, many, managed, finished, sample("finished-cancelled", Pane::Finished { cancelled: true })]
}

/// What can go wrong.
pub(super) fn problems() -> Vec<Sample> {
    let at_bank = |problem| Pane::Problem { problem, institution: Some(bank(0)), manual_entry: false };
    let manual = |problem| Pane::Problem { problem, institution: Some(bank(0)), manual_entry: true };
    vec![
        // 24 November 2026, 06:30 UTC.
        sample("problem-down-planned", at_bank(Problem::DownPlanned { until: 1_795_501_800 })),
        sample("problem-down-unplanned", at_bank(Problem::DownUnplanned)),
        sample("problem-down-unplanned-manual", manual(Problem::DownUnplanned)),
        sample("problem-bank-error", at_bank(Problem::BankError)),
        sample("problem-no-eligible", at_bank(Problem::NoEligibleAccounts { found: 3 })),
        sample("problem-no-eligible-one", at_bank(Problem::NoEligibleAccounts { found: 1 })),
        sample("problem-no-accounts", at_bank(Problem::NoEligibleAccounts { found: 0 })),
        sample("problem-access-denied", at_bank(Problem::AccessDenied)),
        sample(
            "problem-session-expired",
            Pane::Problem { problem: Problem::SessionExpired, institution: None, manual_entry: false },
        ),
    ]
}

/// The panes that differ where the flow is a page of its own.
pub(super) fn hosted() -> Vec<Sample> {
    let hosted = |name, pane| {
        let mut hosted = sample(name, pane);
        hosted.view.hosted = true;
        hosted.view.opener_origin = None;
        hosted.view.return_url = Some("https://juniper.example/settings?tab=banks".to_owned());
        hosted
    };
    let institutions = (0..BANKS.len()).map(bank).collect();
    vec![
        hosted("hosted-consent", Pane::Consent),
        hosted("hosted-picker", Pane::Picker { query: String::new(), institutions, manual_entry: true }),
        hosted("hosted-bank-login", Pane::BankLogin { institution: bank(0), waiting: false }),
        hosted("hosted-bank-login-waiting", Pane::BankLogin { institution: bank(0), waiting: true }),
        hosted("hosted-finished", Pane::Finished { cancelled: false }),
    ]
}
