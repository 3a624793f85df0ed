//! One sample of every pane in every state. The gallery shows them and the snapshot tests render them, so that what is
//! tested is what people review.

use crate::settings::{Settings, StartKeys};
use crate::view::{AccountChoice, Asked, Complaint, FlowView, InstitutionCard, LinkedAccount, Pane, Problem, Refused};

/// A named state of the flow.
pub struct Sample {
    /// Part of the gallery's address and of the snapshot's name.
    pub name: &'static str,
    pub view: FlowView,
}

/// Every pane in every state.
pub fn flows() -> Vec<Sample> {
    let mut samples = vec![sample("consent", Pane::Consent), consent_little(), consent_live()];
    samples.extend(pickers());
    samples.extend([
        sample("bank-login", Pane::BankLogin { institution: bank(0), waiting: false }),
        sample("bank-login-waiting", Pane::BankLogin { institution: bank(0), waiting: true }),
    ]);
    samples.extend(accounts());
    samples.extend(endings());
    samples.extend(problems());
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
        asked: vec![Asked::PaymentMethod, Asked::Balances, Asked::Ownership, Asked::Transactions],
        linked: Vec::new(),
        pane,
    };
    Sample { name, view }
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

const BANKS: [(&str, &str); 5] = [
    ("Test (OAuth)", "test-oauth.example"),
    ("Bank (OAuth)", "bank-oauth.example"),
    ("Ownership Accounts", "ownership.example"),
    ("Invalid Payment Accounts", "invalid-payment.example"),
    ("Down Bank (scheduled)", "down-scheduled.example"),
];

fn bank(index: usize) -> InstitutionCard {
    let (name, host) = BANKS[index];
    InstitutionCard { id: format!("fcinst_sample{index}"), name: name.to_owned(), host: Some(host.to_owned()) }
}

fn pickers() -> Vec<Sample> {
    let picker = |query: &str, institutions| Pane::Picker { query: query.to_owned(), institutions, manual_entry: false };
    let mut long = bank(1);
    long.name = "The Farmers and Merchants Savings Bank of Upper Wexford County".to_owned();
    long.host = None;
    vec![
        sample("picker", picker("", (0..BANKS.len()).map(bank).collect())),
        sample("picker-results", picker("ba", vec![bank(1), long])),
        sample("picker-no-results", picker("grinnwald", Vec::new())),
    ]
}

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

fn accounts() -> Vec<Sample> {
    let pane = |choices, limit, complaint| Pane::Accounts { institution: bank(0), choices, limit, complaint };
    let mut without_number = choices();
    without_number.truncate(2);
    without_number[1].last4 = None;
    without_number[1].subcategory = "other";
    vec![
        sample("accounts-many", pane(choices(), None, None)),
        sample("accounts-up-to-two", pane(choices(), Some(2), None)),
        sample("accounts-one", pane(choices(), Some(1), None)),
        sample("accounts-few", pane(without_number, None, None)),
        sample("accounts-complaint-none", pane(choices(), None, Some(Complaint::ChooseOne))),
        sample("accounts-complaint-many", pane(choices(), Some(2), Some(Complaint::TooMany))),
        sample("accounts-complaint-payable", pane(choices(), None, Some(Complaint::NeedsPayable))),
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

fn endings() -> Vec<Sample> {
    let mut one = sample("success-one", Pane::Success { can_link_another: true });
    one.view.linked = vec![linked("Everyday Checking", Some("4021"))];
    let mut many = sample("success-many", Pane::Success { can_link_another: false });
    many.view.linked = vec![linked("Everyday Checking", Some("4021")), linked("High-Yield Savings", None)];
    let mut finished = sample("finished", Pane::Finished { cancelled: false });
    finished.view.return_url = Some("https://juniper.example/settings?tab=banks".to_owned());
    vec![one, many, finished, sample("finished-cancelled", Pane::Finished { cancelled: true })]
}

fn problems() -> Vec<Sample> {
    let at_bank = |problem| Pane::Problem { problem, institution: Some(bank(0)), manual_entry: false };
    vec![
        // 24 November 2026, 06:30 UTC.
        sample("problem-down-planned", at_bank(Problem::DownPlanned { until: 1_795_501_800 })),
        sample("problem-down-unplanned", at_bank(Problem::DownUnplanned)),
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

/// Names of the pages that only say something.
pub const MESSAGES: [&str; 3] = ["returned", "not-found", "unavailable"];

/// One of [`MESSAGES`].
pub fn message(name: &str) -> Option<String> {
    match name {
        "returned" => Some(crate::flow::returned_page(Some("sample"), false)),
        "not-found" => Some(crate::flow::unknown_page()),
        "unavailable" => Some(crate::flow::unavailable_page("sample")),
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
        "start" => Some(crate::start::start_page(&settings, true)),
        "start-without-keys" => Some(crate::start::start_page(&settings, false)),
        _ => None,
    }
}
