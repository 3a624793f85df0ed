//! Every shape that SDKs, curl and the CLI send, seen as the JSON of the request log.

use form::{Form, Limits};

fn parse(body: &str) -> Form {
    Form::parse(body.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn json(body: &str) -> String {
    parse(body).to_json_redacted(&|_| false)
}

fn refused(body: &[u8], limits: &Limits) -> (Option<String>, String) {
    let error = Form::parse(body, limits).expect_err("a refusal");
    assert_eq!(error.code, None);
    (error.param, error.message)
}

#[test]
fn shapes_are_understood() {
    let table = [
        ("", r#"{}"#),
        ("&&=&", r#"{}"#),
        ("a=1", r#"{"a":"1"}"#),
        ("a", r#"{"a":""}"#),
        ("a=1&a=2", r#"{"a":"2"}"#),
        ("a=b=c", r#"{"a":"b=c"}"#),
        ("a=1+2%203%2B", r#"{"a":"1 2 3+"}"#),
        ("a=%C3%A9%e2%82%ac", r#"{"a":"é€"}"#),
        ("a=100%&b=%zz&c=%4", r#"{"a":"100%","b":"%zz","c":"%4"}"#),
        // Hashes, brackets as they are and encoded.
        ("a[b][c]=v", r#"{"a":{"b":{"c":"v"}}}"#),
        ("a%5Bb%5D%5Bc%5D=v", r#"{"a":{"b":{"c":"v"}}}"#),
        ("a[b]=1&x=2&a[c]=3", r#"{"a":{"b":"1","c":"3"},"x":"2"}"#),
        // Lists of texts.
        ("a[]=x&a[]=y", r#"{"a":["x","y"]}"#),
        ("a[0]=x&a[1]=y", r#"{"a":["x","y"]}"#),
        ("a[1]=y&a[0]=x", r#"{"a":["x","y"]}"#),
        ("a[10]=k&a[2]=c", r#"{"a":{"10":"k","2":"c"}}"#),
        ("a[0]=x&a[0]=y", r#"{"a":["y"]}"#),
        ("a[]=y&a[0]=x", r#"{"a":["x","y"]}"#),
        ("a[]=x&a[k]=y", r#"{"a":{"k":"y","":["x"]}}"#),
        // Lists of hashes.
        ("i[0][p]=a&i[0][q]=1&i[1][p]=b", r#"{"i":[{"p":"a","q":"1"},{"p":"b"}]}"#),
        ("i[][p]=a&i[][q]=1&i[][p]=b", r#"{"i":[{"p":"a","q":"1"},{"p":"b"}]}"#),
        ("i[][p][c]=a&i[][p][u]=1&i[][p][c]=b", r#"{"i":[{"p":{"c":"a","u":"1"}},{"p":{"c":"b"}}]}"#),
        ("i[][p]=a&i[][t][]=1&i[][t][]=2&i[][p]=b", r#"{"i":[{"p":"a","t":["1","2"]},{"p":"b"}]}"#),
        ("i[]=x&i[][p]=a", r#"{"i":["x",{"p":"a"}]}"#),
        // Brackets that do not match make a plain name.
        ("a[b=1", r#"{"a[b":"1"}"#),
        ("a]b=1", r#"{"a]b":"1"}"#),
        ("a[b]c=1", r#"{"a[b]c":"1"}"#),
        ("a[b[c]]=1", r#"{"a[b[c]]":"1"}"#),
        ("[a]=1", r#"{"[a]":"1"}"#),
        ("[]=1", r#"{"[]":"1"}"#),
        ("metadata[k]=%22%5C%0A%01", r#"{"metadata":{"k":"\"\\\n\u0001"}}"#),
    ];
    for (body, expected) in table {
        assert_eq!(json(body), expected, "{body}");
    }
}

#[test]
fn clashing_shapes_name_the_parameter() {
    let table = [
        ("a=1&a[b]=2", "a"),
        ("a[b]=2&a=1", "a"),
        ("a[b]=1&a[b][c][d]=2", "a[b]"),
        ("a[0][b][c]=1&a[0][b]=2", "a[0][b]"),
        ("a=1&a[]=2", "a"),
        ("i[][a]=1&i[][a][b]=2", "i[][a]"),
    ];
    for (body, param) in table {
        let (named, message) = refused(body.as_bytes(), &Limits::default());
        assert_eq!(named.as_deref(), Some(param), "{body}");
        assert!(message.starts_with("Invalid object"), "{message}");
    }
}

#[test]
fn limits_hold() {
    let limits = Limits { bytes: 40, pairs: 3, depth: 3, key_bytes: 10 };
    let accepted: [&[u8]; 3] = [b"a=1&&b=2&c=3", b"a[b][c]=1", b"abcdefghij=1"];
    for body in accepted {
        assert!(Form::parse(body, &limits).is_ok());
    }
    let table: [(&[u8], Option<&str>, &str); 4] = [
        (&[b'a'; 41], None, "The parameters are too large: at most 40 bytes are accepted"),
        (b"a=1&b=2&c=3&d=4", None, "Too many parameters: at most 3 are accepted"),
        (b"a[b][c][]=1", Some("a"), "'a' is nested too deeply: at most 3 levels"),
        (b"abcdefghijk=1", Some("abcdefghijk"), "The name of a parameter is too long: at most 10 bytes"),
    ];
    for (body, param, message) in table {
        let limits = Limits { key_bytes: if param == Some("a") { 99 } else { 10 }, ..limits.clone() };
        assert_eq!(refused(body, &limits), (param.map(str::to_owned), message.to_owned()));
    }
}

#[test]
fn bytes_that_are_not_text_are_refused() {
    let table: [(&[u8], Option<&str>); 5] = [
        (b"a[b]=\xff", Some("a[b]")),
        (b"a[b]=%ff", Some("a[b]")),
        (b"a=%ed%a0%80", Some("a")),
        (b"\xff=1", None),
        (b"%c3=1", None),
    ];
    for (body, param) in table {
        let (named, message) = refused(body, &Limits::default());
        assert_eq!(named.as_deref(), param);
        assert!(message.contains("UTF-8"), "{message}");
    }
    let (param, message) = refused(b"=1", &Limits::default());
    assert_eq!((param, message.contains("without the name")), (None, true));
}

#[test]
fn query_and_body_merge() {
    let table = [
        ("a=1&b=2", "b=3&c=4", r#"{"a":"1","b":"3","c":"4"}"#),
        ("a[b]=1", "a[c]=2", r#"{"a":{"b":"1","c":"2"}}"#),
        ("expand[]=x", "expand[]=y", r#"{"expand":["x","y"]}"#),
        ("expand[0]=x", "expand[0]=y", r#"{"expand":["y"]}"#),
    ];
    for (query, body, expected) in table {
        let mut form = parse(query);
        form.extend(parse(body)).expect("no clash");
        assert_eq!(form.to_json_redacted(&|_| false), expected);
    }
    let mut form = parse("a[b][c]=1");
    let error = form.extend(parse("a[b]=1")).expect_err("a clash");
    assert_eq!(error.param.as_deref(), Some("a[b]"));
}

#[test]
fn top_level_parameters_can_be_taken() {
    let mut form = parse("client_secret=s&a[b]=1");
    assert_eq!(form.get_text("client_secret"), Some("s"));
    assert_eq!(form.get_text("a"), None);
    assert!(form.take("client_secret").is_some());
    assert!(form.take("client_secret").is_none());
    assert!(form.take("a").is_some());
    assert!(form.is_empty());
}

#[test]
fn secrets_stay_out_of_the_log() {
    let secret = |name: &str| name == "account_number" || name == "password";
    let table = [
        ("password=x&name=y", r#"{"password":"[redacted]","name":"y"}"#),
        ("b[account_number]=1&b[c]=2", r#"{"b":{"account_number":"[redacted]","c":"2"}}"#),
        ("i[0][account_number]=1", r#"{"i":[{"account_number":"[redacted]"}]}"#),
        ("i[][account_number]=1", r#"{"i":[{"account_number":"[redacted]"}]}"#),
        ("account_number[]=1", r#"{"account_number":"[redacted]"}"#),
        ("b[account_number=1", r#"{"b[account_number":"[redacted]"}"#),
    ];
    for (body, expected) in table {
        assert_eq!(parse(body).to_json_redacted(&secret), expected);
    }
}

#[test]
fn fingerprints_tell_forms_apart() {
    let same = [("a=1&b=2", "b=2&a=1"), ("a[x]=1&a[y]=2", "a[y]=2&a[x]=1"), ("a=+", "a=%20")];
    for (one, other) in same {
        assert_eq!(parse(one).fingerprint_bytes(), parse(other).fingerprint_bytes());
    }
    let different = [
        ("a=1", "a=2"),
        ("a=1", ""),
        ("a=1&b=2", "a=1b&=2x"),
        ("a[]=1&a[]=2", "a[]=2&a[]=1"),
        ("a[b]=1", "a%5Bb=1"),
        ("a[b]=1&c=2", "a[b]=1&a[c]=2"),
        ("a=", "b="),
    ];
    for (one, other) in different {
        let other = Form::parse(other.as_bytes(), &Limits::default());
        let other = other.map(|form| form.fingerprint_bytes());
        assert_ne!(Ok(parse(one).fingerprint_bytes()), other);
    }
}

/// Work that grew with the square of the pairs would take minutes here.
#[test]
fn ten_thousand_pairs_are_no_burden() {
    let limits = Limits { bytes: usize::MAX, pairs: 100_000, ..Limits::default() };
    let shapes: [fn(usize) -> String; 5] = [
        |n| format!("k{n}=v"),
        |n| format!("a[{n}]=v"),
        |n| format!("a[k{n}][]=v"),
        |n| format!("a[][k{n}]=v"),
        |n| {
            if n % 2 == 0 { format!("a[{n}]=v") } else { format!("a[][k{n}]=v") }
        },
    ];
    for shape in shapes {
        let body: Vec<String> = (0..100_000).map(shape).collect();
        let form = Form::parse(body.join("&").as_bytes(), &limits).expect("a form");
        let mut merged = form.clone();
        merged.extend(form).expect("no clash");
        assert!(merged.to_json_redacted(&|_| false).len() > 100_000);
    }
}
