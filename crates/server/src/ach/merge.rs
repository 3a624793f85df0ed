//! `drawbridge ach merge`.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use nacha::report::{self, MergeError, MergeOptions};
use nacha::{File, FileControl, LineEnd, Severity};

use super::place::{self, Written};
use super::{Input, Name, Outcome, Work};

/// What is merged, and where it goes.
#[derive(Debug, Args)]
pub struct Merge {
    #[command(flatten)]
    pub input: Input,
    /// Where to write, instead of standard output; further files get -2, -3 and so on before the extension
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Overwrite files
    #[arg(long, requires = "output")]
    pub force: bool,
    /// Most lines of a file, with filler
    #[arg(long, value_name = "N", default_value_t = MergeOptions::default().max_lines, value_parser = clap::value_parser!(u64).range(10..))]
    pub max_lines: u64,
}

/// A merged file as it is written.
struct Ready {
    bytes: Vec<u8>,
    control: FileControl,
}

/// Why nothing is merged, if that is not yet told.
type Reason = Option<String>;

impl Work<'_> {
    pub(super) fn merge(&mut self, merge: &Merge) {
        match self.try_merge(merge) {
            Ok(()) | Err(None) => {}
            Err(Some(reason)) => self.fail(format_args!("{reason}")),
        }
    }

    fn try_merge(&mut self, merge: &Merge) -> Result<(), Reason> {
        if let Some(path) = &merge.output {
            may_write(path, merge.force)?;
        }
        let files = self.read_all(&merge.input)?;
        let ready = ready(files, merge)?;
        match &merge.output {
            Some(path) => self.write_files(path, &ready, merge.force),
            None => self.write_output(&ready),
        }
    }

    /// Reads all files. Sums are computed anew for what is merged, which would hide what is wrong: so errors end it.
    fn read_all(&mut self, input: &Input) -> Result<Vec<File>, Reason> {
        let options = input.options();
        let mut files: Vec<File> = Vec::new();
        for path in &input.files {
            let name = Name(path);
            let read = self.open(path).and_then(|source| File::read(source, &options));
            let (file, findings) = read.map_err(|error| format!("{name}: {error}"))?;
            for finding in &findings {
                self.tell(format_args!("{name}: {finding}"));
            }
            if findings.iter().any(|finding| finding.severity == Severity::Error) {
                self.worsen(Outcome::Findings);
            }
            if let Some(same) = files.iter().zip(&input.files).find_map(|(known, path)| (*known == file).then_some(path)) {
                return Err(Some(format!("{name}: is the same as {}; its payments would be made twice", Name(same))));
            }
            files.push(file);
        }
        if self.outcome == Outcome::Fine {
            return Ok(files);
        }
        self.tell(format_args!("nothing is merged, because files have errors; --lenient or --allow may take them"));
        Err(None)
    }

    fn write_output(&mut self, ready: &[Ready]) -> Result<(), Reason> {
        let [one] = ready else {
            let count = ready.len();
            return Err(Some(format!("the result is {count} files, so they need names: --output FILE")));
        };
        // The output remembers its failure.
        self.output.write_all(&one.bytes).map_err(|_| None)
    }

    fn write_files(&mut self, first: &Path, ready: &[Ready], force: bool) -> Result<(), Reason> {
        let targets: Vec<PathBuf> = (1..=ready.len()).map(|number| numbered(first, number)).collect();
        let mut written = Vec::new();
        for (target, Ready { bytes, .. }) in targets.iter().zip(ready) {
            may_write(target, force)?;
            written.push((target, Written::beside(target, bytes).map_err(|error| format!("{}: {error}", target.display()))?));
        }
        for (target, file) in written {
            file.place().map_err(|error| format!("{}: {error}", target.display()))?;
        }
        for (target, Ready { control, .. }) in targets.iter().zip(ready) {
            let FileControl { batch_count, totals, .. } = control;
            let told =
                writeln!(self.output, "{}: batches {batch_count}, entries and addenda {}", target.display(), totals.records);
            told.map_err(|_| None)?;
        }
        Ok(())
    }
}

fn may_write(path: &Path, force: bool) -> Result<(), Reason> {
    place::check(path, force).map_err(|reason| Some(format!("{}: {reason}", path.display())))
}

/// Merges in memory, so that what cannot be written is known before anything is.
fn ready(files: Vec<File>, merge: &Merge) -> Result<Vec<Ready>, Reason> {
    let merged = report::merge(files, &MergeOptions { max_lines: merge.max_lines }).map_err(|error| match error {
        MergeError::NoHeader(number) => {
            let path = merge.input.files.get(number - 1).map(PathBuf::as_path).unwrap_or(Path::new("a file"));
            format!("{}: has no file header, so it does not say from whom to whom it goes", Name(path))
        }
        error => error.to_string(),
    })?;
    let ready = merged.iter().map(|file| {
        let mut bytes = Vec::new();
        let done = file.write(&mut bytes, LineEnd::Lf);
        done.map(|control| Ready { bytes, control }).map_err(|error| Some(error.to_string()))
    });
    ready.collect()
}

/// The name of the file with this number: the first one's is as given, others have the number before the extension.
fn numbered(first: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return first.to_owned();
    }
    let mut name = OsString::from(first.file_stem().unwrap_or_default());
    name.push(format!("-{number}"));
    if let Some(extension) = first.extension() {
        name.push(".");
        name.push(extension);
    }
    first.with_file_name(name)
}
