//! Writing, record by record.

use std::io::Write;

use crate::codes::entry_class::Shape;
use crate::record::addenda::Link;
use crate::row::{Row, WriteError};
use crate::{Addenda, BatchControl, BatchHeader, Entry, FileControl, FileHeader, Totals};

/// What follows each record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnd {
    /// A line feed.
    #[default]
    Lf,
    /// Carriage return and line feed.
    CrLf,
    /// Nothing: blocks of 940 characters, as mainframes have them.
    None,
}

/// Writes a file record by record. Counts, hashes, sums and filler are computed; memory does not grow with the file.
///
/// The order is: [`file_header`](Writer::file_header), then for each batch [`batch_header`](Writer::batch_header),
/// [`entry`](Writer::entry) for each entry and [`batch_control`](Writer::batch_control), at last [`finish`](Writer::finish).
pub struct Writer<W> {
    out: W,
    line_end: LineEnd,
    blocked: bool,
    records: u64,
    batches: u32,
    totals: Totals,
    advice: bool,
    batch: Option<(BatchHeader, Shape, Totals)>,
}

impl<W: Write> Writer<W> {
    /// Writes to `out`, with filler up to a multiple of ten records.
    pub fn new(out: W, line_end: LineEnd) -> Writer<W> {
        let totals = Totals::default();
        Writer { out, line_end, blocked: true, records: 0, batches: 0, totals, advice: false, batch: None }
    }

    /// Leaves the filler out, for the few banks that want none.
    #[must_use]
    pub fn without_filler(mut self) -> Writer<W> {
        self.blocked = false;
        self
    }

    /// Writes record 1.
    ///
    /// # Errors
    /// [`WriteError`]: a field that does not fit, the wrong moment, or the output.
    pub fn file_header(&mut self, header: &FileHeader) -> Result<(), WriteError> {
        if self.records > 0 {
            return Err(WriteError::Order("the file header comes first"));
        }
        self.put(&header.row()?)
    }

    /// Writes record 5.
    ///
    /// # Errors
    /// [`WriteError`]: a field that does not fit, the wrong moment, or the output.
    pub fn batch_header(&mut self, header: &BatchHeader) -> Result<(), WriteError> {
        if self.records == 0 || self.batch.is_some() {
            return Err(WriteError::Order("a batch begins after the file header and after the control of the batch before"));
        }
        self.put(&header.row()?)?;
        self.batches += 1;
        self.advice |= header.is_advice();
        self.batch = Some((header.clone(), header.shape(), Totals::default()));
        Ok(())
    }

    /// Writes record 6 and the records 7 of its addenda.
    ///
    /// # Errors
    /// [`WriteError`]: a field that does not fit, the wrong moment, or the output.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), WriteError> {
        let Some((_, shape, totals)) = &mut self.batch else {
            return Err(WriteError::Order("an entry comes after a batch header"));
        };
        let shape = *shape;
        let row = entry.row(shape)?;
        totals.add(entry);
        self.put(&row)?;
        let mut sequences = [0; 3];
        for addenda in &entry.addenda {
            let sequence = match addenda {
                Addenda::Remittance(_) => next(&mut sequences[0]),
                Addenda::IatRemittance(_) => next(&mut sequences[1]),
                Addenda::IatCorrespondent(_) => next(&mut sequences[2]),
                _ => 0,
            };
            let link = Link { trace: &entry.trace, sequence, international: shape == Shape::International };
            self.put(&addenda.row(&link)?)?;
        }
        Ok(())
    }

    /// Writes record 8 and returns it. `authentication_code` is normally empty.
    ///
    /// # Errors
    /// [`WriteError`]: sums that do not fit, the wrong moment, or the output.
    pub fn batch_control(&mut self, authentication_code: &str) -> Result<BatchControl, WriteError> {
        let Some((header, _, totals)) = self.batch.take() else {
            return Err(WriteError::Order("a batch control comes after a batch header"));
        };
        let control = header.control(totals, authentication_code);
        self.put(&control.row(header.is_advice())?)?;
        self.totals.join(&totals);
        Ok(control)
    }

    /// Writes record 9 and the filler, and returns the record and the output.
    ///
    /// # Errors
    /// [`WriteError`]: sums that do not fit, the wrong moment, or the output.
    pub fn finish(mut self) -> Result<(FileControl, W), WriteError> {
        if self.records == 0 || self.batch.is_some() {
            return Err(WriteError::Order("a file ends after its header and after the control of its last batch"));
        }
        let blocks = (self.records + 1).div_ceil(10);
        let control = FileControl {
            batch_count: self.batches,
            block_count: u32::try_from(blocks).unwrap_or(u32::MAX),
            totals: self.totals,
        };
        self.put(&control.row(self.advice)?)?;
        if self.blocked {
            while !self.records.is_multiple_of(10) {
                self.put(&Row::filler())?;
            }
        }
        self.out.flush()?;
        Ok((control, self.out))
    }

    fn put(&mut self, row: &Row) -> Result<(), WriteError> {
        self.records += 1;
        self.out.write_all(row.bytes())?;
        self.out.write_all(match self.line_end {
            LineEnd::Lf => b"\n",
            LineEnd::CrLf => b"\r\n",
            LineEnd::None => b"",
        })?;
        Ok(())
    }
}

fn next(sequence: &mut u64) -> u64 {
    *sequence += 1;
    *sequence
}

impl BatchHeader {
    /// The control of a batch with this header and these sums.
    pub(crate) fn control(&self, totals: Totals, authentication_code: &str) -> BatchControl {
        BatchControl {
            service_class: self.service_class,
            totals,
            company_identification: if self.is_advice() { Default::default() } else { self.company_identification.clone() },
            authentication_code: authentication_code.into(),
            odfi: self.odfi.clone(),
            batch_number: self.batch_number,
        }
    }
}
