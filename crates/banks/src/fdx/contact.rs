//! Holders of an account.

use super::transport::Read;
use super::{DataCall, Fdx};
use crate::account::Owner;
use crate::clean;
use crate::error::BankError;
use crate::json::Object;

/// No account has more holders; the rest is cut.
const OWNERS_MAX: usize = 100;

impl Fdx {
    pub(super) async fn account_owners(&self, call: DataCall<'_>, bank_account_id: &str) -> Result<Vec<Owner>, BankError> {
        let url = self.resource(&["accounts", bank_account_id, "contact"])?;
        match self.read(call, url).await? {
            Read::Found { object, .. } => Ok(read_owners(&object)),
            Read::Nothing => Ok(Vec::new()),
            Read::Unsupported => Err(BankError::NotPermitted(call.kind)),
        }
    }
}

/// What a holder carries itself is the holder's. The lists beside the holders belong to the
/// account: their address is that of every holder, but an e-mail address or a phone number is
/// given to a holder only when there is no other.
fn read_owners(contact: &Object) -> Vec<Owner> {
    let holders = contact.objects("holders");
    let owning: Vec<&Object> = holders.iter().filter(|holder| owns(holder)).collect();
    // Better a mere user of the account than nobody.
    let shown = if owning.is_empty() { holders.iter().collect() } else { owning };
    let sole = holders.len() == 1;
    shown
        .into_iter()
        .filter_map(|holder| {
            let shared = |found: Option<String>| found.filter(|_| sole);
            Some(Owner {
                name: name(holder)?,
                email: email(holder).or_else(|| shared(email(contact))),
                phone: phone(holder).or_else(|| shared(phone(contact))),
                raw_address: address(holder).or_else(|| address(contact)),
            })
        })
        .take(OWNERS_MAX)
        .collect()
}

fn owns(holder: &Object) -> bool {
    let relationship = holder.text("relationship").unwrap_or_default();
    !matches!(relationship.as_str(), "AUTHORIZED_USER" | "AUTHORIZED_SIGNER" | "POWER_OF_ATTORNEY")
}

fn name(holder: &Object) -> Option<String> {
    let business = holder.object("businessCustomer").and_then(|business| business.text("name"));
    let raw = business.or_else(|| {
        let Some(parts) = holder.object("name") else {
            return holder.text("name");
        };
        let named = ["prefix", "first", "middle", "last", "suffix"];
        let parts: Vec<String> = named.iter().filter_map(|part| parts.text(part)).collect();
        Some(parts.join(" "))
    })?;
    clean::text(&raw, clean::TEXT_MAX)
}

fn email(object: &Object) -> Option<String> {
    let mut all = object.texts("emails");
    all.extend(object.texts("email"));
    let raw = all.into_iter().find(|raw| raw.contains('@'))?;
    clean::text(&raw, clean::TEXT_MAX)
}

fn phone(object: &Object) -> Option<String> {
    let phone = primary(object.objects("telephones"))?;
    let number = clean::text(&phone.text("number")?, 50)?;
    let country: String = phone.text("country").unwrap_or_default();
    let country = country.trim_start_matches('+');
    let is_code = (1..=3).contains(&country.len()) && country.bytes().all(|b| b.is_ascii_digit());
    if number.starts_with('+') || !is_code {
        return Some(number);
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    Some(format!("+{country}{digits}"))
}

fn address(object: &Object) -> Option<String> {
    let address = primary(object.objects("addresses"))?;
    let part = |name: &str| address.text(name).and_then(|raw| clean::text(&raw, clean::TEXT_MAX));
    let region = [part("region").or_else(|| part("state")), part("postalCode")];
    let region = region.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let lines = [part("line1"), part("line2"), part("line3"), part("city"), Some(region)];
    let lines = lines.into_iter().chain([part("country")]).flatten().filter(|line| !line.is_empty());
    clean::text(&lines.collect::<Vec<_>>().join(", "), clean::ADDRESS_MAX)
}

/// The entry marked primary, or the first.
fn primary(mut entries: Vec<Object>) -> Option<Object> {
    let at = entries.iter().position(|entry| entry.flag("primary")).unwrap_or(0);
    (at < entries.len()).then(|| entries.swap_remove(at))
}

#[cfg(test)]
mod tests {
    use super::read_owners;
    use crate::account::Owner;
    use crate::json::Object;

    fn owners(text: &str) -> Vec<Owner> {
        read_owners(&Object::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_sole_owner_has_everything() {
        let owners = owners(
            r#"{"holders":[{"relationship":"SOLE_OWNER","name":{"first":"Ada","last":"Lo\u0000velace"}}],
                "emails":["ada@example.com"],
                "telephones":[{"number":"555"},{"primary":true,"country":"1","number":"(415) 555-0100"}],
                "addresses":[{"line1":"1 Main St","city":"Springfield","region":"CA","postalCode":"94000","country":"US"}]}"#,
        );
        let expected = Owner {
            name: "Ada Lo velace".to_owned(),
            email: Some("ada@example.com".to_owned()),
            phone: Some("+14155550100".to_owned()),
            raw_address: Some("1 Main St, Springfield, CA 94000, US".to_owned()),
        };
        assert_eq!(owners, [expected]);
    }

    #[test]
    fn joint_owners_share_the_address_only() {
        let owners = owners(
            r#"{"holders":[
                {"relationship":"PRIMARY_JOINT","name":{"first":"A","last":"B"},"email":["a@b.c"]},
                {"relationship":"SECONDARY_JOINT","name":{"first":"C","last":"D"}},
                {"relationship":"AUTHORIZED_USER","name":{"first":"E","last":"F"}},
                {"type":"BUSINESS","businessCustomer":{"name":"G Inc"}},
                {"relationship":"SOLE_OWNER"}],
                "emails":["x@y.z"],"addresses":[{"line1":"1 Main St"}]}"#,
        );
        let names: Vec<&str> = owners.iter().map(|owner| owner.name.as_str()).collect();
        assert_eq!(names, ["A B", "C D", "G Inc"]);
        assert_eq!(owners[0].email.as_deref(), Some("a@b.c"));
        assert_eq!(owners[1].email, None);
        assert!(owners.iter().all(|owner| owner.raw_address.as_deref() == Some("1 Main St")));
    }

    #[test]
    fn nobody_and_users_only() {
        assert!(owners("{}").is_empty());
        let user = owners(r#"{"holders":[{"relationship":"AUTHORIZED_USER","name":"E"}]}"#);
        assert_eq!(user[0].name, "E");
    }
}
