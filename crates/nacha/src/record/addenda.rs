//! Record 7.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::layout::addenda as at;
use crate::line::Line;
use crate::record::addenda_bank::{Change, Contested, Dishonored, RefusedChange, Return};
use crate::record::addenda_iat::{IatBank, IatCorrespondent, IatOriginator, IatPlace, IatReceiver, IatTransaction};
use crate::record::entry::EntryKind;
use crate::row::{Row, WriteError};

/// What follows an entry. Sequence numbers and links to the entry are checked when read and computed when written, so they
/// are not here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Addenda {
    /// 02: the terminal of a card payment (POS, SHR, MTE).
    #[serde(rename = "02")]
    Terminal(Terminal),
    /// 05: text about the payment.
    #[serde(rename = "05")]
    Remittance(Remittance),
    /// 10: the international transaction.
    #[serde(rename = "10")]
    IatTransaction(IatTransaction),
    /// 11: name and street of the originator.
    #[serde(rename = "11")]
    IatOriginator(IatOriginator),
    /// 12: city and country of the originator.
    #[serde(rename = "12")]
    IatOriginatorPlace(IatPlace),
    /// 13: bank of the originator.
    #[serde(rename = "13")]
    IatOriginatorBank(IatBank),
    /// 14: bank of the receiver.
    #[serde(rename = "14")]
    IatReceiverBank(IatBank),
    /// 15: identification and street of the receiver.
    #[serde(rename = "15")]
    IatReceiver(IatReceiver),
    /// 16: city and country of the receiver.
    #[serde(rename = "16")]
    IatReceiverPlace(IatPlace),
    /// 17: text about the international payment, at most two.
    #[serde(rename = "17")]
    IatRemittance(Remittance),
    /// 18: a bank in between, at most five.
    #[serde(rename = "18")]
    IatCorrespondent(IatCorrespondent),
    /// 98: notification of change.
    #[serde(rename = "98")]
    Change(Change),
    /// 98 with a code from C61 to C69: the originating bank refuses a change.
    #[serde(rename = "98_refused")]
    RefusedChange(RefusedChange),
    /// 99: return.
    #[serde(rename = "99")]
    Return(Return),
    /// 99 with a code from R61 to R70: the originating bank dishonors a return.
    #[serde(rename = "99_dishonored")]
    Dishonored(Dishonored),
    /// 99 with a code from R71 to R77: the receiving bank contests that.
    #[serde(rename = "99_contested")]
    Contested(Contested),
    /// A type or reason code that is none.
    #[serde(rename = "unknown")]
    Unknown(UnknownAddenda),
}

/// 02: the terminal of a card payment. For MTE some fields mean other things, as noted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Terminal {
    /// At most 7 characters. MTE: transaction description.
    pub reference_1: Text,
    /// At most 3 characters. MTE: network identification.
    pub reference_2: Text,
    /// At most 6 characters.
    pub terminal: Text,
    /// At most 6 characters.
    pub serial: Text,
    /// `MMDD`.
    pub date: Text,
    /// At most 6 characters. MTE: time, `HHMMSS`.
    pub authorization: Text,
    /// At most 27 characters.
    pub location: Text,
    /// At most 15 characters.
    pub city: Text,
    /// Two letters.
    pub state: Text,
}

/// 05 and 17: text about the payment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Remittance {
    /// At most 80 characters.
    pub text: Text,
}

/// A type or reason code that is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct UnknownAddenda {
    /// The two characters of the type.
    pub kind: Text,
    /// Everything after them; at most 91 characters.
    pub text: Text,
}

/// What addenda need to know about their entry.
pub(crate) struct Link<'a> {
    /// The entry's trace number.
    pub(crate) trace: &'a str,
    /// From 1, for types that are numbered.
    pub(crate) sequence: u64,
    pub(crate) international: bool,
}

impl Addenda {
    /// Text about a payment (05).
    pub fn remittance(text: impl Into<Text>) -> Addenda {
        Addenda::Remittance(Remittance { text: text.into() })
    }

    /// The two digits of the type.
    pub fn kind(&self) -> &str {
        match self {
            Addenda::Terminal(_) => "02",
            Addenda::Remittance(_) => "05",
            Addenda::IatTransaction(_) => "10",
            Addenda::IatOriginator(_) => "11",
            Addenda::IatOriginatorPlace(_) => "12",
            Addenda::IatOriginatorBank(_) => "13",
            Addenda::IatReceiverBank(_) => "14",
            Addenda::IatReceiver(_) => "15",
            Addenda::IatReceiverPlace(_) => "16",
            Addenda::IatRemittance(_) => "17",
            Addenda::IatCorrespondent(_) => "18",
            Addenda::Change(_) | Addenda::RefusedChange(_) => "98",
            Addenda::Return(_) | Addenda::Dishonored(_) | Addenda::Contested(_) => "99",
            Addenda::Unknown(unknown) => &unknown.kind,
        }
    }

    /// What an entry with these addenda is, if they decide.
    pub(crate) fn entry_kind(&self) -> Option<EntryKind> {
        match self.kind() {
            "98" => Some(EntryKind::Change),
            "99" => Some(EntryKind::Return),
            _ => None,
        }
    }

    pub(crate) fn parse(line: &Line<'_>, international: bool) -> Addenda {
        let parsed = match line.raw(at::TYPE) {
            "02" => Some(Addenda::Terminal(Terminal::parse(line))),
            "05" => Some(Addenda::Remittance(Remittance { text: line.text(at::TEXT) })),
            "10" => Some(Addenda::IatTransaction(IatTransaction::parse(line))),
            "11" => Some(Addenda::IatOriginator(IatOriginator::parse(line))),
            "12" => Some(Addenda::IatOriginatorPlace(IatPlace::parse(line))),
            "13" => Some(Addenda::IatOriginatorBank(IatBank::parse(line))),
            "14" => Some(Addenda::IatReceiverBank(IatBank::parse(line))),
            "15" => Some(Addenda::IatReceiver(IatReceiver::parse(line))),
            "16" => Some(Addenda::IatReceiverPlace(IatPlace::parse(line))),
            "17" => Some(Addenda::IatRemittance(Remittance { text: line.text(at::TEXT) })),
            "18" => Some(Addenda::IatCorrespondent(IatCorrespondent::parse(line))),
            "98" => Change::parse(line, international),
            "99" => Return::parse(line, international),
            _ => None,
        };
        parsed.unwrap_or_else(|| Addenda::Unknown(UnknownAddenda { kind: line.text(at::TYPE), text: line.text(at::UNKNOWN) }))
    }

    pub(crate) fn row(&self, link: &Link<'_>) -> Result<Row, WriteError> {
        let mut row = Row::new(b'7');
        row.text(at::TYPE, self.kind())?;
        match self {
            Addenda::Terminal(terminal) => terminal.put(&mut row, link)?,
            Addenda::Remittance(Remittance { text }) | Addenda::IatRemittance(Remittance { text }) => {
                row.text(at::TEXT, text)?;
                row.number(at::SEQUENCE, link.sequence)?;
            }
            Addenda::IatTransaction(part) => part.put(&mut row)?,
            Addenda::IatOriginator(part) => part.put(&mut row)?,
            Addenda::IatOriginatorPlace(part) | Addenda::IatReceiverPlace(part) => part.put(&mut row)?,
            Addenda::IatOriginatorBank(part) | Addenda::IatReceiverBank(part) => part.put(&mut row)?,
            Addenda::IatReceiver(part) => part.put(&mut row)?,
            Addenda::IatCorrespondent(part) => {
                part.put(&mut row)?;
                row.number(at::SEQUENCE, link.sequence)?;
            }
            Addenda::Change(change) => change.put(&mut row, link)?,
            Addenda::RefusedChange(refused) => refused.put(&mut row, link)?,
            Addenda::Return(back) => back.put(&mut row, link)?,
            Addenda::Dishonored(dishonored) => dishonored.put(&mut row, link)?,
            Addenda::Contested(contested) => contested.put(&mut row, link)?,
            Addenda::Unknown(unknown) => row.text(at::UNKNOWN, &unknown.text)?,
        }
        if matches!(self.kind(), "05" | "10" | "11" | "12" | "13" | "14" | "15" | "16" | "17" | "18") {
            row.right(at::ENTRY_SEQUENCE, last_seven(link.trace))?;
        }
        Ok(row)
    }
}

/// The part of a trace number by which addenda name their entry.
pub(crate) fn last_seven(trace: &str) -> &str {
    trace.len().checked_sub(7).and_then(|from| trace.get(from..)).unwrap_or(trace)
}

impl Terminal {
    fn parse(line: &Line<'_>) -> Terminal {
        Terminal {
            reference_1: line.text(at::TERMINAL_REFERENCE_1),
            reference_2: line.text(at::TERMINAL_REFERENCE_2),
            terminal: line.text(at::TERMINAL_ID),
            serial: line.text(at::TERMINAL_SERIAL),
            date: line.text(at::TERMINAL_DATE),
            authorization: line.text(at::TERMINAL_AUTHORIZATION),
            location: line.text(at::TERMINAL_LOCATION),
            city: line.text(at::TERMINAL_CITY),
            state: line.text(at::TERMINAL_STATE),
        }
    }

    fn put(&self, row: &mut Row, link: &Link<'_>) -> Result<(), WriteError> {
        row.text(at::TERMINAL_REFERENCE_1, &self.reference_1)?;
        row.text(at::TERMINAL_REFERENCE_2, &self.reference_2)?;
        row.text(at::TERMINAL_ID, &self.terminal)?;
        row.text(at::TERMINAL_SERIAL, &self.serial)?;
        row.text(at::TERMINAL_DATE, &self.date)?;
        row.text(at::TERMINAL_AUTHORIZATION, &self.authorization)?;
        row.text(at::TERMINAL_LOCATION, &self.location)?;
        row.text(at::TERMINAL_CITY, &self.city)?;
        row.text(at::TERMINAL_STATE, &self.state)?;
        row.text(at::TRACE, link.trace)
    }
}
