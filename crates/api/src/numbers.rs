//! Routing and account numbers as the vault keeps them. Nothing else of the product holds the digits.

use banks::{PaymentNumbers, Secret};
use kernel::{ApiResult, Cx};
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

impl Numbers {
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
    pub(crate) fn of(found: &PaymentNumbers) -> Numbers {
        Numbers { routing: found.routing.clone(), account: found.account.clone(), tokenized: found.tokenized }
    }

    /// [`Numbers::keep`] unless they are kept already.
    pub(crate) async fn keep_if_new(&self, cx: &mut Cx<'_>, owner: &str) -> ApiResult<()> {
        let kept = bank::read_sealed::<Numbers>(cx, &name(owner)).await?.map(|(kept, _)| kept);
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
