//! Transactions.

use crate::{Account, Decimal, Line, Moment};

/// Declares the kinds of transactions with their codes.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// What a transaction is. The sign of the amount says more than this.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum TransactionKind {
            $($(#[$doc])* $name,)*
            /// What else stands there.
            Custom(String),
        }

        impl TransactionKind {
            /// The kind of a code, whatever its case.
            pub fn from_code(code: &str) -> TransactionKind {
                match code.to_ascii_uppercase().as_str() {
                    $($code => TransactionKind::$name,)*
                    _ => TransactionKind::Custom(code.to_owned()),
                }
            }

            /// The code as OFX writes it.
            pub fn code(&self) -> &str {
                match self {
                    $(TransactionKind::$name => $code,)*
                    TransactionKind::Custom(code) => code,
                }
            }
        }
    };
}

kinds! {
    /// Money in.
    Credit = "CREDIT",
    /// Money out.
    Debit = "DEBIT",
    /// Interest, earned or paid.
    Interest = "INT",
    /// A dividend.
    Dividend = "DIV",
    /// A fee of the institution.
    Fee = "FEE",
    /// A service charge.
    ServiceCharge = "SRVCHG",
    /// A deposit.
    Deposit = "DEP",
    /// At a cash machine.
    CashMachine = "ATM",
    /// At a till.
    PointOfSale = "POS",
    /// A transfer.
    Transfer = "XFER",
    /// A check.
    Check = "CHECK",
    /// An electronic payment.
    Payment = "PAYMENT",
    /// Cash.
    Cash = "CASH",
    /// A direct deposit.
    DirectDeposit = "DIRECTDEP",
    /// A debit that the merchant started.
    DirectDebit = "DIRECTDEBIT",
    /// A standing order.
    RepeatingPayment = "REPEATPMT",
    /// An amount that is held only.
    Hold = "HOLD",
    /// Something else.
    Other = "OTHER",
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Address {
    /// Up to three lines.
    pub lines: Vec<String>,
    /// The city.
    pub city: Option<String>,
    /// The state or region.
    pub state: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The country, by three letters.
    pub country: Option<String>,
}

/// The other side of a transaction, where a bank says more than a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Payee {
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub address: Address,
    /// The telephone number.
    pub phone: Option<String>,
}

/// Another currency than the statement's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OtherCurrency {
    /// The ISO 4217 code, in upper case.
    pub code: String,
    /// Units of the statement's currency for one unit of this one.
    pub rate: Option<Decimal>,
    /// `false`: the amount is in this currency. `true`: the amount was converted already, and this
    /// is the currency that it had before.
    pub original: bool,
}

/// What to do with the transaction that is corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CorrectionAction {
    /// This transaction takes its place.
    Replace,
    /// It never was.
    Delete,
}

/// Says that a transaction corrects an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Correction {
    /// The id of the earlier transaction.
    pub id: String,
    /// What to do with it, if the file says it.
    pub action: Option<CorrectionAction>,
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Transaction {
    /// The bank's id (`FITID`), at most 255 characters. Should be unique in its account, which
    /// many banks do not keep: see [`crate::Statement::identities`].
    pub id: Option<String>,
    /// What it is, if the file says it.
    pub kind: Option<TransactionKind>,
    /// Not booked yet (`STMTTRNP`).
    pub pending: bool,
    /// When it was booked.
    pub posted: Option<Moment>,
    /// When the person did it.
    pub initiated: Option<Moment>,
    /// When the money can be used.
    pub available: Option<Moment>,
    /// The amount; less than zero when money leaves the account, also with cards.
    pub amount: Decimal,
    /// Who or what, at most 32 characters by the standard.
    pub name: Option<String>,
    /// Who or what, in full.
    pub extended_name: Option<String>,
    /// The other side, with its address.
    pub payee: Option<Payee>,
    /// The account of the other side.
    pub counterparty: Option<Account>,
    /// More words, at most 255 characters by the standard.
    pub memo: Option<String>,
    /// The number of a check.
    pub check_number: Option<String>,
    /// A reference.
    pub reference_number: Option<String>,
    /// An id that the server gave to a client's order.
    pub server_id: Option<String>,
    /// An id of the payee.
    pub payee_id: Option<String>,
    /// The standard industrial code of the payee.
    pub industry_code: Option<String>,
    /// Another currency than the statement's.
    pub currency: Option<OtherCurrency>,
    /// Which transaction this one corrects.
    pub correction: Option<Correction>,
    /// Where it stood.
    pub line: Line,
}

impl Transaction {
    /// A booked transaction with what every one has.
    pub fn new(id: impl Into<String>, kind: TransactionKind, posted: Moment, amount: Decimal) -> Transaction {
        Transaction {
            id: Some(id.into()),
            kind: Some(kind),
            pending: false,
            posted: Some(posted),
            initiated: None,
            available: None,
            amount,
            name: None,
            extended_name: None,
            payee: None,
            counterparty: None,
            memo: None,
            check_number: None,
            reference_number: None,
            server_id: None,
            payee_id: None,
            industry_code: None,
            currency: None,
            correction: None,
            line: Line::default(),
        }
    }
}
