use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

use crate::connections::sessions::AccountHolder;

/// A receipt, as stored and shown. Times are unix seconds on the tenant's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// `fccons_…`
    pub id: String,
    /// `drawbridge.consent`
    pub object: String,
    /// Who agreed.
    pub account_holder: AccountHolder,
    /// The accounts that were linked with it, as they were called then.
    pub accounts: Vec<ConsentedAccount>,
    /// When the person pressed "Agree".
    pub agreed_at: i64,
    /// `fcauth_…`: the log-in at the bank; none for typed numbers.
    pub authorization: Option<String>,
    /// The account whose numbers the person typed, in place of linked ones.
    #[serde(default)]
    pub bank_account: Option<ConsentedNumbers>,
    /// To whom, by the name that the person was shown.
    pub business_name: String,
    /// When the accounts were linked.
    pub created: i64,
    /// At the latest twelve months after `agreed_at`.
    pub expires_at: i64,
    /// `fcinst_…`; none for typed numbers.
    pub institution: Option<String>,
    /// By the name that the person was shown.
    pub institution_name: Option<String>,
    /// False in a sandbox.
    pub livemode: bool,
    /// The data types that were agreed to.
    pub permissions: Vec<String>,
    /// `fcsess_…`
    pub session: String,
    /// Whether it still holds.
    pub status: ConsentStatus,
    /// The words that the person was shown; none if the accounts were linked by a program that showed its own.
    pub text: Option<ConsentText>,
    /// When the person, the business or the bank ended it; none in any other case.
    pub withdrawn_at: Option<i64>,
    /// Which of them.
    pub withdrawn_by: Option<EndedBy>,
}

/// An account that a consent covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentedAccount {
    /// `fca_…`
    pub account: String,
    /// The bank's name for it at that time.
    pub display_name: Option<String>,
    /// When the consent ended for this account; none while it holds.
    pub ended_at: Option<i64>,
    /// What ended it.
    pub ended_by: Option<EndedBy>,
    /// Last four digits of its number.
    pub last4: Option<String>,
}

/// Numbers that a person typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentedNumbers {
    /// `ba_…`
    pub id: String,
    /// Last four digits of the account number.
    pub last4: String,
}

/// The exact words that a person was shown and agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentText {
    /// BCP 47, e.g. `en`.
    pub language: String,
    /// Every text of the consent in the order shown, names filled in.
    pub lines: Vec<String>,
    /// The version of the wording; it grows when the wording changes.
    pub version: i64,
}

/// Whether a consent still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentStatus {
    /// It holds for at least one account.
    Active,
    /// Twelve months are over.
    Expired,
    /// Every account was linked anew, under another consent.
    Renewed,
    /// The person or the business ended it, or it was ended at the bank.
    Withdrawn,
}

/// What ended a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// The bank lets nobody in by it any more: it was ended there.
    Bank,
    /// The business disconnected the account.
    Business,
    /// Twelve months were over, or the shorter time that the bank gives.
    Expiry,
    /// The person stopped sharing, or deleted the data, on their own page.
    Person,
    /// The person linked the account anew.
    Renewal,
}

impl ConsentStatus {
    /// As documents and filters name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ConsentStatus::Active => "active",
            ConsentStatus::Expired => "expired",
            ConsentStatus::Renewed => "renewed",
            ConsentStatus::Withdrawn => "withdrawn",
        }
    }
}

impl Consent {
    /// Whether it holds for an account.
    #[must_use]
    pub fn covers(&self, account: &str) -> bool {
        self.accounts.iter().any(|own| own.account == account && own.ended_at.is_none())
    }

    /// Ends it for those of the accounts that it covers. When it covers none any more, it is over, in the way in which the last
    /// one ended. Answers whether anything changed.
    pub(super) fn end(&mut self, accounts: &[String], by: EndedBy, now: i64) -> bool {
        let mut changed = false;
        for own in &mut self.accounts {
            if own.ended_at.is_none() && accounts.contains(&own.account) {
                (own.ended_at, own.ended_by) = (Some(now), Some(by));
                changed = true;
            }
        }
        if changed && self.accounts.iter().all(|own| own.ended_at.is_some()) {
            self.status = match by {
                EndedBy::Bank | EndedBy::Business | EndedBy::Person => ConsentStatus::Withdrawn,
                EndedBy::Expiry => ConsentStatus::Expired,
                EndedBy::Renewal => ConsentStatus::Renewed,
            };
            if self.status == ConsentStatus::Withdrawn {
                (self.withdrawn_at, self.withdrawn_by) = (Some(now), Some(by));
            }
        }
        changed
    }
}

impl Resource for Consent {
    const KIND: &'static str = "drawbridge.consent";
    const NOUN: &'static str = "drawbridge.consent";

    fn id(&self) -> &str {
        &self.id
    }

    /// The holder, and the status.
    fn columns(&self) -> Columns {
        [Some(self.account_holder.id().to_owned()), Some(self.status.as_str().to_owned()), None, None]
    }
}

/// The words that the consent of a flow was shown in, kept from "Agree" until accounts are linked; under the session's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shown {
    pub id: String,
    pub text: ConsentText,
}

impl Resource for Shown {
    const KIND: &'static str = "drawbridge.consent_text";
    const NOUN: &'static str = "drawbridge.consent_text";

    fn id(&self) -> &str {
        &self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consent(accounts: &[&str]) -> Consent {
        let account = |id: &&str| ConsentedAccount {
            account: (*id).into(),
            display_name: None,
            ended_at: None,
            ended_by: None,
            last4: None,
        };
        Consent {
            id: "fccons_1".into(),
            object: Consent::KIND.into(),
            account_holder: AccountHolder { account: None, customer: Some("cus_1".into()), r#type: "customer".into() },
            accounts: accounts.iter().map(account).collect(),
            agreed_at: 0,
            authorization: Some("fcauth_1".into()),
            bank_account: None,
            business_name: "Juniper".into(),
            created: 0,
            expires_at: 100,
            institution: Some("fcinst_1".into()),
            institution_name: Some("Bank".into()),
            livemode: false,
            permissions: Vec::new(),
            session: "fcsess_1".into(),
            status: ConsentStatus::Active,
            text: None,
            withdrawn_at: None,
            withdrawn_by: None,
        }
    }

    #[test]
    fn a_consent_is_over_when_its_last_account_is() {
        let cases = [
            (EndedBy::Person, ConsentStatus::Withdrawn, Some(7)),
            (EndedBy::Business, ConsentStatus::Withdrawn, Some(7)),
            (EndedBy::Bank, ConsentStatus::Withdrawn, Some(7)),
            (EndedBy::Renewal, ConsentStatus::Renewed, None),
            (EndedBy::Expiry, ConsentStatus::Expired, None),
        ];
        for (last, status, withdrawn_at) in cases {
            let mut consent = consent(&["fca_1", "fca_2"]);
            assert!(consent.end(&["fca_1".into(), "fca_9".into()], EndedBy::Person, 5));
            assert_eq!((consent.status, consent.withdrawn_at), (ConsentStatus::Active, None), "one account is left");
            assert!(!consent.covers("fca_1") && consent.covers("fca_2"));
            assert!(!consent.end(&["fca_1".into()], last, 6), "it ended before");
            assert!(consent.end(&["fca_2".into()], last, 7));
            assert_eq!((consent.status, consent.withdrawn_at), (status, withdrawn_at));
            assert_eq!(consent.accounts[0].ended_at, Some(5));
            assert_eq!(consent.accounts[1].ended_by, Some(last));
        }
    }
}
