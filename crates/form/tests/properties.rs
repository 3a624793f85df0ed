//! What holds for any input.

use form::{Form, Limits, fuzz_one};
use proptest::prelude::*;

/// Bodies made of the bytes that matter to the parser, so that most of them mean something.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let names = "(a|b|items|created|metadata|limit|kind|address)";
    let segments = r"(\[(|0|1|2|a|price|gt|city|line1|tags)\]){0,4}";
    let values = "(|1|true|x|%00|%C3%A9|account|a%26b|\\+)";
    let pair = format!("{names}{segments}={values}");
    let pairs = proptest::collection::vec(proptest::string::string_regex(&pair).expect("an expression"), 0..20);
    pairs.prop_map(|pairs| pairs.join("&").into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        fuzz_one(&bytes);
    }

    #[test]
    fn no_brackets_panic(text in r"[ab01\[\]=&%+]{0,60}") {
        fuzz_one(text.as_bytes());
    }

    #[test]
    fn no_form_panics(body in bodies()) {
        fuzz_one(&body);
    }

    #[test]
    fn what_is_encoded_parses_to_the_same(body in bodies()) {
        if let Ok(form) = Form::parse(&body, &Limits::default()) {
            let again = Form::parse(form.encode().as_bytes(), &Limits::default());
            prop_assert_eq!(again, Ok(form));
        }
    }

    #[test]
    fn any_name_and_text_survives(key in "[^\\[\\]]{1,20}", value in any::<String>()) {
        let text = |text: &str| -> String {
            text.bytes().map(|byte| format!("%{byte:02x}")).collect()
        };
        let body = format!("m[{}]={}", text(&key), text(&value));
        let mut form = Form::parse(body.as_bytes(), &Limits::default()).expect("a form");
        match form.take("m") {
            Some(form::Node::Map(fields)) => {
                prop_assert_eq!(fields.get(&key).and_then(form::Node::as_text), Some(value.as_str()));
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}
