//! Transactions of a stated account, one by one. Several at once come by [`super::import`].

use std::collections::{BTreeMap, BTreeSet};

use form::FormError;

use super::params::{Plain, RowParams, UpdateRow};
use super::{ControlError, Desk, Done, Outcome, list, objects, rows};
use crate::shelf::{Change, ShelfError};
use crate::stated;
use crate::world::{Row, RowStatus, Standing, StatedAccount, StatedBook};

/// Transactions of one account.
pub const MOST: usize = 20_000;
/// Transactions of one account on one day, which are kept as one value.
pub const MOST_OF_A_DAY: usize = 2_000;

/// The transactions of an account: those that were stated, by the keys of their days, and what was posted over ACH.
pub struct Days {
    stated: BTreeMap<String, Vec<Row>>,
    posted: Vec<Row>,
}

impl Days {
    /// The stated transaction with this identifier: the only ones that can be changed.
    fn find(&self, id: &str) -> Option<&Row> {
        self.stated().find(|row| row.id == id)
    }

    /// Every transaction.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.stated().chain(&self.posted)
    }

    fn stated(&self) -> impl Iterator<Item = &Row> {
        self.stated.values().flatten()
    }

    /// Puts a transaction in; false if its day or the account is full.
    pub fn add(&mut self, key: String, row: Row) -> bool {
        if self.stated().count() >= MOST {
            return false;
        }
        self.put(key, row)
    }

    /// As [`Days::add`], without counting all.
    pub fn put(&mut self, key: String, row: Row) -> bool {
        let rows = self.stated.entry(key).or_default();
        if rows.len() >= MOST_OF_A_DAY {
            return false;
        }
        rows.push(row);
        true
    }

    /// Takes a transaction out and names its day.
    fn remove(&mut self, id: &str) -> Option<String> {
        let (key, rows) = self.stated.iter_mut().find(|(_, rows)| rows.iter().any(|row| row.id == id))?;
        rows.retain(|row| row.id != id);
        Some(key.clone())
    }

    /// What writes the days with these keys.
    pub fn changes<'a>(&self, keys: impl IntoIterator<Item = &'a String>) -> Result<Vec<Change>, ShelfError> {
        let touched = keys.into_iter().filter_map(|key| self.stated.get_key_value(key));
        touched
            .map(|(key, rows)| if rows.is_empty() { Ok((key.clone(), None)) } else { stated::write(key.clone(), rows) })
            .collect()
    }
}

impl Desk<'_> {
    pub(super) async fn days(&self, account: &StatedAccount) -> Result<Days, ShelfError> {
        let stated = self.stated.days(self.bank.shelf(), &account.id).await?.into_iter().collect();
        Ok(Days { stated, posted: self.stated.posted(self.bank.shelf(), &account.id).await? })
    }

    pub(super) async fn create_transaction(&self, account: &str, params: RowParams) -> Done {
        let account = self.account(account)?;
        let mut days = self.days(account).await?;
        let row = rows::create(params, self.now, &|name| name.to_owned())?;
        check_open(account, &row, "transacted_at")?;
        if days.rows().any(|other| other.id == row.id) {
            let message = format!("This account has a transaction '{}'.", row.id);
            return Err(FormError::invalid("id", message).into());
        }
        let key = self.stated.day_key(&account.id, row.transacted_at);
        if !days.add(key.clone(), row.clone()) {
            return Err(full("transacted_at").into());
        }
        check_left(account, &days, self.now, "amount")?;
        let changes = days.changes(&[key])?;
        Ok(Outcome { changes, answer: objects::transaction(account, &row, self.now) })
    }

    pub(super) async fn list_transactions(&self, account: &str, params: Plain) -> Done {
        let account = self.account(account)?;
        let days = self.days(account).await?;
        let mut all: Vec<&Row> = days.rows().collect();
        all.sort_by(|left, right| right.transacted_at.cmp(&left.transacted_at).then_with(|| right.id.cmp(&left.id)));
        let ids: Vec<&str> = all.iter().map(|row| row.id.as_str()).collect();
        let page = list::cut(&ids, "testbank transaction", params.limit, params.starting_after)?;
        let data = all[page.places.clone()].iter().map(|row| objects::transaction(account, row, self.now)).collect();
        Ok(Outcome::read(page.answer(&format!("/accounts/{}/transactions", account.id), data)))
    }

    pub(super) async fn retrieve_transaction(&self, account: &str, id: &str) -> Done {
        let account = self.account(account)?;
        let days = self.days(account).await?;
        let row = days.rows().find(|row| row.id == id).ok_or_else(|| missing(id))?;
        Ok(Outcome::read(objects::transaction(account, row, self.now)))
    }

    pub(super) async fn update_transaction(&self, account: &str, id: &str, params: UpdateRow) -> Done {
        let account = self.account(account)?;
        let mut days = self.days(account).await?;
        let row = rows::update(days.find(id).ok_or_else(|| missing(id))?, params, self.now)?;
        check_open(account, &row, "transacted_at")?;
        let key = self.stated.day_key(&account.id, row.transacted_at);
        let left = days.remove(id);
        if !days.put(key.clone(), row.clone()) {
            return Err(full("transacted_at").into());
        }
        check_left(account, &days, self.now, "amount")?;
        let keys: BTreeSet<String> = left.into_iter().chain([key]).collect();
        Ok(Outcome { changes: days.changes(&keys)?, answer: objects::transaction(account, &row, self.now) })
    }

    pub(super) async fn delete_transaction(&self, account: &str, id: &str) -> Done {
        let account = self.account(account)?;
        let mut days = self.days(account).await?;
        let key = days.remove(id).ok_or_else(|| missing(id))?;
        check_left(account, &days, self.now, "id")?;
        Ok(Outcome::deleted(id, objects::TRANSACTION, days.changes(&[key])?))
    }
}

/// Nothing happens on an account after it was closed.
pub fn check_open(account: &StatedAccount, row: &Row, param: &str) -> Result<(), FormError> {
    let closed_at = account.closed_at.filter(|at| matches!(row.status(*at), RowStatus::Upcoming | RowStatus::Pending));
    closed_at.map_or(Ok(()), |at| {
        Err(FormError::invalid(param, format!("The account was closed at {at}; nothing happens on it after that.")))
    })
}

/// A closed account has nothing on it.
pub fn check_left(account: &StatedAccount, days: &Days, now: i64, param: &str) -> Result<(), FormError> {
    if account.standing != Standing::Closed {
        return Ok(());
    }
    match StatedBook::new(account.clone(), days.rows().cloned().collect()).balance(now) {
        0 => Ok(()),
        left => Err(FormError::invalid(param, format!("The account is closed; this would leave a balance of {left}."))),
    }
}

/// Too many of one day or of one account.
pub fn full(param: &str) -> FormError {
    let message = format!("An account has at most {MOST} transactions, {MOST_OF_A_DAY} of them on one day.");
    FormError::invalid(param, message)
}

fn missing(id: &str) -> ControlError {
    ControlError::Missing { what: "testbank transaction", id: id.to_owned() }
}
