//! Record 6.

use serde::{Deserialize, Serialize};

use crate::codes::entry_class::Shape;
use crate::codes::transaction::TransactionCode;
use crate::layout::entry as at;
use crate::line::Line;
use crate::record::addenda::Addenda;
use crate::row::{Row, WriteError};
use crate::text::number;
use crate::{RoutingNumber, Text};

/// Entry detail: one debit, credit, return or change, with its addenda.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Entry {
    /// Account kind, direction and purpose.
    pub transaction_code: TransactionCode,
    /// The receiving bank's nine digits. In returns, the bank that the payment came from.
    pub routing: Text,
    /// The receiver's account number; at most 17 characters (IAT 35, ADV 15).
    pub account: Text,
    /// In cents, at most 9,999,999,999.
    pub amount: u64,
    /// The originator's own key for the receiver, which comes back on returns; at most 15 characters (CIE and MTE: 22).
    /// Check serial numbers and the like in some classes, see [`Entry::check`]. Empty for IAT and ADV.
    pub identification: Text,
    /// The receiver's name; at most 22 characters (CTX and the like: 16, CIE and MTE: 15). Empty for IAT, where addenda 10
    /// has it.
    pub name: Text,
    /// Two characters. WEB and TEL: R or S. IAT: the two screening indicators.
    pub discretionary: Text,
    /// 15 digits: the sending bank's eight, and seven that ascend. Some banks use other characters. Empty for ADV.
    pub trace: Text,
    /// What follows the entry, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addenda: Vec<Addenda>,
    /// The fields that only accounting advices have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Box<Advice>>,
}

/// The fields of an entry that only accounting advices (ADV) have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Advice {
    /// Nine digits.
    pub routing: Text,
    /// At most 5 characters.
    pub file_identification: Text,
    /// One character.
    pub operator_data: Text,
    /// Eight digits.
    pub operator_routing: Text,
    /// Day of the year, three digits.
    pub day: Text,
    /// At most 9,999.
    pub sequence: u16,
}

/// What an entry is, by its addenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Neither return nor change.
    Payment,
    /// A return, dishonored or contested return.
    Return,
    /// A notification of change, or a refused one.
    Change,
}

impl Entry {
    /// What the entry is. Incoming files mix payments, returns and changes, so ask each entry.
    pub fn kind(&self) -> EntryKind {
        self.addenda.iter().find_map(Addenda::entry_kind).unwrap_or(EntryKind::Payment)
    }

    /// The receiving bank, if its nine digits are a routing number.
    pub fn routing_number(&self) -> Option<RoutingNumber> {
        self.routing.parse().ok()
    }

    /// The amount if it is a debit, else 0.
    pub fn debit(&self) -> u64 {
        if self.transaction_code.is_debit() { self.amount } else { 0 }
    }

    /// The amount if it is a credit, else 0.
    pub fn credit(&self) -> u64 {
        if self.transaction_code.is_credit() { self.amount } else { 0 }
    }

    /// What the entry adds to the hash: the first eight digits of the receiving bank.
    pub fn hash(&self) -> u64 {
        self.routing.get(..8).and_then(number).unwrap_or_default()
    }

    #[inline(always)]
    pub(crate) fn parse(line: &Line<'_>, shape: Shape) -> Entry {
        let code = u8::try_from(line.number_or_zero(at::TRANSACTION_CODE)).unwrap_or_default();
        let mut entry = Entry { transaction_code: TransactionCode(code), ..Entry::default() };
        line.fill(&mut entry.routing, at::ROUTING);
        line.fill(&mut entry.discretionary, at::DISCRETIONARY);
        if shape == Shape::Advice {
            entry.account = line.text(at::ADV_ACCOUNT);
            entry.amount = line.number_or_zero(at::ADV_AMOUNT);
            entry.name = line.text(at::NAME);
            entry.advice = Some(Box::new(Advice::parse(line)));
            return entry;
        }
        entry.amount = line.number_or_zero(at::AMOUNT);
        line.fill(&mut entry.trace, at::TRACE);
        match shape {
            Shape::International => {
                entry.account = line.text(at::IAT_ACCOUNT);
                return entry;
            }
            Shape::Swapped => {
                entry.identification = line.text(at::SWAPPED_IDENTIFICATION);
                entry.name = line.text(at::SWAPPED_NAME);
            }
            Shape::Counted if has_count(line) => {
                entry.identification = line.text(at::IDENTIFICATION);
                entry.name = line.text(at::COUNTED_NAME);
            }
            _ => {
                line.fill(&mut entry.identification, at::IDENTIFICATION);
                line.fill(&mut entry.name, at::NAME);
            }
        }
        line.fill(&mut entry.account, at::ACCOUNT);
        entry
    }

    pub(crate) fn row(&self, shape: Shape) -> Result<Row, WriteError> {
        let mut row = Row::new(b'6');
        row.number(at::TRANSACTION_CODE, u64::from(self.transaction_code.0))?;
        row.text(at::ROUTING, &self.routing)?;
        row.text(at::DISCRETIONARY, &self.discretionary)?;
        row.number(at::ADDENDA_INDICATOR, u64::from(!self.addenda.is_empty()))?;
        if shape == Shape::Advice {
            row.text(at::ADV_ACCOUNT, &self.account)?;
            row.number(at::ADV_AMOUNT, self.amount)?;
            row.text(at::NAME, &self.name)?;
            self.advice.as_deref().unwrap_or(&Advice::default()).put(&mut row)?;
            return Ok(row);
        }
        row.number(at::AMOUNT, self.amount)?;
        row.text(at::TRACE, &self.trace)?;
        let count = u64::try_from(self.addenda.len()).unwrap_or(u64::MAX);
        match shape {
            Shape::Swapped => {
                row.text(at::SWAPPED_NAME, &self.name)?;
                row.text(at::SWAPPED_IDENTIFICATION, &self.identification)?;
            }
            Shape::International => {
                row.number(at::IAT_ADDENDA_COUNT, count)?;
                row.text(at::IAT_ACCOUNT, &self.account)?;
                return Ok(row);
            }
            Shape::Counted => {
                row.text(at::IDENTIFICATION, &self.identification)?;
                row.number(at::ADDENDA_COUNT, count)?;
                row.text(at::COUNTED_NAME, &self.name)?;
            }
            _ => {
                row.text(at::IDENTIFICATION, &self.identification)?;
                row.text(at::NAME, &self.name)?;
            }
        }
        row.text(at::ACCOUNT, &self.account)?;
        Ok(row)
    }
}

/// Whether a CTX-like entry counts its addenda where it should. Some ENR files begin the name there.
pub(crate) fn has_count(line: &Line<'_>) -> bool {
    line.is_numeric(at::ADDENDA_COUNT) || line.is_blank(at::ADDENDA_COUNT)
}

impl Advice {
    fn parse(line: &Line<'_>) -> Advice {
        Advice {
            routing: line.text(at::ADV_ADVICE_ROUTING),
            file_identification: line.text(at::ADV_FILE_IDENTIFICATION),
            operator_data: line.text(at::ADV_OPERATOR_DATA),
            operator_routing: line.text(at::ADV_OPERATOR_ROUTING),
            day: line.text(at::ADV_DAY),
            sequence: u16::try_from(line.number_or_zero(at::ADV_SEQUENCE)).unwrap_or_default(),
        }
    }

    fn put(&self, row: &mut Row) -> Result<(), WriteError> {
        row.text(at::ADV_ADVICE_ROUTING, &self.routing)?;
        row.text(at::ADV_FILE_IDENTIFICATION, &self.file_identification)?;
        row.text(at::ADV_OPERATOR_DATA, &self.operator_data)?;
        row.text(at::ADV_OPERATOR_ROUTING, &self.operator_routing)?;
        row.text(at::ADV_DAY, &self.day)?;
        row.number(at::ADV_SEQUENCE, u64::from(self.sequence))
    }
}
