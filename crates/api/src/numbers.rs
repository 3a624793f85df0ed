//! Routing and account numbers as the vault keeps them. Nothing else of the product holds the digits.

use banks::{PaymentNumbers, Secret};
use kernel::{ApiError, ApiResult, Cx};
use nacha::RoutingNumber;
use serde::{Deserialize, Serialize};

use crate::connections::bank;

/// The numbers of one bank account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Numbers {
    /// ABA routing number, nine digits.
    pub routing: String,
    /// Account number.
    pub account: Secret,
    /// They stand for one consent only and die with it.
    pub tokenized: bool,
}

/// Longest account number: what fits an ACH entry.
pub(crate) const ACCOUNT_MAX: usize = 17;

/// Whether this can be the routing number of a bank.
pub(crate) fn is_routing(text: &str) -> bool {
    text.parse::<RoutingNumber>().is_ok() && text != "000000000"
}

/// Whether this can be the number of an account.
pub(crate) fn is_account(text: &str) -> bool {
    (1..=ACCOUNT_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Numbers {
    /// Numbers that an application sent.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub(crate) fn checked(routing: &str, account: &str, routing_param: &str, account_param: &str) -> ApiResult<Numbers> {
        if !is_routing(routing) {
            let message = "Invalid routing number: it has nine digits, the last of which checks the others.";
            return Err(ApiError::coded("routing_number_invalid", message).with_param(routing_param));
        }
        if !is_account(account) {
            let message = format!("Invalid account number: it has 1 to {ACCOUNT_MAX} digits.");
            return Err(ApiError::coded("account_number_invalid", message).with_param(account_param));
        }
        Ok(Numbers { routing: routing.to_owned(), account: Secret::new(account), tokenized: false })
    }

    /// The numbers of something, if there are any.
    pub(crate) async fn of(cx: &mut Cx<'_>, owner: &str) -> ApiResult<Option<Numbers>> {
        Ok(bank::read_sealed(cx, &name(owner)).await?.map(|(numbers, _)| numbers))
    }

    /// The last four characters of the account number, padded with zeros when it is shorter.
    pub(crate) fn last4(&self) -> String {
        let account = self.account.expose();
        let start = account.char_indices().rev().nth(3).map_or(0, |(index, _)| index);
        format!("{:0>4}", &account[start..])
    }

    /// Tells the same bank account again, without telling which one: 16 letters and digits.
    pub(crate) fn fingerprint(&self, cx: &Cx<'_>) -> String {
        const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let text = format!("{}\n{}", self.routing, self.account.expose());
        let digest = cx.core.vault.recognise("bank account", text.as_bytes());
        digest.iter().take(16).map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
    }

    /// What a bank gave.
    pub(crate) fn from_bank(found: &PaymentNumbers) -> Numbers {
        Numbers { routing: found.routing.clone(), account: found.account.clone(), tokenized: found.tokenized }
    }

    /// [`Numbers::keep`] unless they are kept already.
    pub(crate) async fn keep_if_new(&self, cx: &mut Cx<'_>, owner: &str) -> ApiResult<()> {
        let kept = Numbers::of(cx, owner).await?;
        let same = |kept: &Numbers| {
            (&kept.routing, kept.account.expose(), kept.tokenized) == (&self.routing, self.account.expose(), self.tokenized)
        };
        if kept.as_ref().is_some_and(same) { Ok(()) } else { self.keep(cx, owner).await }
    }

    /// Seals them under the id of what they belong to.
    pub(crate) async fn keep(&self, cx: &mut Cx<'_>, owner: &str) -> ApiResult<()> {
        bank::write_sealed(cx, &name(owner), self).await
    }
}

/// Forgets the numbers of something.
pub(crate) async fn forget(cx: &mut Cx<'_>, owner: &str) -> ApiResult<()> {
    bank::forget(cx, &name(owner)).await
}

/// The vault's name of the numbers of something.
fn name(owner: &str) -> String {
    format!("numbers/{owner}")
}

#[cfg(test)]
mod tests {
    use super::Numbers;
    use banks::Secret;

    #[test]
    fn last_digits_are_always_four() {
        let last4 =
            |account: &str| Numbers { routing: "110000000".into(), account: Secret::new(account), tokenized: false }.last4();
        assert_eq!((last4("000123456789"), last4("12"), last4("1234")), ("6789".into(), "0012".into(), "1234".into()));
    }
}
