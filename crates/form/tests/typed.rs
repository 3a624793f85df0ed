//! Typed decoding: every type, every rule, every error.

use form::{Form, FormError, Limits, Metadata, MetadataPatch, ParamEnum, Params, Patch, Range};

#[derive(Debug, Clone, Copy, PartialEq, ParamEnum)]
enum Permission {
    Balances,
    PaymentMethod,
    #[params(rename = "tx")]
    Transactions,
}

#[derive(Debug, PartialEq, Params)]
struct Page {
    #[params(min = 1, maximum = 100)]
    limit: Option<i64>,
    expand: Vec<String>,
}

#[derive(Debug, PartialEq, Params)]
struct Holder {
    #[params(rename = "type")]
    kind: String,
    r#ref: Option<String>,
}

#[derive(Debug, PartialEq, Params)]
struct Item {
    price: String,
    quantity: Option<u32>,
}

#[derive(Debug, PartialEq, Params)]
struct Everything {
    #[params(flatten)]
    page: Page,
    #[params(max = 5)]
    name: Patch<String>,
    holder: Option<Holder>,
    address: Patch<Box<Holder>>,
    #[params(max_items = 2, max = 3)]
    tags: Vec<String>,
    permissions: Vec<Permission>,
    items: Vec<Item>,
    active: Option<bool>,
    count: Option<u32>,
    tax_exempt: Patch<Permission>,
    created: Option<Range>,
    #[params(empty)]
    note: Option<String>,
    #[params(empty)]
    plain: Option<String>,
    strict: Option<String>,
    #[params(not_blank)]
    title: Option<String>,
    metadata: MetadataPatch,
}

#[derive(Debug, PartialEq, Params)]
struct Required {
    amount: i64,
    holder: Holder,
    #[params(required)]
    permissions: Vec<Permission>,
    #[params(required)]
    note: Option<String>,
}

fn decode<T: Params>(body: &str) -> Result<T, FormError> {
    Form::parse(body.as_bytes(), &Limits::default())?.decode()
}

fn everything(body: &str) -> Everything {
    decode(body).unwrap_or_else(|error| panic!("{body}: {error:?}"))
}

/// The code, parameter and message of a refusal.
fn refused<T: Params + std::fmt::Debug>(body: &str) -> (&'static str, String, String) {
    let error = decode::<T>(body).expect_err(body);
    (error.code.unwrap_or(""), error.param.unwrap_or_default(), error.message)
}

#[test]
fn absent_parameters_are_absent() {
    let nothing = everything("");
    assert_eq!(nothing.page, Page { limit: None, expand: vec![] });
    assert_eq!(nothing.name, Patch::Absent);
    assert_eq!(nothing.holder, None);
    assert_eq!(nothing.metadata, MetadataPatch::Absent);
    assert_eq!(decode::<()>(""), Ok(()));
}

#[test]
fn values_are_read() {
    assert_eq!(everything("limit=3&expand[]=a.b").page.limit, Some(3));
    assert_eq!(everything("expand[1]=b&expand[0]=a").page.expand, ["a", "b"]);
    assert_eq!(everything("expand[]=z&expand[7]=b&expand[3]=a").page.expand, ["a", "b", "z"]);
    assert_eq!(everything("expand=").page.expand, [""; 0]);
    assert_eq!(everything("name=J%C3%A9").name, Patch::Set("Jé".to_owned()));
    assert_eq!(everything("name=ééééé").name, Patch::Set("ééééé".to_owned()));
    assert_eq!(everything("name=").name, Patch::Clear);
    assert_eq!(
        everything("holder[type]=x&holder[ref]=y").holder,
        Some(Holder { kind: "x".to_owned(), r#ref: Some("y".to_owned()) })
    );
    assert_eq!(everything("address=").address, Patch::Clear);
    assert!(matches!(everything("address[type]=x").address, Patch::Set(_)));
    assert_eq!(
        everything("permissions[]=tx&permissions[]=balances").permissions,
        [Permission::Transactions, Permission::Balances]
    );
    assert_eq!(everything("active=true&count=4294967295").count, Some(u32::MAX));
    assert_eq!(everything("active=false").active, Some(false));
    assert_eq!(everything("tax_exempt=").tax_exempt, Patch::Clear);
    assert_eq!(everything("note=").note, None);
    assert_eq!(everything("strict=a%0Ab%09c").strict.as_deref(), Some("a\nb\tc"));
}

#[test]
fn lists_of_objects_are_read_in_every_shape() {
    let expected = [Item { price: "a".to_owned(), quantity: Some(2) }, Item { price: "b".to_owned(), quantity: None }];
    for body in [
        "items[0][price]=a&items[0][quantity]=2&items[1][price]=b",
        "items[1][price]=b&items[0][quantity]=2&items[0][price]=a",
        "items[][price]=a&items[][quantity]=2&items[][price]=b",
        "items%5B%5D%5Bprice%5D=a&items%5B%5D%5Bquantity%5D=2&items%5B%5D%5Bprice%5D=b",
    ] {
        assert_eq!(everything(body).items, expected, "{body}");
    }
}

#[test]
fn ranges_are_read() {
    assert_eq!(everything("created=5").created, Some(Range::Exact(5)));
    let between = everything("created[gt]=1&created[lte]=9").created.expect("a range");
    assert_eq!(between, Range::Between { gt: Some(1), gte: None, lt: None, lte: Some(9) });
    for range in ["[gt]=4&created[lt]=8", "[gte]=5&created[lte]=7", "[gte]=5&created[gt]=4&created[lt]=8"] {
        let range = everything(&format!("created{range}")).created.expect("a range");
        assert_eq!(range.inclusive(), (5, 7));
        let passing: Vec<i64> = (0..10).filter(|value| range.contains(*value)).collect();
        assert_eq!(passing, [5, 6, 7]);
    }
    let (low, high) = Range::Between { gt: Some(i64::MAX), gte: None, lt: None, lte: None }.inclusive();
    assert!(low > high);
}

#[test]
fn wrong_values_are_refused_by_name() {
    let long = format!("strict={}", "x".repeat(5001));
    let table = [
        ("limit=abc", "parameter_invalid_integer", "limit", "Invalid integer: abc"),
        ("limit=+1", "parameter_invalid_integer", "limit", "Invalid integer:  1"),
        ("limit=%2B1", "parameter_invalid_integer", "limit", "Invalid integer: +1"),
        ("limit=1.0", "parameter_invalid_integer", "limit", "Invalid integer: 1.0"),
        ("limit=0", "parameter_invalid_integer", "limit", "Invalid integer: must be at least 1"),
        ("limit=101", "parameter_invalid_integer", "limit", "Invalid integer: must be at most 100"),
        ("limit[a]=1", "parameter_invalid_integer", "limit", "Invalid integer: must be a single value"),
        ("count=-1", "parameter_invalid_integer", "count", "Invalid integer: must be at least 0"),
        ("count=4294967296", "parameter_invalid_integer", "count", "Invalid integer: must be at most 4294967295"),
        ("created=x", "parameter_invalid_integer", "created", "Invalid integer: x"),
        ("created[gt]=x", "parameter_invalid_integer", "created[gt]", "Invalid integer: x"),
        ("active=1", "", "active", "Invalid boolean: 1 (must be true or false)"),
        ("permissions[]=x", "", "permissions[0]", "Invalid permissions[0]: must be one of balances, payment_method, tx"),
        ("tax_exempt[a]=x", "", "tax_exempt", "Invalid tax_exempt: must be one of balances, payment_method, tx"),
        ("expand=a", "", "expand", "Invalid array"),
        ("expand[a]=b", "", "expand", "Invalid array"),
        ("expand[99999999999999999999999]=b", "", "expand", "Invalid array"),
        ("expand[0][a]=b", "", "expand[0]", "Invalid string: must be a single value"),
        ("holder=x", "", "holder", "Invalid object"),
        ("holder[]=x", "", "holder", "Invalid object"),
        ("created[]=1", "", "created", "Invalid object"),
        ("name=123456", "", "name", "Invalid string: must be at most 5 characters"),
        ("tags[5]=1234", "", "tags[5]", "Invalid string: must be at most 3 characters"),
        ("tags[]=1&tags[]=1&tags[]=1", "", "tags", "Invalid array: at most 2 elements"),
        (&long, "", "strict", "Invalid string: must be at most 5000 characters"),
        ("strict=a%00", "", "strict", "Invalid string: must not contain control characters"),
        ("title=", "parameter_invalid_string_empty", "title", "Invalid string: 'title' must not be empty"),
        ("title=+", "parameter_invalid_string_blank", "title", "Invalid string: 'title' must not be only white space"),
        ("holder[ref]=x", "parameter_missing", "holder[type]", "Missing required param: holder[type]."),
        (
            "items[0][price]=a&items[1][quantity]=1",
            "parameter_missing",
            "items[1][price]",
            "Missing required param: items[1][price].",
        ),
    ];
    for (body, code, param, message) in table {
        let expected = (code, param.to_owned(), message.to_owned());
        assert_eq!(refused::<Everything>(body), expected, "{body}");
    }
}

#[test]
fn what_cannot_be_unset_refuses_the_empty_string() {
    for param in ["strict", "limit", "active", "holder", "created", "expand[0]", "items[0][price]"] {
        let (code, named, message) = refused::<Everything>(&format!("{param}="));
        assert_eq!((code, named.as_str()), ("parameter_invalid_empty", param));
        assert!(message.contains(&format!("'{param}' cannot be unset")), "{message}");
    }
}

#[test]
fn required_parameters_are_required() {
    let whole = "amount=1&holder[type]=x&permissions[]=tx&note=n";
    assert!(decode::<Required>(whole).is_ok());
    let table = [
        ("", "amount"),
        ("amount=1", "holder"),
        ("amount=1&holder[type]=x", "permissions"),
        ("amount=1&holder[type]=x&permissions=", "permissions"),
        ("amount=1&holder[type]=x&permissions[]=tx", "note"),
    ];
    for (body, param) in table {
        let message = format!("Missing required param: {param}.");
        assert_eq!(refused::<Required>(body), ("parameter_missing", param.to_owned(), message));
    }
}

#[test]
fn unknown_parameters_come_first_and_are_all_named() {
    let table = [
        ("foo=1", "foo", "Received unknown parameter: foo"),
        ("limit=abc&foo=1", "foo", "Received unknown parameter: foo"),
        ("foo=1&bar[baz]=2", "foo", "Received unknown parameters: foo, bar"),
        ("holder[type]=x&holder[foo]=1", "holder[foo]", "Received unknown parameter: holder[foo]"),
        ("address[foo][bar]=1", "address[foo]", "Received unknown parameter: address[foo]"),
        ("items[1][foo]=1&items[0][price]=a", "items[1][foo]", "Received unknown parameter: items[1][foo]"),
        ("items[][foo]=1&items[][foo]=1", "items[0][foo]", "Received unknown parameters: items[0][foo], items[1][foo]"),
        ("created[foo]=1", "created[foo]", "Received unknown parameter: created[foo]"),
        ("page[limit]=1", "page", "Received unknown parameter: page"),
        ("holder[kind]=x", "holder[kind]", "Received unknown parameter: holder[kind]"),
        ("a[b=1", "a[b", "Received unknown parameter: a[b"),
        ("0=1", "0", "Received unknown parameter: 0"),
    ];
    for (body, param, message) in table {
        let expected = ("parameter_unknown", param.to_owned(), message.to_owned());
        assert_eq!(refused::<Everything>(body), expected, "{body}");
    }
    let many: Vec<String> = (0..500).map(|n| format!("u{n}=1")).collect();
    let (_, param, message) = refused::<Everything>(&many.join("&"));
    assert_eq!(param, "u0");
    assert!(message.ends_with("u8, u9 and 490 more"), "{message}");
    assert_eq!(refused::<()>("foo=1").1, "foo");
}

#[test]
fn fields_are_checked_in_order() {
    assert_eq!(refused::<Everything>("strict=&limit=x").1, "limit");
    assert_eq!(refused::<Required>("permissions[]=x&amount=y").1, "amount");
}

#[test]
fn long_values_are_not_repeated_whole() {
    let (_, _, message) = refused::<Everything>(&format!("limit={}", "é".repeat(9000)));
    assert!(message.chars().count() < 100, "{message}");
}

#[test]
fn enums_know_their_names() {
    let names: Vec<&str> = Permission::ALL.iter().map(Permission::as_str).collect();
    assert_eq!(names, ["balances", "payment_method", "tx"]);
    assert_eq!(Permission::parse("tx"), Some(Permission::Transactions));
    assert_eq!(Permission::parse("Transactions"), None);
    assert_eq!(Permission::Balances.to_string(), "balances");
}

#[test]
fn patches_apply() {
    let apply = |patch: Patch<i64>| {
        let mut value = Some(1);
        patch.apply(&mut value);
        value
    };
    assert_eq!(apply(Patch::Absent), Some(1));
    assert_eq!(apply(Patch::Clear), None);
    assert_eq!(apply(Patch::Set(2)), Some(2));
    assert_eq!(Patch::Set(2).map(|value| value + 1), Patch::Set(3));
}

#[derive(Debug, Params)]
struct Create {
    metadata: Metadata,
}

fn stored(pairs: &[(&str, &str)]) -> Metadata {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn metadata_merges_clears_and_removes() {
    let table: [(&str, &[(&str, &str)]); 5] = [
        ("", &[("a", "1"), ("b", "2")]),
        ("metadata=", &[]),
        ("metadata[c]=3", &[("a", "1"), ("b", "2"), ("c", "3")]),
        ("metadata[a]=&metadata[b]=9", &[("b", "9")]),
        ("metadata[0]=x&metadata[gone]=", &[("0", "x"), ("a", "1"), ("b", "2")]),
    ];
    for (body, expected) in table {
        let mut current = stored(&[("a", "1"), ("b", "2")]);
        everything(body).metadata.apply(&mut current).expect("few keys");
        assert_eq!(current, stored(expected), "{body}");
    }
    let created: Create = decode("metadata[a]=1&metadata[b]=").expect("metadata");
    assert_eq!(created.metadata, stored(&[("a", "1")]));
    assert_eq!(decode::<Create>("metadata=").map(|create| create.metadata.len()), Ok(0));
}

#[test]
fn metadata_has_limits() {
    let long_key = format!("metadata[{}]", "k".repeat(41));
    let table = [
        ("metadata=x".to_owned(), "metadata"),
        ("metadata[]=x".to_owned(), "metadata[]"),
        ("metadata[a][b]=x".to_owned(), "metadata[a]"),
        (format!("{long_key}=x"), long_key.as_str()),
        (format!("metadata[a]={}", "é".repeat(501)), "metadata[a]"),
        ("metadata[a]=%00".to_owned(), "metadata[a]"),
    ];
    for (body, param) in table {
        assert_eq!(refused::<Everything>(&body).1, param, "{body}");
        assert_eq!(refused::<Create>(&body).1, param, "{body}");
    }
    let at_limits = format!("metadata[{}]={}", "k".repeat(40), "é".repeat(500));
    assert!(decode::<Create>(&at_limits).is_ok());

    let body = |keys: usize| -> String { (0..keys).map(|key| format!("metadata[k{key}]=x&")).collect() };
    assert!(decode::<Create>(&body(50)).is_ok());
    assert_eq!(refused::<Create>(&body(51)).1, "metadata");
    let mut current = stored(&[("k0", "kept")]);
    assert!(everything(&body(50)).metadata.apply(&mut current).is_ok());
    let before = current.clone();
    let error = everything("metadata[one_more]=x").metadata.apply(&mut current);
    assert_eq!(error.expect_err("too many").param.as_deref(), Some("metadata"));
    assert_eq!(current, before);
    assert!(everything("metadata[one_more]=x&metadata[k1]=").metadata.apply(&mut current).is_ok());
}
