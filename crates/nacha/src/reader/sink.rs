//! Where findings and records go before they are handed out.

use std::collections::VecDeque;

use crate::line::{Field, Line};
use crate::reader::Event;
use crate::{Finding, Options, Rule, Severity};

/// The queue of events, and how much each rule matters.
pub(super) struct Sink {
    options: Options,
    events: VecDeque<Event>,
}

impl Sink {
    pub(super) fn new(options: Options) -> Sink {
        Sink { options, events: VecDeque::new() }
    }

    pub(super) fn pop(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(super) fn push(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// Reports the breach of a rule.
    pub(super) fn report(&mut self, rule: Rule, line: u64, field: Field, found: impl Into<String>, expected: impl Into<String>) {
        let severity = self.options.severity(rule);
        if severity == Severity::Ignored {
            return;
        }
        self.events.push_back(Event::Finding(Finding {
            line,
            record: field.record,
            field: field.name,
            columns: (field.from, field.to),
            rule,
            severity,
            found: found.into(),
            expected: expected.into(),
        }));
    }

    /// Reports what stands in a field.
    pub(super) fn wrong(&mut self, rule: Rule, line: &Line<'_>, field: Field, expected: impl Into<String>) {
        self.report(rule, line.number, field, quoted(line.raw(field)), expected);
    }

    /// Reports a field that does not consist of digits.
    #[inline]
    pub(super) fn digits(&mut self, rule: Rule, line: &Line<'_>, field: Field) {
        if !line.is_numeric(field) {
            self.wrong(rule, line, field, format!("{} digits", field.width()));
        }
    }

    /// Reports a field with nothing but blanks and zeros.
    pub(super) fn filled(&mut self, rule: Rule, line: &Line<'_>, field: Field, expected: &str) {
        if is_nothing(line.columns(field)) {
            self.wrong(rule, line, field, expected);
        }
    }

    /// Reports a field that is not exactly this text.
    pub(super) fn exactly(&mut self, rule: Rule, line: &Line<'_>, field: Field, text: &str) {
        if line.columns(field) != text.as_bytes() {
            self.wrong(rule, line, field, quoted(text));
        }
    }

    /// Reports a sum that is not what was counted.
    pub(super) fn sum(&mut self, rule: Rule, line: &Line<'_>, field: Field, counted: u64) {
        if line.number(field) != Some(counted) {
            let width = field.width();
            self.wrong(rule, line, field, format!("\"{counted:0width$}\", as counted"));
        }
    }
}

/// A text as findings show it.
pub(super) fn quoted(text: &str) -> String {
    if text.is_empty() || text.bytes().all(|byte| byte == b' ') { "nothing".to_owned() } else { format!("\"{text}\"") }
}

/// Whether there are only blanks and zeros.
pub(super) fn is_nothing(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b' ' | b'0'))
}

/// An amount of cents for people.
pub(super) fn dollars(cents: u64) -> String {
    format!("${}.{:02}", cents / 100, cents % 100)
}
