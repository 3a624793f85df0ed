//! A whole file in memory.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use crate::{
    Addenda, BatchControl, BatchHeader, Change, Contested, Dishonored, Entry, Event, FileControl, FileHeader, Finding, LineEnd,
    Options, Reader, Return, Text, Totals, TransactionCode, WriteError, Writer,
};

/// A file in memory: what it says, without what is computed from that.
///
/// ```
/// use nacha::{Batch, BatchHeader, Entry, EntryClass, File, FileHeader, LineEnd, Options, ServiceClass, TransactionCode};
///
/// let mut file = File::new(FileHeader {
///     destination: "061000146".into(),
///     origin: "888888884".into(),
///     creation_date: "261123".into(),
///     creation_time: "0915".into(),
///     ..FileHeader::default()
/// });
/// let mut batch = Batch::new(BatchHeader {
///     service_class: ServiceClass::Debits,
///     company_name: "EXAMPLE PLATFORM".into(),
///     company_identification: "1234567890".into(),
///     entry_class: EntryClass::Web,
///     entry_description: "PURCHASE".into(),
///     effective_date: "261124".into(),
///     odfi: "88888888".into(),
///     ..BatchHeader::default()
/// });
/// batch.entries.push(Entry {
///     transaction_code: TransactionCode::CHECKING_DEBIT,
///     routing: "999999992".into(),
///     account: "000123456789".into(),
///     amount: 150_000,
///     identification: "py_1".into(),
///     name: "JENNY ROSEN".into(),
///     discretionary: "S".into(),
///     trace: "888888880000004".into(),
///     ..Entry::default()
/// });
/// file.push(batch);
///
/// let mut bytes = Vec::new();
/// file.write(&mut bytes, LineEnd::Lf)?;
/// let (read, findings) = File::read(bytes.as_slice(), &Options::strict())?;
/// assert_eq!((read, findings), (file, vec![]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct File {
    /// `None` if the file that was read has none.
    pub header: Option<FileHeader>,
    /// In order.
    pub batches: Vec<Batch>,
}

/// A batch in memory.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Batch {
    /// Record 5, whose fields record 8 repeats.
    pub header: BatchHeader,
    /// In ascending order of their trace numbers.
    pub entries: Vec<Entry>,
    /// The one field of record 8 that is not computed; normally empty.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub authentication_code: Text,
}

impl File {
    /// A file without batches.
    pub fn new(header: FileHeader) -> File {
        File { header: Some(header), batches: Vec::new() }
    }

    /// Adds a batch. One without a number gets the next one.
    pub fn push(&mut self, mut batch: Batch) {
        if batch.header.batch_number == 0 {
            batch.header.batch_number = self.batches.last().map_or(0, |last| last.header.batch_number) + 1;
        }
        self.batches.push(batch);
    }

    /// The sums over all batches.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        self.batches.iter().for_each(|batch| totals.join(&batch.totals()));
        totals
    }

    /// Record 9, computed.
    pub fn control(&self) -> FileControl {
        let totals = self.totals();
        let batches = u32::try_from(self.batches.len()).unwrap_or(u32::MAX);
        let records = totals.records + 2 * u64::from(batches) + 2;
        FileControl { batch_count: batches, block_count: u32::try_from(records.div_ceil(10)).unwrap_or(u32::MAX), totals }
    }

    /// Reads a whole file, with everything that is wrong with it.
    ///
    /// For big files use [`Reader`], whose memory does not grow with the file.
    ///
    /// # Errors
    /// Those of `source`. What the file does wrong is in the findings.
    pub fn read(source: impl BufRead, options: &Options) -> io::Result<(File, Vec<Finding>)> {
        let (mut file, mut findings) = (File::default(), Vec::new());
        for event in Reader::new(source, options.clone()) {
            match event? {
                Event::FileHeader(header) => file.header = Some(header),
                Event::BatchHeader(header) => file.batches.push(Batch::new(header)),
                Event::Entry(entry) => {
                    if let Some(batch) = file.batches.last_mut() {
                        batch.entries.push(entry);
                    }
                }
                Event::BatchControl(control) => {
                    if let Some(batch) = file.batches.last_mut() {
                        batch.authentication_code = control.authentication_code;
                    }
                }
                Event::FileControl(_) => {}
                Event::Finding(finding) => findings.push(finding),
            }
        }
        Ok((file, findings))
    }

    /// Writes the file with computed counts, hashes, sums and filler, and returns record 9.
    ///
    /// # Errors
    /// [`WriteError`]: a field that does not fit, a missing file header, or the output.
    pub fn write(&self, out: impl Write, line_end: LineEnd) -> Result<FileControl, WriteError> {
        let Some(header) = &self.header else {
            return Err(WriteError::Order("a file needs a file header"));
        };
        let mut writer = Writer::new(out, line_end);
        writer.file_header(header)?;
        for batch in &self.batches {
            writer.batch_header(&batch.header)?;
            for entry in &batch.entries {
                writer.entry(entry)?;
            }
            writer.batch_control(&batch.authentication_code)?;
        }
        writer.finish().map(|(control, _)| control)
    }

    /// What a reader would find in the file as it would be written.
    ///
    /// # Errors
    /// [`WriteError`] if it cannot be written.
    pub fn check(&self, options: &Options) -> Result<Vec<Finding>, WriteError> {
        let mut bytes = Vec::new();
        self.write(&mut bytes, LineEnd::Lf)?;
        Ok(File::read(bytes.as_slice(), options)?.1)
    }
}

impl Batch {
    /// A batch without entries.
    pub fn new(header: BatchHeader) -> Batch {
        Batch { header, entries: Vec::new(), authentication_code: Text::default() }
    }

    /// The sums over all entries.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        self.entries.iter().for_each(|entry| totals.add(entry));
        totals
    }

    /// Record 8, computed.
    pub fn control(&self) -> BatchControl {
        self.header.control(self.totals(), &self.authentication_code)
    }
}

impl Entry {
    /// The entry by which a receiving bank answers this one: a return, or with [`Addenda::Change`] a notification of change,
    /// which moves no money.
    ///
    /// `originator` is the nine digits of the bank that this entry came from, `trace` the answer's own number. The other
    /// fields stay as they were, even if they are wrong; addenda 05 go.
    pub fn answered(&self, answer: Addenda, originator: impl Into<Text>, trace: impl Into<Text>) -> Entry {
        let change = matches!(answer, Addenda::Change(_) | Addenda::RefusedChange(_));
        let international =
            self.addenda.iter().filter(|addenda| matches!(addenda.kind(), "10" | "11" | "12" | "13" | "14" | "15" | "16"));
        Entry {
            transaction_code: self.transaction_code.for_return().unwrap_or(TransactionCode(self.transaction_code.0)),
            routing: originator.into(),
            amount: if change { 0 } else { self.amount },
            trace: trace.into(),
            addenda: international.cloned().chain([answer]).collect(),
            ..self.clone()
        }
    }
}

macro_rules! addenda_from {
    ($($part:ident),+) => {
        $(impl From<$part> for Addenda {
            fn from(part: $part) -> Addenda {
                Addenda::$part(part)
            }
        })+
    };
}

addenda_from!(Return, Dishonored, Contested, Change);
