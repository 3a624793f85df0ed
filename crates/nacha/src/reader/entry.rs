//! Checks of entries.

use crate::codes::ServiceClass;
use crate::codes::entry_class::{EntryClass, Moves, Shape};
use crate::codes::transaction::Purpose;
use crate::layout::entry as at;
use crate::line::{Field, Line};
use crate::reader::Event;
use crate::reader::batch::OpenBatch;
use crate::reader::checker::Checker;
use crate::reader::sink::{Sink, dollars, is_nothing, quoted};
use crate::record::entry::has_count;
use crate::routing::check_digit_of;
use crate::{Entry, EntryKind, Rule};

/// An entry whose addenda are still to come.
pub(super) struct OpenEntry {
    pub(super) entry: Entry,
    pub(super) line: u64,
    pub(super) indicator: char,
    /// How many addenda the entry says it has, where its class says so.
    pub(super) declared: Option<u64>,
    /// Addenda that were left out because there were too many.
    pub(super) dropped: u64,
    /// Sequence number of the last addenda 05, 17 and 18.
    pub(super) sequences: [u64; 3],
}

impl Checker {
    pub(super) fn entry(&mut self, line: &Line<'_>) {
        self.finish_entry();
        let Some(batch) = &mut self.batch else {
            return self.misplaced(line, "an entry outside of a batch", "a batch header (5) before it");
        };
        let sink = &mut self.sink;
        let indicator = line.character(at::ADDENDA_INDICATOR);
        let declared = declared_addenda(sink, line, batch);
        let entry = Entry::parse(line, batch.shape);
        let open = OpenEntry { entry, line: line.number, indicator, declared, dropped: 0, sequences: [0; 3] };
        let entry = &self.entry.insert(open).entry;
        let advice = batch.shape == Shape::Advice;
        let known = entry.transaction_code.is_known() && line.is_numeric(at::TRANSACTION_CODE);
        if !known || (entry.transaction_code.purpose() == Some(Purpose::Advice)) != advice {
            let expected = if advice { "81 to 88 in ADV" } else { "a known code such as 22, 27, 32 or 37" };
            sink.wrong(Rule::TransactionCode, line, at::TRANSACTION_CODE, expected);
        }
        let dfi = check_routing(sink, line);
        batch.totals.add_entry(dfi, entry);
        let (account, amount) = match batch.shape {
            Shape::International => (at::IAT_ACCOUNT, at::AMOUNT),
            Shape::Advice => (at::ADV_ACCOUNT, at::ADV_AMOUNT),
            _ => (at::ACCOUNT, at::AMOUNT),
        };
        if entry.account.is_empty() {
            sink.wrong(Rule::AccountNumber, line, account, "the receiver's account number");
        }
        // An amount that is no number is read as zero.
        if entry.amount == 0 {
            sink.digits(Rule::Amount, line, amount);
        }
        if !matches!(indicator, '0' | '1') {
            sink.wrong(Rule::AddendaIndicator, line, at::ADDENDA_INDICATOR, "1 if addenda follow, 0 if not");
        }
        check_trace(sink, line, batch);
    }

    /// Hands out the last entry, now that all of its addenda are known.
    pub(super) fn finish_entry(&mut self) {
        let (Some(open), Some(batch)) = (&self.entry, &mut self.batch) else { return };
        let sink = &mut self.sink;
        let kind = open.entry.kind();
        if batch.shape != Shape::Advice {
            match kind {
                EntryKind::Payment => check_payment(sink, open, batch),
                EntryKind::Return | EntryKind::Change => check_answer(sink, open, kind),
            }
        }
        super::addenda::check_count(sink, open, batch, kind);
        if batch.kind.is_some_and(|other| other != kind) {
            let found = format!("{kind:?} among others").to_lowercase();
            let expected = "payments, returns and changes in batches of their own";
            wrong(sink, Rule::MixedBatch, open, at::TRANSACTION_CODE, found, expected);
        }
        batch.kind = Some(kind);
        if let Some(open) = self.entry.take() {
            sink.push(Event::Entry(open.entry));
        }
    }
}

/// Checks the receiving bank's number and returns its first eight digits, 0 if they are none.
fn check_routing(sink: &mut Sink, line: &Line<'_>) -> u64 {
    let Some(dfi) = line.number(at::RDFI) else {
        sink.digits(Rule::RoutingDigits, line, at::RDFI);
        return 0;
    };
    let expected = check_digit_of(line.columns(at::RDFI));
    if line.columns(at::CHECK_DIGIT) != [b'0' + expected] {
        sink.wrong(Rule::CheckDigit, line, at::CHECK_DIGIT, format!("\"{expected}\" for {dfi:08}"));
    }
    dfi
}

/// How many addenda the entry says it has, where its class says so.
fn declared_addenda(sink: &mut Sink, line: &Line<'_>, batch: &OpenBatch) -> Option<u64> {
    match batch.shape {
        Shape::Counted if has_count(line) => Some(line.number_or_zero(at::ADDENDA_COUNT)),
        Shape::Counted if batch.header.entry_class != EntryClass::Enr => {
            sink.digits(Rule::AddendaCount, line, at::ADDENDA_COUNT);
            None
        }
        Shape::International => Some(line.number_or_zero(at::IAT_ADDENDA_COUNT)),
        _ => None,
    }
}

fn check_trace(sink: &mut Sink, line: &Line<'_>, batch: &mut OpenBatch) {
    if batch.shape == Shape::Advice {
        check_trace_in(sink, line, batch, at::ADV_SEQUENCE);
    } else {
        check_trace_in(sink, line, batch, at::TRACE);
    }
}

#[inline(always)]
fn check_trace_in(sink: &mut Sink, line: &Line<'_>, batch: &mut OpenBatch, field: Field) {
    sink.digits(Rule::TraceNumber, line, field);
    let trace = line.columns(field);
    let last = batch.last_trace.get_mut(..trace.len()).unwrap_or_default();
    // Digits of equal length ascend as bytes do. Before the first entry, these are zero bytes, below any digit.
    if trace <= last {
        let expected = format!("more than {}, that of the entry before", String::from_utf8_lossy(last));
        sink.wrong(Rule::TraceOrder, line, field, expected);
    }
    last.copy_from_slice(trace);
}

fn wrong(sink: &mut Sink, rule: Rule, open: &OpenEntry, field: Field, found: impl Into<String>, expected: impl Into<String>) {
    sink.report(rule, open.line, field, found, expected);
}

/// Checks what only payments, prenotes and zero-dollar entries are held to.
fn check_payment(sink: &mut Sink, open: &OpenEntry, batch: &OpenBatch) {
    let Entry { transaction_code: code, amount, .. } = open.entry;
    let rules = batch.header.entry_class.rules();
    let purpose = code.purpose();
    if purpose == Some(Purpose::Return) {
        let expected = "an addenda 98 or 99 after it, or another code";
        return wrong(
            sink,
            Rule::ReturnTransactionCode,
            open,
            at::TRANSACTION_CODE,
            format!("{code} without return or change"),
            expected,
        );
    }
    let debit = code.is_debit();
    let (side, other) = if debit { ("a debit", "credits") } else { ("a credit", "debits") };
    let against_class = match batch.header.service_class {
        ServiceClass::Credits => debit,
        ServiceClass::Debits => !debit,
        ServiceClass::Mixed | ServiceClass::Advices => false,
    };
    if against_class && purpose.is_some() {
        let found = format!("{side} ({code}) in a batch of class {}", batch.header.service_class.code());
        wrong(sink, Rule::Direction, open, at::TRANSACTION_CODE, found, format!("{other} only, or class 200"));
    }
    let against_entry_class = match rules.moves {
        Moves::Credits => debit,
        Moves::Debits => !debit,
        Moves::Both | Moves::Nothing => false,
    };
    if against_entry_class && !batch.reverses && purpose == Some(Purpose::Payment) {
        let found = format!("{side} ({code}) in {}", batch.header.entry_class);
        wrong(sink, Rule::Direction, open, at::TRANSACTION_CODE, found, format!("{other} only, or the description REVERSAL"));
    }
    let nothing_moves = rules.moves == Moves::Nothing || matches!(purpose, Some(Purpose::Prenote | Purpose::ZeroDollar));
    if nothing_moves && amount > 0 {
        wrong(sink, Rule::ZeroAmount, open, at::AMOUNT, dollars(amount), "nothing for a prenote or an entry without money");
    } else if !nothing_moves && amount == 0 && purpose == Some(Purpose::Payment) {
        wrong(sink, Rule::ZeroAmount, open, at::AMOUNT, dollars(amount), "more than nothing for a payment");
    }
    if let Some(limit) = rules.limit.filter(|limit| amount > *limit) {
        let expected = format!("at most {} in {}", dollars(limit), batch.header.entry_class);
        wrong(sink, Rule::AmountLimit, open, at::AMOUNT, dollars(amount), expected);
    }
    if rules.needs_name && is_nothing(open.entry.name.as_bytes()) {
        wrong(sink, Rule::ReceiverName, open, at::NAME, quoted(&open.entry.name), "the receiver's name");
    }
    let names_type = matches!(batch.header.entry_class, EntryClass::Web | EntryClass::Tel);
    if names_type && debit && !matches!(open.entry.discretionary.as_bytes().trim_ascii(), b"R" | b"S") {
        let found = quoted(&open.entry.discretionary);
        wrong(sink, Rule::PaymentType, open, at::DISCRETIONARY, found, "R (recurring) or S (single)");
    }
    if !open.entry.trace.as_bytes().starts_with(batch.header.odfi.as_bytes()) {
        let expected = format!("{} at the beginning, as in line {}", quoted(&batch.header.odfi), batch.line);
        wrong(sink, Rule::TraceOdfi, open, at::TRACE, quoted(&open.entry.trace), expected);
    }
}

/// Checks what returns and changes are held to. Banks differ here, so none of it is an error.
fn check_answer(sink: &mut Sink, open: &OpenEntry, kind: EntryKind) {
    let Entry { transaction_code: code, amount, .. } = open.entry;
    if code.purpose() != Some(Purpose::Return) {
        let expected = code.for_return().map_or_else(|| "a code ending in 1 or 6".to_owned(), |code| code.to_string());
        wrong(sink, Rule::ReturnTransactionCode, open, at::TRANSACTION_CODE, code.to_string(), expected);
    }
    if kind == EntryKind::Change && amount > 0 {
        wrong(sink, Rule::ReturnDetail, open, at::AMOUNT, dollars(amount), "nothing in a notification of change");
    }
}
