//! Notifications of change: the next payment goes where the bank says.

use kernel::events::changed;
use kernel::{ApiResult, Cx};
use nacha::{AccountKind, Change, Correction};

use super::entries::StoredEntry;
use super::inbound::Outcome;
use crate::numbers::{Numbers, is_account};
use crate::payments::payment_methods::{PaymentMethod, StatusDetails};
use crate::payments::{blocks, sources};

/// Puts a change into effect for what is paid from and to with the numbers of an entry. Answers what became of it, and what
/// it says, with only the end of an account number.
pub(super) async fn apply(cx: &mut Cx<'_>, stored: &StoredEntry, change: &Change) -> ApiResult<(Outcome, Option<String>)> {
    let Some(correction) = change.correction().filter(is_usable) else { return Ok((Outcome::Refused, None)) };
    let told = Some(told(&correction)).filter(|text| !text.is_empty());
    let Some(mut numbers) = Numbers::of(cx, &stored.numbers).await? else { return Ok((Outcome::Recorded, told)) };
    let before = (numbers.routing.clone(), numbers.account.expose().to_owned());
    if let Some(routing) = correction.routing {
        numbers.routing = routing.to_string();
    }
    if let Some(account) = &correction.account {
        numbers.account = banks::Secret::new(account.as_str());
    }
    let same_numbers = before == (numbers.routing.clone(), numbers.account.expose().to_owned());
    if !same_numbers {
        numbers.keep(cx, &stored.numbers).await?;
    }
    let shown = show(cx, stored, &numbers, &correction).await?;
    let concerns_us = correction.routing.is_some() || correction.account.is_some() || correction.transaction_code.is_some();
    let outcome = match (concerns_us, same_numbers && !shown) {
        (false, _) => Outcome::Recorded,
        (true, true) => Outcome::Duplicate,
        (true, false) => Outcome::Applied,
    };
    Ok((outcome, told))
}

/// Whether an account number can be used: digits alone, as everywhere else here.
fn is_usable(correction: &Correction) -> bool {
    correction.account.as_ref().is_none_or(|account| is_account(account))
}

/// Shows the change on the payment method, if the numbers are one's; false if nothing is different.
async fn show(cx: &mut Cx<'_>, stored: &StoredEntry, numbers: &Numbers, correction: &Correction) -> ApiResult<bool> {
    let Some(mut method) = cx.find::<PaymentMethod>(&stored.numbers).await? else { return Ok(false) };
    let before = serde_json::to_value(&method.value)?;
    let account = &mut method.us_bank_account;
    account.routing_number = Some(numbers.routing.clone());
    account.last4 = Some(numbers.last4());
    account.fingerprint = Some(numbers.fingerprint(cx));
    if let Some(kind) = kind_of(correction) {
        account.account_type = Some(kind.into());
    }
    let blocked = blocks::find(cx, &numbers.fingerprint(cx)).await?;
    account.status_details = blocked.map(|blocked| StatusDetails { blocked: Some(blocked) });
    let after = serde_json::to_value(&method.value)?;
    let Some(previous) = changed(&before, &after) else { return Ok(false) };
    let doc = cx.update(&mut method).await?;
    cx.emit("payment_method.automatically_updated", &doc, Some(&previous)).await?;
    if sources::is_one(&method.id) {
        sources::follow(cx, &method).await?;
    }
    Ok(true)
}

/// Which kind of account the right transaction code names.
fn kind_of(correction: &Correction) -> Option<&'static str> {
    match correction.transaction_code?.account()? {
        AccountKind::Checking => Some("checking"),
        AccountKind::Savings => Some("savings"),
        AccountKind::GeneralLedger | AccountKind::Loan => None,
    }
}

/// What a change says, in words.
fn told(correction: &Correction) -> String {
    let routing = correction.routing.map(|routing| format!("routing number {routing}"));
    let account = correction.account.as_ref().map(|account| {
        let from = account.len().saturating_sub(4);
        format!("account number ending in {}", account.get(from..).unwrap_or_default())
    });
    let kind = kind_of(correction).map(|kind| format!("{kind} account"));
    let name = correction.name.as_ref().map(|name| format!("name {name}"));
    let identification = correction.identification.as_ref().map(|text| format!("identification {text}"));
    [routing, account, kind, name, identification].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{is_usable, told};
    use nacha::ChangeCode;

    #[test]
    fn changes_are_told_without_account_numbers() {
        let table = [
            (1, "1918171614", "account number ending in 1614"),
            (2, "110000000", "routing number 110000000"),
            (3, "110000000   000987654321", "routing number 110000000, account number ending in 4321"),
            (5, "37", "savings account"),
            (6, "00123456789          37", "account number ending in 6789, savings account"),
            (4, "JANE DOE", "name JANE DOE"),
        ];
        for (code, data, expected) in table {
            let correction = ChangeCode::new(code).and_then(|code| code.read(data)).expect("corrected data");
            assert_eq!((told(&correction).as_str(), is_usable(&correction)), (expected, true), "C{code:02}");
        }
        let letters = ChangeCode::new(1).and_then(|code| code.read("12-ABC")).expect("corrected data");
        assert!(!is_usable(&letters));
    }
}
