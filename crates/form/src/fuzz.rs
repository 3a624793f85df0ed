//! What a fuzzer runs. Not part of the API.

use crate::{Decode, Form, Limits, METADATA_KEYS, Metadata, MetadataPatch, Node, ParamEnum, Params, Patch, Path, Range};

#[derive(Debug, PartialEq, ParamEnum)]
enum Kind {
    Account,
    Customer,
}

#[derive(Debug, PartialEq, Params)]
struct Page {
    #[params(min = 1, maximum = 100)]
    limit: Option<i64>,
    starting_after: Option<String>,
    expand: Vec<String>,
}

#[derive(Debug, PartialEq, Params)]
struct List {
    #[params(flatten)]
    page: Page,
    created: Option<Range>,
    kinds: Vec<Kind>,
}

#[derive(Debug, PartialEq, Params)]
struct Address {
    city: Option<String>,
    #[params(max = 5)]
    line1: Patch<String>,
}

#[derive(Debug, PartialEq, Params)]
struct Item {
    price: String,
    quantity: Option<u32>,
    tags: Vec<Option<String>>,
    address: Option<Box<Address>>,
}

#[derive(Debug, PartialEq, Params)]
struct Create {
    kind: Option<Kind>,
    #[params(max_items = 3)]
    items: Vec<Item>,
    grid: Vec<Vec<bool>>,
    address: Patch<Address>,
    #[params(empty)]
    description: Option<String>,
    metadata: Metadata,
}

#[derive(Debug, PartialEq, Params)]
struct Update {
    #[params(not_blank)]
    name: Option<String>,
    metadata: MetadataPatch,
    raw: Option<Node>,
}

/// Parses `bytes` and does everything with the result that can be done.
///
/// # Panics
/// When a promise of this crate does not hold; that is what the fuzzer looks for.
#[doc(hidden)]
pub fn fuzz_one(bytes: &[u8]) {
    let tight = Limits { bytes: 64, pairs: 4, depth: 2, key_bytes: 8 };
    let _ = Form::parse(bytes, &tight);
    let Ok(form) = Form::parse(bytes, &Limits::default()) else {
        return;
    };
    let open = Limits { bytes: usize::MAX, ..Limits::default() };
    let encoded = form.encode();
    let again = Form::parse(encoded.as_bytes(), &open);
    assert_eq!(again.as_ref(), Ok(&form), "encoded as {encoded}");
    let hidden = form.to_json_redacted(&|_| true);
    assert!(hidden.len() >= 2 && form.to_json_redacted(&|name| name.len() > 3).len() >= 2);

    let mut twice = Form::default();
    assert_eq!(twice.extend(form.clone()), Ok(()));
    assert_eq!(twice.fingerprint_bytes(), form.fingerprint_bytes());
    assert_eq!(twice.extend(form.clone()), Ok(()), "a form clashes with itself: {encoded}");

    for_whole_form(&form);
    // A form of unknown names stops at the first check: decode the values on their own as well.
    let root = Path::root();
    for (name, node) in form.iter() {
        let at = root.field(name);
        steady::<Create>(node, &at);
        steady::<Update>(node, &at);
        steady::<List>(node, &at);
        steady::<Vec<Item>>(node, &at);
        steady::<Metadata>(node, &at);
        let _ = node.clone().decode::<Range>(&at).map(|range| range.inclusive());
    }
}

fn for_whole_form(form: &Form) {
    let root = Path::root();
    let node = Node::Map(form.fields.clone());
    steady::<()>(&node, &root);
    steady::<List>(&node, &root);
    steady::<Create>(&node, &root);
    if let Ok(update) = form.clone().decode::<Update>() {
        let mut metadata = Metadata::new();
        if update.metadata.apply(&mut metadata).is_ok() {
            assert!(metadata.len() <= METADATA_KEYS);
        }
    }
}

/// Decoding the same twice has to give the same, be it a value or an error.
fn steady<T: Decode + PartialEq + std::fmt::Debug>(node: &Node, at: &Path<'_>) {
    assert_eq!(node.clone().decode::<T>(at), node.clone().decode::<T>(at));
}
