//! Signing in on a page of ours, and typing the numbers of an account.

use banks::{AnswerRefused, FieldInput, FormKind, SignInField, SignInForm};

use super::{Sample, sample};
use crate::view::{InstitutionCard, ManualComplaint, Pane};
use api::payments::mandates::wording::Scope;

/// What each kind of step asks, with an institution that would.
fn step(kind: FormKind, says: Option<&str>, fields: Vec<SignInField>, refused: Option<AnswerRefused>) -> Pane {
    let (name, host) = match kind {
        FormKind::Token => ("SimpleFIN", Some("bridge.simplefin.example")),
        FormKind::File => ("Import a statement file", None),
        _ => ("Bank (Non-OAuth)", Some("bank-non-oauth.example")),
    };
    let institution = InstitutionCard { id: "fcinst_sample9".to_owned(), name: name.to_owned(), host: host.map(str::to_owned) };
    Pane::SignIn { institution, form: SignInForm { kind, says: says.map(str::to_owned), fields }, refused }
}

fn field(name: &str, input: FieldInput, label: Option<&str>) -> SignInField {
    SignInField { name: name.to_owned(), input, label: label.map(str::to_owned) }
}

fn credentials(refused: Option<AnswerRefused>) -> Pane {
    let fields = vec![field("username", FieldInput::Username, None), field("password", FieldInput::Password, None)];
    step(FormKind::Credentials, None, fields, refused)
}

fn choice(refused: Option<AnswerRefused>) -> Pane {
    let options = [
        "Text message to (\u{2022}\u{2022}\u{2022}) \u{2022}\u{2022}\u{2022}-4411",
        "Call (\u{2022}\u{2022}\u{2022}) \u{2022}\u{2022}\u{2022}-4411",
        "E-mail to j\u{2022}\u{2022}\u{2022}@mail.example",
    ];
    let options = options.map(str::to_owned).to_vec();
    let fields = vec![field("option", FieldInput::Choice { options }, Some("Where should we send your code?"))];
    step(FormKind::Choice, None, fields, refused)
}

fn code(refused: Option<AnswerRefused>) -> Pane {
    let says = "We sent a code to the phone number ending in 4411.";
    step(FormKind::Code, Some(says), vec![field("code", FieldInput::Code, None)], refused)
}

fn question(refused: Option<AnswerRefused>) -> Pane {
    let label = "What was the name of your first pet?";
    step(FormKind::Question, None, vec![field("answer", FieldInput::Secret, Some(label))], refused)
}

fn token(refused: Option<AnswerRefused>) -> Pane {
    step(FormKind::Token, None, vec![field("token", FieldInput::Token, None)], refused)
}

fn file(refused: Option<AnswerRefused>) -> Pane {
    step(FormKind::File, None, vec![field("file", FieldInput::File, None)], refused)
}

/// Every kind of step and every reason to refuse its answers.
pub(super) fn forms() -> Vec<Sample> {
    let mut live = sample("sign-in-credentials-live", credentials(None));
    live.view.livemode = true;
    live.view.pays = Some(Scope::Saved);
    vec![
        sample("sign-in-credentials", credentials(None)),
        live,
        sample("sign-in-credentials-missing", credentials(Some(AnswerRefused::Missing))),
        sample("sign-in-credentials-wrong", credentials(Some(AnswerRefused::Wrong))),
        sample("sign-in-choice", choice(None)),
        sample("sign-in-choice-missing", choice(Some(AnswerRefused::Missing))),
        sample("sign-in-code", code(None)),
        sample("sign-in-code-wrong", code(Some(AnswerRefused::Wrong))),
        sample("sign-in-confirm-code", step(FormKind::ConfirmCode, Some("Your code is 4821."), Vec::new(), None)),
        sample("sign-in-question", question(None)),
        sample("sign-in-question-wrong", question(Some(AnswerRefused::Wrong))),
        sample("sign-in-token", token(None)),
        sample("sign-in-token-unusable", token(Some(AnswerRefused::TokenUnusable))),
        sample("sign-in-file", file(None)),
        sample("sign-in-file-missing", file(Some(AnswerRefused::Missing))),
        sample("sign-in-file-unreadable", file(Some(AnswerRefused::FileUnreadable { line: Some(1_204) }))),
        sample("sign-in-file-no-text", file(Some(AnswerRefused::FileUnreadable { line: None }))),
    ]
}

/// The numbers of an account, typed.
pub(super) fn numbers() -> Vec<Sample> {
    let test_numbers = || Some(("110000000".to_owned(), "000123456789".to_owned()));
    let test = |complaint| Pane::ManualEntry { complaint, test_numbers: test_numbers(), microdeposits: false };
    let deposits = Pane::ManualEntry { complaint: None, test_numbers: None, microdeposits: true };
    let mut live = sample("manual-entry-live", deposits);
    live.view.livemode = true;
    let complaints = [
        ("manual-entry-routing-missing", ManualComplaint::RoutingMissing),
        ("manual-entry-routing-wrong", ManualComplaint::RoutingWrong),
        ("manual-entry-account-missing", ManualComplaint::AccountMissing),
        ("manual-entry-account-wrong", ManualComplaint::AccountWrong),
        ("manual-entry-account-differs", ManualComplaint::AccountDiffers),
    ];
    let done = |microdeposits| Pane::ManualDone { last4: "6789".to_owned(), microdeposits };
    let mut samples = vec![sample("manual-entry", test(None)), live];
    samples.extend(complaints.map(|(name, complaint)| sample(name, test(Some(complaint)))));
    samples.extend([sample("manual-done", done(false)), sample("manual-done-deposits", done(true))]);
    samples
}
