//! What is stated in each world, as the shelf keeps it.
//!
//! | Key | Holds |
//! |---|---|
//! | `stated-at/{slug}` | the world of a stated institution |
//! | `stated-revision/{place}` | a text that is another one after each change |
//! | `stated/{place}/{i,p,a,r}/{id}` | an institution, a person, an account, an answer to ACH entries |
//! | `stated-rows/{place}/{account}/{day}` | the transactions of one day |
//!
//! A place is a digest of the world's name. Every change is committed against the revision, so that two changes at once
//! cannot both rest on the same state. Transactions lie by day, so that one more rewrites the rows of its day only.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ach;
use crate::conduct::Conduct;
use crate::seal;
use crate::shelf::{Change, Guard, Shelf, ShelfError};
use crate::world::{
    Account, Customer, Day, Portfolio, Row, StatedAccount, StatedAnswer, StatedBook, StatedInstitution, StatedPerson,
};

/// Worlds kept in memory at once.
const KEPT_MAX: usize = 256;

/// Everything that is stated in a world but its transactions.
#[derive(Debug, Default)]
pub struct StatedWorld {
    place: String,
    revision: Option<Vec<u8>>,
    /// By slug; also built-in institutions that behave in another way here.
    pub institutions: BTreeMap<String, StatedInstitution>,
    /// By identifier.
    pub people: BTreeMap<String, StatedPerson>,
    /// By identifier.
    pub accounts: BTreeMap<String, StatedAccount>,
    /// By identifier: what ACH entries are answered with.
    pub answers: BTreeMap<String, StatedAnswer>,
}

/// The worlds as they were read last.
#[derive(Default)]
pub struct StatedWorlds(Mutex<HashMap<String, Arc<StatedWorld>>>);

impl StatedWorlds {
    /// What is stated in a world now: one small read if nothing has changed since the last time.
    pub async fn read(&self, shelf: &dyn Shelf, world: &str) -> Result<Arc<StatedWorld>, ShelfError> {
        let place = place_of(world);
        let revision = shelf.get(&revision_key(&place)).await?;
        if let Some(kept) = self.kept(&place).filter(|kept| kept.revision == revision) {
            return Ok(kept);
        }
        let fresh = Arc::new(StatedWorld::load(shelf, place.clone(), revision).await?);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT_MAX {
            all.clear();
        }
        all.insert(place, Arc::clone(&fresh));
        Ok(fresh)
    }

    fn kept(&self, place: &str) -> Option<Arc<StatedWorld>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(place).cloned()
    }
}

impl StatedWorld {
    async fn load(shelf: &dyn Shelf, place: String, revision: Option<Vec<u8>>) -> Result<StatedWorld, ShelfError> {
        let prefix = format!("stated/{place}/");
        let mut stated = StatedWorld { place, revision, ..StatedWorld::default() };
        if stated.revision.is_none() {
            return Ok(stated);
        }
        for (key, value) in shelf.scan(&prefix).await? {
            match key[prefix.len()..].split_once('/') {
                Some(("i", id)) => drop(stated.institutions.insert(id.to_owned(), read(&key, &value)?)),
                Some(("p", id)) => drop(stated.people.insert(id.to_owned(), read(&key, &value)?)),
                Some(("a", id)) => drop(stated.accounts.insert(id.to_owned(), read(&key, &value)?)),
                Some(("r", id)) => drop(stated.answers.insert(id.to_owned(), read(&key, &value)?)),
                _ => return Err(ShelfError(format!("{key}: nothing has such a key"))),
            }
        }
        Ok(stated)
    }

    /// Makes the changes if nobody has changed anything since this was read; false if somebody has.
    pub async fn commit(&self, shelf: &dyn Shelf, changes: Vec<Change>) -> Result<bool, ShelfError> {
        let guard =
            Guard { key: revision_key(&self.place), before: self.revision.clone(), after: seal::random_text(16).into_bytes() };
        shelf.commit(guard, changes).await
    }

    /// How an institution behaves here; none if nothing was stated about it.
    pub fn conduct(&self, slug: &str) -> Option<&Conduct> {
        self.institutions.get(slug).map(|institution| &institution.conduct)
    }

    /// The customer of a stated institution with this normalised user name.
    pub fn person(&self, slug: &str, username: &str) -> Option<&StatedPerson> {
        self.people.values().find(|person| person.institution == slug && person.username == username)
    }

    /// What a customer of a stated institution has; none if there is no such customer any more.
    pub fn portfolio(&self, customer: Customer) -> Option<Portfolio> {
        let person = self.person(&customer.slug, &customer.username)?;
        let own = self.accounts.values().filter(|account| account.owners.contains(&person.id));
        let holders = |account: &StatedAccount| {
            let people = account.owners.iter().filter_map(|id| self.people.get(id));
            people.map(|person| person.profile.clone()).collect()
        };
        let accounts = own.map(|account| Account::stated(account, holders(account))).collect();
        Some(Portfolio { customer, person: person.profile.clone(), accounts })
    }

    /// All transactions of an account with the keys of their days.
    pub async fn days(&self, shelf: &dyn Shelf, account: &str) -> Result<Vec<(String, Vec<Row>)>, ShelfError> {
        let found = shelf.scan(&self.rows_prefix(account)).await?;
        found.into_iter().map(|(key, value)| read(&key, &value).map(|rows| (key, rows))).collect()
    }

    /// The ledger of an account.
    pub async fn book(&self, shelf: &dyn Shelf, account: &StatedAccount) -> Result<StatedBook, ShelfError> {
        let mut rows: Vec<Row> = self.days(shelf, &account.id).await?.into_iter().flat_map(|(_, rows)| rows).collect();
        rows.extend(self.posted(shelf, &account.id).await?);
        Ok(StatedBook::new(account.clone(), rows))
    }

    /// What was posted on an account over ACH.
    pub async fn posted(&self, shelf: &dyn Shelf, account: &str) -> Result<Vec<Row>, ShelfError> {
        ach::posted(shelf, &self.place, account).await
    }

    /// What takes everything away that was posted on an account over ACH.
    pub async fn without_posted(&self, shelf: &dyn Shelf, account: &str) -> Result<Vec<Change>, ShelfError> {
        ach::forget(shelf, &self.place, account).await
    }

    /// The account with these numbers.
    pub fn account_numbered(&self, routing: &str, number: &str) -> Option<&StatedAccount> {
        self.accounts.values().find(|account| account.routing_number == routing && account.number == number)
    }

    /// What ACH entries to a number are answered with.
    pub fn answers_to(&self, routing: &str, number: &str) -> Vec<&StatedAnswer> {
        let asked = |answer: &&StatedAnswer| {
            answer.account_number == number && answer.routing_number.as_deref().is_none_or(|own| own == routing)
        };
        self.answers.values().filter(asked).collect()
    }

    fn rows_prefix(&self, account: &str) -> String {
        format!("stated-rows/{}/{account}/", self.place)
    }

    /// The key of the transactions of a moment's day.
    pub fn day_key(&self, account: &str, at: i64) -> String {
        // Days of any believable date have five digits or fewer; their keys sort as they do.
        format!("{}{:06}", self.rows_prefix(account), Day::of(at).0.clamp(0, 999_999))
    }

    /// Writes an institution.
    pub fn put_institution(&self, institution: &StatedInstitution) -> Result<Change, ShelfError> {
        self.put("i", &institution.slug, institution)
    }

    /// Writes a person.
    pub fn put_person(&self, person: &StatedPerson) -> Result<Change, ShelfError> {
        self.put("p", &person.id, person)
    }

    /// Writes an account.
    pub fn put_account(&self, account: &StatedAccount) -> Result<Change, ShelfError> {
        self.put("a", &account.id, account)
    }

    /// Writes an answer to ACH entries.
    pub fn put_answer(&self, answer: &StatedAnswer) -> Result<Change, ShelfError> {
        self.put("r", &answer.id, answer)
    }

    fn put<T: Serialize>(&self, kind: &str, id: &str, value: &T) -> Result<Change, ShelfError> {
        write(self.key(kind, id), value)
    }

    /// The key of something stated: `i`, `p`, `a` or `r`.
    pub fn key(&self, kind: &str, id: &str) -> String {
        format!("stated/{}/{kind}/{id}", self.place)
    }

    /// What takes all transactions of an account away.
    pub async fn without_rows(&self, shelf: &dyn Shelf, account: &str) -> Result<Vec<Change>, ShelfError> {
        let found = shelf.scan(&self.rows_prefix(account)).await?;
        Ok(found.into_iter().map(|(key, _)| (key, None)).collect())
    }
}

/// The key whose value is another one after each change of a world.
pub fn revision_of(world: &str) -> String {
    revision_key(&place_of(world))
}

/// The keys of a world's institutions begin so.
pub fn institutions_of(world: &str) -> String {
    format!("stated/{}/i/", place_of(world))
}

/// Where a world's things lie: a digest of its name.
pub fn place_of(world: &str) -> String {
    seal::identifier(&["stated world", world])
}

/// An institution as it lies under its key.
pub fn read_institution(key: &str, value: &[u8]) -> Result<StatedInstitution, ShelfError> {
    read(key, value)
}

/// Where the world of a stated institution is found before anything else is known.
pub fn slug_key(slug: &str) -> String {
    format!("stated-at/{slug}")
}

fn revision_key(place: &str) -> String {
    format!("stated-revision/{place}")
}

/// A change that writes a value.
pub fn write<T: Serialize>(key: String, value: &T) -> Result<Change, ShelfError> {
    let bytes = serde_json::to_vec(value).map_err(|error| ShelfError(format!("{key}: {error}")))?;
    Ok((key, Some(bytes)))
}

fn read<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T, ShelfError> {
    serde_json::from_slice(value).map_err(|error| ShelfError(format!("{key}: {error}")))
}
