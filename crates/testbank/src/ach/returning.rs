//! Returning an entry that was taken before, because a test wants it so.

use super::answer::{self, Answer};
use super::books::{Books, TRIES_MAX};
use super::decide::Reason;
use super::received::{self, Found, ReceivedEntry};
use super::timing::{moment, six_digits};
use super::{place, rows};
use crate::shelf::ShelfError;
use crate::site::Bank;

/// Why an entry is not returned.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The bank has taken no such entry.
    #[error("there is no such entry")]
    Missing,
    /// It comes or came back already.
    #[error("it is returned already")]
    Returned,
    /// Others kept changing the same books.
    #[error("others keep changing the same books")]
    Busy,
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] ShelfError),
}

/// Returns an entry by its trace number, at once. What was posted is taken back.
pub async fn give_back(bank: &Bank, world: &str, trace: &str, reason: &Reason) -> Result<ReceivedEntry, Refused> {
    for _ in 0..TRIES_MAX {
        let mut books = Books::open(bank, world).await?;
        let found = received::find(&books, trace).await?.ok_or(Refused::Missing)?;
        if found.entry.answers.iter().any(|given| given.answered.code.starts_with('R')) {
            return Err(Refused::Returned);
        }
        let now = bank.clock.now(world).await;
        let today = six_digits(calendar::eastern_date(moment(now)));
        let header = &found.entry.batch.header;
        let addenda = reason.addenda(&found.entry.entry, header.iat.is_some(), &today);
        let answer = Answer { batch: found.batch, entry: found.place, release: now, addenda };
        let written = answer::write(&found.file, vec![answer], books.numbers());
        for outgoing in written.map_err(|error| ShelfError(format!("{trace} cannot be returned: {error}")))? {
            books.send(found.taken.serial, outgoing, &found.file, now)?;
        }
        take_back(bank, world, &mut books, &found, now).await?;
        if books.commit().await? {
            return received::entry(bank, world, trace).await?.ok_or(Refused::Missing);
        }
    }
    Err(Refused::Busy)
}

/// Posts the opposite of what was posted.
async fn take_back(bank: &Bank, world: &str, books: &mut Books<'_>, found: &Found, now: i64) -> Result<(), ShelfError> {
    let (header, entry) = (&found.entry.batch.header, &found.entry.entry);
    let times = found.taken.pace.times(found.taken.received, header.entry_class, header.effective(), entry);
    let row = rows::row(found.taken.serial, header, entry, found.taken.received, times);
    let stated = bank.stated(world).await?;
    let place = place::find(bank, world, &stated, (&entry.routing, &entry.account), now).await?;
    if let (Some(account), Some(row)) = (place.account, row) {
        let serial = books.next_serial();
        books.post(&account, serial, &[rows::reversal(&row, now.max(times.posts_at))])?;
    }
    Ok(())
}
