//! A file as JSON.

use std::io::{self, BufRead, Write};

use crate::{Event, FileControl, Finding, Options, Reader};

/// Findings kept until the end; others are only counted.
const KEPT: usize = 10_000;

/// Where the writing is.
#[derive(PartialEq, Eq)]
enum Place {
    Start,
    AfterHeader,
    Batches,
    Entries { first: bool },
    AfterEntries,
}

/// Writes a file as one JSON object: `file_header`, `batches` with `header`, `entries` and `control`, `file_control`,
/// `findings`, and `findings_left_out` if there are more than 10,000. Amounts are cents. Controls are what the file claims;
/// findings say where they are wrong. A file header that does not come first is left out.
///
/// Streams: apart from findings, memory does not grow with the file.
///
/// # Errors
/// Those of `source` and `out`.
pub fn to_json(source: impl BufRead, out: impl Write, options: &Options) -> io::Result<()> {
    let mut json = Json { out, place: Place::Start, control: None, findings: Vec::new(), left_out: 0 };
    for event in Reader::new(source, options.clone()) {
        json.take(event?)?;
    }
    json.end()
}

struct Json<W> {
    out: W,
    place: Place,
    control: Option<FileControl>,
    findings: Vec<Finding>,
    left_out: u64,
}

impl<W: Write> Json<W> {
    fn take(&mut self, event: Event) -> io::Result<()> {
        match event {
            Event::FileHeader(header) if self.place == Place::Start => {
                self.out.write_all(b"{\"file_header\":")?;
                serde_json::to_writer(&mut self.out, &header)?;
                self.place = Place::AfterHeader;
            }
            Event::FileHeader(_) => {}
            Event::BatchHeader(header) => {
                let first = matches!(self.place, Place::Start | Place::AfterHeader);
                self.open_batches()?;
                self.out.write_all(if first { b"{\"header\":" } else { b",{\"header\":" })?;
                serde_json::to_writer(&mut self.out, &header)?;
                self.out.write_all(b",\"entries\":[")?;
                self.place = Place::Entries { first: true };
            }
            Event::Entry(entry) => {
                if self.place == (Place::Entries { first: false }) {
                    self.out.write_all(b",")?;
                }
                serde_json::to_writer(&mut self.out, &entry)?;
                self.place = Place::Entries { first: false };
            }
            Event::BatchControl(control) => {
                self.out.write_all(b"],\"control\":")?;
                serde_json::to_writer(&mut self.out, &control)?;
                self.place = Place::AfterEntries;
            }
            Event::FileControl(control) => self.control = Some(control),
            Event::Finding(finding) if self.findings.len() < KEPT => self.findings.push(finding),
            Event::Finding(_) => self.left_out += 1,
        }
        Ok(())
    }

    /// Comes to where a batch may begin or the batches may end.
    fn open_batches(&mut self) -> io::Result<()> {
        match self.place {
            Place::Start => self.out.write_all(b"{\"batches\":[")?,
            Place::AfterHeader => self.out.write_all(b",\"batches\":[")?,
            Place::Batches => {}
            Place::Entries { .. } => self.out.write_all(b"]}")?,
            Place::AfterEntries => self.out.write_all(b"}")?,
        }
        self.place = Place::Batches;
        Ok(())
    }

    fn end(mut self) -> io::Result<()> {
        self.open_batches()?;
        self.out.write_all(b"],\"file_control\":")?;
        serde_json::to_writer(&mut self.out, &self.control)?;
        self.out.write_all(b",\"findings\":")?;
        serde_json::to_writer(&mut self.out, &self.findings)?;
        if self.left_out > 0 {
            write!(self.out, ",\"findings_left_out\":{}", self.left_out)?;
        }
        self.out.write_all(b"}\n")
    }
}
