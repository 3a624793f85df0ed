//! A person as the bank's interfaces show one, whether made up or stated.

use serde::{Deserialize, Serialize};

use super::people::Person;

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Number and street.
    pub line1: String,
    /// Apartment.
    pub line2: Option<String>,
    /// City.
    pub city: String,
    /// State.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// Two-letter country.
    pub country: String,
}

/// What a bank knows of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Given names.
    pub first: String,
    /// Family name; empty for people with one name.
    pub last: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number, as people write it.
    pub telephone: Option<String>,
    /// Addresses, the first being the first one.
    pub addresses: Vec<PostalAddress>,
    /// Day of birth as `2000-12-31`.
    pub born: Option<String>,
}

impl Profile {
    /// A full name, split before its last word.
    pub fn split_name(name: &str) -> (String, String) {
        match name.rsplit_once(' ') {
            Some((first, last)) => (first.trim().to_owned(), last.to_owned()),
            None => (name.to_owned(), String::new()),
        }
    }

    /// The full name.
    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last).trim().to_owned()
    }
}

impl From<&Person> for Profile {
    fn from(person: &Person) -> Profile {
        let address = &person.address;
        Profile {
            first: person.first.to_owned(),
            last: person.last.to_owned(),
            email: Some(person.email.clone()),
            telephone: Some(person.telephone.clone()),
            addresses: vec![PostalAddress {
                line1: address.line1.clone(),
                line2: address.line2.clone(),
                city: address.city.to_owned(),
                region: address.region.to_owned(),
                postal_code: address.postal_code.to_owned(),
                country: "US".to_owned(),
            }],
            born: Some(person.born.text()),
        }
    }
}
