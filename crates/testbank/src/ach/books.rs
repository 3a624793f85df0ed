//! What the bank keeps of its ACH side.
//!
//! | Key | Holds |
//! |---|---|
//! | `ach-books/{place}` | the numbers that go on, against which every change is committed |
//! | `ach-in/{place}/{name}` | that a file was taken |
//! | `ach-in-content/{place}/{serial}` | the file |
//! | `ach-answers/{place}/{serial}/{name}` | which of its entries were answered by a file |
//! | `ach-due/{place}/{release}-{name}` | a file that waits for its moment |
//! | `ach-out/{place}/{position}` | a released file |
//! | `ach-out-content/{place}/{name}` | a file of the bank |
//! | `ach-rows/{place}/{account}/{serial}` | what a file has posted on an account |
//!
//! A place is a digest of the world's name. Released files get their positions one after the other, so whoever has read up
//! to one of them misses none, whatever the clocks of several processes say.

use nacha::{File, Finding, Options, Severity};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::answer::{Numbers, Outgoing};
use super::timing::Pace;
use crate::seal;
use crate::shelf::{Change, Guard, Shelf, ShelfError};
use crate::site::Bank;
use crate::stated;
use crate::world::Row;

/// How often a change is tried when others change the same books at the same time.
pub const TRIES_MAX: u32 = 50;
/// Errors of a file that are told.
const ERRORS_MAX: usize = 100;

/// Numbers that go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Changes of the books so far: the serial of the last file that was taken, or of the last correction.
    pub serial: u64,
    /// Files released so far.
    pub released: u64,
    /// Numbers in the bank's own files.
    pub numbers: Numbers,
}

/// A file that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenFile {
    /// Its name.
    pub name: String,
    /// Its number in the books.
    pub serial: u64,
    /// A digest of its content.
    pub digest: String,
    /// When it was taken, in the world's unix seconds.
    pub received: i64,
    /// At which pace.
    pub pace: Pace,
}

/// A file of the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFile {
    /// Its name.
    pub name: String,
    /// When it is or was released, in the world's unix seconds.
    pub created: i64,
}

/// An entry that a file answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The entry's trace number.
    pub trace: String,
    /// The return or change code.
    pub code: String,
    /// What is written beside it.
    pub information: String,
    /// When the answer is released, in the world's unix seconds.
    pub release: i64,
}

/// The ACH books of a world as they were read, and what shall be changed.
pub struct Books<'a> {
    shelf: &'a dyn Shelf,
    place: String,
    before: Option<Vec<u8>>,
    counters: Counters,
    changes: Vec<Change>,
}

impl<'a> Books<'a> {
    /// The books of a world.
    pub async fn open(bank: &'a Bank, world: &str) -> Result<Books<'a>, ShelfError> {
        let place = stated::place_of(world);
        let key = format!("ach-books/{place}");
        let before = bank.shelf().get(&key).await?;
        let counters = before.as_deref().map_or_else(|| Ok(Counters::default()), |value| decode(&key, value))?;
        Ok(Books { shelf: bank.shelf(), place, before, counters, changes: Vec::new() })
    }

    /// Makes all changes at once if nobody else has made any meanwhile; false if somebody has.
    pub async fn commit(self) -> Result<bool, ShelfError> {
        let key = format!("ach-books/{}", self.place);
        let (_, after) = stated::write(key.clone(), &self.counters)?;
        let guard = Guard { key, before: self.before, after: after.unwrap_or_default() };
        self.shelf.commit(guard, self.changes).await
    }

    /// The next number of the books.
    pub fn next_serial(&mut self) -> u64 {
        self.counters.serial += 1;
        self.counters.serial
    }

    /// Numbers in the bank's own files.
    pub fn numbers(&mut self) -> &mut Numbers {
        &mut self.counters.numbers
    }

    /// The file taken under a name.
    pub async fn taken(&self, name: &str) -> Result<Option<TakenFile>, ShelfError> {
        let key = self.taken_key(name);
        self.shelf.get(&key).await?.map(|value| decode(&key, &value)).transpose()
    }

    /// All files taken, newest first.
    pub async fn all_taken(&self) -> Result<Vec<TakenFile>, ShelfError> {
        let found = self.shelf.scan(&self.taken_key("")).await?;
        let mut files = found.iter().map(|(key, value)| decode(key, value)).collect::<Result<Vec<TakenFile>, _>>()?;
        files.sort_by_key(|file| std::cmp::Reverse(file.serial));
        Ok(files)
    }

    fn taken_key(&self, name: &str) -> String {
        format!("ach-in/{}/{name}", self.place)
    }

    /// Notes that a file was taken.
    pub fn take(&mut self, file: &TakenFile, content: Vec<u8>) -> Result<(), ShelfError> {
        self.changes.push(stated::write(self.taken_key(&file.name), file)?);
        self.changes.push((self.content_key(file.serial), Some(content)));
        Ok(())
    }

    fn content_key(&self, serial: u64) -> String {
        format!("ach-in-content/{}/{serial:010}", self.place)
    }

    /// A file that was taken, as it was read then.
    pub async fn read_taken(&self, file: &TakenFile) -> Result<File, ShelfError> {
        let key = self.content_key(file.serial);
        let content = self.shelf.get(&key).await?.ok_or_else(|| ShelfError(format!("{key} is gone")))?;
        read(content).await?.map_err(|errors| ShelfError(format!("{key}: {}", errors.join("; "))))
    }

    /// Notes a file of the bank, which answers entries of the file with this serial.
    pub fn send(&mut self, to: u64, file: Outgoing, received: &File, now: i64) -> Result<(), ShelfError> {
        let answers: Vec<Answered> = file.answers.iter().filter_map(|answer| Answered::of(received, answer)).collect();
        self.changes.push(stated::write(format!("{}{}", self.answers_key(to), file.name), &answers)?);
        self.changes.push((format!("ach-out-content/{}/{}", self.place, file.name), Some(file.content)));
        let sent = SentFile { name: file.name, created: file.release };
        if sent.created <= now {
            return self.release(&sent);
        }
        // Moments of any believable date have ten digits; the keys sort as they do.
        let key = format!("{}{:012}-{}", self.due_key(), sent.created.max(0), sent.name);
        self.changes.push(stated::write(key, &sent)?);
        Ok(())
    }

    fn release(&mut self, file: &SentFile) -> Result<(), ShelfError> {
        self.counters.released += 1;
        let key = format!("{}{:010}", self.released_key(), self.counters.released);
        self.changes.push(stated::write(key, file)?);
        Ok(())
    }

    fn due_key(&self) -> String {
        format!("ach-due/{}/", self.place)
    }

    fn released_key(&self) -> String {
        format!("ach-out/{}/", self.place)
    }

    fn answers_key(&self, serial: u64) -> String {
        format!("ach-answers/{}/{serial:010}/", self.place)
    }

    /// What was answered to entries of a file, by the names of the bank's files.
    pub async fn answers(&self, serial: u64) -> Result<Vec<(String, Answered)>, ShelfError> {
        let prefix = self.answers_key(serial);
        let mut all = Vec::new();
        for (key, value) in self.shelf.scan(&prefix).await? {
            let answers: Vec<Answered> = decode(&key, &value)?;
            all.extend(answers.into_iter().map(|answer| (key[prefix.len()..].to_owned(), answer)));
        }
        Ok(all)
    }

    /// Releases what is due; false if nothing is.
    pub async fn release_due(&mut self, now: i64) -> Result<bool, ShelfError> {
        for (key, value) in self.shelf.scan(&self.due_key()).await? {
            let file: SentFile = decode(&key, &value)?;
            if file.created > now {
                break;
            }
            self.release(&file)?;
            self.changes.push((key, None));
        }
        Ok(!self.changes.is_empty())
    }

    /// The released files after one of them, oldest first; all if it is none of them.
    pub async fn released(&self, after: Option<&str>) -> Result<Vec<SentFile>, ShelfError> {
        let found = self.shelf.scan(&self.released_key()).await?;
        let mut files = found.iter().map(|(key, value)| decode(key, value)).collect::<Result<Vec<SentFile>, _>>()?;
        let seen = after.and_then(|after| files.iter().position(|file| file.name == after)).map_or(0, |at| at + 1);
        Ok(files.split_off(seen))
    }

    /// A file of the bank.
    pub async fn sent_content(&self, name: &str) -> Result<Option<Vec<u8>>, ShelfError> {
        self.shelf.get(&format!("ach-out-content/{}/{name}", self.place)).await
    }

    /// Posts transactions on an account under a number of the books.
    pub fn post(&mut self, account: &str, serial: u64, rows: &[Row]) -> Result<(), ShelfError> {
        let key = format!("{}{serial:010}", rows_key(&self.place, account));
        self.changes.push(stated::write(key, &rows)?);
        Ok(())
    }
}

impl Answered {
    fn of(received: &File, answer: &super::answer::Answer) -> Option<Answered> {
        let entry = received.batches.get(answer.batch)?.entries.get(answer.entry)?;
        let (code, information) = match &answer.addenda {
            nacha::Addenda::Return(back) => (back.code.to_string(), &back.information),
            nacha::Addenda::Change(change) => (change.code.to_string(), &change.corrected_data),
            _ => return None,
        };
        let (trace, information) = (entry.trace.to_string(), information.to_string());
        Some(Answered { trace, code, information, release: answer.release })
    }
}

/// A file, or what any bank would refuse it for. Reads in a thread of its own: files may be large.
pub async fn read(content: Vec<u8>) -> Result<Result<File, Vec<String>>, ShelfError> {
    let reading = tokio::task::spawn_blocking(move || File::read(content.as_slice(), &Options::strict()));
    let (file, findings) = match reading.await {
        Ok(Ok(read)) => read,
        Ok(Err(error)) => return Err(ShelfError(error.to_string())),
        Err(error) => return Err(ShelfError(error.to_string())),
    };
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let errors: Vec<String> = errors.take(ERRORS_MAX).map(told).collect();
    Ok(if errors.is_empty() { Ok(file) } else { Err(errors) })
}

/// A finding without the value that was found, which may be an account number.
fn told(finding: &Finding) -> String {
    let Finding { line, record, field, rule, expected, .. } = finding;
    format!("line {line}: {record}, {field}: should be {expected} [{rule}]")
}

/// The name under which entries are posted to an account that nobody stated, by its number.
pub fn made_account(number: &str) -> String {
    format!("made-{}", seal::identifier(&["made account", number]))
}

/// What was posted on an account over ACH.
pub async fn posted(shelf: &dyn Shelf, place: &str, account: &str) -> Result<Vec<Row>, ShelfError> {
    let mut rows = Vec::new();
    for (key, value) in shelf.scan(&rows_key(place, account)).await? {
        let some: Vec<Row> = decode(&key, &value)?;
        rows.extend(some);
    }
    Ok(rows)
}

/// What was posted over ACH on an account that nobody stated, by its number.
pub async fn received(bank: &Bank, world: &str, number: &str) -> Result<Vec<Row>, ShelfError> {
    posted(bank.shelf(), &stated::place_of(world), &made_account(number)).await
}

/// What takes everything away that was posted on a stated account over ACH.
pub async fn forget(shelf: &dyn Shelf, place: &str, account: &str) -> Result<Vec<Change>, ShelfError> {
    let found = shelf.scan(&rows_key(place, account)).await?;
    Ok(found.into_iter().map(|(key, _)| (key, None)).collect())
}

fn rows_key(place: &str, account: &str) -> String {
    format!("ach-rows/{place}/{account}/")
}

fn decode<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T, ShelfError> {
    serde_json::from_slice(value).map_err(|error| ShelfError(format!("{key}: {error}")))
}
