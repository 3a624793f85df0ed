//! Every way through a sign-in.

use ::ofx::{Answer, AskContent, Challenge, Content, Credentials, Request, Secret, SignOn};
use axum::response::Response;
use banks::{AnswerRefused, BankConnector, BankError, FieldInput, FormKind, FormSignIn, SignInForm, SignInState, SignInStep};

use super::{OfxBank, VERSIONS, listed, refused, respond, respond_refused, signed_on};

const LOGIN: [(&str, &str); 2] = [("username", "ada"), ("password", "secret")];

/// What the bank asks, and the state to answer with.
fn asked(step: SignInStep) -> (SignInForm, Option<SignInState>, Option<AnswerRefused>) {
    match step {
        SignInStep::Ask { form, state, refused } => (form, state, refused),
        SignInStep::Done(_) => panic!("signed in already"),
    }
}

fn is_done(step: &SignInStep) -> bool {
    matches!(step, SignInStep::Done(_))
}

/// The answer to `MFACHALLENGERQ`, or none if something else was asked.
fn challenges(request: &Request, challenges: &[(&str, &str)]) -> Option<Response> {
    let ask = request.asks.iter().find(|ask| matches!(ask.content, AskContent::Challenges { .. }))?;
    let question = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let listed = challenges.iter().map(|(id, text)| Challenge { id: (*id).to_owned(), question: question(text) }).collect();
    let sign_on = SignOn { session_cookie: Some(Secret::new("cookie_asked")), ..signed_on() };
    Some(respond(request, sign_on, vec![Answer::ok(ask.transaction_id.clone(), Content::Challenges(listed))]))
}

#[tokio::test]
async fn a_password_is_enough_in_every_version() {
    for version in VERSIONS {
        let bank = OfxBank::open(version, |request, _| respond(request, signed_on(), listed(request))).await;
        let first = bank.ofx.first();
        assert_eq!(first.kind, FormKind::Credentials);
        let inputs: Vec<&FieldInput> = first.fields.iter().map(|field| &field.input).collect();
        assert_eq!(inputs, [&FieldInput::Username, &FieldInput::Password]);
        assert!(is_done(&bank.answer(None, &LOGIN).await.unwrap()), "{version}");
        let request = &bank.requests()[0];
        assert_eq!(request.format.version, version);
        let sign_on = &request.sign_on;
        let expected = Credentials::Password { user: "ada".to_owned(), password: Secret::new("secret") };
        assert_eq!((&sign_on.credentials, sign_on.client_id.as_deref()), (&expected, Some("world_1")));
        assert_eq!(sign_on.institution.as_ref().unwrap().id.as_deref(), Some("42"));
        assert_eq!(sign_on.client_time.unwrap().unix_seconds(), bank.ctx.now);
        assert_eq!((sign_on.application.as_str(), sign_on.application_version.as_str()), ("QWIN", "2700"));
    }
}

#[tokio::test]
async fn old_versions_know_no_installation() {
    let bank = OfxBank::open(102, |request, _| respond(request, signed_on(), listed(request))).await;
    bank.grant().await;
    assert_eq!(bank.requests()[0].sign_on.client_id, None);
}

#[tokio::test]
async fn empty_and_wrong_answers_come_back_to_the_first_page() {
    let bank = OfxBank::open(103, |request, _| respond_refused(request, refused(15_500, "Unknown user.", "c"))).await;
    for pairs in [&[][..], &[("username", "ada")], &[("username", ""), ("password", "x")]] {
        let (form, state, why) = asked(bank.answer(None, pairs).await.unwrap());
        assert_eq!((form.kind, state.is_none(), why), (FormKind::Credentials, true, Some(AnswerRefused::Missing)));
    }
    let long = "x".repeat(3_000);
    let (_, _, why) = asked(bank.answer(None, &[("username", "ada"), ("password", &long)]).await.unwrap());
    assert_eq!(why, Some(AnswerRefused::Wrong));
    assert!(bank.requests().is_empty(), "the bank is not bothered with these");
    let (form, state, why) = asked(bank.answer(None, &LOGIN).await.unwrap());
    assert_eq!((form.kind, state.is_none(), why), (FormKind::Credentials, true, Some(AnswerRefused::Wrong)));
    assert_eq!(form.says.as_deref(), Some("Unknown user."));
}

/// One challenge, how it is asked for, and what is sent.
struct Case {
    id: &'static str,
    label: &'static str,
    kind: FormKind,
    says: &'static str,
    answer: &'static [(&'static str, &'static str)],
    sent: &'static str,
}

#[tokio::test]
async fn every_challenge_in_every_version() {
    let cases = [
        Case {
            id: "MFA_CHOICE",
            label: "(1) Text message to ••12\n(2) Mail",
            kind: FormKind::Choice,
            says: "Please.",
            answer: &[("answer_1", "1")],
            sent: "2",
        },
        Case {
            id: "MFA_CONFIRM",
            label: "Confirm 482913 in the app of your bank.",
            kind: FormKind::ConfirmCode,
            says: "Confirm 482913 in the app of your bank.",
            answer: &[],
            sent: "CONFIRMED",
        },
        Case {
            id: "MFA16",
            label: "",
            kind: FormKind::Question,
            says: "Please.",
            answer: &[("answer_1", "Byron & <co>")],
            sent: "Byron & <co>",
        },
    ];
    for version in VERSIONS {
        for case in &cases {
            let (id, label) = (case.id, case.label);
            let bank = OfxBank::open(version, move |request, _| {
                let asks = |request| challenges(request, &[(id, label)]);
                match asks(request) {
                    Some(challenges) => challenges,
                    None if request.sign_on.challenge_answers.is_empty() => {
                        respond_refused(request, refused(3000, "Please.", "cookie_1"))
                    }
                    None => respond(request, signed_on(), listed(request)),
                }
            })
            .await;
            let (form, state, why) = asked(bank.answer(None, &LOGIN).await.unwrap());
            assert_eq!((form.kind, form.says.as_deref(), why), (case.kind, Some(case.says), None), "{version} {id}");
            let stored = serde_json::to_string(&state.unwrap()).unwrap();
            let state: SignInState = serde_json::from_str(&stored).unwrap();
            assert!(is_done(&bank.answer(Some(&state), case.answer).await.unwrap()), "{version} {id}");
            let requests = bank.requests();
            assert_eq!(requests.len(), 3);
            let cookie = |at: usize| requests[at].sign_on.session_cookie.as_ref().map(|cookie| cookie.expose().to_owned());
            assert_eq!((cookie(0), cookie(1).as_deref(), cookie(2).as_deref()), (None, Some("cookie_1"), Some("cookie_asked")));
            let answers = &requests[2].sign_on.challenge_answers;
            assert_eq!((answers[0].id.as_str(), answers[0].answer.expose()), (id, case.sent));
            assert!(requests.iter().all(|request| request.sign_on.credentials == requests[0].sign_on.credentials));
        }
    }
}

#[tokio::test]
async fn wrong_answers_are_asked_for_again() {
    let bank = OfxBank::open(211, |request, _| {
        let answer = request.sign_on.challenge_answers.first().map(|answer| answer.answer.expose().to_owned());
        match (challenges(request, &[("q", "First pet?")]), answer.as_deref()) {
            (Some(challenges), _) => challenges,
            (None, None) => respond_refused(request, refused(3000, "One question.", "c1")),
            (None, Some("Rex")) => respond(request, signed_on(), listed(request)),
            (None, Some(_)) => respond_refused(request, refused(3001, "No.", "c2")),
        }
    })
    .await;
    let (_, state, _) = asked(bank.answer(None, &LOGIN).await.unwrap());
    let (form, again, why) = asked(bank.answer(state.as_ref(), &[]).await.unwrap());
    assert_eq!((form.fields[0].label.as_deref(), why), (Some("First pet?"), Some(AnswerRefused::Missing)));
    assert_eq!(bank.requests().len(), 2, "nothing is sent without an answer");
    let (form, again, why) = asked(bank.answer(again.as_ref(), &[("answer_1", "Cat")]).await.unwrap());
    assert_eq!((form.says.as_deref(), why), (Some("No."), Some(AnswerRefused::Wrong)));
    assert!(is_done(&bank.answer(again.as_ref(), &[("answer_1", "Rex")]).await.unwrap()));
}

#[tokio::test]
async fn a_choice_and_then_a_code() {
    let bank = OfxBank::open(103, |request, _| {
        let token = request.sign_on.auth_token.as_ref().map(|token| token.expose().to_owned());
        match (challenges(request, &[("MFA_CHOICE", "(1) a\n(2) b")]), token.as_deref()) {
            (Some(challenges), _) => challenges,
            (None, _) if request.sign_on.access_key.is_some() => respond(request, signed_on(), listed(request)),
            (None, Some("123456")) => {
                let sign_on = SignOn { access_key: Some(Secret::new("key_1")), ..signed_on() };
                respond(request, sign_on, listed(request))
            }
            (None, Some(_)) => respond_refused(request, refused(15_513, "Wrong code.", "c4")),
            (None, None) if request.sign_on.challenge_answers.is_empty() => {
                respond_refused(request, refused(3000, "Where to?", "c1"))
            }
            (None, None) => respond_refused(request, refused(15_512, "We sent a code.", "c3")),
        }
    })
    .await;
    let (form, state, _) = asked(bank.answer(None, &LOGIN).await.unwrap());
    assert_eq!((form.kind, form.says.as_deref()), (FormKind::Choice, Some("Where to?")));
    let (form, state, why) = asked(bank.answer(state.as_ref(), &[("answer_1", "0")]).await.unwrap());
    assert_eq!((form.kind, form.says.as_deref(), why), (FormKind::Code, Some("We sent a code."), None));
    assert_eq!(form.fields[0].input, FieldInput::Code);
    let (form, state, why) = asked(bank.answer(state.as_ref(), &[("code", " ")]).await.unwrap());
    assert_eq!((form.kind, why), (FormKind::Code, Some(AnswerRefused::Missing)));
    let (_, state, why) = asked(bank.answer(state.as_ref(), &[("code", "999999")]).await.unwrap());
    assert_eq!(why, Some(AnswerRefused::Wrong));
    let step = bank.answer(state.as_ref(), &[("code", " 123456 ")]).await.unwrap();
    let SignInStep::Done(grant) = step else { panic!("not signed in") };
    let last = bank.requests().pop().unwrap().sign_on;
    assert_eq!(last.session_cookie.unwrap().expose(), "c4", "the newest");
    bank.ofx.accounts(&bank.ctx, &grant).await.unwrap();
    let later = bank.requests().pop().unwrap().sign_on;
    assert_eq!(later.access_key.unwrap().expose(), "key_1", "spares further questions");
    assert!(later.auth_token.is_none() && later.session_cookie.is_none());
}

#[tokio::test]
async fn questions_about_the_program_are_not_for_people() {
    let bank = OfxBank::open(103, |request, _| match challenges(request, &[("MFA107", ""), ("MFA101", "")]) {
        Some(challenges) => challenges,
        None if request.sign_on.challenge_answers.is_empty() => respond_refused(request, refused(3000, "", "c")),
        None => respond(request, signed_on(), listed(request)),
    })
    .await;
    assert!(is_done(&bank.answer(None, &LOGIN).await.unwrap()));
    assert_eq!(bank.requests()[2].sign_on.challenge_answers[0].answer.expose(), "QWIN 2700");
}

#[tokio::test]
async fn sign_ins_that_end() {
    let denied = || BankError::AccessDenied;
    let protocol = || BankError::Protocol(String::new());
    for (code, expected) in [
        (2000, denied()),
        (15_000, denied()),
        (15_501, denied()),
        (15_502, denied()),
        (15_510, denied()),
        (15_511, denied()),
        (2021, protocol()),
        (13_504, protocol()),
    ] {
        let bank = OfxBank::open(103, move |request, _| respond_refused(request, refused(code, "No.", "c"))).await;
        let error = bank.answer(None, &LOGIN).await.unwrap_err();
        let error = if matches!(error, BankError::Protocol(_)) { protocol() } else { error };
        assert_eq!(error, expected, "{code}");
        assert_eq!(bank.requests().len(), 1, "a refusal is not pressed");
    }
}

#[tokio::test]
async fn banks_that_lead_in_circles_are_left() {
    let bank = OfxBank::open(103, |request, _| match challenges(request, &[("MFA107", "")]) {
        Some(challenges) => challenges,
        None => respond_refused(request, refused(3000, "", "c")),
    })
    .await;
    assert_eq!(bank.answer(None, &LOGIN).await.unwrap_err(), BankError::AccessDenied);
    let none = OfxBank::open(103, |request, _| match challenges(request, &[]) {
        Some(challenges) => challenges,
        None => respond_refused(request, refused(3000, "", "c")),
    })
    .await;
    assert!(matches!(none.answer(None, &LOGIN).await, Err(BankError::Protocol(_))));
}

#[tokio::test]
async fn a_list_that_is_refused_ends_the_sign_in() {
    let bank = OfxBank::open(103, |request, _| {
        let status = ofx::Status::error(ofx::StatusCode(2000), "Not now.");
        let answer = Answer::new(request.asks[0].transaction_id.clone(), status, Content::Accounts(None));
        respond(request, signed_on(), vec![answer])
    })
    .await;
    assert_eq!(bank.answer(None, &LOGIN).await.unwrap_err(), BankError::AccessDenied);
}

#[tokio::test]
async fn a_key_stands_for_the_password_until_it_ends() {
    for (ends, with_key) in [(1, false), (3_600, true)] {
        let bank = OfxBank::open(103, move |request, _| {
            let until = ofx::Moment::from_unix_seconds(crate::bank::context().now + ends);
            let sign_on = SignOn { user_key: Some(Secret::new("k")), user_key_expires: until, ..signed_on() };
            respond(request, sign_on, listed(request))
        })
        .await;
        let grant = bank.grant().await;
        let mut later = bank.ctx.clone();
        later.now += 10;
        bank.ofx.accounts(&later, &grant).await.unwrap();
        let used = matches!(bank.requests()[1].sign_on.credentials, Credentials::UserKey(_));
        assert_eq!(used, with_key);
    }
}
