//! Accounts of people whom a test states.

use form::FormError;
use money::Currency;

use super::params::{CreateAccount, List, UpdateAccount};
use super::{ControlError, Desk, Done, Outcome, list, objects, too_many};
use crate::institutions::ROUTING_NUMBER;
use crate::seal;
use crate::world::{Anchor, Payments, Standing, StatedAccount, StatedBook};

const MOST: usize = 1_000;

impl Desk<'_> {
    pub(super) async fn create_account(&self, params: CreateAccount) -> Done {
        let institution = self.own_institution(&params.institution)?.slug.clone();
        if self.stated.accounts.len() >= MOST {
            return Err(too_many("institution", "accounts", MOST));
        }
        self.check_owners(&institution, &params.owners)?;
        let id = self.new_id("account");
        let number = match params.number {
            Some(number) => self.free_number(&institution, number)?,
            None => format!("2{:011}", seal::seed(&["stated number", &id]) % 100_000_000_000),
        };
        let (opening_balance, anchor) = opening(params.opening_balance, params.balance, 0)?.unwrap_or((0, Anchor::Nothing));
        let standing = params.status.unwrap_or(Standing::Open);
        let deposit = params.r#type.is_deposit();
        let account = StatedAccount {
            id,
            institution,
            owners: params.owners,
            kind: params.r#type,
            name: params.name.trim().to_owned(),
            number,
            routing_number: routing_number(params.routing_number)?,
            currency: currency(params.currency)?,
            opening_balance,
            anchor,
            credit_limit: params.credit_limit.unwrap_or(0),
            payments: params.payments.unwrap_or(if deposit { Payments::Full } else { Payments::Nothing }),
            standing,
            closed_at: (standing == Standing::Closed).then_some(self.now),
            created: self.now,
        };
        let book = StatedBook::new(account.clone(), Vec::new());
        check(&account, &book, self.now)?;
        let changes = vec![self.stated.put_account(&account)?];
        Ok(Outcome { changes, answer: objects::account(&account, &book, self.now) })
    }

    pub(super) async fn retrieve_account(&self, id: &str) -> Done {
        let account = self.account(id)?;
        let book = self.stated.book(self.bank.shelf(), account).await?;
        Ok(Outcome::read(objects::account(account, &book, self.now)))
    }

    pub(super) async fn list_accounts(&self, params: List) -> Done {
        let (institution, person) = (params.institution.as_deref(), params.person.as_ref());
        let wanted = |account: &&StatedAccount| {
            institution.is_none_or(|wanted| account.institution == wanted)
                && person.is_none_or(|wanted| account.owners.contains(wanted))
        };
        let accounts: Vec<&StatedAccount> = self.stated.accounts.values().rev().filter(wanted).collect();
        let ids: Vec<&str> = accounts.iter().map(|account| account.id.as_str()).collect();
        let page = list::cut(&ids, "testbank account", params.limit, params.starting_after)?;
        let mut data = Vec::new();
        for account in &accounts[page.places.clone()] {
            let book = self.stated.book(self.bank.shelf(), account).await?;
            data.push(objects::account(account, &book, self.now));
        }
        Ok(Outcome::read(page.answer("/accounts", data)))
    }

    pub(super) async fn update_account(&self, id: &str, params: UpdateAccount) -> Done {
        let mut account = self.account(id)?.clone();
        if let Some(owners) = params.owners {
            if owners.is_empty() {
                return Err(FormError::empty("owners").into());
            }
            self.check_owners(&account.institution, &owners)?;
            account.owners = owners;
        }
        if let Some(name) = params.name {
            account.name = name.trim().to_owned();
        }
        account.credit_limit = params.credit_limit.unwrap_or(account.credit_limit);
        account.payments = params.payments.unwrap_or(account.payments);
        if let Some(status) = params.status {
            account.standing = status;
            account.closed_at = (status == Standing::Closed).then(|| account.closed_at.unwrap_or(self.now));
        }
        let before = self.stated.book(self.bank.shelf(), &account).await?;
        let moved = before.balance(self.now) - account.opening_balance;
        if let Some((opening_balance, anchor)) = opening(params.opening_balance, params.balance, moved)? {
            (account.opening_balance, account.anchor) = (opening_balance, anchor);
        }
        let book = before.of(account.clone());
        check(&account, &book, self.now)?;
        let changes = vec![self.stated.put_account(&account)?];
        Ok(Outcome { changes, answer: objects::account(&account, &book, self.now) })
    }

    pub(super) async fn delete_account(&self, id: &str) -> Done {
        self.account(id)?;
        let mut changes = self.stated.without_rows(self.bank.shelf(), id).await?;
        changes.extend(self.stated.without_posted(self.bank.shelf(), id).await?);
        changes.push((self.stated.key("a", id), None));
        Ok(Outcome::deleted(id, objects::ACCOUNT, changes))
    }

    /// An account named in the address.
    pub(super) fn account(&self, id: &str) -> Result<&StatedAccount, ControlError> {
        let missing = || ControlError::Missing { what: "testbank account", id: id.to_owned() };
        self.stated.accounts.get(id).ok_or_else(missing)
    }

    fn check_owners(&self, institution: &str, owners: &[String]) -> Result<(), ControlError> {
        for (place, id) in owners.iter().enumerate() {
            let param = format!("owners[{place}]");
            let Some(person) = self.stated.people.get(id) else {
                return Err(ControlError::NoSuch { what: "testbank person", id: id.clone(), param });
            };
            if person.institution != institution {
                let message = format!("'{id}' is a customer of another institution.");
                return Err(FormError::invalid(param, message).into());
            }
            if owners[..place].contains(id) {
                return Err(FormError::invalid(param, format!("'{id}' is named twice.")).into());
            }
        }
        Ok(())
    }

    fn free_number(&self, institution: &str, number: String) -> Result<String, FormError> {
        if number.len() < 4 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(FormError::invalid("number", "An account number has 4 to 17 digits."));
        }
        let taken = self.stated.accounts.values().any(|other| other.institution == institution && other.number == number);
        if taken { Err(FormError::invalid("number", "Another account of this institution has this number.")) } else { Ok(number) }
    }
}

/// The opening balance and what it rests on, if anything was said; `moved` is the sum of what has posted.
fn opening(stated: Option<i64>, balance: Option<i64>, moved: i64) -> Result<Option<(i64, Anchor)>, FormError> {
    match (stated, balance) {
        (None, None) => Ok(None),
        (None, Some(balance)) => Ok(Some((balance - moved, Anchor::Balance))),
        (Some(opening), Some(balance)) if opening + moved != balance => {
            let really = opening + moved;
            let message =
                format!("The opening balance and what has posted make {really}, not {balance}. State only one of them.");
            Err(FormError::invalid("balance", message))
        }
        (Some(opening), _) => Ok(Some((opening, Anchor::Opening))),
    }
}

/// What must be true of every account.
fn check(account: &StatedAccount, book: &StatedBook, now: i64) -> Result<(), FormError> {
    let deposit = account.kind.is_deposit();
    if deposit && account.credit_limit != 0 {
        return Err(FormError::invalid("credit_limit", "Only cards and loans have a credit limit."));
    }
    if !deposit && account.payments != Payments::Nothing {
        return Err(FormError::invalid("payments", "Nothing can be paid from or to a card or a loan; its payments are none."));
    }
    let left = book.balance(now);
    if account.standing == Standing::Closed && left != 0 {
        return Err(FormError::invalid("status", format!("An account is closed with nothing on it; its balance is {left}.")));
    }
    Ok(())
}

fn routing_number(asked: Option<String>) -> Result<String, FormError> {
    let Some(number) = asked else { return Ok(ROUTING_NUMBER.to_owned()) };
    let digits: Vec<u32> = number.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let weights = [3, 7, 1].into_iter().cycle();
    let sum: u32 = digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum();
    if number.len() == 9 && digits.len() == 9 && sum.is_multiple_of(10) {
        Ok(number)
    } else {
        Err(FormError::invalid("routing_number", "A routing number has nine digits, the last of which checks the others."))
    }
}

/// The code in upper case.
fn currency(asked: Option<String>) -> Result<String, FormError> {
    let Some(code) = asked else { return Ok("USD".to_owned()) };
    match Currency::parse(&code) {
        Ok(currency) if currency.exponent() == 2 => Ok(currency.code().to_uppercase()),
        Ok(_) => Err(FormError::invalid("currency", "The test bank keeps currencies with two decimal places only.")),
        Err(_) => Err(FormError::invalid("currency", format!("Invalid currency: {code}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_balance_follows_from_the_other() {
        assert_eq!(opening(None, None, 5), Ok(None));
        assert_eq!(opening(Some(10), None, 5), Ok(Some((10, Anchor::Opening))));
        assert_eq!(opening(None, Some(10), 4), Ok(Some((6, Anchor::Balance))));
        assert_eq!(opening(Some(6), Some(10), 4), Ok(Some((6, Anchor::Opening))));
        assert_eq!(opening(Some(7), Some(10), 4).map_err(|error| error.param), Err(Some("balance".to_owned())));
    }

    #[test]
    fn routing_numbers_are_checked() {
        assert_eq!(routing_number(None).as_deref(), Ok("110000000"));
        assert_eq!(routing_number(Some("021000021".to_owned())).as_deref(), Ok("021000021"));
        for wrong in ["021000022", "02100002", "0210000210", "02100002x"] {
            assert!(routing_number(Some(wrong.to_owned())).is_err(), "{wrong}");
        }
    }
}
