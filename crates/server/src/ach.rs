//! `drawbridge ach`: Nacha files shown, checked, turned into JSON, merged. Needs neither data nor a server.

mod merge;
mod place;

use std::fmt;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use nacha::report::{self, Accounts};
use nacha::{Event, Options, Reader, Rule, Severity};

pub use merge::Merge;

/// Bytes read from a file at once.
const BUFFER: usize = 64 * 1024;

/// What can be done with Nacha files.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show files as text, with what is wrong where it is wrong
    Show {
        #[command(flatten)]
        input: Input,
        /// Account numbers in full, not only their last four characters
        #[arg(long)]
        unmask: bool,
    },
    /// Check files: one line for everything that is wrong, and a count
    Validate(Input),
    /// Turn files into JSON, one line for each file, with account numbers in full
    Json(Input),
    /// Merge files that go from the same origin to the same destination
    Merge(Merge),
}

/// The files and how strictly they are read.
#[derive(Debug, Args)]
pub struct Input {
    /// Nacha files; - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Take all that can be understood; what a bank would refuse is a warning only
    #[arg(long)]
    pub lenient: bool,
    /// Rules that need not be kept, separated by commas: the names that findings show in brackets
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = rule)]
    pub allow: Vec<Rule>,
}

impl Input {
    fn options(&self) -> Options {
        let mut options = if self.lenient { Options::lenient() } else { Options::strict() };
        for rule in &self.allow {
            options.set(*rule, Severity::Ignored);
        }
        options
    }
}

fn rule(name: &str) -> Result<Rule, String> {
    let names = || Rule::ALL.iter().map(|rule| rule.name()).collect::<Vec<_>>().join(", ");
    Rule::named(name.trim()).ok_or_else(|| format!("no rule has this name; the rules are {}", names()))
}

/// How a command ended, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing a bank would refuse was found. Exit code 0.
    Fine,
    /// A file to validate or merge has findings of severity error. Exit code 1.
    Findings,
    /// A file cannot be read or written, or the files cannot be merged as asked. Exit code 2, as for wrong usage.
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        match outcome {
            Outcome::Fine => ExitCode::SUCCESS,
            Outcome::Findings => ExitCode::from(1),
            Outcome::Failed => ExitCode::from(2),
        }
    }
}

/// What a command reads and writes beside the files it is given.
pub struct Streams<'a> {
    /// Standard input, read for the file named `-`.
    pub input: &'a mut dyn BufRead,
    /// Standard output. Once its reader is gone, the command ends without a message.
    pub output: &'a mut dyn Write,
    /// Standard error.
    pub messages: &'a mut dyn Write,
}

/// Runs a command. Memory does not grow with the files, except for [`Command::Merge`], which keeps them.
pub fn run(command: &Command, streams: Streams<'_>) -> Outcome {
    let Streams { input, output, messages } = streams;
    let output = Output { inner: output, failure: None };
    let mut work = Work { input: Some(input), output, messages, outcome: Outcome::Fine };
    match command {
        Command::Show { input, unmask } => {
            let accounts = if *unmask { Accounts::Full } else { Accounts::Masked };
            work.each(input, |work, name, source, options| {
                if input.files.len() > 1 {
                    writeln!(work.output, "== {name} ==")?;
                }
                report::show(source, &mut work.output, options, accounts)
            });
        }
        Command::Validate(input) => work.each(input, Work::validate),
        Command::Json(input) => {
            work.each(input, |work, _, source, options| report::to_json(source, &mut work.output, options));
        }
        Command::Merge(merge) => work.merge(merge),
    }
    work.end()
}

/// A file's name in messages.
struct Name<'a>(&'a Path);

impl fmt::Display for Name<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_standard_input(self.0) { formatter.write_str("standard input") } else { self.0.display().fmt(formatter) }
    }
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// A count with its noun.
fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

type Source<'a> = Box<dyn BufRead + 'a>;

/// A command at work.
struct Work<'a> {
    /// Until it is read.
    input: Option<&'a mut dyn BufRead>,
    output: Output<'a>,
    messages: &'a mut dyn Write,
    /// The worst so far.
    outcome: Outcome,
}

impl<'a> Work<'a> {
    /// Does something with each file. One that cannot be read does not keep the others from their turn.
    fn each(&mut self, input: &Input, act: impl Fn(&mut Work<'a>, &Name<'_>, Source<'a>, &Options) -> io::Result<()>) {
        let options = input.options();
        for path in &input.files {
            let name = Name(path);
            let done = self.open(path).and_then(|source| act(self, &name, source, &options));
            match done {
                Ok(()) => {}
                Err(_) if self.output.failure.is_some() => return,
                Err(error) => self.fail(format_args!("{name}: {error}")),
            }
        }
    }

    fn open(&mut self, path: &Path) -> io::Result<Source<'a>> {
        if is_standard_input(path) {
            let input = self.input.take().ok_or_else(|| io::Error::other("can be read only once"))?;
            return Ok(Box::new(input));
        }
        Ok(Box::new(BufReader::with_capacity(BUFFER, fs::File::open(path)?)))
    }

    /// Writes findings as they come, so that a bad file of any size needs no memory.
    fn validate(&mut self, name: &Name<'_>, source: Source<'a>, options: &Options) -> io::Result<()> {
        let (mut errors, mut warnings) = (0, 0);
        for event in Reader::new(source, options.clone()) {
            let Event::Finding(finding) = event? else { continue };
            if finding.severity == Severity::Error {
                errors += 1;
                self.worsen(Outcome::Findings);
            } else {
                warnings += 1;
            }
            writeln!(self.output, "{name}: {finding}")?;
        }
        match (errors, warnings) {
            (0, 0) => writeln!(self.output, "{name}: nothing is wrong"),
            _ => writeln!(self.output, "{name}: {}, {}", counted(errors, "error"), counted(warnings, "warning")),
        }
    }

    fn worsen(&mut self, outcome: Outcome) {
        self.outcome = self.outcome.max(outcome);
    }

    fn tell(&mut self, message: fmt::Arguments<'_>) {
        // Nobody is left to hear that nobody listens.
        let _ = writeln!(self.messages, "drawbridge: {message}");
    }

    fn fail(&mut self, message: fmt::Arguments<'_>) {
        self.worsen(Outcome::Failed);
        self.tell(message);
    }

    fn end(mut self) -> Outcome {
        // A failure is remembered by the output itself.
        let _ = self.output.flush();
        if let Some(error) = self.output.failure.take().filter(|error| error.kind() != io::ErrorKind::BrokenPipe) {
            self.fail(format_args!("standard output: {error}"));
        }
        self.outcome
    }
}

/// Standard output. Remembers its failure, which callers could not tell from one of the file that is read.
struct Output<'a> {
    inner: &'a mut dyn Write,
    failure: Option<io::Error>,
}

impl Output<'_> {
    fn remember<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        match done {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                let kind = error.kind();
                self.failure = Some(error);
                Err(kind.into())
            }
            done => done,
        }
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.inner.write(bytes);
        self.remember(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.inner.flush();
        self.remember(done)
    }
}
