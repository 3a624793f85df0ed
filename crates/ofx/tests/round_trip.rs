//! What is written is read back, and no value becomes a tag.

mod common;

use common::{answers, requests};
use ofx::{Ask, AskContent, Credentials, Element, Format, Moment, Request, Secret, SignOnRequest};
use proptest::prelude::*;

/// The tags of a file without their values.
fn tags(element: &Element) -> String {
    let inside: Vec<String> = element.children.iter().map(tags).collect();
    format!("{}({})", element.name, inside.join(" "))
}

/// A request with one text in all its places.
fn with_everywhere(text: &str, format: Format) -> Request {
    let some = || Some(text.to_owned());
    let secret = || Some(Secret::new(text));
    let account = ofx::Account { bank: some(), branch: some(), key: some(), ..ofx::Account::card(text) };
    let credentials = Credentials::Password { user: text.to_owned(), password: Secret::new(text) };
    let sign_on = SignOnRequest {
        language: text.to_owned(),
        institution: Some(ofx::Institution { organization: some(), id: some() }),
        session_cookie: secret(),
        application: text.to_owned(),
        application_version: text.to_owned(),
        client_id: some(),
        first_credential: secret(),
        second_credential: secret(),
        auth_token: secret(),
        access_key: secret(),
        challenge_answers: vec![ofx::ChallengeAnswer { id: text.to_owned(), answer: Secret::new(text) }],
        ..SignOnRequest::new(Moment::EPOCH, credentials)
    };
    let content = AskContent::CardStatement { account: Some(account), transactions: None };
    Request { format, sign_on, asks: vec![Ask { client_cookie: some(), ..Ask::new(text, content) }] }
}

proptest! {
    #[test]
    fn requests_are_read_back(request in requests::request()) {
        let bytes = ofx::write_request(&request);
        let reading = ofx::read_request(&bytes).expect("a request");
        prop_assert_eq!(reading.value, request);
    }

    #[test]
    fn answers_are_read_back(document in answers::document()) {
        let bytes = ofx::write(&document);
        let reading = ofx::read(&bytes).expect("a document");
        prop_assert_eq!(reading.value, document);
    }

    #[test]
    fn no_value_becomes_a_tag(text in prop_oneof![any::<String>(), common::text()], is_xml in any::<bool>()) {
        let format = if is_xml { Format::V211 } else { Format::V103 };
        let tree = |text: &str| ofx::read_tree(&ofx::write_request(&with_everywhere(text, format))).expect("a tree").value;
        prop_assert_eq!(tags(&tree(&format!("x{text}")).root), tags(&tree("x").root));
    }

    #[test]
    fn sgml_is_ascii_and_xml_is_well_formed_enough(document in answers::document()) {
        let bytes = ofx::write(&document);
        let text = String::from_utf8(bytes).expect("UTF-8");
        if document.format.syntax == ofx::Syntax::Sgml {
            prop_assert!(text.is_ascii());
        } else {
            // As many starts as ends: every value has its end tag.
            prop_assert_eq!(text.matches("</").count() * 2, text.matches('<').count() - 2);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), with_root in any::<bool>()) {
        let head: &[u8] = if with_root { b"<OFX><STMTTRN>" } else { b"" };
        let bytes = [head, &bytes].concat();
        let _ = ofx::read(&bytes);
        let _ = ofx::read_request(&bytes);
    }

    #[test]
    fn no_texts_of_tags_panic(text in "(<[A-Z/!?]{0,3}[A-Z]{1,9}>?|[ -~\r\n]{0,5}|é){0,60}") {
        let _ = ofx::read(format!("<OFX>{text}").as_bytes());
    }

    #[test]
    fn identities_are_distinct(document in answers::document()) {
        for statement in document.statements() {
            let identities = statement.identities();
            let distinct: std::collections::HashSet<_> = identities.iter().collect();
            prop_assert_eq!(distinct.len(), statement.transactions.len());
        }
    }
}

#[test]
fn secrets_are_not_shown() {
    let request = with_everywhere("hunter2", Format::V102);
    let sign_on = SignOnRequest {
        credentials: Credentials::Password { user: "ada".to_owned(), password: Secret::new("hunter2") },
        language: "ENG".to_owned(),
        institution: None,
        application: "QWIN".to_owned(),
        application_version: "2700".to_owned(),
        client_id: None,
        challenge_answers: vec![ofx::ChallengeAnswer { id: "MFA1".to_owned(), answer: Secret::new("hunter2") }],
        ..request.sign_on
    };
    assert!(!format!("{sign_on:?}").contains("hunter2"));
}
