#![allow(dead_code, reason = "shared by the tests and by the preview, which use different parts")]
//! A product from memory: flows that move from pane to pane without a bank, a database or a clock.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use banks::{AnswerRefused, FieldInput, FormKind, SignInField, SignInForm};
use pages::view::*;
use pages::{BankCallback, ConsentText, FlowError, Linking, Returned};

/// Names and values that a person sent at once.
type Answers = Vec<(String, String)>;

/// One product; clones share its flows.
#[derive(Clone, Default)]
pub struct Memory {
    flows: Arc<Mutex<HashMap<String, FlowView>>>,
    answers: Arc<Mutex<Vec<Answers>>>,
    /// The words of every consent that was agreed to.
    pub shown: Arc<Mutex<Vec<ConsentText>>>,
}

impl Memory {
    /// Starts a flow under `token`, opened by the page at `opener`.
    pub fn open(&self, token: &str, opener: Option<&str>) {
        let view = FlowView {
            token: token.to_owned(),
            business_name: "Juniper Budget".to_owned(),
            livemode: false,
            opener_origin: opener.map(str::to_owned),
            return_url: None,
            hosted: false,
            locale: None,
            person_page: None,
            pays: None,
            asked: vec![Asked::Balances, Asked::Transactions],
            linked: Vec::new(),
            pane: Pane::Consent,
        };
        self.flows().insert(token.to_owned(), view);
    }

    /// Puts a flow on a pane.
    pub fn set(&self, token: &str, pane: Pane) {
        if let Some(view) = self.flows().get_mut(token) {
            view.pane = pane;
        }
    }

    /// Where a flow goes when it is over.
    pub fn set_return(&self, token: &str, address: &str) {
        self.alter(token, |view| view.return_url = Some(address.to_owned()));
    }

    /// Changes anything about a flow.
    pub fn alter(&self, token: &str, change: impl FnOnce(&mut FlowView)) {
        if let Some(view) = self.flows().get_mut(token) {
            change(view);
        }
    }

    /// What was answered on sign-in panes, form by form.
    pub fn answers(&self) -> Vec<Vec<(String, String)>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The state of a flow.
    pub fn get(&self, token: &str) -> Option<FlowView> {
        self.flows().get(token).cloned()
    }

    fn flows(&self) -> MutexGuard<'_, HashMap<String, FlowView>> {
        self.flows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, token: &str, change: impl FnOnce(&mut FlowView) -> Result<T, FlowError>) -> Result<T, FlowError> {
        change(self.flows().get_mut(token).ok_or(FlowError::NotFound)?)
    }
}

/// The banks of this product.
pub fn banks(query: &str) -> Vec<InstitutionCard> {
    ["Test (OAuth)", "Bank (OAuth)", "Down Bank", "Bank (Non-OAuth)", "SimpleFIN", "Import a statement file"]
        .iter()
        .enumerate()
        .filter(|(_, name)| name.to_lowercase().contains(&query.to_lowercase()))
        .map(|(index, name)| InstitutionCard {
            id: format!("fcinst_{index}"),
            name: (*name).to_owned(),
            host: Some(format!("bank{index}.example")),
        })
        .collect()
}

fn bank(id: &str) -> Option<InstitutionCard> {
    banks("").into_iter().find(|bank| bank.id == id)
}

fn accounts(linked: &[LinkedAccount], complaint: Option<Complaint>) -> Pane {
    let choice = |id: &str, name: &str, last4: &str| AccountChoice {
        id: id.to_owned(),
        name: name.to_owned(),
        last4: Some(last4.to_owned()),
        subcategory: "checking",
        refused: linked.iter().any(|one| one.id == id).then_some(Refused::AlreadyLinked),
        preselected: false,
    };
    Pane::Accounts {
        institution: banks("").remove(0),
        choices: vec![choice("fca_1", "Everyday Checking", "4021"), choice("fca_2", "Travel Fund", "3377")],
        limit: None,
        complaint,
    }
}

fn picker(query: &str) -> Pane {
    Pane::Picker { query: query.to_owned(), institutions: banks(query), manual_entry: true }
}

/// The pane that a bank shows first.
fn first_pane(institution: InstitutionCard) -> Pane {
    let field = |name: &str, input| SignInField { name: name.to_owned(), input, label: None };
    let (kind, fields) = match institution.name.as_str() {
        "Bank (Non-OAuth)" => {
            (FormKind::Credentials, vec![field("user", FieldInput::Username), field("pass", FieldInput::Password)])
        }
        "SimpleFIN" => (FormKind::Token, vec![field("token", FieldInput::Token)]),
        "Import a statement file" => (FormKind::File, vec![field("statement", FieldInput::File)]),
        _ => return Pane::BankLogin { institution, waiting: false },
    };
    Pane::SignIn { institution, form: SignInForm { kind, says: None, fields }, refused: None }
}

/// What a bank asks after answers: nothing more as a rule, the same once more after `incorrect`, a code after `mfa`.
fn next_step(form: &SignInForm, answers: &[(String, String)]) -> Option<(SignInForm, Option<AnswerRefused>)> {
    let given =
        |name: &str| answers.iter().find(|(own, value)| own == name && !value.is_empty()).map(|(_, value)| value.as_str());
    let values: Vec<_> = form.fields.iter().map(|field| given(&field.name)).collect();
    if values.contains(&None) {
        return Some((form.clone(), Some(AnswerRefused::Missing)));
    }
    if values.contains(&Some("incorrect")) {
        return Some((form.clone(), Some(AnswerRefused::Wrong)));
    }
    if values.contains(&Some("mfa")) {
        let fields = vec![SignInField { name: "code".to_owned(), input: FieldInput::Code, label: None }];
        let says = Some("We sent a code to the phone number ending in 4411.".to_owned());
        return Some((SignInForm { kind: FormKind::Code, says, fields }, None));
    }
    if form.kind == FormKind::File && !values.iter().flatten().any(|text| text.contains("<OFX>")) {
        return Some((form.clone(), Some(AnswerRefused::FileUnreadable { line: Some(1) })));
    }
    None
}

fn manual_entry(complaint: Option<ManualComplaint>) -> Pane {
    let test_numbers = Some(("110000000".to_owned(), "000123456789".to_owned()));
    Pane::ManualEntry { complaint, test_numbers, microdeposits: false }
}

impl Linking for Memory {
    async fn view(&self, token: &str, query: Option<&str>) -> Result<FlowView, FlowError> {
        let mut view = self.get(token).ok_or(FlowError::NotFound)?;
        if let (Pane::Picker { .. }, Some(query)) = (&view.pane, query) {
            view.pane = picker(query);
        }
        Ok(view)
    }

    async fn consent_shown(&self, _token: &str, text: ConsentText) -> Result<(), FlowError> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        Ok(())
    }

    async fn agree(&self, token: &str) -> Result<(), FlowError> {
        self.change(token, |view| match view.pane {
            Pane::Consent => {
                view.pane = picker("");
                Ok(())
            }
            _ => Err(FlowError::Wrong),
        })
    }

    async fn choose_institution(&self, token: &str, id: &str) -> Result<(), FlowError> {
        let institution = bank(id).ok_or(FlowError::Wrong)?;
        self.change(token, |view| {
            view.pane = first_pane(institution);
            Ok(())
        })
    }

    async fn bank_address(&self, token: &str, redirect: bool) -> Result<String, FlowError> {
        self.change(token, |view| {
            let Pane::BankLogin { institution, waiting } = &mut view.pane else {
                return Err(FlowError::Wrong);
            };
            if institution.name == "Down Bank" {
                let institution = Some(institution.clone());
                view.pane = Pane::Problem { problem: Problem::DownUnplanned, institution, manual_entry: false };
                return Err(FlowError::Problem);
            }
            *waiting = true;
            let mode = if redirect { "redirect" } else { "popup" };
            Ok(format!("/bank?state={mode}-{token}"))
        })
    }

    async fn bank_returned(&self, callback: BankCallback) -> Result<Returned, FlowError> {
        let (mode, token) = callback.state.split_once('-').ok_or(FlowError::NotFound)?;
        self.change(token, |view| {
            view.pane = match (callback.error, bank("fcinst_0")) {
                (None, _) => accounts(&view.linked, None),
                (Some(_), institution) => Pane::Problem { problem: Problem::AccessDenied, institution, manual_entry: false },
            };
            Ok(Returned { token: token.to_owned(), popup: mode == "popup" })
        })
    }

    async fn sign_in(&self, token: &str, answers: Vec<(String, String)>) -> Result<(), FlowError> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(answers.clone());
        self.change(token, |view| {
            let Pane::SignIn { institution, form, .. } = &view.pane else {
                return Err(FlowError::Wrong);
            };
            view.pane = match next_step(form, &answers) {
                Some((form, refused)) => Pane::SignIn { institution: institution.clone(), form, refused },
                None => accounts(&view.linked, None),
            };
            Ok(())
        })
    }

    async fn open_manual(&self, token: &str) -> Result<(), FlowError> {
        self.change(token, |view| match view.pane {
            Pane::Picker { .. } | Pane::Problem { .. } => {
                view.pane = manual_entry(None);
                Ok(())
            }
            _ => Err(FlowError::Wrong),
        })
    }

    async fn manual_numbers(&self, token: &str, routing: String, account: String, again: String) -> Result<(), FlowError> {
        self.change(token, |view| {
            let complaint = match (routing.as_str(), account.as_str()) {
                ("", _) => Some(ManualComplaint::RoutingMissing),
                (number, _) if number.len() != 9 => Some(ManualComplaint::RoutingWrong),
                (_, "") => Some(ManualComplaint::AccountMissing),
                _ if account != again => Some(ManualComplaint::AccountDiffers),
                _ => None,
            };
            view.pane = match (complaint, account.get(account.len().saturating_sub(4)..)) {
                (None, Some(last4)) => Pane::ManualDone { last4: last4.to_owned(), microdeposits: false },
                _ => manual_entry(complaint),
            };
            Ok(())
        })
    }

    async fn choose_accounts(&self, token: &str, ids: &[String]) -> Result<(), FlowError> {
        self.change(token, |view| {
            let Pane::Accounts { choices, institution, .. } = &view.pane else {
                return Err(FlowError::Wrong);
            };
            let chosen: Vec<_> = choices
                .iter()
                .filter(|choice| ids.contains(&choice.id))
                .map(|choice| LinkedAccount {
                    id: choice.id.clone(),
                    name: choice.name.clone(),
                    last4: choice.last4.clone(),
                    institution_name: institution.name.clone(),
                })
                .collect();
            view.pane = if chosen.is_empty() {
                accounts(&view.linked, Some(Complaint::ChooseOne))
            } else {
                Pane::Success { can_link_another: true }
            };
            view.linked.extend(chosen);
            Ok(())
        })
    }

    async fn back_to_picker(&self, token: &str) -> Result<(), FlowError> {
        self.change(token, |view| {
            view.pane = picker("");
            Ok(())
        })
    }

    async fn cancel(&self, token: &str) -> Result<(), FlowError> {
        self.change(token, |view| {
            view.pane = Pane::Finished { cancelled: view.linked.is_empty() };
            Ok(())
        })
    }

    async fn done(&self, token: &str) -> Result<(), FlowError> {
        self.change(token, |view| {
            view.pane = Pane::Finished { cancelled: false };
            Ok(())
        })
    }

    async fn try_session(&self) -> Result<String, FlowError> {
        Ok("fcsess_1_secret_1".to_owned())
    }
}
