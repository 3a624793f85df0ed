//! House rules that the compiler does not know: short functions, no leftovers, the same file names everywhere.

use std::cmp::Ordering;
use std::path::Path;

use crate::workspace;

/// Longest function, in lines from its name to its closing brace.
const LONGEST: usize = 70;
/// How many functions may still be longer. This number only goes down.
const LONGER_ALLOWED: usize = 0;

/// File names of a resource's folder in `crates/api/src/<area>/<resource>/`.
const RESOURCE_FILES: &[&str] = &["mod.rs", "params.rs", "object.rs", "state.rs", "ops.rs", "jobs.rs"];
/// Folders there that are no resource, or have one more file, and which.
const OTHER_FILES: &[(&str, &[&str])] = &[
    ("connections/accounts", &["link.rs", "numbers.rs"]),
    ("connections/authorizations", &["settle.rs"]),
    ("connections/consents", &["record.rs"]),
    (
        "connections/linking",
        &["ending.rs", "endpoints.rs", "login.rs", "manual.rs", "relink.rs", "select.rs", "sign_in.rs", "view.rs"],
    ),
    (
        "connections/mobile",
        &[
            "accounts.rs",
            "auth_session.rs",
            "entry.rs",
            "institutions.rs",
            "logins.rs",
            "manifest.rs",
            "phone.rs",
            "returning.rs",
            "texts.rs",
        ],
    ),
    ("connections/person", &["erase.rs", "export.rs", "view.rs"]),
    ("connections/refresh", &["fetch.rs"]),
    ("connections/sessions", &["letter.rs", "outcome.rs", "preview.rs"]),
    ("connections/transactions", &["ingest.rs"]),
    ("core/customers", &["sources.rs", "tax.rs"]),
    ("core/event_destinations", &["names.rs"]),
    ("core/mails", &["mailer.rs", "sandbox.rs"]),
    ("core/search", &["query.rs"]),
    ("core/webhook_endpoints", &["names.rs"]),
    ("payments/book", &["balance.rs", "check.rs", "entries.rs", "funds.rs", "tests.rs", "transactions.rs"]),
    ("payments/charges", &["ach.rs", "create.rs", "debit.rs", "failure.rs", "withdraw.rs"]),
    ("payments/confirmation_tokens", &["spend.rs"]),
    ("payments/disputes", &["evidence.rs", "late_return.rs"]),
    ("payments/files", &["content.rs"]),
    ("payments/intents", &["client_secret.rs", "failure.rs", "linking.rs", "method.rs", "options.rs", "types.rs"]),
    ("payments/mandates", &["acceptance.rs", "wording.rs"]),
    ("payments/microdeposits", &["ach.rs", "answer.rs", "page.rs", "start.rs", "subject.rs"]),
    (
        "payments/payment_intents",
        &["amounts.rs", "attempt.rs", "change.rs", "confirm.rs", "linking.rs", "outcome.rs", "pages.rs"],
    ),
    ("payments/payment_method_configurations", &["choice.rs", "methods.rs"]),
    ("payments/payment_methods", &["erase.rs", "instrument.rs", "list.rs", "make.rs", "reach.rs", "source.rs"]),
    (
        "payments/rails",
        &[
            "collect.rs",
            "compose.rs",
            "corrections.rs",
            "cut.rs",
            "entries.rs",
            "inbound.rs",
            "kept.rs",
            "originator.rs",
            "returns.rs",
            "schedule.rs",
            "send.rs",
            "settle.rs",
            "trace.rs",
            "transport.rs",
        ],
    ),
    ("payments/refunds", &["ach.rs", "send.rs"]),
    ("payments/setup_intents", &["confirm.rs", "linking.rs", "outcome.rs"]),
    ("payments/sources", &["add.rs", "deposits.rs", "twin.rs"]),
];

/// A line of a source file, with what a complaint needs to name it.
struct Source {
    name: String,
    text: String,
}

/// Every rule with what speaks against it.
pub fn complaints() -> Vec<(&'static str, Vec<String>)> {
    let root = workspace::root();
    let read = |endings: &[&str]| -> Vec<Source> {
        ["crates", "xtask", "tests", "docs", ".ci"]
            .iter()
            .flat_map(|folder| workspace::files(&root.join(folder), endings))
            .filter_map(|path| {
                let text = std::fs::read_to_string(&path).ok()?;
                Some(Source { name: workspace::relative(&path), text })
            })
            .collect()
    };
    let rust = read(&[".rs"]);
    let all = read(&[".rs", ".mjs", ".js", ".py", ".md", ".html", ".css", ".sql", ".toml"]);
    vec![
        ("function length", long_functions(&rust)),
        ("leftovers", leftovers(&rust)),
        ("banned words", banned_words(&all)),
        ("lints of every crate", manifests_without_lints(&root.join("crates"))),
        ("resource folders", strange_files(&root.join("crates/api/src"))),
    ]
}

fn long_functions(sources: &[Source]) -> Vec<String> {
    let long: Vec<String> = sources
        .iter()
        // A test that is one long table is easier to read than one cut into pieces.
        .filter(|source| !source.name.contains("/tests/"))
        .flat_map(|source| {
            functions(&source.text)
                .into_iter()
                .filter(|function| function.lines > LONGEST)
                .map(|function| format!("{}:{} {}: {} lines", source.name, function.at, function.name, function.lines))
        })
        .collect();
    match long.len().cmp(&LONGER_ALLOWED) {
        Ordering::Greater => long,
        Ordering::Equal => Vec::new(),
        Ordering::Less => {
            vec![format!("lower LONGER_ALLOWED in xtask/src/check/tidy.rs to {}", long.len())]
        }
    }
}

struct Function {
    name: String,
    at: usize,
    lines: usize,
}

/// Functions of a formatted source: one starts at a line that declares it and ends at the brace with the same indent.
fn functions(text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = declared(line) else { continue };
        if line.ends_with('}') {
            continue;
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = lines[at..].iter().position(|line| {
            line.strip_prefix(indent).is_some_and(|rest| rest == "}" || rest.starts_with("} //"))
                || (line.ends_with(';') && line.strip_prefix(indent).is_some_and(|rest| !rest.starts_with(' ')))
        });
        if let Some(length) = end {
            found.push(Function { name: name.to_owned(), at: at + 1, lines: length + 1 });
        }
    }
    found
}

/// The name of the function that a line declares.
fn declared(line: &str) -> Option<&str> {
    let mut words = line.trim_start();
    loop {
        let (word, rest) = words.split_once(' ')?;
        if word == "fn" {
            let end = rest.find(['(', '<'])?;
            return Some(&rest[..end]);
        }
        if !(word.starts_with("pub") || ["async", "const", "unsafe", "extern"].contains(&word)) {
            return None;
        }
        words = rest.trim_start();
    }
}

/// Marks that say "not done". Put together here, so that this file does not contain them.
fn leftovers(sources: &[Source]) -> Vec<String> {
    let marks = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("dbg", "!("),
        concat!("#[", "ignore"),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
    ];
    with_any(sources, &marks, |line| line.to_owned())
}

/// Words that hide who does what, or that say nothing.
fn banned_words(sources: &[Source]) -> Vec<String> {
    let words = [
        concat!("black", "list"),
        concat!("white", "list"),
        concat!("blazing", "ly"),
        concat!("world-", "class"),
        concat!("seam", "less"),
        concat!("lever", "age "),
    ];
    with_any(sources, &words, str::to_lowercase)
}

fn with_any(sources: &[Source], words: &[&str], as_compared: fn(&str) -> String) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (at, line) in source.text.lines().enumerate() {
            let compared = as_compared(line);
            if let Some(word) = words.iter().find(|word| compared.contains(**word)) {
                found.push(format!("{}:{} contains {:?}", source.name, at + 1, word.trim()));
            }
        }
    }
    found
}

fn manifests_without_lints(crates: &Path) -> Vec<String> {
    workspace::files(crates, &["Cargo.toml"])
        .into_iter()
        .filter(|path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            !text.contains("[lints]\nworkspace = true")
        })
        .map(|path| format!("{} does not take the workspace's lints", workspace::relative(&path)))
        .collect()
}

fn strange_files(source: &Path) -> Vec<String> {
    let listed = OTHER_FILES.iter().flat_map(|(folder, files)| files.iter().map(move |file| format!("{folder}/{file}")));
    let mut found: Vec<String> = listed
        .filter(|name| !source.join(name).is_file())
        .map(|name| format!("{name} is gone: take it off OTHER_FILES in xtask/src/check/tidy.rs"))
        .collect();
    for path in workspace::files(source, &[".rs"]) {
        let name = path.strip_prefix(source).unwrap_or(&path).display().to_string();
        // `<area>/<resource>/<file>`: what lies higher or deeper is no file of a resource's folder.
        let Some((folder, file)) = name.rsplit_once('/') else {
            continue;
        };
        if folder.split('/').count() != 2 || RESOURCE_FILES.contains(&file) {
            continue;
        }
        let listed = OTHER_FILES.iter().any(|(other, files)| *other == folder && files.contains(&file));
        if !listed {
            found.push(format!("{}: a resource's folder has {RESOURCE_FILES:?}", workspace::relative(&path)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_measured_from_name_to_brace() {
        let text = "impl A {\n    pub(crate) async fn long<T>(\n        a: T,\n    ) -> T {\n        if a {\n        }\n    }\n}\n\
            trait B {\n    fn declared(&self);\n}\nconst fn short() {}\nfn next() {\n}\n";
        let found: Vec<(String, usize, usize)> = functions(text).into_iter().map(|f| (f.name, f.at, f.lines)).collect();
        assert_eq!(found, [("long".into(), 2, 6), ("declared".into(), 10, 1), ("next".into(), 13, 2)]);
    }

    #[test]
    fn a_long_function_is_named() {
        let text = format!("fn huge() {{\n{}}}\n", "    work();\n".repeat(LONGEST));
        let complaints = long_functions(&[Source { name: "a.rs".into(), text }]);
        assert_eq!(complaints, [format!("a.rs:1 huge: {} lines", LONGEST + 2)]);
    }

    #[test]
    fn leftovers_are_found_by_line() {
        let text = format!("fn a() {{\n    {}\n}}\n", concat!("todo", "!()"));
        let complaints = leftovers(&[Source { name: "a.rs".into(), text }]);
        assert_eq!(complaints, [format!("a.rs:2 contains {:?}", concat!("todo", "!("))]);
    }
}
