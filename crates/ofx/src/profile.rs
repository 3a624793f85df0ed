//! What a bank says about itself.

use crate::Moment;
use crate::transaction::Address;

/// Declares the message sets with their tags.
macro_rules! message_sets {
    ($($(#[$doc:meta])* $name:ident = $tag:literal $inner:literal,)*) => {
        /// The families of messages.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum MessageSetKind {
            $($(#[$doc])* $name,)*
        }

        impl MessageSetKind {
            pub(crate) fn from_tag(tag: &str) -> Option<MessageSetKind> {
                match tag {
                    $($tag => Some(MessageSetKind::$name),)*
                    _ => None,
                }
            }

            /// Its tag, and the tag of its first version inside.
            pub(crate) fn tags(self) -> (&'static str, &'static str) {
                match self {
                    $(MessageSetKind::$name => ($tag, $inner),)*
                }
            }
        }
    };
}

message_sets! {
    /// Signing on.
    SignOn = "SIGNONMSGSET" "SIGNONMSGSETV1",
    /// Enrolment and the list of accounts.
    SignUp = "SIGNUPMSGSET" "SIGNUPMSGSETV1",
    /// Bank statements.
    Bank = "BANKMSGSET" "BANKMSGSETV1",
    /// Card statements.
    CreditCard = "CREDITCARDMSGSET" "CREDITCARDMSGSETV1",
    /// Investment statements.
    Investment = "INVSTMTMSGSET" "INVSTMTMSGSETV1",
    /// Lists of securities.
    Securities = "SECLISTMSGSET" "SECLISTMSGSETV1",
    /// Transfers between banks.
    InterbankTransfer = "INTERXFERMSGSET" "INTERXFERMSGSETV1",
    /// Wire transfers.
    Wire = "WIREXFERMSGSET" "WIREXFERMSGSETV1",
    /// Paying bills.
    BillPay = "BILLPAYMSGSET" "BILLPAYMSGSETV1",
    /// Mail with the bank.
    Email = "EMAILMSGSET" "EMAILMSGSETV1",
    /// Tax forms.
    Tax1099 = "TAX1099MSGSET" "TAX1099MSGSETV1",
    /// This profile.
    Profile = "PROFMSGSET" "PROFMSGSETV1",
}

/// One family of messages that a bank answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageSet {
    /// Which.
    pub kind: MessageSetKind,
    /// Where to send them.
    pub url: Option<String>,
    /// Which of the sign-ons is used.
    pub sign_on_realm: Option<String>,
}

/// How to sign on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SignOnInfo {
    /// The name that message sets refer to.
    pub realm: Option<String>,
    /// The least number of characters of a password.
    pub minimum_length: Option<u32>,
    /// The greatest number of characters of a password.
    pub maximum_length: Option<u32>,
    /// Which characters: `ALPHAONLY`, `NUMERICONLY`, `ALPHAORNUMERIC`, `ALPHAANDNUMERIC`.
    pub characters: Option<String>,
    /// Whether case matters.
    pub case_sensitive: Option<bool>,
    /// Whether other characters than letters and digits are allowed.
    pub special_characters: Option<bool>,
    /// Whether spaces are allowed.
    pub spaces: Option<bool>,
    /// Whether a password can be changed over OFX.
    pub password_change: Option<bool>,
    /// Whether a password must be changed at the first sign-on.
    pub password_change_first: Option<bool>,
    /// What to ask for as the first further credential.
    pub first_credential_label: Option<String>,
    /// What to ask for as the second further credential.
    pub second_credential_label: Option<String>,
    /// Whether a `CLIENTUID` must be sent.
    pub client_id_required: Option<bool>,
    /// Whether a token (`AUTHTOKEN`) must be sent with the first sign-on.
    pub auth_token_first: Option<bool>,
    /// What to ask for as a token.
    pub auth_token_label: Option<String>,
    /// Whether questions (MFA) are part of signing on.
    pub challenges: Option<bool>,
    /// Whether they must be asked for at the first sign-on.
    pub challenges_first: Option<bool>,
}

/// What a bank says about itself and its service.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Profile {
    /// The name of the institution.
    pub name: Option<String>,
    /// Its address.
    pub address: Address,
    /// The telephone number for customers.
    pub customer_phone: Option<String>,
    /// The telephone number for technical questions.
    pub technical_phone: Option<String>,
    /// The fax number.
    pub fax: Option<String>,
    /// Its web site.
    pub url: Option<String>,
    /// Its mail address.
    pub email: Option<String>,
    /// When the profile last changed.
    pub updated: Option<Moment>,
    /// The families of messages that it answers.
    pub message_sets: Vec<MessageSet>,
    /// The ways to sign on.
    pub sign_ons: Vec<SignOnInfo>,
}

impl Profile {
    /// Where to send messages of a family.
    pub fn url_of(&self, kind: MessageSetKind) -> Option<&str> {
        self.message_sets.iter().find(|set| set.kind == kind).and_then(|set| set.url.as_deref())
    }
}
