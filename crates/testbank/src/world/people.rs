//! The customers: names, addresses and what else a bank knows of a person. Nobody here exists.

use super::day::Day;
use super::random::Random;

const FIRST_NAMES: &[&str] = &[
    "Alice", "Benjamin", "Carmen", "Daniel", "Elena", "Felix", "Grace", "Hiro", "Imani", "Jacob", "Keiko", "Liam", "Maya",
    "Noah", "Olivia", "Priya", "Quentin", "Rosa", "Samuel", "Tara", "Umar", "Valerie", "William", "Xenia", "Yusuf", "Zoe",
];

const LAST_NAMES: &[&str] = &[
    "Anderson",
    "Bennett",
    "Castillo",
    "Dawson",
    "Ellis",
    "Fischer",
    "Garcia",
    "Hughes",
    "Ivanova",
    "Jensen",
    "Kim",
    "Lopez",
    "Morgan",
    "Nguyen",
    "Okafor",
    "Patel",
    "Quinn",
    "Rossi",
    "Silva",
    "Turner",
    "Underwood",
    "Vasquez",
    "Walker",
    "Young",
    "Zimmerman",
];

const STREETS: &[&str] = &[
    "Maple Avenue",
    "Oak Street",
    "Lakeview Drive",
    "Washington Boulevard",
    "Cedar Lane",
    "Sunset Road",
    "Prospect Street",
    "Mill Creek Way",
];

const CITIES: &[(&str, &str, &str, &str)] = &[
    ("Chicago", "IL", "60614", "312"),
    ("Austin", "TX", "78704", "512"),
    ("Portland", "OR", "97205", "503"),
    ("Columbus", "OH", "43215", "614"),
    ("Denver", "CO", "80203", "303"),
    ("Raleigh", "NC", "27601", "919"),
    ("Madison", "WI", "53703", "608"),
    ("Tucson", "AZ", "85701", "520"),
];

/// A postal address in the United States.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Number and street.
    pub line1: String,
    /// Apartment, if there is one.
    pub line2: Option<String>,
    /// City.
    pub city: &'static str,
    /// Two-letter state.
    pub region: &'static str,
    /// Five-digit ZIP code.
    pub postal_code: &'static str,
}

/// A person with everything that the bank knows of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Given name.
    pub first: &'static str,
    /// Family name.
    pub last: &'static str,
    /// Where they live.
    pub address: Address,
    /// Ten digits, in the range reserved for fiction.
    pub telephone: String,
    /// An address at a reserved domain.
    pub email: String,
    /// Day of birth.
    pub born: Day,
    seed: u64,
}

impl Person {
    /// The person of a seed.
    pub fn new(seed: u64) -> Person {
        let mut random = Random::new(seed, 1);
        let (city, region, postal_code, area) = random.pick(CITIES);
        let street = random.pick(STREETS);
        let line1 = format!("{} {street}", random.between(100, 4_999));
        let line2 = random.chance(400).then(|| format!("Apt {}", random.between(1, 48)));
        let address = Address { line1, line2, city, region, postal_code };
        let first = random.pick(FIRST_NAMES);
        let last = random.pick(LAST_NAMES);
        Person::named(first, last, area, address, seed, random)
    }

    /// The person with whom this one shares accounts and a home.
    pub fn partner(&self) -> Person {
        let mut random = Random::new(self.seed, 2);
        let position = FIRST_NAMES.iter().position(|name| *name == self.first).unwrap_or(0);
        let step = random.between(1, FIRST_NAMES.len() as i64 - 1) as usize;
        let first = FIRST_NAMES[(position + step) % FIRST_NAMES.len()];
        let area = &self.telephone[..3];
        Person::named(first, self.last, area, self.address.clone(), self.seed ^ 1, random)
    }

    /// The name of this person's company.
    pub fn business(&self) -> String {
        format!("{} & Partners LLC", self.last)
    }

    fn named(first: &'static str, last: &'static str, area: &str, address: Address, seed: u64, mut random: Random) -> Person {
        let telephone = format!("{area}55501{:02}", random.between(0, 99));
        let email = format!("{}.{}@example.com", first.to_lowercase(), last.to_lowercase());
        // From 1955 to 2000, so that everybody is of age in any world.
        let born = Day(random.between(-5_479, 11_000));
        Person { first, last, address, telephone, email, born, seed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_is_somebody_else_at_the_same_address() {
        for seed in 0..200 {
            let person = Person::new(seed);
            let partner = person.partner();
            assert_ne!(person.first, partner.first);
            assert_eq!(person.address, partner.address);
            assert_eq!(person.telephone.len(), 10);
            assert_eq!(person, Person::new(seed));
        }
    }
}
