//! What a test states about its world: institutions, people, accounts and transactions.
//!
//! Nothing here knows of HTTP or keys. A [`Command`] names an address below `/testbank`, the identifiers in it and the
//! parameters; the answer is a JSON object in the style of the API. Each command is one atomic change of the world.

mod accounts;
mod ach;
mod error;
mod files;
mod import;
mod institutions;
mod list;
mod objects;
mod params;
mod people;
mod rows;
mod transactions;

use form::{Node, Params, Path};
use serde_json::{Value, json};

pub use error::ControlError;

use crate::shelf::{Change, ShelfError};
use crate::site::Bank;
use crate::stated::StatedWorld;

/// How often a command is tried when others change the same world at the same time.
const TRIES_MAX: u32 = 20;

/// A command of a test.
#[derive(Debug, Clone)]
pub struct Command<'a> {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'a str,
    /// The address with the names of the identifiers in it: `/accounts/:id`; empty for the world itself.
    pub path: &'a str,
    /// The identifiers in the address, in order.
    pub ids: &'a [String],
    /// The parameters: a map.
    pub params: Node,
}

/// What a command rests on.
struct Desk<'a> {
    bank: &'a Bank,
    world: &'a str,
    stated: &'a StatedWorld,
    /// Unix seconds in the world.
    now: i64,
}

/// What a command leads to.
struct Outcome {
    changes: Vec<Change>,
    answer: Value,
}

type Done = Result<Outcome, ControlError>;

impl Outcome {
    fn read(answer: Value) -> Outcome {
        Outcome { changes: Vec::new(), answer }
    }

    fn deleted(id: &str, object: &str, changes: Vec<Change>) -> Outcome {
        Outcome { changes, answer: json!({"id": id, "object": object, "deleted": true}) }
    }
}

/// Carries out a command in a world.
pub async fn run(bank: &Bank, world: &str, command: Command<'_>) -> Result<Value, ControlError> {
    for _ in 0..TRIES_MAX {
        let stated = bank.stated(world).await?;
        let now = bank.clock.now(world).await;
        let desk = Desk { bank, world, stated: &stated, now };
        let outcome = desk.run(command.clone()).await?;
        if outcome.changes.is_empty() || stated.commit(bank.shelf(), outcome.changes).await? {
            return Ok(outcome.answer);
        }
    }
    Err(ControlError::Busy)
}

impl Desk<'_> {
    async fn run(&self, command: Command<'_>) -> Done {
        let Command { method, path, ids, params } = command;
        let id = ids.first().map_or("", String::as_str);
        let row = ids.get(1).map_or("", String::as_str);
        if path.starts_with("/ach_") {
            return self.ach(method, path, id, params).await.unwrap_or(Err(ControlError::Unknown));
        }
        match (method, path) {
            ("POST", "/institutions") => self.create_institution(decode(params)?),
            ("GET", "/institutions") => self.list_institutions(decode(params)?),
            ("GET", "/institutions/:id") => decode::<()>(params).and_then(|()| self.retrieve_institution(id)),
            ("POST", "/institutions/:id") => self.update_institution(id, decode(params)?),
            ("DELETE", "/institutions/:id") => {
                decode::<()>(params)?;
                self.delete_institution(id).await
            }
            ("POST", "/people") => self.create_person(decode(params)?),
            ("GET", "/people") => self.list_people(decode(params)?),
            ("GET", "/people/:id") => decode::<()>(params).and_then(|()| self.retrieve_person(id)),
            ("POST", "/people/:id") => self.update_person(id, decode(params)?),
            ("DELETE", "/people/:id") => decode::<()>(params).and_then(|()| self.delete_person(id)),
            ("POST", "/accounts") => self.create_account(decode(params)?).await,
            ("GET", "/accounts") => self.list_accounts(decode(params)?).await,
            ("GET", "/accounts/:id") => {
                decode::<()>(params)?;
                self.retrieve_account(id).await
            }
            ("POST", "/accounts/:id") => self.update_account(id, decode(params)?).await,
            ("DELETE", "/accounts/:id") => {
                decode::<()>(params)?;
                self.delete_account(id).await
            }
            ("POST", "/accounts/:id/transactions") => self.create_transaction(id, decode(params)?).await,
            ("GET", "/accounts/:id/transactions") => self.list_transactions(id, decode(params)?).await,
            ("POST", "/accounts/:id/transactions/import") => self.import(id, decode(params)?).await,
            ("GET", "/accounts/:id/transactions/:transaction") => {
                decode::<()>(params)?;
                self.retrieve_transaction(id, row).await
            }
            ("POST", "/accounts/:id/transactions/:transaction") => self.update_transaction(id, row, decode(params)?).await,
            ("DELETE", "/accounts/:id/transactions/:transaction") => {
                decode::<()>(params)?;
                self.delete_transaction(id, row).await
            }
            ("DELETE", "") => {
                decode::<()>(params)?;
                self.reset().await
            }
            _ => Err(ControlError::Unknown),
        }
    }

    /// Forgets everything that was stated in the world.
    async fn reset(&self) -> Done {
        let stated = self.stated;
        let mut changes = Vec::new();
        for institution in stated.institutions.values() {
            changes.extend(self.without_institution(institution));
        }
        changes.extend(stated.people.keys().map(|id| (stated.key("p", id), None)));
        for id in stated.accounts.keys() {
            changes.push((stated.key("a", id), None));
            changes.extend(stated.without_rows(self.bank.shelf(), id).await?);
            changes.extend(stated.without_posted(self.bank.shelf(), id).await?);
        }
        changes.extend(stated.answers.keys().map(|id| (stated.key("r", id), None)));
        Ok(Outcome { changes, answer: json!({"object": "drawbridge.testbank", "deleted": true}) })
    }

    /// A new identifier; those made later come later in order.
    fn new_id(&self, prefix: &str) -> String {
        let random = crate::seal::identifier(&[&crate::seal::random_text(16)]);
        format!("{prefix}_{:010x}{}", self.now.max(0), &random[..12])
    }
}

fn decode<P: Params>(params: Node) -> Result<P, ControlError> {
    Ok(params.decode(&Path::root())?)
}

/// More of something than a world can hold.
fn too_many(param: &str, what: &str, most: usize) -> ControlError {
    form::FormError::invalid(param, format!("A world holds at most {most} {what}.")).into()
}

impl From<ShelfError> for ControlError {
    fn from(error: ShelfError) -> ControlError {
        ControlError::Storage(error)
    }
}
