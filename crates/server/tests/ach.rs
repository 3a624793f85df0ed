//! `drawbridge ach` over files that the nacha crate writes.

use std::cell::Cell;
use std::error::Error;
use std::fs;
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;

use clap::Parser;
use nacha::{Batch, BatchHeader, Entry, EntryClass, File, FileHeader, LineEnd, Options, ServiceClass, TransactionCode};
use server::ach::{self, Outcome, Streams};

type Tested = Result<(), Box<dyn Error>>;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: ach::Command,
}

/// A directory of one test, removed at its end.
struct Directory(PathBuf);

impl Directory {
    fn new(test: &str) -> io::Result<Directory> {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ach-{test}-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Directory(path))
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<String> {
        fs::write(self.0.join(name), bytes)?;
        Ok(self.path(name))
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn payments(origin: &str, traces: std::ops::Range<u32>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = File::new(FileHeader {
        destination: "061000146".into(),
        origin: origin.into(),
        creation_date: "261123".into(),
        ..FileHeader::default()
    });
    let mut batch = Batch::new(BatchHeader {
        service_class: ServiceClass::Credits,
        company_name: "EXAMPLE".into(),
        company_identification: "1234567890".into(),
        entry_class: EntryClass::Ppd,
        entry_description: "PAYROLL".into(),
        effective_date: "261124".into(),
        odfi: "88888888".into(),
        ..BatchHeader::default()
    });
    batch.entries.extend(traces.map(|trace| Entry {
        transaction_code: TransactionCode::CHECKING_CREDIT,
        routing: "999999992".into(),
        account: "000123456789".into(),
        amount: 150_000,
        name: "JENNY ROSEN".into(),
        trace: format!("88888888{trace:07}").into(),
        ..Entry::default()
    }));
    file.push(batch);
    let mut bytes = Vec::new();
    file.write(&mut bytes, LineEnd::Lf)?;
    Ok(bytes)
}

/// The same with a check digit that is wrong.
fn wrong() -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(String::from_utf8(payments("888888884", 1..2)?)?.replace("622999999992", "622999999993").into_bytes())
}

/// What a command said and how it ended.
struct Said {
    outcome: Outcome,
    output: String,
    messages: String,
}

fn run(arguments: &[&str], input: &[u8]) -> Result<Said, Box<dyn Error>> {
    let cli = Cli::try_parse_from(["ach"].iter().chain(arguments))?;
    let (mut output, mut messages) = (Vec::new(), Vec::new());
    let streams = Streams { input: &mut &*input, output: &mut output, messages: &mut messages };
    let outcome = ach::run(&cli.command, streams);
    Ok(Said { outcome, output: String::from_utf8(output)?, messages: String::from_utf8(messages)? })
}

#[test]
fn ach_show_masks_account_numbers_unless_told_otherwise() -> Tested {
    let directory = Directory::new("show")?;
    let one = directory.put("one.ach", &payments("888888884", 1..2)?)?;
    let said = run(&["show", &one], b"")?;
    assert_eq!((said.outcome, said.messages.as_str()), (Outcome::Fine, ""));
    assert!(said.output.contains("…6789") && !said.output.contains("000123456789"), "{}", said.output);
    assert!(said.output.starts_with("File A of 2026-11-23"), "{}", said.output);
    let said = run(&["show", "--unmask", &one, "-"], &payments("888888884", 2..3)?)?;
    assert_eq!(said.output.matches("000123456789").count(), 2);
    assert!(said.output.contains("== standard input ==") && said.output.contains(&format!("== {one} ==")), "{}", said.output);
    Ok(())
}

#[test]
fn ach_validate_ends_with_the_worst_that_it_found() -> Tested {
    let directory = Directory::new("validate")?;
    let (good, bad) = (directory.put("good.ach", &payments("888888884", 1..2)?)?, directory.put("bad.ach", &wrong()?)?);
    let said = run(&["validate", &good], b"")?;
    assert_eq!((said.outcome, said.output), (Outcome::Fine, format!("{good}: nothing is wrong\n")));
    let said = run(&["validate", &bad, &good], b"")?;
    assert_eq!(said.outcome, Outcome::Findings);
    let lines: Vec<&str> = said.output.lines().collect();
    assert!(
        matches!(lines[..], [finding, count, _]
        if finding.starts_with(&format!("{bad}: line 3, column 12: error in entry")) && finding.ends_with("[check-digit]")
            && count == format!("{bad}: 1 error, 0 warnings")),
        "{lines:?}"
    );
    let said = run(&["validate", "--lenient", &bad], b"")?;
    assert_eq!(said.outcome, Outcome::Fine);
    assert!(said.output.ends_with(": 0 errors, 1 warning\n"), "{}", said.output);
    for allow in ["check-digit", "blocking, check-digit"] {
        let said = run(&["validate", "--allow", allow, &bad], b"")?;
        assert_eq!((said.outcome, said.output), (Outcome::Fine, format!("{bad}: nothing is wrong\n")));
    }
    Ok(())
}

#[test]
fn ach_allow_names_all_rules_if_one_is_unknown() {
    let error = Cli::try_parse_from(["ach", "validate", "--allow", "check-digit,nonsense", "-"]).err();
    let error = error.map(|error| (error.exit_code(), error.to_string())).unwrap_or_default();
    assert_eq!(error.0, 2);
    assert!(error.1.contains("'nonsense'"), "{}", error.1);
    assert!(nacha::Rule::ALL.iter().all(|rule| error.1.contains(rule.name())), "{}", error.1);
}

#[test]
fn ach_json_is_one_line_for_each_file() -> Tested {
    let directory = Directory::new("json")?;
    let one = directory.put("one.ach", &payments("888888884", 1..3)?)?;
    let said = run(&["json", &one, "-"], &wrong()?)?;
    assert_eq!(said.outcome, Outcome::Fine);
    let files: Vec<serde_json::Value> = said.output.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert_eq!(files.len(), 2);
    assert_eq!(files[0]["batches"][0]["entries"][1]["amount"], 150_000);
    assert_eq!(files[0]["findings"], serde_json::json!([]));
    assert_eq!(files[1]["findings"][0]["rule"], "check-digit");
    Ok(())
}

#[test]
fn ach_names_what_cannot_be_read_and_goes_on() -> Tested {
    let directory = Directory::new("unreadable")?;
    let (missing, good) = (directory.path("missing.ach"), directory.put("good.ach", &payments("888888884", 1..2)?)?);
    let folder = directory.0.display().to_string();
    for command in ["show", "validate", "json"] {
        let said = run(&[command, &missing, &folder, &good], b"")?;
        assert_eq!(said.outcome, Outcome::Failed);
        let lines: Vec<&str> = said.messages.lines().collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with(&format!("drawbridge: {missing}: No such file")), "{lines:?}");
        assert!(lines[1].starts_with(&format!("drawbridge: {folder}: Is a directory")), "{lines:?}");
        assert!(!said.output.is_empty());
    }
    let said = run(&["merge", &good, &missing], b"")?;
    assert_eq!((said.outcome, said.output.as_str()), (Outcome::Failed, ""));
    assert!(said.messages.starts_with(&format!("drawbridge: {missing}: ")), "{}", said.messages);
    let said = run(&["validate", "-", "-"], &payments("888888884", 1..2)?)?;
    assert_eq!((said.outcome, said.messages.as_str()), (Outcome::Failed, "drawbridge: standard input: can be read only once\n"));
    Ok(())
}

#[test]
fn ach_merge_joins_files_that_go_the_same_way() -> Tested {
    let directory = Directory::new("merge")?;
    let one = directory.put("one.ach", &payments("888888884", 1..3)?)?;
    let said = run(&["merge", &one, "-"], &payments("888888884", 3..5)?)?;
    assert_eq!((said.outcome, said.messages.as_str()), (Outcome::Fine, ""));
    assert_eq!(said.output.as_bytes(), payments("888888884", 1..5)?);

    let target = directory.path("all.ach");
    let said = run(&["merge", "--output", &target, &one, "-"], &payments("888888884", 3..5)?)?;
    assert_eq!((said.outcome, said.output), (Outcome::Fine, format!("{target}: batches 1, entries and addenda 4\n")));
    assert_eq!(fs::read(&target)?, payments("888888884", 1..5)?);
    assert_eq!(fs::metadata(&target)?.permissions().mode() & 0o777, 0o600);
    assert_eq!(directory.names()?, ["all.ach", "one.ach"]);
    Ok(())
}

#[test]
fn ach_merge_overwrites_only_if_forced_and_files_only() -> Tested {
    let directory = Directory::new("force")?;
    let one = directory.put("one.ach", &payments("888888884", 1..3)?)?;
    let target = directory.put("all.ach", b"before")?;
    let said = run(&["merge", "--output", &target, &one], b"")?;
    assert_eq!(said.outcome, Outcome::Failed);
    assert_eq!(said.messages, format!("drawbridge: {target}: exists already; --force overwrites it\n"));
    assert_eq!(fs::read(&target)?, b"before");
    assert_eq!(run(&["merge", "--force", "--output", &target, &one], b"")?.outcome, Outcome::Fine);
    assert_eq!(fs::read(&target)?, payments("888888884", 1..3)?);
    let link = directory.path("link.ach");
    std::os::unix::fs::symlink(&target, &link)?;
    let said = run(&["merge", "--force", "--output", &link, &one], b"")?;
    assert_eq!((said.outcome, said.messages), (Outcome::Failed, format!("drawbridge: {link}: is not a regular file\n")));
    assert!(Cli::try_parse_from(["ach", "merge", "--force", &one]).is_err_and(|error| error.exit_code() == 2));
    Ok(())
}

#[test]
fn ach_merge_numbers_several_results_and_leaves_nothing_if_one_is_in_the_way() -> Tested {
    let directory = Directory::new("several")?;
    let (one, two) = (payments("888888884", 1..13)?, payments("777777771", 1..2)?);
    let (one, two) = (directory.put("one.ach", &one)?, directory.put("two.ach", &two)?);
    let said = run(&["merge", "--max-lines", "10", &one], b"")?;
    assert_eq!((said.outcome, said.output.as_str()), (Outcome::Failed, ""));
    assert_eq!(said.messages, "drawbridge: the result is 2 files, so they need names: --output FILE\n");

    let target = directory.path("all.ach");
    let in_the_way = directory.put("all-3.ach", b"before")?;
    let arguments = ["merge", "--max-lines", "10", "--output", &target, &one, &two];
    let said = run(&arguments, b"")?;
    assert_eq!((said.outcome, said.output.as_str()), (Outcome::Failed, ""));
    assert!(said.messages.contains(&in_the_way), "{}", said.messages);
    assert_eq!(directory.names()?, ["all-3.ach", "one.ach", "two.ach"]);

    fs::remove_file(&in_the_way)?;
    assert_eq!(run(&arguments, b"")?.outcome, Outcome::Fine);
    assert_eq!(directory.names()?, ["all-2.ach", "all-3.ach", "all.ach", "one.ach", "two.ach"]);
    for (name, entries) in [("all.ach", 6), ("all-2.ach", 6), ("all-3.ach", 1)] {
        let (file, findings) = File::read(fs::read(directory.path(name))?.as_slice(), &Options::strict())?;
        assert_eq!((file.totals().records, findings), (entries, vec![]), "{name}");
    }
    assert!(Cli::try_parse_from(["ach", "merge", "--max-lines", "9", &one]).is_err());
    Ok(())
}

#[test]
fn ach_merge_refuses_what_would_hide_errors_or_pay_twice() -> Tested {
    let directory = Directory::new("refuse")?;
    let (bad, target) = (directory.put("bad.ach", &wrong()?)?, directory.path("all.ach"));
    let said = run(&["merge", "--output", &target, &bad], b"")?;
    assert_eq!((said.outcome, said.output.as_str()), (Outcome::Findings, ""));
    assert!(said.messages.contains(&format!("{bad}: line 3, column 12: error in entry")), "{}", said.messages);
    assert_eq!(directory.names()?, ["bad.ach"]);
    let said = run(&["merge", "--lenient", "--output", &target, &bad], b"")?;
    assert_eq!(said.outcome, Outcome::Fine);
    let said = run(&["merge", "--allow", "check-digit", &bad, "-"], &wrong()?)?;
    assert_eq!((said.outcome, said.output.as_str()), (Outcome::Failed, ""));
    assert!(said.messages.contains(&format!("standard input: is the same as {bad}")), "{}", said.messages);
    let headless = payments("888888884", 1..2)?.split_off(95);
    let said = run(&["merge", "--lenient", "-"], &headless)?;
    assert_eq!(said.outcome, Outcome::Failed);
    assert!(said.messages.contains("standard input: has no file header"), "{}", said.messages);
    Ok(())
}

/// An output that fails.
struct Broken(io::ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn ach_ends_quietly_when_nobody_listens_and_says_so_when_the_disk_is_full() -> Tested {
    let good = payments("888888884", 1..2)?;
    for (kind, outcome) in [(io::ErrorKind::BrokenPipe, Outcome::Fine), (io::ErrorKind::StorageFull, Outcome::Failed)] {
        for command in ["show", "validate", "json", "merge"] {
            let cli = Cli::try_parse_from(["ach", command, "-"])?;
            let mut messages = Vec::new();
            let streams = Streams { input: &mut good.as_slice(), output: &mut Broken(kind), messages: &mut messages };
            assert_eq!(ach::run(&cli.command, streams), outcome, "{command}");
            let messages = String::from_utf8(messages)?;
            assert_eq!(messages.is_empty(), outcome == Outcome::Fine, "{messages}");
            assert!(messages.is_empty() || messages.starts_with("drawbridge: standard output: "), "{messages}");
        }
    }
    Ok(())
}

/// An output that counts, and an input that looks at the count when it ends.
struct Counting(Rc<Cell<usize>>);

impl Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Watching<'a> {
    rest: &'a [u8],
    written: Rc<Cell<usize>>,
    written_at_end: Rc<Cell<usize>>,
}

impl Read for Watching<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.rest.read(bytes)?;
        if read == 0 {
            self.written_at_end.set(self.written.get());
        }
        Ok(read)
    }
}

#[test]
fn ach_show_validate_and_json_write_while_they_read() -> Tested {
    let file = String::from_utf8(payments("888888884", 1..2_000)?)?.replace("622999999992", "622999999993");
    for command in ["show", "validate", "json"] {
        let cli = Cli::try_parse_from(["ach", command, "-"])?;
        let (written, written_at_end) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let watching =
            Watching { rest: file.as_bytes(), written: Rc::clone(&written), written_at_end: Rc::clone(&written_at_end) };
        let streams = Streams {
            input: &mut BufReader::new(watching),
            output: &mut Counting(Rc::clone(&written)),
            messages: &mut io::sink(),
        };
        ach::run(&cli.command, streams);
        // JSON has the findings at its end, and keeps a limited number of them.
        let least = if command == "json" { written.get() / 3 } else { written.get() * 9 / 10 };
        assert!(written_at_end.get() > least, "{command}: {} of {}", written_at_end.get(), written.get());
    }
    Ok(())
}

#[test]
fn ach_of_the_program_has_exit_codes_and_survives_a_closed_pipe() -> Tested {
    let directory = Directory::new("program")?;
    let good = directory.put("good.ach", &payments("888888884", 1..2_000)?)?;
    let (bad, missing) = (directory.put("bad.ach", &wrong()?)?, directory.path("missing.ach"));
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_drawbridge"));
        command.env_clear().current_dir(&directory.0).arg("ach");
        command
    };
    for (path, code) in [(&good, 0), (&bad, 1), (&missing, 2)] {
        let ended = program().args(["validate", path]).output()?;
        assert_eq!(ended.status.code(), Some(code), "{ended:?}");
    }
    let mut child = program().args(["show", &good]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    drop(child.stdout.take());
    let ended = child.wait_with_output()?;
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), b"".as_slice()));
    assert_eq!(directory.names()?, ["bad.ach", "good.ach"], "no data directory is made");
    Ok(())
}
