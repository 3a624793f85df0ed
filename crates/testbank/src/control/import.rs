//! Many transactions at once.

use std::collections::{BTreeSet, HashMap};

use form::FormError;
use serde_json::json;

use super::params::Import;
use super::transactions::{self, Days, MOST};
use super::{Desk, Done, Outcome, files, objects, rows};
use crate::world::{Anchor, Row, StatedAccount, StatedBook};

/// What was sent, and the parameter that sent it.
struct Sent {
    rows: Vec<Row>,
    param: &'static str,
    balance: Option<(i64, i64)>,
}

impl Desk<'_> {
    /// Adds all of it or nothing. What is there already, the same in everything, is left as it is.
    pub(super) async fn import(&self, account: &str, params: Import) -> Done {
        let mut account = self.account(account)?.clone();
        let stated = params.balance;
        let sent = sent(params, &account, self.now)?;
        let mut days = self.days(&account).await?;
        let (added, unchanged) = self.add(&account, &mut days, sent.rows, sent.param)?;
        transactions::check_left(&account, &days, self.now, sent.param)?;
        let book = StatedBook::new(account.clone(), days.rows().cloned().collect());
        if let Some((opening_balance, anchor)) = anchored(&book, &account, stated, sent.balance, self.now)? {
            (account.opening_balance, account.anchor) = (opening_balance, anchor);
        }
        let book = book.of(account.clone());
        let mut changes = days.changes(&added.keys)?;
        changes.push(self.stated.put_account(&account)?);
        let answer = json!({
            "object": "drawbridge.testbank.import",
            "account": objects::account(&account, &book, self.now),
            "added": added.count,
            "unchanged": unchanged,
        });
        Ok(Outcome { changes, answer })
    }

    fn add(&self, account: &StatedAccount, days: &mut Days, rows: Vec<Row>, param: &str) -> Result<(Added, usize), FormError> {
        if let Some((place, id)) = files::repeated(&rows) {
            return Err(FormError::invalid(format!("{param}[{place}][id]"), format!("'{id}' stands there twice.")));
        }
        let known: HashMap<String, Row> = days.rows().map(|row| (row.id.clone(), row.clone())).collect();
        let (mut added, mut unchanged) = (Added::default(), 0);
        for (place, row) in rows.into_iter().enumerate() {
            if let Some(old) = known.get(&row.id) {
                if *old != row {
                    let message = format!("This account has another transaction '{}'. Change that one by its address.", row.id);
                    return Err(FormError::invalid(format!("{param}[{place}][id]"), message));
                }
                unchanged += 1;
                continue;
            }
            transactions::check_open(account, &row, &format!("{param}[{place}][transacted_at]"))?;
            let key = self.stated.day_key(&account.id, row.transacted_at);
            if known.len() + added.count >= MOST || !days.put(key.clone(), row) {
                return Err(transactions::full(param));
            }
            added.count += 1;
            added.keys.insert(key);
        }
        Ok((added, unchanged))
    }
}

/// What an import added.
#[derive(Default)]
struct Added {
    count: usize,
    /// The keys of the days that have more now.
    keys: BTreeSet<String>,
}

fn sent(params: Import, account: &StatedAccount, now: i64) -> Result<Sent, FormError> {
    match (params.format, params.data, params.transactions) {
        (None, None, list) if list.is_empty() => Err(FormError::missing("transactions")),
        (None, None, list) => {
            let create = |(place, row)| rows::create(row, now, &|name| format!("transactions[{place}][{name}]"));
            let rows = list.into_iter().enumerate().map(create).collect::<Result<_, _>>()?;
            Ok(Sent { rows, param: "transactions", balance: None })
        }
        (_, Some(_), list) if !list.is_empty() => {
            Err(FormError::exclusive("data", "Send transactions, or a file as format and data, not both."))
        }
        (None, Some(_), _) => Err(FormError::missing("format")),
        (Some(_), None, _) => Err(FormError::missing("data")),
        (Some(format), Some(data), _) => {
            let contents = files::read(format, &data, account, now)?;
            Ok(Sent { rows: contents.rows, param: "data", balance: contents.balance })
        }
    }
}

/// The opening balance after an import, if it follows from a balance that was sent or that the file states.
fn anchored(
    book: &StatedBook,
    account: &StatedAccount,
    stated: Option<i64>,
    of_file: Option<(i64, i64)>,
    now: i64,
) -> Result<Option<(i64, Anchor)>, FormError> {
    match (stated, of_file) {
        (Some(balance), _) => {
            let really = book.balance(now);
            if account.anchor == Anchor::Opening && really != balance {
                let message = format!("The stated opening balance and what has posted make {really}, not {balance}.");
                return Err(FormError::invalid("balance", message));
            }
            Ok(Some((account.opening_balance + balance - really, Anchor::Balance)).filter(|_| account.anchor != Anchor::Opening))
        }
        (None, Some((balance, at))) if account.anchor == Anchor::Nothing => {
            Ok(Some((account.opening_balance + balance - book.balance(at), Anchor::Nothing)))
        }
        _ => Ok(None),
    }
}
