//! Forms written out again: as a form, as JSON for a log, as bytes to compare.

use crate::array::array_order;
use crate::{Fields, Form, Node};

/// What a secret value is replaced by in [`Form::to_json_redacted`].
const REDACTED: &str = "\"[redacted]\"";

impl Form {
    /// The form as `application/x-www-form-urlencoded` text, brackets left readable.
    ///
    /// Parsing the result gives an equal form again, if this form came from
    /// [`parse`](Form::parse).
    pub fn encode(&self) -> String {
        let mut out = String::new();
        for (name, node) in self.iter() {
            encode_node(&percent_encoded(name), node, &mut out);
        }
        out
    }

    /// The form as JSON text for a request log. Names with empty or consecutive numeric keys
    /// below them become arrays, everything else is objects and strings.
    ///
    /// `is_secret` is asked about every name on the way to a value (`bank_account`, then
    /// `account_number`); where it says yes, all below is replaced by `"[redacted]"`.
    pub fn to_json_redacted(&self, is_secret: &dyn Fn(&str) -> bool) -> String {
        let mut out = String::new();
        write_object(&self.fields, is_secret, &mut out);
        out
    }

    /// Bytes that are equal for two forms exactly if they hold the same parameters. The order of
    /// names does not matter, the order of list elements does.
    pub fn fingerprint_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        fingerprint(&self.fields, &mut out);
        out
    }
}

fn encode_node(name: &str, node: &Node, out: &mut String) {
    match node {
        Node::Text(text) => {
            if !out.is_empty() {
                out.push('&');
            }
            out.push_str(name);
            out.push('=');
            out.push_str(&percent_encoded(text));
        }
        Node::Map(fields) => {
            for (key, below) in fields.iter() {
                encode_node(&format!("{name}[{}]", percent_encoded(key)), below, out);
            }
        }
    }
}

fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

fn write_object(fields: &Fields, is_secret: &dyn Fn(&str) -> bool, out: &mut String) {
    out.push('{');
    let mut first = true;
    for (name, node) in fields.iter().filter(|(name, _)| !name.is_empty()) {
        write_key(name, &mut first, out);
        // A plain name can hold stray brackets; its parts are asked about as well, so that a
        // misspelled name does not bring a secret into the log.
        if is_secret(name) || name.split(['[', ']']).any(is_secret) {
            out.push_str(REDACTED);
        } else {
            write_node(node, is_secret, out);
        }
    }
    let mut elements = fields.iter().filter(|(name, _)| name.is_empty()).peekable();
    if elements.peek().is_some() {
        write_key("", &mut first, out);
        write_array(elements.map(|(_, node)| node), is_secret, out);
    }
    out.push('}');
}

fn write_node(node: &Node, is_secret: &dyn Fn(&str) -> bool, out: &mut String) {
    let fields = match node {
        Node::Text(text) => return write_string(text, out),
        Node::Map(fields) => fields,
    };
    match array_order(fields) {
        Some(order) if order.iter().zip(0..).all(|(element, index)| element.label == index) => {
            let elements = order.iter().map(|element| fields.at(element.position));
            write_array(elements, is_secret, out);
        }
        _ => write_object(fields, is_secret, out),
    }
}

fn write_array<'a>(elements: impl Iterator<Item = &'a Node>, is_secret: &dyn Fn(&str) -> bool, out: &mut String) {
    out.push('[');
    for (index, node) in elements.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_node(node, is_secret, out);
    }
    out.push(']');
}

fn write_key(name: &str, first: &mut bool, out: &mut String) {
    if !std::mem::take(first) {
        out.push(',');
    }
    write_string(name, out);
    out.push(':');
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Every part carries its length, so that no two different trees give the same bytes.
fn fingerprint(fields: &Fields, out: &mut Vec<u8>) {
    let mut entries: Vec<_> = fields.iter().collect();
    // A stable sort: elements of `a[]` share one name and keep their order.
    entries.sort_by_key(|(name, _)| *name);
    out.push(b'm');
    out.extend((entries.len() as u64).to_be_bytes());
    for (name, node) in entries {
        fingerprint_text(name, out);
        match node {
            Node::Text(text) => {
                out.push(b't');
                fingerprint_text(text, out);
            }
            Node::Map(below) => fingerprint(below, out),
        }
    }
}

fn fingerprint_text(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u64).to_be_bytes());
    out.extend(text.as_bytes());
}
