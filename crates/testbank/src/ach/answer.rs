//! Files that the bank sends: returns and notifications of change. Pure.

use std::collections::BTreeMap;

use calendar::{day_of_year, eastern, is_banking_day, next_banking_day};
use nacha::{
    Addenda, Batch, BatchHeader, Entry, EntryClass, File, FileHeader, IatBatchHeader, LineEnd, RoutingNumber, Text, WriteError,
};

use super::timing::{moment, six_digits};

/// Trace numbers have seven digits of the bank's own.
const TRACE_MOST: u64 = 9_999_999;
/// Answers in one file, so that whoever fetches it need not take more than ten megabytes.
const ANSWERS_MAX: usize = 50_000;
/// Characters that tell files of one day apart.
const MODIFIERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// An answer to an entry of a file.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The place of its batch in the file.
    pub batch: usize,
    /// The place of the entry in the batch.
    pub entry: usize,
    /// When it is released, in unix seconds.
    pub release: i64,
    /// What it says: addenda 98 or 99.
    pub addenda: Addenda,
}

/// A file to be sent.
#[derive(Debug)]
pub struct Outgoing {
    /// Its name; unique in its world.
    pub name: String,
    /// When it is released, in unix seconds.
    pub release: i64,
    /// The file.
    pub content: Vec<u8>,
    /// What it answers.
    pub answers: Vec<Answer>,
}

/// Numbers that go on from file to file of a world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Numbers {
    /// Files written so far.
    pub files: u64,
    /// The last trace number, without the bank's own digits.
    pub traces: u64,
}

/// Writes answers to entries of `received`: one file for each moment of release, or more if it would be too long.
pub fn write(received: &File, answers: Vec<Answer>, numbers: &mut Numbers) -> Result<Vec<Outgoing>, WriteError> {
    let mut releases: BTreeMap<i64, Vec<Answer>> = BTreeMap::new();
    for answer in answers {
        releases.entry(answer.release).or_default().push(answer);
    }
    let files = releases.iter().flat_map(|(release, answers)| answers.chunks(ANSWERS_MAX).map(|some| (*release, some.to_vec())));
    files.map(|(release, answers)| write_one(received, release, answers, numbers)).collect()
}

fn write_one(received: &File, release: i64, answers: Vec<Answer>, numbers: &mut Numbers) -> Result<Outgoing, WriteError> {
    numbers.files += 1;
    let day = eastern(moment(release)).date();
    let name = format!("ach-{day}-{:06}", numbers.files);
    let settled = if is_banking_day(day) { day } else { next_banking_day(day) };
    let settlement = format!("{:03}", day_of_year(settled));
    // Trace numbers ascend within a file: it does not begin with the last ones of a round.
    if numbers.traces + answers.len() as u64 > TRACE_MOST {
        numbers.traces = 0;
    }
    let mut batches: BTreeMap<(usize, bool, Text), Batch> = BTreeMap::new();
    for answer in &answers {
        let Some(batch) = received.batches.get(answer.batch) else { continue };
        let Some(entry) = batch.entries.get(answer.entry) else { continue };
        let change = matches!(answer.addenda, Addenda::Change(_));
        let bank = super::decide::bank_digits(entry);
        numbers.traces += 1;
        let trace = format!("{bank}{:07}", numbers.traces);
        let header = || Batch::new(batch_header(&batch.header, &bank, &settlement, change));
        let own = batches.entry((answer.batch, change, bank.clone())).or_insert_with(header);
        own.entries.push(answered(&batch.header, entry, answer.addenda.clone(), trace));
    }
    let mut file = File::new(file_header(received, release, numbers.files));
    batches.into_values().for_each(|batch| file.push(batch));
    let mut content = Vec::new();
    file.write(&mut content, LineEnd::Lf)?;
    Ok(Outgoing { name, release, content, answers })
}

/// The answer's own entry.
fn answered(header: &BatchHeader, entry: &Entry, addenda: Addenda, trace: String) -> Entry {
    let change = matches!(addenda, Addenda::Change(_));
    let mut own = entry.answered(addenda, originator(&header.odfi), trace);
    if change {
        // Changes have fifteen characters for what some classes give more.
        own.identification = nacha::printable(&own.identification, 15);
    }
    own
}

/// The nine digits of the bank that the payments came from.
fn originator(odfi: &str) -> String {
    let number = odfi.parse().ok().and_then(RoutingNumber::from_dfi);
    number.map_or_else(|| odfi.to_owned(), |number| number.to_string())
}

/// The batch as it was, from the answering bank.
fn batch_header(original: &BatchHeader, bank: &Text, settlement: &str, change: bool) -> BatchHeader {
    let mut header = original.clone();
    header.odfi = bank.clone();
    header.settlement_day = Text::new(settlement);
    header.batch_number = 0;
    if change {
        header.entry_class = EntryClass::Cor;
        header.iat = original.iat.as_ref().map(|iat| Box::new(IatBatchHeader { indicator: "IATCOR".into(), ..(**iat).clone() }));
    }
    header
}

fn file_header(received: &File, release: i64, serial: u64) -> FileHeader {
    let original = received.header.clone().unwrap_or_default();
    let destination = received.batches.first().map(|batch| originator(&batch.header.odfi)).unwrap_or_default();
    let at = eastern(moment(release));
    let modifier = MODIFIERS[usize::try_from(serial % MODIFIERS.len() as u64).unwrap_or(0)];
    FileHeader {
        destination: destination.into(),
        origin: original.destination,
        creation_date: six_digits(at.date()).into(),
        creation_time: format!("{:02}{:02}", at.hour(), at.minute()).into(),
        modifier: char::from(modifier),
        destination_name: original.origin_name,
        origin_name: original.destination_name,
        reference: Text::default(),
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
