//! ACH: what entries are answered with, and the entries that the bank has taken.

use form::FormError;
use nacha::{ChangeCode, Correction, ReturnCode, RoutingNumber, Stage, Text, TransactionCode};
use serde_json::Value;

use super::params::{CorrectionParams, CreateReturn, Entries, Plain, ReturnEntry};
use super::{ControlError, Desk, Done, Outcome, decode, list, objects, too_many};
use crate::ach::{self, Reason, Refused};
use crate::world::{Side, StatedAnswer};

/// Answers that are stated at once.
const MOST: usize = 1_000;

impl Desk<'_> {
    /// The commands of this file; none if it is none of them.
    pub(super) async fn ach(&self, method: &str, path: &str, id: &str, params: form::Node) -> Option<Done> {
        Some(match (method, path) {
            ("POST", "/ach_returns") => decode(params).and_then(|params| self.create_return(params)),
            ("GET", "/ach_returns") => decode(params).and_then(|params| self.list_returns(params)),
            ("GET", "/ach_returns/:id") => decode::<()>(params).and_then(|()| self.retrieve_return(id)),
            ("DELETE", "/ach_returns/:id") => decode::<()>(params).and_then(|()| self.delete_return(id)),
            ("GET", "/ach_entries") => match decode(params) {
                Ok(params) => self.list_entries(params).await,
                Err(error) => Err(error),
            },
            ("GET", "/ach_entries/:id") => match decode::<()>(params) {
                Ok(()) => self.retrieve_entry(id).await,
                Err(error) => Err(error),
            },
            ("POST", "/ach_entries/:id/return") => match decode(params) {
                Ok(params) => self.return_entry(id, params).await,
                Err(error) => Err(error),
            },
            _ => return None,
        })
    }

    fn create_return(&self, params: CreateReturn) -> Done {
        if self.stated.answers.len() >= MOST {
            return Err(too_many("account_number", "answers to ACH entries", MOST));
        }
        let information = said(&params)?;
        let answer = StatedAnswer {
            id: self.new_id("achret"),
            account_number: params.account_number,
            routing_number: params.routing_number.map(|number| routing("routing_number", &number)).transpose()?,
            direction: params.direction,
            code: params.code,
            information,
            late: params.late.unwrap_or(false),
            created: self.now,
        };
        if let Some(other) = self.stated.answers.values().find(|other| overlap(other, &answer)) {
            let message = format!("'{}' answers such entries already; delete it first.", other.id);
            return Err(FormError::invalid("account_number", message).into());
        }
        Ok(Outcome { changes: vec![self.stated.put_answer(&answer)?], answer: objects::ach_return(&answer) })
    }

    fn list_returns(&self, params: Plain) -> Done {
        let answers: Vec<&StatedAnswer> = self.stated.answers.values().rev().collect();
        let ids: Vec<&str> = answers.iter().map(|answer| answer.id.as_str()).collect();
        let page = list::cut(&ids, "testbank ACH return", params.limit, params.starting_after)?;
        let data = answers[page.places.clone()].iter().map(|answer| objects::ach_return(answer)).collect();
        Ok(Outcome::read(page.answer("/ach_returns", data)))
    }

    fn retrieve_return(&self, id: &str) -> Done {
        Ok(Outcome::read(objects::ach_return(self.answer(id)?)))
    }

    fn delete_return(&self, id: &str) -> Done {
        self.answer(id)?;
        Ok(Outcome::deleted(id, objects::ACH_RETURN, vec![(self.stated.key("r", id), None)]))
    }

    fn answer(&self, id: &str) -> Result<&StatedAnswer, ControlError> {
        let missing = || ControlError::Missing { what: "testbank ACH return", id: id.to_owned() };
        self.stated.answers.get(id).ok_or_else(missing)
    }

    async fn list_entries(&self, params: Entries) -> Done {
        let limit = list::limit(params.limit);
        let (account, after) = (params.account_number.as_deref(), params.starting_after.as_deref());
        let found = ach::entries(self.bank, self.world, account, after, limit + 1).await?;
        let Some(found) = found else {
            let (id, param) = (params.starting_after.unwrap_or_default(), "starting_after".to_owned());
            return Err(ControlError::NoSuch { what: "testbank ACH entry", id, param });
        };
        let data: Vec<Value> = found.iter().take(limit).map(objects::ach_entry).collect();
        Ok(Outcome::read(list::answer("/ach_entries", data, found.len() > limit)))
    }

    async fn retrieve_entry(&self, id: &str) -> Done {
        let entry = ach::entry(self.bank, self.world, id).await?;
        Ok(Outcome::read(objects::ach_entry(&entry.ok_or_else(|| missing_entry(id))?)))
    }

    async fn return_entry(&self, id: &str, params: ReturnEntry) -> Done {
        let reason =
            Reason { code: return_code(&params.code)?, information: params.information.unwrap_or_default(), late: false };
        match ach::give_back(self.bank, self.world, id, &reason).await {
            Ok(entry) => Ok(Outcome::read(objects::ach_entry(&entry))),
            Err(Refused::Missing) => Err(missing_entry(id)),
            Err(Refused::Returned) => {
                Err(FormError::invalid("code", "This entry is returned already; an entry comes back once.").into())
            }
            Err(Refused::Busy) => Err(ControlError::Busy),
            Err(Refused::Storage(error)) => Err(error.into()),
        }
    }
}

fn missing_entry(id: &str) -> ControlError {
    ControlError::Missing { what: "testbank ACH entry", id: id.to_owned() }
}

/// Whether two answers are for the same entries.
fn overlap(left: &StatedAnswer, right: &StatedAnswer) -> bool {
    let meet = |left: &Option<String>, right: &Option<String>| left.is_none() || right.is_none() || left == right;
    let sides = |left: Option<Side>, right: Option<Side>| left.is_none() || right.is_none() || left == right;
    left.account_number == right.account_number
        && meet(&left.routing_number, &right.routing_number)
        && sides(left.direction, right.direction)
}

/// What is written beside the code.
fn said(params: &CreateReturn) -> Result<String, FormError> {
    let Ok(code) = params.code.parse::<ChangeCode>() else {
        return_code(&params.code)?;
        return match params.correction {
            Some(_) => Err(FormError::invalid("correction", "Only changes correct something: C01 and others.")),
            None => Ok(params.information.clone().unwrap_or_default()),
        };
    };
    if params.late.is_some() {
        return Err(FormError::invalid("late", "Only returns are late; a change is told in the usual time."));
    }
    if params.information.is_some() {
        return Err(FormError::invalid("information", "A change has a correction instead."));
    }
    let correction = params.correction.as_ref().map_or_else(|| Ok(Correction::default()), correction)?;
    match code.meaning().filter(|_| !code.is_refusal()).and_then(|_| code.write(&correction)) {
        Some(data) => Ok(data.to_string()),
        None => {
            let message = format!("{code} needs exactly what it corrects, each part short enough for its columns.");
            Err(FormError::invalid("correction", message))
        }
    }
}

/// A code with which a receiving bank or an operator returns a payment.
fn return_code(text: &str) -> Result<ReturnCode, FormError> {
    let code = text.parse::<ReturnCode>().ok();
    code.filter(|code| code.stage() == Stage::Return && code.reason().is_some())
        .ok_or_else(|| FormError::invalid("code", format!("'{text}' is no code of a return: R01 to R53, R80 to R85, R90.")))
}

fn correction(params: &CorrectionParams) -> Result<Correction, FormError> {
    let text = |part: &Option<String>| part.as_ref().map(Text::new);
    let number = match &params.routing_number {
        Some(number) => {
            let checked = routing("correction[routing_number]", number)?;
            checked.parse::<RoutingNumber>().ok()
        }
        None => None,
    };
    let transaction_code = match &params.transaction_code {
        Some(code) => Some(known_code(code)?),
        None => None,
    };
    Ok(Correction {
        routing: number,
        account: text(&params.account_number),
        transaction_code,
        name: text(&params.name),
        identification: text(&params.identification),
        ..Correction::default()
    })
}

fn known_code(text: &str) -> Result<TransactionCode, FormError> {
    let code = text.parse().ok().map(TransactionCode).filter(|code| code.is_known());
    code.ok_or_else(|| FormError::invalid("correction[transaction_code]", "A transaction code has two digits, such as 27 or 37."))
}

fn routing(param: &str, number: &str) -> Result<String, FormError> {
    match number.parse::<RoutingNumber>() {
        Ok(number) => Ok(number.to_string()),
        Err(error) => Err(FormError::invalid(param, format!("Not a routing number: {error}."))),
    }
}
