//! Checks of batch header and batch control.

use crate::codes::ServiceClass;
use crate::codes::entry_class::{EntryClass, Shape};
use crate::layout::{batch_control as control, batch_header as at, whole};
use crate::line::Line;
use crate::reader::Event;
use crate::reader::checker::Checker;
use crate::reader::file::is_batch_number;
use crate::reader::sink::quoted;
use crate::{BatchControl, BatchHeader, Date, EntryKind, Rule, Text, Totals};

/// The batch that is being read.
pub(super) struct OpenBatch {
    pub(super) header: BatchHeader,
    pub(super) line: u64,
    pub(super) shape: Shape,
    /// Whether the batch reverses others: then directions may be the other way.
    pub(super) reverses: bool,
    pub(super) totals: Totals,
    /// The last trace number, or sequence number of ADV.
    pub(super) last_trace: [u8; 15],
    pub(super) kind: Option<EntryKind>,
    /// Header fields as the file has them, to compare with the control.
    service_class: Text,
}

impl Checker {
    pub(super) fn batch_header(&mut self, line: &Line<'_>) {
        self.finish_entry();
        self.close_batch_without_control(line.number, "another batch header");
        let header = BatchHeader::parse(line);
        self.file.batches += 1;
        self.file.advice |= header.is_advice();
        self.check_class(line, &header);
        self.check_company(line, &header);
        self.check_dates_and_odfi(line, &header);
        self.check_batch_number(line);
        self.batch = Some(OpenBatch {
            line: line.number,
            shape: header.shape(),
            reverses: header.entry_description == "REVERSAL",
            totals: Totals::default(),
            last_trace: [0; 15],
            kind: None,
            service_class: line.text(at::SERVICE_CLASS),
            header: header.clone(),
        });
        self.sink.push(Event::BatchHeader(header));
    }

    fn check_class(&mut self, line: &Line<'_>, header: &BatchHeader) {
        let sink = &mut self.sink;
        let advice = header.is_advice();
        let class = line.number(at::SERVICE_CLASS).and_then(ServiceClass::from_code);
        if class.is_none() || (class == Some(ServiceClass::Advices)) != advice {
            let expected = if advice { "280 for ADV" } else { "200 (mixed), 220 (credits) or 225 (debits)" };
            sink.wrong(Rule::ServiceClass, line, at::SERVICE_CLASS, expected);
        }
        if header.entry_class == EntryClass::Unknown {
            sink.wrong(Rule::EntryClass, line, at::ENTRY_CLASS, "a standard entry class such as PPD, CCD or WEB");
        }
        let usual = match header.entry_class {
            EntryClass::Adv => '0',
            EntryClass::Dne => '2',
            _ => '1',
        };
        match header.originator_status {
            status if status == usual => {}
            '2' if usual == '1' => {}
            '0'..='2' => sink.wrong(Rule::StatusForClass, line, at::ORIGINATOR_STATUS, quoted(&usual.to_string())),
            _ => sink.wrong(Rule::OriginatorStatus, line, at::ORIGINATOR_STATUS, quoted(&usual.to_string())),
        }
    }

    fn check_company(&mut self, line: &Line<'_>, header: &BatchHeader) {
        let sink = &mut self.sink;
        sink.filled(Rule::CompanyIdentification, line, at::COMPANY_IDENTIFICATION, "what the bank assigned to the company");
        sink.filled(Rule::EntryDescription, line, at::ENTRY_DESCRIPTION, "a description for the receiver, such as PAYROLL");
        let Some(iat) = &header.iat else {
            return sink.filled(Rule::CompanyName, line, at::COMPANY_NAME, "the name that receivers know");
        };
        if !matches!(iat.indicator.as_str(), "" | "IATCOR") {
            sink.wrong(Rule::IatHeader, line, at::IAT_INDICATOR, "blanks, or IATCOR in changes");
        }
        if !matches!(iat.exchange_indicator.as_str(), "FF" | "FV" | "VF") {
            sink.wrong(Rule::IatHeader, line, at::EXCHANGE_INDICATOR, "FF, FV or VF");
        }
        if !matches!(iat.exchange_reference_indicator.as_str(), "1" | "2" | "3") {
            sink.wrong(Rule::IatHeader, line, at::EXCHANGE_REFERENCE_INDICATOR, "1, 2 or 3");
        }
        let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
        for (field, what) in [
            (at::DESTINATION_COUNTRY, "a country's two letters"),
            (at::ORIGINATING_CURRENCY, "a currency's three letters"),
            (at::DESTINATION_CURRENCY, "a currency's three letters"),
        ] {
            if !letters(line.raw(field)) {
                sink.wrong(Rule::IatHeader, line, field, what);
            }
        }
    }

    fn check_dates_and_odfi(&mut self, line: &Line<'_>, header: &BatchHeader) {
        let sink = &mut self.sink;
        let may_be_blank = header.entry_class == EntryClass::Enr && line.is_blank(at::EFFECTIVE_DATE);
        if !may_be_blank && Date::parse(line.raw(at::EFFECTIVE_DATE)).is_none() {
            sink.wrong(Rule::EffectiveDate, line, at::EFFECTIVE_DATE, "a day as YYMMDD");
        }
        if !line.is_blank(at::SETTLEMENT_DAY) && header.settled_on().is_none() {
            sink.wrong(Rule::SettlementDate, line, at::SETTLEMENT_DAY, "blanks, or 001 to 366 from the operator");
        }
        sink.digits(Rule::OdfiIdentification, line, at::ODFI);
    }

    fn check_batch_number(&mut self, line: &Line<'_>) {
        let raw = line.raw(at::BATCH_NUMBER);
        if !is_batch_number(raw) {
            return self.sink.wrong(Rule::BatchNumber, line, at::BATCH_NUMBER, "seven digits from 0000001");
        }
        let number = line.number_or_zero(at::BATCH_NUMBER);
        if number <= self.file.last_batch_number {
            let expected = format!("more than {:07}, the number of the batch before", self.file.last_batch_number);
            self.sink.wrong(Rule::BatchNumberOrder, line, at::BATCH_NUMBER, expected);
        }
        self.file.last_batch_number = number;
    }

    pub(super) fn batch_control(&mut self, line: &Line<'_>) {
        self.finish_entry();
        let Some(batch) = self.batch.take() else {
            return self.misplaced(line, "a batch control without a batch", "a batch header (5) before it");
        };
        self.file.totals.join(&batch.totals);
        let sink = &mut self.sink;
        if batch.totals.records == 0 {
            sink.report(Rule::EmptyBatch, batch.line, whole::RECORD, "a batch without entries", "at least one entry (6)");
        }
        let advice = batch.header.is_advice();
        sink.exactly(Rule::ServiceClassMatch, line, control::SERVICE_CLASS, &batch.service_class);
        let Totals { records, hash, debit, credit } = batch.totals;
        sink.sum(Rule::EntryCount, line, control::ENTRY_COUNT, records);
        sink.sum(Rule::EntryHash, line, control::ENTRY_HASH, hash);
        sink.sum(Rule::DebitTotal, line, if advice { control::ADV_DEBIT } else { control::DEBIT }, debit);
        sink.sum(Rule::CreditTotal, line, if advice { control::ADV_CREDIT } else { control::CREDIT }, credit);
        let company = batch.header.company_identification.trim();
        if !advice && line.text(control::COMPANY_IDENTIFICATION).trim() != company {
            // Much software leaves the field blank in international batches, and banks take that.
            let blank = batch.header.iat.is_some() && line.is_blank(control::COMPANY_IDENTIFICATION);
            let rule = if blank { Rule::IatHeader } else { Rule::CompanyIdentificationMatch };
            let expected = format!("{}, as in line {}", quoted(company), batch.line);
            sink.wrong(rule, line, control::COMPANY_IDENTIFICATION, expected);
        }
        if !advice && !line.is_blank(control::RESERVED) {
            sink.wrong(Rule::Reserved, line, control::RESERVED, "blanks");
        }
        if line.text(control::ODFI) != batch.header.odfi {
            let expected = format!("{}, as in line {}", quoted(&batch.header.odfi), batch.line);
            sink.wrong(Rule::OdfiMatch, line, control::ODFI, expected);
        }
        if line.number(control::BATCH_NUMBER) != Some(u64::from(batch.header.batch_number)) {
            let expected = format!("\"{:07}\", as in line {}", batch.header.batch_number, batch.line);
            sink.wrong(Rule::BatchNumberMatch, line, control::BATCH_NUMBER, expected);
        }
        sink.push(Event::BatchControl(BatchControl::parse(line, advice)));
    }

    /// Ends a batch that has no control, if there is one.
    pub(super) fn close_batch_without_control(&mut self, line: u64, what: &str) {
        let Some(batch) = self.batch.take() else { return };
        self.file.totals.join(&batch.totals);
        let expected = format!("a batch control (8) before it, for the batch that begins in line {}", batch.line);
        self.sink.report(Rule::MissingBatchControl, line, whole::RECORD, what, expected);
    }
}
