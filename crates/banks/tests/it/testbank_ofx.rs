//! The whole way through the test bank over OFX, as the product goes it.

use ::testbank::OFX_ORG;
use banks::{
    AnswerRefused, Answers, BankAccount, BankConnector, BankError, Category, DataKind, FieldInput, FormKind, FormSignIn, Grant,
    Ofx, OfxConfig, SignInForm, SignInState, SignInStep, Subcategory, TransactionStatus, TransactionWindow,
};

use crate::bank::context;
use crate::testbank::served;

async fn institution(slug: &str, version: u16) -> Ofx {
    let base = served().await;
    let config = OfxConfig {
        org: Some(OFX_ORG.to_owned()),
        fid: Some(slug.to_owned()),
        version,
        ..OfxConfig::new(format!("{base}/{slug}/ofx"))
    };
    Ofx::new(config, egress::Client::new(egress::Limits::default()).unwrap())
}

async fn answer(ofx: &Ofx, state: Option<&SignInState>, pairs: &[(&str, &str)]) -> Result<SignInStep, BankError> {
    let answers = Answers::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    ofx.answer(&context(), "world_1", state, answers).await
}

/// What a step asks.
fn asked(step: SignInStep) -> (SignInForm, Option<SignInState>, Option<AnswerRefused>) {
    match step {
        SignInStep::Ask { form, state, refused } => (form, state, refused),
        SignInStep::Done(_) => panic!("signed in already"),
    }
}

fn done(step: SignInStep) -> Grant {
    match step {
        SignInStep::Done(grant) => grant,
        SignInStep::Ask { form, refused, .. } => panic!("the bank asks {form:?} {refused:?}"),
    }
}

/// Types a password, and tells what the bank asks then.
async fn after(ofx: &Ofx, password: &str) -> (SignInForm, Option<SignInState>, Option<AnswerRefused>) {
    asked(answer(ofx, None, &[("username", "ada"), ("password", password)]).await.unwrap())
}

#[tokio::test]
async fn everything_the_bank_shares_is_read_in_both_syntaxes() {
    let mut read: Vec<Vec<BankAccount>> = Vec::new();
    for version in [103, 160, 203, 220] {
        let ofx = institution("bank-non-oauth", version).await;
        let ctx = context();
        let grant = done(answer(&ofx, None, &[("username", "ada"), ("password", "x")]).await.unwrap());
        let accounts = ofx.accounts(&ctx, &grant).await.unwrap();
        assert!(accounts.iter().all(|account| account.open && account.balance.is_some() && account.currency == "usd"));
        let card = accounts.iter().find(|account| account.subcategory == Subcategory::CreditCard).unwrap();
        assert!(card.balance.as_ref().unwrap().current_minor <= 0, "what is owed is negative");
        let checking = accounts.iter().find(|account| account.subcategory == Subcategory::Checking).unwrap();
        assert_eq!(checking.category, Category::Cash);
        let id = &checking.bank_account_id;
        assert_eq!(ofx.account(&ctx, &grant, id).await.unwrap(), *checking);
        let numbers = ofx.payment_numbers(&ctx, &grant, id).await.unwrap().unwrap();
        assert!(numbers.can_debit && numbers.can_credit);
        assert!(numbers.account.expose().ends_with(checking.last4.as_deref().unwrap()));
        let window = TransactionWindow { from: ctx.now - 180 * 86_400, to: ctx.now };
        let pull = ofx.transactions(&ctx, &grant, id, "usd", window).await.unwrap();
        assert!(pull.complete && pull.rows.len() > 50, "{} rows", pull.rows.len());
        assert!(pull.rows.iter().all(|row| row.status == TransactionStatus::Posted));
        assert!(!ofx.shares(DataKind::Ownership));
        read.push(accounts);
    }
    assert!(read.iter().all(|accounts| *accounts == read[0]), "the same in every version");
}

#[tokio::test]
async fn a_choice_then_a_code_with_a_mistake_at_each() {
    for version in [103, 220] {
        let ofx = institution("bank-non-oauth", version).await;
        let (form, state, why) = after(&ofx, "options").await;
        assert_eq!((form.kind, why), (FormKind::Choice, None));
        let FieldInput::Choice { options } = &form.fields[0].input else { panic!("no choice") };
        assert_eq!(options.len(), 2);
        assert!(form.says.is_some());
        let (_, state, why) = asked(answer(&ofx, state.as_ref(), &[("answer_1", "7")]).await.unwrap());
        assert_eq!(why, Some(AnswerRefused::Wrong));
        let (form, state, why) = asked(answer(&ofx, state.as_ref(), &[("answer_1", "1")]).await.unwrap());
        assert_eq!((form.kind, why), (FormKind::Code, None));
        let (form, state, why) = asked(answer(&ofx, state.as_ref(), &[("code", "incorrect")]).await.unwrap());
        assert_eq!((form.kind, why), (FormKind::Code, Some(AnswerRefused::Wrong)));
        let grant = done(answer(&ofx, state.as_ref(), &[("code", "123456")]).await.unwrap());
        assert!(!ofx.accounts(&context(), &grant).await.unwrap().is_empty(), "later calls are asked nothing");
    }
}

#[tokio::test]
async fn one_word_leads_from_challenge_to_challenge() {
    let ofx = institution("bank-non-oauth", 103).await;
    let (form, state, _) = after(&ofx, "security_question").await;
    assert_eq!(form.kind, FormKind::Question);
    let (form, state, why) = asked(answer(&ofx, state.as_ref(), &[("answer_1", "incorrect")]).await.unwrap());
    assert_eq!((form.kind, why), (FormKind::Question, Some(AnswerRefused::Wrong)));
    let (form, state, _) = asked(answer(&ofx, state.as_ref(), &[("answer_1", "confirm_mfa")]).await.unwrap());
    assert_eq!((form.kind, form.fields.len()), (FormKind::ConfirmCode, 0));
    assert!(form.says.unwrap().chars().filter(char::is_ascii_digit).count() >= 4, "the code is shown");
    done(answer(&ofx, state.as_ref(), &[]).await.unwrap());
}

#[tokio::test]
async fn words_that_end_or_begin_again() {
    let ofx = institution("bank-non-oauth", 103).await;
    let (form, state, why) = after(&ofx, "incorrect").await;
    assert_eq!((form.kind, state.is_none(), why), (FormKind::Credentials, true, Some(AnswerRefused::Wrong)));
    for (user, password) in [("ada", "error"), ("error", "x"), ("ada", "locked")] {
        let ended = answer(&ofx, None, &[("username", user), ("password", password)]).await;
        assert_eq!(ended.unwrap_err(), BankError::AccessDenied, "{user} {password}");
    }
    let (_, state, _) = after(&ofx, "mfa").await;
    let ended = answer(&ofx, state.as_ref(), &[("code", "error")]).await;
    assert_eq!(ended.unwrap_err(), BankError::AccessDenied);
}
