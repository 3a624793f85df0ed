//! Records 8 and 9, and the sums they show.

use serde::{Deserialize, Serialize};

use crate::codes::ServiceClass;
use crate::layout::{batch_control, file_control};
use crate::line::Line;
use crate::row::{Row, WriteError};
use crate::{Entry, Text};

/// Hashes keep ten digits.
const HASH_LIMIT: u64 = 10_000_000_000;

/// Sums over entries. Always computed; what a file claims is only compared with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Entries and addenda.
    pub records: u64,
    /// Sum of the receiving banks' eight digits; the last ten digits of it.
    pub hash: u64,
    /// In cents.
    pub debit: u64,
    /// In cents.
    pub credit: u64,
}

impl Totals {
    /// Adds an entry and its addenda.
    pub fn add(&mut self, entry: &Entry) {
        self.add_entry(entry.hash(), entry);
        self.records = self.records.saturating_add(u64::try_from(entry.addenda.len()).unwrap_or(u64::MAX));
    }

    /// Adds an entry whose hash is known.
    pub(crate) fn add_entry(&mut self, hash: u64, entry: &Entry) {
        self.join(&Totals { records: 1, hash, debit: entry.debit(), credit: entry.credit() });
    }

    /// Adds the sums of a batch.
    pub fn join(&mut self, other: &Totals) {
        self.records = self.records.saturating_add(other.records);
        self.hash = (self.hash + other.hash) % HASH_LIMIT;
        self.debit = self.debit.saturating_add(other.debit);
        self.credit = self.credit.saturating_add(other.credit);
    }
}

/// Batch control: repeats the batch header and shows the sums.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BatchControl {
    /// As in the batch header.
    pub service_class: ServiceClass,
    /// What the file says the sums are.
    pub totals: Totals,
    /// As in the batch header.
    pub company_identification: Text,
    /// Normally empty; at most 19 characters. ADV: data of the ACH operator.
    pub authentication_code: Text,
    /// As in the batch header.
    pub odfi: Text,
    /// As in the batch header.
    pub batch_number: u32,
}

/// File control: the sums of all batches.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileControl {
    /// How many batches there are.
    pub batch_count: u32,
    /// How many blocks of ten records there are, rounded up.
    pub block_count: u32,
    /// What the file says the sums are.
    pub totals: Totals,
}

impl BatchControl {
    pub(crate) fn parse(line: &Line<'_>, advice: bool) -> BatchControl {
        use batch_control as at;
        let (debit, credit, note) = if advice {
            (at::ADV_DEBIT, at::ADV_CREDIT, at::ADV_OPERATOR_DATA)
        } else {
            (at::DEBIT, at::CREDIT, at::AUTHENTICATION_CODE)
        };
        BatchControl {
            service_class: line.number(at::SERVICE_CLASS).and_then(ServiceClass::from_code).unwrap_or_default(),
            totals: Totals {
                records: line.number_or_zero(at::ENTRY_COUNT),
                hash: line.number_or_zero(at::ENTRY_HASH),
                debit: line.number_or_zero(debit),
                credit: line.number_or_zero(credit),
            },
            company_identification: if advice { Text::default() } else { line.text(at::COMPANY_IDENTIFICATION) },
            authentication_code: line.text(note),
            odfi: line.text(at::ODFI),
            batch_number: u32::try_from(line.number_or_zero(at::BATCH_NUMBER)).unwrap_or_default(),
        }
    }

    pub(crate) fn row(&self, advice: bool) -> Result<Row, WriteError> {
        use batch_control as at;
        let mut row = Row::new(b'8');
        row.number(at::SERVICE_CLASS, u64::from(self.service_class.code()))?;
        row.number(at::ENTRY_COUNT, self.totals.records)?;
        row.number(at::ENTRY_HASH, self.totals.hash)?;
        if advice {
            row.number(at::ADV_DEBIT, self.totals.debit)?;
            row.number(at::ADV_CREDIT, self.totals.credit)?;
            row.text(at::ADV_OPERATOR_DATA, &self.authentication_code)?;
        } else {
            row.number(at::DEBIT, self.totals.debit)?;
            row.number(at::CREDIT, self.totals.credit)?;
            row.text(at::COMPANY_IDENTIFICATION, &self.company_identification)?;
            row.text(at::AUTHENTICATION_CODE, &self.authentication_code)?;
        }
        row.text(at::ODFI, &self.odfi)?;
        row.number(at::BATCH_NUMBER, u64::from(self.batch_number))?;
        Ok(row)
    }
}

impl FileControl {
    pub(crate) fn parse(line: &Line<'_>, advice: bool) -> FileControl {
        use file_control as at;
        let (debit, credit) = if advice { (at::ADV_DEBIT, at::ADV_CREDIT) } else { (at::DEBIT, at::CREDIT) };
        FileControl {
            batch_count: u32::try_from(line.number_or_zero(at::BATCH_COUNT)).unwrap_or_default(),
            block_count: u32::try_from(line.number_or_zero(at::BLOCK_COUNT)).unwrap_or_default(),
            totals: Totals {
                records: line.number_or_zero(at::ENTRY_COUNT),
                hash: line.number_or_zero(at::ENTRY_HASH),
                debit: line.number_or_zero(debit),
                credit: line.number_or_zero(credit),
            },
        }
    }

    pub(crate) fn row(&self, advice: bool) -> Result<Row, WriteError> {
        use file_control as at;
        let mut row = Row::new(b'9');
        row.number(at::BATCH_COUNT, u64::from(self.batch_count))?;
        row.number(at::BLOCK_COUNT, u64::from(self.block_count))?;
        row.number(at::ENTRY_COUNT, self.totals.records)?;
        row.number(at::ENTRY_HASH, self.totals.hash)?;
        row.number(if advice { at::ADV_DEBIT } else { at::DEBIT }, self.totals.debit)?;
        row.number(if advice { at::ADV_CREDIT } else { at::CREDIT }, self.totals.credit)?;
        Ok(row)
    }
}
