//! A file as text for people.

use std::io::{self, BufRead, Write};

use crate::{
    Addenda, BatchControl, BatchHeader, ChangeCode, Date, Entry, Event, FileControl, FileHeader, Options, Purpose, Reader,
    Totals, TransactionCode,
};

/// How account numbers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Accounts {
    /// The last four characters only.
    #[default]
    Masked,
    /// As they are.
    Full,
}

/// Shows a file as text: header, batches, entries with their addenda, sums, and what is wrong where it is wrong.
///
/// Streams: memory does not grow with the file.
///
/// # Errors
/// Those of `source` and `out`.
pub fn show(source: impl BufRead, out: impl Write, options: &Options, accounts: Accounts) -> io::Result<()> {
    let mut out = Visible(out);
    let mut findings: u64 = 0;
    for event in Reader::new(source, options.clone()) {
        match event? {
            Event::FileHeader(header) => file_header(&mut out, &header)?,
            Event::BatchHeader(header) => batch_header(&mut out, &header)?,
            Event::Entry(entry) => show_entry(&mut out, &entry, accounts)?,
            Event::BatchControl(control) => batch_control(&mut out, &control)?,
            Event::FileControl(control) => file_control(&mut out, &control)?,
            Event::Finding(finding) => {
                findings += 1;
                writeln!(out, "! {finding}")?;
            }
        }
    }
    match findings {
        0 => writeln!(out, "Nothing is wrong."),
        1 => writeln!(out, "1 thing is wrong."),
        _ => writeln!(out, "{findings} things are wrong."),
    }
}

/// Lets no control characters of a file reach a terminal.
struct Visible<W>(W);

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let hidden = |c: char| c.is_control() && c != '\n';
        if text.contains(hidden) {
            self.0.write_all(text.replace(hidden, "\u{fffd}").as_bytes())?;
        } else {
            self.0.write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// [`show`] into a text.
///
/// # Errors
/// Those of `source`.
pub fn show_text(source: impl BufRead, options: &Options, accounts: Accounts) -> io::Result<String> {
    let mut bytes = Vec::new();
    show(source, &mut bytes, options, accounts)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn file_header(out: &mut impl Write, header: &FileHeader) -> io::Result<()> {
    writeln!(out, "File {} of {} {}", header.modifier, day(&header.creation_date), time(&header.creation_time))?;
    writeln!(out, "  from {} {}", header.origin, header.origin_name)?;
    writeln!(out, "  to   {} {}", header.destination, header.destination_name)?;
    if !header.reference.is_empty() {
        writeln!(out, "  reference {}", header.reference)?;
    }
    Ok(())
}

fn batch_header(out: &mut impl Write, header: &BatchHeader) -> io::Result<()> {
    let class = header.entry_class;
    writeln!(out)?;
    writeln!(out, "Batch {}: {class} ({})", header.batch_number, class.rules().purpose)?;
    writeln!(out, "  company     {} ({})", header.company_name, header.company_identification)?;
    writeln!(out, "  description {}", header.entry_description)?;
    writeln!(out, "  effective   {}", day(&header.effective_date))?;
    if let Some(day) = header.settled_on() {
        writeln!(out, "  settled on  day {day} of the year")?;
    }
    writeln!(out, "  bank        {}, class {}", header.odfi, header.service_class.code())?;
    if let Some(iat) = &header.iat {
        let (from, to) = (&iat.originating_currency, &iat.destination_currency);
        writeln!(out, "  abroad      {from} to {to}, {}", iat.destination_country)?;
    }
    writeln!(
        out,
        "  {:<15} {:<28} {:<9} {:<17} {:>16} {:<15} name",
        "trace", "what", "bank", "account", "amount", "identification"
    )
}

fn show_entry(out: &mut impl Write, entry: &Entry, accounts: Accounts) -> io::Result<()> {
    writeln!(
        out,
        "  {:<15} {:<28} {:<9} {:<17} {:>16} {:<15} {}",
        entry.trace,
        what(entry.transaction_code),
        entry.routing,
        account(&entry.account, accounts),
        dollars(entry.amount),
        entry.identification,
        entry.name
    )?;
    entry.addenda.iter().try_for_each(|addenda| show_addenda(out, addenda, accounts))
}

fn show_addenda(out: &mut impl Write, addenda: &Addenda, accounts: Accounts) -> io::Result<()> {
    let text = match addenda {
        Addenda::Terminal(part) => {
            format!("terminal {} at {}, {} {}", part.terminal, part.location, part.city, part.state)
        }
        Addenda::Remittance(part) | Addenda::IatRemittance(part) => part.text.to_string(),
        Addenda::IatTransaction(part) => {
            format!("{} to {}, foreign amount {}", part.transaction_type, part.receiver_name, part.foreign_amount)
        }
        Addenda::IatOriginator(part) => format!("originator {}, {}", part.name, part.street),
        Addenda::IatOriginatorPlace(part) | Addenda::IatReceiverPlace(part) => {
            format!("{}, {}", part.city_and_state, part.country_and_postal_code)
        }
        Addenda::IatOriginatorBank(part) | Addenda::IatReceiverBank(part) => {
            format!("bank {} ({}), {}", part.name, part.identification, part.country)
        }
        Addenda::IatReceiver(part) => format!("receiver {}, {}", part.identification, part.street),
        Addenda::IatCorrespondent(part) => format!("through {} ({}), {}", part.name, part.identification, part.country),
        Addenda::Change(part) => {
            let meaning = part.code.meaning().unwrap_or("not an assigned code");
            let data = corrected(part.code, &part.corrected_data, accounts);
            format!("change {} {meaning}: \"{data}\", for {}", part.code, part.original_trace)
        }
        Addenda::RefusedChange(part) => {
            format!("{} {}, for {}", part.code, part.code.meaning().unwrap_or("not an assigned code"), part.original_trace)
        }
        Addenda::Return(part) => {
            let meaning = part.code.reason().map_or("not an assigned code", |reason| reason.meaning);
            format!("return {} {meaning} {}, for {}", part.code, part.information, part.original_trace)
        }
        Addenda::Dishonored(part) => {
            let meaning = part.code.reason().map_or("not an assigned code", |reason| reason.meaning);
            format!("{} {meaning} {}, for return {}", part.code, part.information, part.return_trace)
        }
        Addenda::Contested(part) => {
            let meaning = part.code.reason().map_or("not an assigned code", |reason| reason.meaning);
            format!("{} {meaning}, for dishonored return {}", part.code, part.dishonored_trace)
        }
        Addenda::Unknown(part) => part.text.to_string(),
    };
    writeln!(out, "    {} {}", addenda.kind(), text.trim_end())
}

fn batch_control(out: &mut impl Write, control: &BatchControl) -> io::Result<()> {
    writeln!(out, "  says: {}", sums(&control.totals))
}

fn file_control(out: &mut impl Write, control: &FileControl) -> io::Result<()> {
    writeln!(out)?;
    writeln!(out, "File says: {} batches, {} blocks, {}", control.batch_count, control.block_count, sums(&control.totals))
}

fn sums(totals: &Totals) -> String {
    let Totals { records, hash, debit, credit } = totals;
    format!("{records} entries and addenda, debits {}, credits {}, hash {hash}", dollars(*debit), dollars(*credit))
}

/// A transaction code in words.
fn what(code: TransactionCode) -> String {
    let account = match code.account() {
        Some(account) => format!("{account:?}").to_lowercase(),
        None => String::new(),
    };
    let side = if code.is_debit() { "debit" } else { "credit" };
    let purpose = match code.purpose() {
        Some(Purpose::Return) => "return of ",
        Some(Purpose::Prenote) => "prenote of ",
        Some(Purpose::ZeroDollar) => "zero-dollar ",
        Some(Purpose::Advice) => "advice of ",
        Some(Purpose::Payment) => "",
        None => return format!("{code} (not a code)"),
    };
    format!("{code} {purpose}{account} {side}")
}

fn account(number: &str, accounts: Accounts) -> String {
    let count = number.chars().count();
    match accounts {
        Accounts::Masked if count > 4 => format!("…{}", number.chars().skip(count - 4).collect::<String>()),
        Accounts::Masked => "…".to_owned(),
        Accounts::Full => number.to_owned(),
    }
}

/// Corrected data, with an account number in it as account numbers are shown. What does not read may hold one anywhere.
fn corrected(code: ChangeCode, data: &str, accounts: Accounts) -> String {
    match (accounts, code.read(data)) {
        (Accounts::Full, _) => data.to_owned(),
        (Accounts::Masked, None) => account(data, accounts),
        (Accounts::Masked, Some(correction)) => match &correction.account {
            Some(number) => data.replace(&**number, &account(number, accounts)),
            None => data.to_owned(),
        },
    }
}

/// An amount of cents with separators.
fn dollars(cents: u64) -> String {
    let digits = (cents / 100).to_string();
    let mut whole = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            whole.push(',');
        }
        whole.push(digit);
    }
    format!("${whole}.{:02}", cents % 100)
}

fn day(text: &str) -> String {
    match Date::parse(text) {
        Some(Date { year, month, day }) => format!("{year}-{month:02}-{day:02}"),
        None => format!("\"{text}\""),
    }
}

fn time(text: &str) -> String {
    match (text.get(..2), text.get(2..)) {
        (Some(hour), Some(minute)) => format!("{hour}:{minute}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_people() {
        assert_eq!(dollars(123_456_789), "$1,234,567.89");
        assert_eq!((dollars(5), dollars(100_000)), ("$0.05".to_owned(), "$1,000.00".to_owned()));
        assert_eq!(what(TransactionCode(26)), "26 return of checking debit");
        assert_eq!(what(TransactionCode(32)), "32 savings credit");
        assert_eq!(what(TransactionCode(90)), "90 (not a code)");
        assert_eq!(account("000123456789", Accounts::Masked), "…6789");
        assert_eq!(account("1234", Accounts::Masked), "…");
        assert_eq!((day("261124"), day("000000")), ("2026-11-24".to_owned(), "\"000000\"".to_owned()));
    }
}
