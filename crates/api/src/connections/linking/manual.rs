//! Numbers that a person types instead of linking: they become a bank account token, which payments verify.

use kernel::Tenant;

use super::ops::{FlowError, change, leave_bank, move_to, remaining};
use super::state::Flow;
use super::view::{ManualComplaint, Pane};
use crate::App;
use crate::connections::sessions::{self, Session};
use crate::numbers::{self, Numbers};
use crate::payments::tokens;

/// The account that a sandbox offers to fill in: a routing number that no bank has.
const TEST_NUMBERS: (&str, &str) = ("110000000", "000123456789");

/// Whether this session takes typed numbers: where they are allowed, and payments were asked for. One account can be
/// given that way, in place of linked ones.
pub(crate) fn is_allowed(flow: &Flow, session: &Session) -> bool {
    session.manual_entry.mode == "automatic"
        && session.permissions.iter().any(|permission| permission == "payment_method")
        && flow.bank_account_token.is_none()
        && remaining(flow, session) != Some(0)
}

/// The pane that asks for the numbers.
/// Numbers that are to be paid with have to be proven by small deposits.
pub(super) fn pane(tenant: &Tenant, complaint: Option<ManualComplaint>, microdeposits: bool) -> Pane {
    let test_numbers = (!tenant.livemode()).then(|| (TEST_NUMBERS.0.to_owned(), TEST_NUMBERS.1.to_owned()));
    Pane::ManualEntry { complaint, test_numbers, microdeposits }
}

/// The person would rather type numbers.
///
/// # Errors
/// See [`FlowError`].
pub async fn open_manual(app: &App, token: &str) -> Result<(), FlowError> {
    change(app, token, |cx, loaded| {
        Box::pin(async move {
            let allowed = is_allowed(&loaded.flow, &loaded.session);
            let stage = loaded.flow.stage.open_manual().filter(|_| allowed);
            if stage.is_none() {
                return Ok(false);
            }
            leave_bank(cx, &mut loaded.flow).await?;
            Ok(move_to(&mut loaded.flow, stage))
        })
    })
    .await
}

/// The person typed numbers.
///
/// # Errors
/// See [`FlowError`]; numbers that cannot be taken are no error, the pane says why.
pub async fn manual_numbers(app: &App, token: &str, routing: String, account: String, again: String) -> Result<(), FlowError> {
    let checked = check(&routing, &account, &again);
    let own = app.clone();
    change(app, token, move |cx, loaded| {
        let (checked, own) = (checked.clone(), own.clone());
        Box::pin(async move {
            let numbers = match checked {
                Ok(numbers) => numbers,
                Err(complaint) => {
                    let stage = loaded.flow.stage.complain_of_numbers(complaint);
                    return Ok(move_to(&mut loaded.flow, stage));
                }
            };
            let allowed = is_allowed(&loaded.flow, &loaded.session);
            let Some(stage) = loaded.flow.stage.take_numbers(numbers.last4()).filter(|_| allowed) else { return Ok(false) };
            let made = tokens::of_numbers(cx, &own, &numbers, "checking").await?;
            loaded.flow.bank_account_token = Some(made.id.clone());
            sessions::keep_token(cx, &loaded.session.id, made).await?;
            Ok(move_to(&mut loaded.flow, Some(stage)))
        })
    })
    .await
}

/// Spaces and hyphens are how people group digits; anything else is a mistake that they want to know of.
fn check(routing: &str, account: &str, again: &str) -> Result<Numbers, ManualComplaint> {
    let [routing, account, again] = [routing, account, again].map(digits);
    if routing.is_empty() {
        return Err(ManualComplaint::RoutingMissing);
    }
    if !numbers::is_routing(&routing) {
        return Err(ManualComplaint::RoutingWrong);
    }
    if account.is_empty() {
        return Err(ManualComplaint::AccountMissing);
    }
    if !numbers::is_account(&account) {
        return Err(ManualComplaint::AccountWrong);
    }
    if account != again {
        return Err(ManualComplaint::AccountDiffers);
    }
    Ok(Numbers { routing, account: banks::Secret::new(account), tokenized: false })
}

fn digits(typed: &str) -> String {
    typed.chars().filter(|character| !matches!(character, ' ' | '-' | '\u{a0}')).collect()
}

#[cfg(test)]
mod tests {
    use super::{ManualComplaint, check};

    #[test]
    fn typed_numbers_are_checked_field_by_field() {
        use ManualComplaint::{AccountDiffers, AccountMissing, AccountWrong, RoutingMissing, RoutingWrong};
        for (routing, account, again, expected) in [
            ("", "1", "1", RoutingMissing),
            (" - ", "1", "1", RoutingMissing),
            ("11000000", "1", "1", RoutingWrong),
            ("110000001", "1", "1", RoutingWrong),
            ("000000000", "1", "1", RoutingWrong),
            ("11000000a", "1", "1", RoutingWrong),
            ("110000000", "", "", AccountMissing),
            ("110000000", "12x", "12x", AccountWrong),
            ("110000000", "123456789012345678", "123456789012345678", AccountWrong),
            ("110000000", "123", "124", AccountDiffers),
            ("110000000", "123", "", AccountDiffers),
        ] {
            assert_eq!(check(routing, account, again).err(), Some(expected), "{routing} {account} {again}");
        }
        let taken = check("1100 0000 0", "000-123 456789", "000123456789").unwrap();
        assert_eq!((taken.routing.as_str(), taken.account.expose()), ("110000000", "000123456789"));
        assert_eq!(taken.last4(), "6789");
    }
}
