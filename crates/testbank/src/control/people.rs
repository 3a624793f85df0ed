//! People: the customers of institutions that a test made.

use form::{FormError, Patch};

use super::params::{AddressParams, CreatePerson, List, UpdatePerson};
use super::{ControlError, Desk, Done, Outcome, list, objects, too_many};
use crate::world::{PostalAddress, Profile, StatedPerson};

const MOST: usize = 1_000;

impl Desk<'_> {
    pub(super) fn create_person(&self, params: CreatePerson) -> Done {
        let institution = self.own_institution(&params.institution)?.slug.clone();
        let username = params.username.trim().to_lowercase();
        if self.stated.person(&institution, &username).is_some() {
            let message = format!("Another person of this institution has the username '{username}'.");
            return Err(FormError::invalid("username", message).into());
        }
        if self.stated.people.len() >= MOST {
            return Err(too_many("institution", "people", MOST));
        }
        let (first, last) = Profile::split_name(params.name.trim());
        let id = self.new_id("person");
        let password_digest = params.password.map(|password| StatedPerson::password_digest(&id, &password));
        let profile = Profile {
            first,
            last,
            email: params.email,
            telephone: params.phone,
            addresses: params.addresses.into_iter().map(address).collect(),
            born: None,
        };
        check_email(&profile)?;
        let person = StatedPerson { id, institution, username, password_digest, profile, created: self.now };
        Ok(Outcome { changes: vec![self.stated.put_person(&person)?], answer: objects::person(&person) })
    }

    pub(super) fn retrieve_person(&self, id: &str) -> Done {
        Ok(Outcome::read(objects::person(self.person(id)?)))
    }

    pub(super) fn list_people(&self, params: List) -> Done {
        if params.person.is_some() {
            return Err(FormError::unknown("person").into());
        }
        let wanted = params.institution.as_deref();
        let all = self.stated.people.values().rev();
        let people: Vec<&StatedPerson> = all.filter(|person| wanted.is_none_or(|wanted| person.institution == wanted)).collect();
        let ids: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
        let page = list::cut(&ids, "testbank person", params.limit, params.starting_after)?;
        let data = people[page.places.clone()].iter().map(|person| objects::person(person)).collect();
        Ok(Outcome::read(page.answer("/people", data)))
    }

    pub(super) fn update_person(&self, id: &str, params: UpdatePerson) -> Done {
        let mut person = self.person(id)?.clone();
        if let Some(name) = params.name {
            (person.profile.first, person.profile.last) = Profile::split_name(name.trim());
        }
        params.email.apply(&mut person.profile.email);
        params.phone.apply(&mut person.profile.telephone);
        if let Some(addresses) = params.addresses {
            person.profile.addresses = addresses.into_iter().map(address).collect();
        }
        match params.password {
            Patch::Absent => {}
            Patch::Clear => person.password_digest = None,
            Patch::Set(password) => person.password_digest = Some(StatedPerson::password_digest(id, &password)),
        }
        check_email(&person.profile)?;
        Ok(Outcome { changes: vec![self.stated.put_person(&person)?], answer: objects::person(&person) })
    }

    /// A person who holds an account cannot be deleted.
    pub(super) fn delete_person(&self, id: &str) -> Done {
        self.person(id)?;
        let held = self.stated.accounts.values().find(|account| account.owners.iter().any(|owner| owner == id));
        if let Some(account) = held {
            let message = format!("This person holds the account '{}'; delete it first, or give it other owners.", account.id);
            return Err(FormError::invalid("id", message).into());
        }
        Ok(Outcome::deleted(id, objects::PERSON, vec![(self.stated.key("p", id), None)]))
    }

    fn person(&self, id: &str) -> Result<&StatedPerson, ControlError> {
        let missing = || ControlError::Missing { what: "testbank person", id: id.to_owned() };
        self.stated.people.get(id).ok_or_else(missing)
    }
}

fn check_email(profile: &Profile) -> Result<(), FormError> {
    match &profile.email {
        Some(email) if !email.contains('@') => Err(FormError::invalid("email", format!("Invalid email address: {email}"))),
        _ => Ok(()),
    }
}

fn address(asked: AddressParams) -> PostalAddress {
    PostalAddress {
        line1: asked.line1,
        line2: asked.line2,
        city: asked.city,
        region: asked.state,
        postal_code: asked.postal_code,
        country: asked.country.map_or_else(|| "US".to_owned(), |country| country.to_uppercase()),
    }
}
