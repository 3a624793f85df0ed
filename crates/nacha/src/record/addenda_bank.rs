//! Addenda by which banks answer: 98 and 99.

use serde::{Deserialize, Serialize};

use crate::codes::changes::ChangeCode;
use crate::codes::returns::{ReturnCode, Stage};
use crate::layout::addenda as at;
use crate::line::{Field, Line};
use crate::record::addenda::{Addenda, Link};
use crate::row::{Row, WriteError};
use crate::{Correction, Text};

/// 98: notification of change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Change {
    /// What is to change.
    pub code: ChangeCode,
    /// Trace number of the entry that this is about.
    pub original_trace: Text,
    /// First eight digits of the bank that received it.
    pub original_rdfi: Text,
    /// At most 29 characters (IAT: 35); see [`Change::correction`].
    pub corrected_data: Text,
}

/// 98 with a code from C61 to C69: the originating bank refuses a change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct RefusedChange {
    /// Why.
    pub code: ChangeCode,
    /// As in the change.
    pub original_trace: Text,
    /// As in the change.
    pub original_rdfi: Text,
    /// As in the change.
    pub corrected_data: Text,
    /// The code of the change that is refused.
    pub change_code: Option<ChangeCode>,
    /// Last seven digits of its trace number.
    pub change_trace_sequence: Text,
}

/// 99: return.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Return {
    /// Why.
    pub code: ReturnCode,
    /// Trace number of the entry that comes back.
    pub original_trace: Text,
    /// `YYMMDD`, for R14 and R15.
    pub date_of_death: Text,
    /// First eight digits of the bank that received it.
    pub original_rdfi: Text,
    /// At most 44 characters (IAT: 34). R17 says `QUESTIONABLE` here.
    pub information: Text,
    /// IAT only: the original amount, in cents.
    pub original_amount: Option<u64>,
}

/// 99 with a code from R61 to R70: the originating bank dishonors a return.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Dishonored {
    /// Why.
    pub code: ReturnCode,
    /// Trace number of the first entry.
    pub original_trace: Text,
    /// First eight digits of the bank that received it.
    pub original_rdfi: Text,
    /// Trace number of the return.
    pub return_trace: Text,
    /// Day of the year on which the return settled.
    pub return_settlement: Text,
    /// The return's code.
    pub return_code: Option<ReturnCode>,
    /// At most 21 characters. For R69 see [`dishonored_fields`](crate::dishonored_fields).
    pub information: Text,
}

/// 99 with a code from R71 to R77: the receiving bank contests a dishonored return.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Contested {
    /// Why.
    pub code: ReturnCode,
    /// Trace number of the first entry.
    pub original_trace: Text,
    /// `YYMMDD`: when it was returned.
    pub returned_on: Text,
    /// First eight digits of the bank that received it.
    pub original_rdfi: Text,
    /// Day of the year on which it settled.
    pub original_settlement: Text,
    /// Trace number of the return.
    pub return_trace: Text,
    /// Day of the year on which the return settled.
    pub return_settlement: Text,
    /// The return's code.
    pub return_code: Option<ReturnCode>,
    /// Trace number of the dishonored return.
    pub dishonored_trace: Text,
    /// Day of the year on which the dishonored return settled.
    pub dishonored_settlement: Text,
    /// The dishonored return's code.
    pub dishonored_code: Option<ReturnCode>,
}

impl Change {
    /// What to use from now on; `None` if the data is not what the code needs.
    pub fn correction(&self) -> Option<Correction> {
        self.code.read(&self.corrected_data)
    }

    /// `None` if the code is none.
    pub(crate) fn parse(line: &Line<'_>, international: bool) -> Option<Addenda> {
        let code: ChangeCode = line.raw(at::CODE).parse().ok()?;
        let (original_trace, original_rdfi) = (line.text(at::ORIGINAL_TRACE), line.text(at::ORIGINAL_RDFI));
        if code.is_refusal() {
            return Some(Addenda::RefusedChange(RefusedChange {
                code,
                original_trace,
                original_rdfi,
                corrected_data: line.text(at::CORRECTED_DATA),
                change_code: line.raw(at::REFUSED_CHANGE_CODE).parse().ok(),
                change_trace_sequence: line.text(at::REFUSED_TRACE_SEQUENCE),
            }));
        }
        let corrected_data = line.text(if international { at::IAT_CORRECTED_DATA } else { at::CORRECTED_DATA });
        Some(Addenda::Change(Change { code, original_trace, original_rdfi, corrected_data }))
    }

    pub(crate) fn put(&self, row: &mut Row, link: &Link<'_>) -> Result<(), WriteError> {
        row.text(at::CODE, &self.code.to_string())?;
        row.text(at::ORIGINAL_TRACE, &self.original_trace)?;
        row.text(at::ORIGINAL_RDFI, &self.original_rdfi)?;
        let corrected = if link.international { at::IAT_CORRECTED_DATA } else { at::CORRECTED_DATA };
        row.text(corrected, &self.corrected_data)?;
        row.text(at::TRACE, link.trace)
    }
}

impl RefusedChange {
    pub(crate) fn put(&self, row: &mut Row, link: &Link<'_>) -> Result<(), WriteError> {
        row.text(at::CODE, &self.code.to_string())?;
        row.text(at::ORIGINAL_TRACE, &self.original_trace)?;
        row.text(at::ORIGINAL_RDFI, &self.original_rdfi)?;
        row.text(at::CORRECTED_DATA, &self.corrected_data)?;
        row.text(at::REFUSED_CHANGE_CODE, &self.change_code.map(|code| code.to_string()).unwrap_or_default())?;
        row.text(at::REFUSED_TRACE_SEQUENCE, &self.change_trace_sequence)?;
        row.text(at::TRACE, link.trace)
    }
}

impl Return {
    /// `None` if the code is none.
    pub(crate) fn parse(line: &Line<'_>, international: bool) -> Option<Addenda> {
        let code: ReturnCode = line.raw(at::CODE).parse().ok()?;
        let (original_trace, original_rdfi) = (line.text(at::ORIGINAL_TRACE), line.text(at::ORIGINAL_RDFI));
        Some(match code.stage() {
            Stage::Return => Addenda::Return(Return {
                code,
                original_trace,
                date_of_death: line.text(at::DATE_OF_DEATH),
                original_rdfi,
                information: line.text(if international { at::IAT_INFORMATION } else { at::INFORMATION }),
                original_amount: if international { line.number(at::IAT_ORIGINAL_AMOUNT) } else { None },
            }),
            Stage::Dishonored => Addenda::Dishonored(Dishonored {
                code,
                original_trace,
                original_rdfi,
                return_trace: line.text(at::RETURN_TRACE),
                return_settlement: line.text(at::RETURN_SETTLEMENT),
                return_code: code_of(line, at::RETURN_CODE),
                information: line.text(at::DISHONORED_INFORMATION),
            }),
            Stage::Contested => Addenda::Contested(Contested {
                code,
                original_trace,
                returned_on: line.text(at::RETURNED_ON),
                original_rdfi,
                original_settlement: line.text(at::ORIGINAL_SETTLEMENT),
                return_trace: line.text(at::RETURN_TRACE),
                return_settlement: line.text(at::RETURN_SETTLEMENT),
                return_code: code_of(line, at::RETURN_CODE),
                dishonored_trace: line.text(at::DISHONORED_TRACE),
                dishonored_settlement: line.text(at::DISHONORED_SETTLEMENT),
                dishonored_code: code_of(line, at::DISHONORED_CODE),
            }),
        })
    }

    pub(crate) fn put(&self, row: &mut Row, link: &Link<'_>) -> Result<(), WriteError> {
        row.text(at::CODE, &self.code.to_string())?;
        row.text(at::ORIGINAL_TRACE, &self.original_trace)?;
        row.text(at::DATE_OF_DEATH, &self.date_of_death)?;
        row.text(at::ORIGINAL_RDFI, &self.original_rdfi)?;
        if link.international {
            if let Some(amount) = self.original_amount {
                row.number(at::IAT_ORIGINAL_AMOUNT, amount)?;
            }
            row.text(at::IAT_INFORMATION, &self.information)?;
        } else {
            row.text(at::INFORMATION, &self.information)?;
        }
        row.text(at::TRACE, link.trace)
    }
}

impl Dishonored {
    pub(crate) fn put(&self, row: &mut Row, link: &Link<'_>) -> Result<(), WriteError> {
        row.text(at::CODE, &self.code.to_string())?;
        row.text(at::ORIGINAL_TRACE, &self.original_trace)?;
        row.text(at::ORIGINAL_RDFI, &self.original_rdfi)?;
        row.text(at::RETURN_TRACE, &self.return_trace)?;
        row.text(at::RETURN_SETTLEMENT, &self.return_settlement)?;
        row.text(at::RETURN_CODE, &digits_of(self.return_code))?;
        row.text(at::DISHONORED_INFORMATION, &self.information)?;
        row.text(at::TRACE, link.trace)
    }
}

impl Contested {
    pub(crate) fn put(&self, row: &mut Row, link: &Link<'_>) -> Result<(), WriteError> {
        row.text(at::CODE, &self.code.to_string())?;
        row.text(at::ORIGINAL_TRACE, &self.original_trace)?;
        row.text(at::RETURNED_ON, &self.returned_on)?;
        row.text(at::ORIGINAL_RDFI, &self.original_rdfi)?;
        row.text(at::ORIGINAL_SETTLEMENT, &self.original_settlement)?;
        row.text(at::RETURN_TRACE, &self.return_trace)?;
        row.text(at::RETURN_SETTLEMENT, &self.return_settlement)?;
        row.text(at::RETURN_CODE, &digits_of(self.return_code))?;
        row.text(at::DISHONORED_TRACE, &self.dishonored_trace)?;
        row.text(at::DISHONORED_SETTLEMENT, &self.dishonored_settlement)?;
        row.text(at::DISHONORED_CODE, &digits_of(self.dishonored_code))?;
        row.text(at::TRACE, link.trace)
    }
}

/// A return code of which only the digits are written.
fn code_of(line: &Line<'_>, field: Field) -> Option<ReturnCode> {
    u8::try_from(line.number(field)?).ok().and_then(ReturnCode::new)
}

fn digits_of(code: Option<ReturnCode>) -> String {
    code.map(|code| format!("{:02}", code.number())).unwrap_or_default()
}
