//! Taking a file: reading it, deciding each entry, posting and answering, all in one step.

use std::collections::{HashMap, hash_map};
use std::sync::Arc;

use nacha::{BatchHeader, Entry, File};

use super::answer::{self, Answer};
use super::books::{self, Books, TRIES_MAX, TakenFile};
use super::decide::{self, Decision, Receiver};
use super::timing::{Pace, Times, moment, six_digits};
use super::{place, rows};
use crate::seal;
use crate::shelf::ShelfError;
use crate::site::Bank;
use crate::stated::StatedWorld;
use crate::world::Row;

/// What came of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was taken, now or before.
    Accepted,
    /// Another one was taken under this name.
    Different,
    /// Any bank would refuse it, for these reasons.
    Wrong(Vec<String>),
}

/// Takes a file.
pub async fn take(bank: &Bank, world: &str, name: &str, pace: Pace, content: Vec<u8>) -> Result<Taken, ShelfError> {
    let digest = seal::digest_bytes(&content);
    let known = |taken: &TakenFile| if taken.digest == digest { Taken::Accepted } else { Taken::Different };
    if let Some(taken) = Books::open(bank, world).await?.taken(name).await? {
        return Ok(known(&taken));
    }
    let file = match books::read(content.clone()).await? {
        Ok(file) => file,
        Err(errors) => return Ok(Taken::Wrong(errors)),
    };
    for _ in 0..TRIES_MAX {
        let mut books = Books::open(bank, world).await?;
        if let Some(taken) = books.taken(name).await? {
            return Ok(known(&taken));
        }
        let received = bank.clock.now(world).await;
        let serial = books.next_serial();
        let desk = Desk { stated: bank.stated(world).await?, bank, world, received, pace, serial };
        let outcome = desk.work(&file).await?;
        let taken = TakenFile { name: name.to_owned(), serial, digest: digest.clone(), received, pace };
        books.take(&taken, content.clone())?;
        for (account, rows) in &outcome.rows {
            books.post(account, serial, rows)?;
        }
        let written = answer::write(&file, outcome.answers, books.numbers());
        for outgoing in written.map_err(|error| ShelfError(format!("{name} cannot be answered: {error}")))? {
            books.send(serial, outgoing, &file, received)?;
        }
        if books.commit().await? {
            return Ok(Taken::Accepted);
        }
    }
    Err(ShelfError(format!("{name}: others keep changing the same books")))
}

/// Where a file is worked on.
struct Desk<'a> {
    bank: &'a Bank,
    world: &'a str,
    stated: Arc<StatedWorld>,
    received: i64,
    pace: Pace,
    serial: u64,
}

/// What comes of the entries of a file.
#[derive(Default)]
struct Outcome {
    answers: Vec<Answer>,
    rows: HashMap<String, Vec<Row>>,
}

/// Whom entries to a number are for, and where they are posted.
struct Party<'a> {
    receiver: Receiver<'a>,
    account: Option<String>,
}

impl Desk<'_> {
    async fn work(&self, file: &File) -> Result<Outcome, ShelfError> {
        let mut outcome = Outcome::default();
        let mut parties: HashMap<(&str, &str), Party<'_>> = HashMap::new();
        for (batch_place, batch) in file.batches.iter().enumerate() {
            for (place, entry) in batch.entries.iter().enumerate().filter(|(_, entry)| decide::is_answerable(entry)) {
                let key = (entry.routing.as_str(), entry.account.as_str());
                let party = match parties.entry(key) {
                    hash_map::Entry::Occupied(known) => known.into_mut(),
                    hash_map::Entry::Vacant(place) => place.insert(self.party(key.0, key.1).await?),
                };
                let times = self.pace.times(self.received, batch.header.entry_class, batch.header.effective(), entry);
                let decision = party.receiver.decide(&batch.header.entry_description, entry);
                if let (Some(account), Some(rows)) = (&party.account, self.rows(&batch.header, entry, times, &decision)) {
                    outcome.rows.entry(account.clone()).or_default().extend(rows);
                }
                if let Some((release, addenda)) = self.answer(&batch.header, entry, times, decision) {
                    outcome.answers.push(Answer { batch: batch_place, entry: place, release, addenda });
                }
            }
        }
        Ok(outcome)
    }

    /// Whom entries to a number are for.
    async fn party(&self, routing: &str, number: &str) -> Result<Party<'_>, ShelfError> {
        let stated = &*self.stated;
        let place = place::find(self.bank, self.world, stated, (routing, number), self.received).await?;
        let available = match place.stated {
            Some(account) => {
                let totals = stated.book(self.bank.shelf(), account).await?.totals(self.received);
                totals.posted + totals.pending
            }
            None => 0,
        };
        let answers = stated.answers_to(routing, number);
        let receiver = Receiver { answers, deactivated: place.deactivated, account: place.stated, available };
        Ok(Party { receiver, account: place.account })
    }

    /// What stands on the account: nothing of what comes back before it settles, twice what comes back later.
    fn rows(&self, header: &BatchHeader, entry: &Entry, times: Times, decision: &Decision) -> Option<Vec<Row>> {
        let row = rows::row(self.serial, header, entry, self.received, times)?;
        match decision {
            Decision::Return(reason) if reason.late => Some(vec![rows::reversal(&row, times.late), row]),
            Decision::Return(_) => None,
            Decision::Post | Decision::Change { .. } => Some(vec![row]),
        }
    }

    fn answer(&self, header: &BatchHeader, entry: &Entry, times: Times, decision: Decision) -> Option<(i64, nacha::Addenda)> {
        let today = calendar::eastern_date(moment(self.received));
        match decision {
            Decision::Post => None,
            Decision::Return(reason) => {
                let release = if reason.late { times.late } else { times.ordinary };
                Some((release, reason.addenda(entry, header.iat.is_some(), &six_digits(today))))
            }
            Decision::Change { code, corrected_data } => Some((times.ordinary, decide::change(entry, code, &corrected_data))),
        }
    }
}
