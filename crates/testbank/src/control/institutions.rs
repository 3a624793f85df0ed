//! Institutions: those that a test makes, and how the built-in ones behave in its world.

use form::{FormError, Patch};

use super::params::{ConductParams, CreateInstitution, DowntimeParams, DowntimeType, FailureParams, Plain, UpdateInstitution};
use super::{ControlError, Desk, Done, Outcome, list, objects, too_many};
use crate::conduct::{Conduct, DataKind, Downtime, Failure, WrongData};
use crate::institutions::{INSTITUTIONS, Protocol};
use crate::shelf::Change;
use crate::stated;
use crate::world::StatedInstitution;

const MOST: usize = 50;

impl Desk<'_> {
    pub(super) fn create_institution(&self, params: CreateInstitution) -> Done {
        if self.stated.institutions.values().filter(|own| !own.built_in).count() >= MOST {
            return Err(too_many("name", "institutions", MOST));
        }
        let protocol = params.protocol.unwrap_or(Protocol::Fdx);
        if protocol == Protocol::SimpleFin {
            return Err(FormError::invalid("protocol", "Invalid protocol: must be one of fdx, ofx").into());
        }
        let mut conduct = Conduct::default();
        apply(&mut conduct, params.conduct, self.now)?;
        let institution = StatedInstitution {
            slug: self.new_id("bank"),
            built_in: false,
            name: params.name.trim().to_owned(),
            url: params.url,
            protocol,
            featured: params.featured.unwrap_or(true),
            conduct,
            version: 1,
            created: self.now,
        };
        let place = stated::write(stated::slug_key(&institution.slug), &self.world)?;
        let changes = vec![place, self.stated.put_institution(&institution)?];
        Ok(Outcome { changes, answer: objects::institution(&institution) })
    }

    pub(super) fn retrieve_institution(&self, id: &str) -> Done {
        Ok(Outcome::read(objects::institution(&self.institution(id)?)))
    }

    pub(super) fn list_institutions(&self, params: Plain) -> Done {
        let made = self.stated.institutions.values().rev().filter(|own| !own.built_in).cloned();
        let built_in = INSTITUTIONS.iter().filter_map(|info| self.institution(info.slug).ok());
        let all: Vec<StatedInstitution> = made.chain(built_in).collect();
        let ids: Vec<&str> = all.iter().map(|own| own.slug.as_str()).collect();
        let page = list::cut(&ids, "testbank institution", params.limit, params.starting_after)?;
        let data = all[page.places.clone()].iter().map(objects::institution).collect();
        Ok(Outcome::read(page.answer("/institutions", data)))
    }

    pub(super) fn update_institution(&self, id: &str, params: UpdateInstitution) -> Done {
        let mut institution = self.institution(id)?;
        if institution.built_in {
            let sent =
                [("name", params.name.is_some()), ("url", !params.url.is_absent()), ("featured", params.featured.is_some())];
            if let Some((param, _)) = sent.into_iter().find(|(_, sent)| *sent) {
                let message = format!("The {param} of a built-in institution cannot be changed; how it behaves can.");
                return Err(FormError::invalid(param, message).into());
            }
        }
        if let Some(name) = params.name {
            institution.name = name.trim().to_owned();
        }
        params.url.apply(&mut institution.url);
        institution.featured = params.featured.unwrap_or(institution.featured);
        apply(&mut institution.conduct, params.conduct, self.now)?;
        institution.version += 1;
        Ok(Outcome { changes: vec![self.stated.put_institution(&institution)?], answer: objects::institution(&institution) })
    }

    /// Of a built-in institution this forgets what was stated.
    pub(super) async fn delete_institution(&self, id: &str) -> Done {
        let institution = self.institution(id)?;
        let mut changes = self.without_institution(&institution);
        let stated = self.stated;
        let people = stated.people.values().filter(|person| person.institution == id);
        changes.extend(people.map(|person| (stated.key("p", &person.id), None)));
        for account in stated.accounts.values().filter(|account| account.institution == id) {
            changes.push((stated.key("a", &account.id), None));
            changes.extend(stated.without_rows(self.bank.shelf(), &account.id).await?);
        }
        Ok(Outcome::deleted(id, objects::INSTITUTION, changes))
    }

    /// What takes an institution itself away.
    pub(super) fn without_institution(&self, institution: &StatedInstitution) -> Vec<Change> {
        let mut changes = vec![(self.stated.key("i", &institution.slug), None)];
        if !institution.built_in {
            changes.push((stated::slug_key(&institution.slug), None));
        }
        changes
    }

    fn institution(&self, id: &str) -> Result<StatedInstitution, ControlError> {
        if let Some(own) = self.stated.institutions.get(id) {
            return Ok(own.clone());
        }
        let built_in = INSTITUTIONS.iter().find(|info| info.slug == id).map(objects::built_in);
        built_in.ok_or_else(|| ControlError::Missing { what: "testbank institution", id: id.to_owned() })
    }

    /// An institution that a test made, named by the parameter `institution`.
    pub(super) fn own_institution(&self, id: &str) -> Result<&StatedInstitution, ControlError> {
        let own = self.stated.institutions.get(id).filter(|own| !own.built_in);
        if own.is_none() && INSTITUTIONS.iter().any(|info| info.slug == id) {
            let message = "The people of a built-in institution are its own; create an institution for yours.";
            return Err(FormError::invalid("institution", message).into());
        }
        let param = "institution".to_owned();
        own.ok_or_else(|| ControlError::NoSuch { what: "testbank institution", id: id.to_owned(), param })
    }
}

fn apply(conduct: &mut Conduct, params: ConductParams, now: i64) -> Result<(), ControlError> {
    match params.downtime {
        Patch::Absent => {}
        Patch::Clear => conduct.downtime = None,
        Patch::Set(asked) => conduct.downtime = Some(downtime(&asked, now)?),
    }
    let milliseconds = |asked: Option<i64>, now: u64| asked.and_then(|asked| u64::try_from(asked).ok()).unwrap_or(now);
    conduct.delay_ms = milliseconds(params.delay_ms, conduct.delay_ms);
    conduct.timeout_ms = milliseconds(params.timeout_ms, conduct.timeout_ms);
    if let Some(asked) = params.wrong_data {
        conduct.wrong_data = WrongData::ALL.iter().copied().filter(|wrong| asked.contains(wrong)).collect();
    }
    match params.failures {
        Patch::Absent => {}
        Patch::Clear => conduct.failures.clear(),
        Patch::Set(asked) => fail(conduct, asked),
    }
    Ok(())
}

fn downtime(asked: &DowntimeParams, now: i64) -> Result<Downtime, FormError> {
    match (asked.r#type, asked.until) {
        (DowntimeType::Planned, None) => Err(FormError::missing("downtime[until]")),
        (DowntimeType::Planned, Some(until)) if until <= now => {
            Err(FormError::invalid("downtime[until]", format!("A planned downtime ends in the future; it is {now} now.")))
        }
        (DowntimeType::Planned, Some(until)) => Ok(Downtime::Planned { until }),
        (_, Some(_)) => Err(FormError::invalid("downtime[until]", "Only a planned downtime says when it ends.")),
        (DowntimeType::Unplanned, None) => Ok(Downtime::Unplanned),
        (DowntimeType::Error, None) => Ok(Downtime::Error),
    }
}

fn fail(conduct: &mut Conduct, asked: FailureParams) {
    let all = [
        (DataKind::Accounts, asked.accounts),
        (DataKind::Balances, asked.balances),
        (DataKind::Ownership, asked.ownership),
        (DataKind::Transactions, asked.transactions),
        (DataKind::PaymentNumbers, asked.payment_numbers),
    ];
    for (kind, patch) in all {
        let mut failure: Option<Failure> = conduct.failures.remove(&kind);
        patch.apply(&mut failure);
        conduct.failures.extend(failure.map(|failure| (kind, failure)));
    }
}
