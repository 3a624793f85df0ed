//! Files of others, and what they say is wrong with them.
//!
//! The files are not part of this repository: the test reads them from the directory that `DRAWBRIDGE_SHARED` names, or beside
//! the workspace, and is skipped if there are none.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

mod differences;

use differences::DIFFERENCES;
use nacha::{File, LineEnd, Options, Severity, report};

fn samples() -> Option<PathBuf> {
    let shared = std::env::var_os("DRAWBRIDGE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let samples = shared.join("samples/ach");
    samples.join("SOURCES.md").is_file().then_some(samples)
}

/// The bytes of a sample, unpacked.
fn read(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if path.extension().is_none_or(|extension| extension != "gz") {
        return bytes;
    }
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked).unwrap_or_else(|error| panic!("{error}"));
    unpacked
}

/// The rows of the list: file, kind, what its checker found.
fn listed(samples: &Path) -> Vec<(String, String, String)> {
    let list = std::fs::read_to_string(samples.join("SOURCES.md")).unwrap_or_default();
    let rows = list.lines().skip_while(|line| !line.starts_with("| file |")).skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        (cells[1].to_owned(), cells[2].to_owned(), cells[8].to_owned())
    })
    .collect()
}

/// The rules that the list's words stand for.
fn rules(check: &str) -> BTreeSet<&'static str> {
    let mut rules = BTreeSet::new();
    for clause in check.split(';').map(str::trim).filter(|clause| !clause.is_empty()) {
        rules.extend(match clause.trim_start_matches(|character: char| character.is_ascii_digit()).trim() {
            "line(s) not 94 long" => Some("line-length"),
            "not blocked to 10" => Some("blocking"),
            "non-ASCII" => Some("non-ascii"),
            "trace not ascending" => Some("trace-order"),
            "no file header" => Some("missing-file-header"),
            "no file control" => Some("missing-file-control"),
            "file header not first" => Some("record-order"),
            "check digit" => Some("check-digit"),
            "non-numeric RDFI" => Some("routing-digits"),
            "batch header with no control before it" | "last batch has no control" => Some("missing-batch-control"),
            "no newlines" => None,
            clause if clause.starts_with("tran code") => Some("transaction-code"),
            clause if clause.starts_with("file batch count") => Some("batch-count"),
            clause if clause.starts_with("batch count") || clause.starts_with("file count") => Some("entry-count"),
            clause if clause.starts_with("batch hash") || clause.starts_with("file hash") => Some("entry-hash"),
            clause if clause.starts_with("batch debit total") => Some("debit-total"),
            clause if clause.starts_with("batch credit total") => Some("credit-total"),
            clause if clause.starts_with("block count") => Some("block-count"),
            clause => panic!("the list has a new word: {clause}"),
        });
    }
    rules
}

/// The rules that strict reading finds broken.
fn found(bytes: &[u8]) -> BTreeSet<&'static str> {
    let findings = report::validate(bytes, &Options::strict()).unwrap_or_else(|error| panic!("{error}"));
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| match finding.rule.name() {
            "short-line" | "long-line" => "line-length",
            name => name,
        })
        .collect()
}

#[test]
fn verdicts_are_those_of_the_list_or_explained() {
    let Some(samples) = samples() else {
        println!("skipped: no samples");
        return;
    };
    let mut wrong = Vec::new();
    for (file, kind, check) in listed(&samples) {
        let ours = found(&read(&samples.join(&file)));
        let difference = DIFFERENCES.iter().find(|difference| difference.file == file);
        let mut expected = rules(&check);
        expected.extend(difference.iter().flat_map(|difference| difference.more.iter().copied()));
        expected.retain(|rule| !difference.iter().any(|difference| difference.less.contains(rule)));
        if ours != expected {
            let more: Vec<_> = ours.difference(&expected).collect();
            let less: Vec<_> = expected.difference(&ours).collect();
            wrong.push(format!("{file} ({kind}): list says \"{check}\"; we find more {more:?}, miss {less:?}"));
        }
        if ours.is_empty() && matches!(kind.as_str(), "invalid" | "inconsistent" | "partial" | "crasher") && difference.is_none()
        {
            wrong.push(format!("{file} is {kind}, but we find nothing"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn differences_are_about_files_of_the_list_and_stand_in_the_manual() {
    let manual = include_str!("../README.md");
    for difference in DIFFERENCES {
        let row = difference.row();
        assert!(manual.lines().any(|line| line == row), "README.md lacks\n{row}");
    }
    let Some(samples) = samples() else {
        println!("skipped: no samples");
        return;
    };
    let listed = listed(&samples);
    for difference in DIFFERENCES {
        let row = listed.iter().find(|(file, ..)| file == difference.file);
        assert_eq!(row.map(|(_, _, check)| check.as_str()), Some(difference.theirs), "{}", difference.file);
    }
}

/// What is read and written again has the same bytes, where a file is as we would write it.
#[test]
fn files_survive_reading_and_writing() {
    let Some(samples) = samples() else {
        println!("skipped: no samples");
        return;
    };
    let (mut same, mut stable) = (0, 0);
    for (name, ..) in listed(&samples) {
        let bytes = read(&samples.join(&name));
        let (file, _) = File::read(bytes.as_slice(), &Options::lenient()).unwrap_or_else(|error| panic!("{error}"));
        let mut written = Vec::new();
        if file.write(&mut written, LineEnd::Lf).is_err() {
            continue;
        }
        let (again, _) = File::read(written.as_slice(), &Options::lenient()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(again, file, "{name}");
        stable += 1;
        let plain: Vec<u8> = bytes.into_iter().filter(|byte| *byte != b'\r').collect();
        same += usize::from(plain.trim_ascii_end() == written.trim_ascii_end());
    }
    assert!(stable >= 70 && same >= 39, "{stable} files survive, {same} of them byte for byte");
}
