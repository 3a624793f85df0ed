//! Payment networks: the numbers for ACH.

use super::transport::Read;
use super::{DataCall, Fdx};
use crate::account::{NumbersStatus, PaymentNumbers};
use crate::clean;
use crate::error::BankError;
use crate::json::Object;
use crate::numbers::{is_account, is_routing};
use crate::secret::Secret;

impl Fdx {
    pub(super) async fn ach_numbers(
        &self,
        call: DataCall<'_>,
        bank_account_id: &str,
    ) -> Result<Option<PaymentNumbers>, BankError> {
        let url = self.resource(&["accounts", bank_account_id, "payment-networks"])?;
        match self.read(call, url).await? {
            Read::Found { object, .. } => Ok(best_ach(&object.objects("paymentNetworks"))),
            Read::Nothing | Read::Unsupported => Ok(None),
        }
    }
}

/// The ACH entry that allows most; debits count more than credits.
fn best_ach(networks: &[Object]) -> Option<PaymentNumbers> {
    networks
        .iter()
        .filter(|network| network.text("type").as_deref() == Some("US_ACH"))
        .filter_map(read_numbers)
        .max_by_key(|numbers| (numbers.can_debit, numbers.can_credit))
}

/// None when a number cannot be an ACH number.
fn read_numbers(network: &Object) -> Option<PaymentNumbers> {
    let routing = network.text("bankId").filter(|routing| is_routing(routing))?;
    let account = network.text("identifier").filter(|account| is_account(account))?;
    let kind = network.text("identifierType");
    // The standard has no fields for the life of a tokenized number, but a list for what a bank adds.
    let added = network.objects("fiAttributes");
    let attribute = |name: &str| added.iter().find(|one| one.text("name").as_deref() == Some(name))?.text("value");
    Some(PaymentNumbers {
        routing,
        account: Secret::new(account),
        tokenized: kind.as_deref() == Some("TOKENIZED_ACCOUNT_NUMBER"),
        status: status(attribute("identifierStatus").as_deref()),
        expires_at: attribute("identifierExpirationTime").and_then(|text| clean::time(&text)),
        can_debit: network.flag("transferOut"),
        can_credit: network.flag("transferIn"),
    })
}

fn status(text: Option<&str>) -> NumbersStatus {
    match text {
        Some("PENDING") => NumbersStatus::Pending,
        Some("EXPIRED") => NumbersStatus::Expired,
        Some("DEACTIVATED") => NumbersStatus::Deactivated,
        _ => NumbersStatus::Transactable,
    }
}

#[cfg(test)]
mod tests {
    use super::best_ach;
    use crate::account::{NumbersStatus, PaymentNumbers};
    use crate::json::Object;

    fn best(text: &str) -> Option<PaymentNumbers> {
        best_ach(&Object::parse(text.as_bytes()).unwrap().objects("paymentNetworks"))
    }

    #[test]
    fn the_most_capable_ach_entry_is_taken() {
        let numbers = best(
            r#"{"paymentNetworks":[
                {"type":"US_RTP","bankId":"110000000","identifier":"1","transferOut":true},
                {"type":"US_ACH","bankId":"110000000","identifier":"2","transferIn":true},
                {"type":"US_ACH","bankId":"110000000","identifier":"000123456789",
                 "identifierType":"TOKENIZED_ACCOUNT_NUMBER","transferIn":true,"transferOut":true}]}"#,
        )
        .unwrap();
        assert_eq!(numbers.account.expose(), "000123456789");
        assert!(numbers.tokenized && numbers.can_debit && numbers.can_credit);
        assert!(!format!("{numbers:?}").contains("000123456789"));
    }

    #[test]
    fn the_life_of_a_tokenized_number_is_read() {
        let with = |attributes: &str| {
            best(&format!(
                r#"{{"paymentNetworks":[{{"type":"US_ACH","bankId":"110000000","identifier":"2","fiAttributes":[{attributes}]}}]}}"#
            ))
            .map(|numbers| (numbers.status, numbers.expires_at))
            .unwrap()
        };
        assert_eq!(with(""), (NumbersStatus::Transactable, None));
        let ending = r#"{"name":"identifierExpirationTime","value":"2026-01-02T03:04:05Z"}"#;
        assert_eq!(with(ending), (NumbersStatus::Transactable, Some(1_767_323_045)));
        let ended = r#"{"name":"identifierStatus","value":"DEACTIVATED"},{"name":"x","value":"y"}"#;
        assert_eq!(with(ended), (NumbersStatus::Deactivated, None));
    }

    #[test]
    fn numbers_that_cannot_be_used_are_none() {
        for entry in [
            "",
            r#"{"type":"US_RTP","bankId":"110000000","identifier":"1"}"#,
            r#"{"type":"US_ACH","bankId":"110000001","identifier":"1"}"#,
            r#"{"type":"US_ACH","bankId":"110000000"}"#,
            r#"{"type":"US_ACH","bankId":"110000000","identifier":"123456789012345678"}"#,
        ] {
            assert_eq!(best(&format!(r#"{{"paymentNetworks":[{entry}]}}"#)), None, "{entry}");
        }
    }
}
