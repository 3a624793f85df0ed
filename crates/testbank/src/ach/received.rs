//! Entries that the bank has taken, as a test looks at them.

use nacha::{Batch, Entry, File};

use super::books::{Answered, Books, TakenFile};
use super::decide::is_answerable;
use crate::shelf::ShelfError;
use crate::site::Bank;

/// An entry that was taken.
#[derive(Debug, Clone)]
pub struct ReceivedEntry {
    /// The file that it came in.
    pub file: String,
    /// When that was, in the world's unix seconds.
    pub received: i64,
    /// Its batch, without entries.
    pub batch: Batch,
    /// The entry itself.
    pub entry: Entry,
    /// What was or will be answered.
    pub answers: Vec<AnswerGiven>,
}

/// An answer to an entry.
#[derive(Debug, Clone)]
pub struct AnswerGiven {
    /// The file that it goes in.
    pub file: String,
    /// What it says.
    pub answered: Answered,
}

/// A taken entry with everything that an answer to it needs.
pub struct Found {
    pub taken: TakenFile,
    pub file: File,
    /// The place of its batch in the file.
    pub batch: usize,
    /// The place of the entry in the batch.
    pub place: usize,
    pub entry: ReceivedEntry,
}

/// The newest entries of a world, of one account number if any is named: at most `most`, and those after the entry with the
/// trace number `after`. None if there is no such entry.
pub async fn entries(
    bank: &Bank,
    world: &str,
    account: Option<&str>,
    after: Option<&str>,
    most: usize,
) -> Result<Option<Vec<ReceivedEntry>>, ShelfError> {
    let books = Books::open(bank, world).await?;
    let (mut found, mut waiting) = (Vec::new(), after);
    for taken in books.all_taken().await? {
        if found.len() >= most {
            break;
        }
        let file = books.read_taken(&taken).await?;
        let answers = books.answers(taken.serial).await?;
        for (batch, entry) in newest_first(&file) {
            let trace = entry.trace.as_str();
            if let Some(after) = waiting {
                waiting = (after != trace).then_some(after);
            } else if found.len() < most && account.is_none_or(|account| entry.account == *account) {
                found.push(describe(&taken, batch, entry, &answers));
            }
        }
    }
    Ok(waiting.is_none().then_some(found))
}

fn newest_first(file: &File) -> impl Iterator<Item = (&Batch, &Entry)> {
    let all = file.batches.iter().rev().flat_map(|batch| batch.entries.iter().rev().map(move |entry| (batch, entry)));
    all.filter(|(_, entry)| is_answerable(entry))
}

/// The newest entry with a trace number.
pub async fn entry(bank: &Bank, world: &str, trace: &str) -> Result<Option<ReceivedEntry>, ShelfError> {
    let books = Books::open(bank, world).await?;
    Ok(find(&books, trace).await?.map(|found| found.entry))
}

/// The newest entry with a trace number, and where it stands.
pub async fn find(books: &Books<'_>, trace: &str) -> Result<Option<Found>, ShelfError> {
    for taken in books.all_taken().await? {
        let file = books.read_taken(&taken).await?;
        let places = file.batches.iter().enumerate().find_map(|(at, batch)| {
            let place = batch.entries.iter().position(|entry| entry.trace == *trace && is_answerable(entry))?;
            Some((at, place))
        });
        let Some((batch, place)) = places else { continue };
        let answers = books.answers(taken.serial).await?;
        let entry = describe(&taken, &file.batches[batch], &file.batches[batch].entries[place], &answers);
        return Ok(Some(Found { taken, batch, place, entry, file }));
    }
    Ok(None)
}

fn describe(taken: &TakenFile, batch: &Batch, entry: &Entry, answers: &[(String, Answered)]) -> ReceivedEntry {
    let own = answers.iter().filter(|(_, answered)| answered.trace == *entry.trace);
    let answers = own.map(|(file, answered)| AnswerGiven { file: file.clone(), answered: answered.clone() }).collect();
    let batch = Batch::new(batch.header.clone());
    ReceivedEntry { file: taken.name.clone(), received: taken.received, batch, entry: entry.clone(), answers }
}
