//! Record 5.

use serde::{Deserialize, Serialize};

use crate::codes::ServiceClass;
use crate::codes::entry_class::{EntryClass, Shape};
use crate::layout::batch_header as at;
use crate::line::Line;
use crate::row::{Row, WriteError};
use crate::text::number;
use crate::{Date, Text};

/// Batch header: who pays or collects what, and when.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BatchHeader {
    /// Which directions the batch holds.
    pub service_class: ServiceClass,
    /// The name that receivers see; at most 16 characters. Empty for IAT.
    pub company_name: Text,
    /// Free; at most 20 characters. Empty for IAT.
    pub discretionary_data: Text,
    /// What the bank calls the company; at most 10 characters. IAT: originator identification.
    pub company_identification: Text,
    /// Standard entry class.
    pub entry_class: EntryClass,
    /// What receivers see as purpose; at most 10 characters, some of them reserved (`REVERSAL`, `ACCTVERIFY` and others).
    pub entry_description: Text,
    /// Free; at most 6 characters. Empty for IAT.
    pub descriptive_date: Text,
    /// `YYMMDD`: when the originator wants settlement.
    pub effective_date: Text,
    /// Day of the year, three digits, filled in by the operator; empty when originating.
    pub settlement_day: Text,
    /// 1 for banks, 2 for federal agencies that the rules do not bind, 0 for ADV.
    pub originator_status: char,
    /// First eight digits of the originating bank's routing number. In returns, the bank that returns.
    pub odfi: Text,
    /// Ascending within a file, at most 7 digits.
    pub batch_number: u32,
    /// The fields that only international batches have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<Box<IatBatchHeader>>,
}

/// The fields of a batch header that only international batches (IAT, and COR about IAT) have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct IatBatchHeader {
    /// Blank, or `IATCOR` in notifications of change; at most 16 characters.
    pub indicator: Text,
    /// FF, FV or VF: whether the amounts are fixed or vary.
    pub exchange_indicator: Text,
    /// 1, 2 or 3: what the reference is.
    pub exchange_reference_indicator: Text,
    /// At most 15 characters.
    pub exchange_reference: Text,
    /// ISO 3166.
    pub destination_country: Text,
    /// ISO 4217.
    pub originating_currency: Text,
    /// ISO 4217.
    pub destination_currency: Text,
}

impl Default for BatchHeader {
    /// Everything empty, with originator status 1.
    fn default() -> BatchHeader {
        BatchHeader {
            service_class: ServiceClass::default(),
            company_name: Text::default(),
            discretionary_data: Text::default(),
            company_identification: Text::default(),
            entry_class: EntryClass::default(),
            entry_description: Text::default(),
            descriptive_date: Text::default(),
            effective_date: Text::default(),
            settlement_day: Text::default(),
            originator_status: '1',
            odfi: Text::default(),
            batch_number: 0,
            iat: None,
        }
    }
}

impl BatchHeader {
    /// The effective entry date, if there is such a day.
    pub fn effective(&self) -> Option<Date> {
        Date::parse(&self.effective_date)
    }

    /// The day of the year on which the operator settled, 1 to 366.
    pub fn settled_on(&self) -> Option<u16> {
        let day = u16::try_from(number(&self.settlement_day)?).ok()?;
        (1..=366).contains(&day).then_some(day)
    }

    /// How entries of this batch are laid out.
    pub(crate) fn shape(&self) -> Shape {
        if self.iat.is_some() { Shape::International } else { self.entry_class.rules().shape }
    }

    pub(crate) fn is_advice(&self) -> bool {
        self.entry_class == EntryClass::Adv
    }

    pub(crate) fn parse(line: &Line<'_>) -> BatchHeader {
        let entry_class: EntryClass = line.raw(at::ENTRY_CLASS).parse().unwrap_or_default();
        let of_change = entry_class == EntryClass::Cor && line.raw(at::IAT_INDICATOR).starts_with("IATCOR");
        let iat = (entry_class == EntryClass::Iat || of_change).then(|| Box::new(IatBatchHeader::parse(line)));
        let domestic = |field| if iat.is_none() { line.text(field) } else { Text::default() };
        BatchHeader {
            service_class: line.number(at::SERVICE_CLASS).and_then(ServiceClass::from_code).unwrap_or_default(),
            company_name: domestic(at::COMPANY_NAME),
            discretionary_data: domestic(at::DISCRETIONARY_DATA),
            company_identification: line.text(at::COMPANY_IDENTIFICATION),
            entry_class,
            entry_description: line.text(at::ENTRY_DESCRIPTION),
            descriptive_date: domestic(at::DESCRIPTIVE_DATE),
            effective_date: line.text(at::EFFECTIVE_DATE),
            settlement_day: line.text(at::SETTLEMENT_DAY),
            originator_status: line.character(at::ORIGINATOR_STATUS),
            odfi: line.text(at::ODFI),
            batch_number: u32::try_from(line.number_or_zero(at::BATCH_NUMBER)).unwrap_or_default(),
            iat,
        }
    }

    pub(crate) fn row(&self) -> Result<Row, WriteError> {
        let mut row = Row::new(b'5');
        row.number(at::SERVICE_CLASS, u64::from(self.service_class.code()))?;
        if let Some(iat) = &self.iat {
            iat.put(&mut row)?;
        } else {
            row.text(at::COMPANY_NAME, &self.company_name)?;
            row.text(at::DISCRETIONARY_DATA, &self.discretionary_data)?;
            row.text(at::DESCRIPTIVE_DATE, &self.descriptive_date)?;
        }
        row.text(at::COMPANY_IDENTIFICATION, &self.company_identification)?;
        row.text(at::ENTRY_CLASS, self.entry_class.code())?;
        row.text(at::ENTRY_DESCRIPTION, &self.entry_description)?;
        row.text(at::EFFECTIVE_DATE, &self.effective_date)?;
        row.text(at::SETTLEMENT_DAY, &self.settlement_day)?;
        row.text(at::ORIGINATOR_STATUS, self.originator_status.encode_utf8(&mut [0; 4]))?;
        row.text(at::ODFI, &self.odfi)?;
        row.number(at::BATCH_NUMBER, u64::from(self.batch_number))?;
        Ok(row)
    }
}

impl IatBatchHeader {
    fn parse(line: &Line<'_>) -> IatBatchHeader {
        IatBatchHeader {
            indicator: line.text(at::IAT_INDICATOR),
            exchange_indicator: line.text(at::EXCHANGE_INDICATOR),
            exchange_reference_indicator: line.text(at::EXCHANGE_REFERENCE_INDICATOR),
            exchange_reference: line.text(at::EXCHANGE_REFERENCE),
            destination_country: line.text(at::DESTINATION_COUNTRY),
            originating_currency: line.text(at::ORIGINATING_CURRENCY),
            destination_currency: line.text(at::DESTINATION_CURRENCY),
        }
    }

    fn put(&self, row: &mut Row) -> Result<(), WriteError> {
        row.text(at::IAT_INDICATOR, &self.indicator)?;
        row.text(at::EXCHANGE_INDICATOR, &self.exchange_indicator)?;
        row.text(at::EXCHANGE_REFERENCE_INDICATOR, &self.exchange_reference_indicator)?;
        row.text(at::EXCHANGE_REFERENCE, &self.exchange_reference)?;
        row.text(at::DESTINATION_COUNTRY, &self.destination_country)?;
        row.text(at::ORIGINATING_CURRENCY, &self.originating_currency)?;
        row.text(at::DESTINATION_CURRENCY, &self.destination_currency)
    }
}
