//! Arbitrary requests.

use ofx::{Ask, AskContent, ChallengeAnswer, Credentials, Line, Period, Request, SignOnRequest};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{account, format, institution, maybe, moment, secret, text};

pub fn request() -> BoxedStrategy<Request> {
    (format(), sign_on(), vec(ask(), 0..4)).prop_map(|(format, sign_on, asks)| Request { format, sign_on, asks }).boxed()
}

fn sign_on() -> BoxedStrategy<SignOnRequest> {
    let credentials = prop_oneof![
        (text(), secret()).prop_map(|(user, password)| Credentials::Password { user, password }),
        Just(Credentials::anonymous()),
        Just(Credentials::Password { user: String::new(), password: ofx::Secret::default() }),
        secret().prop_map(Credentials::UserKey),
    ];
    let challenge_answer = (text(), secret()).prop_map(|(id, answer)| ChallengeAnswer { id, answer });
    let first = (of(moment()), credentials, of(any::<bool>()), text(), of(institution()), of(secret()));
    let second = (text(), text(), maybe(), of(secret()), of(secret()), of(secret()), of(secret()), vec(challenge_answer, 0..3));
    (first, second)
        .prop_map(|(first, second)| SignOnRequest {
            client_time: first.0,
            credentials: first.1,
            want_user_key: first.2,
            language: first.3,
            institution: first.4,
            session_cookie: first.5,
            application: second.0,
            application_version: second.1,
            client_id: second.2,
            first_credential: second.3,
            second_credential: second.4,
            auth_token: second.5,
            access_key: second.6,
            challenge_answers: second.7,
            line: Line::default(),
        })
        .boxed()
}

fn ask() -> BoxedStrategy<Ask> {
    let period = || of((of(moment()), of(moment())).prop_map(|(start, end)| Period { start, end }));
    let content = prop_oneof![
        of(moment()).prop_map(|client_time| AskContent::Challenges { client_time }),
        moment().prop_map(|since| AskContent::Profile { since }),
        moment().prop_map(|since| AskContent::Accounts { since }),
        (of(account()), period()).prop_map(|(account, transactions)| AskContent::BankStatement { account, transactions }),
        (of(account()), period()).prop_map(|(account, transactions)| AskContent::CardStatement { account, transactions }),
    ];
    (text(), maybe(), content)
        .prop_map(|(transaction_id, client_cookie, content)| Ask {
            transaction_id,
            client_cookie,
            content,
            line: Line::default(),
        })
        .boxed()
}
